"""Checks the channels beside mail: their settings, and the folders that they write to."""

from collections.abc import Iterator

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail
from bouncer.doctor.folders import check_folder
from bouncer.errors import ConfigError
from bouncer.notify.channels import channel_folders, check_channels
from bouncer.settings.sections import ForwardSettings


def check_channel_folders(settings: ForwardSettings) -> Iterator[Finding]:
    """Check that each channel that is on could take an event now; nothing is sent, and nothing stays in its folder.

    The daemon does not make a missing folder: until the folder is there, events wait in the outbox.
    """
    try:
        check_channels(settings)
    except ConfigError as error:
        for fault in error.faults:
            yield fail("channel", fault, "put the setting right")
        return
    for name, folder in channel_folders(settings):
        yield check_folder(fill("channel {what} {place}", what=name, place=folder), folder, is_made=False)
