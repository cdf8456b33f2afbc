"""The list of the channels, in the order in which they are opened. A new channel is a module and a line here."""

from collections.abc import Iterator
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.notify.channel import ChannelContext, ChannelType
from bouncer.notify.file import FILE
from bouncer.notify.mail import MAIL_CHANNEL
from bouncer.notify.webhooks.channel import WEBHOOK
from bouncer.ports.delivery import Delivery
from bouncer.settings.sections import ForwardSettings

CHANNELS: tuple[ChannelType, ...] = (
    MAIL_CHANNEL,  # mails to owners and the operator, by a courier
    WEBHOOK,  # posts to the endpoints of accounts
    FILE,  # JSON lines appended to a file
)


def open_channels(context: ChannelContext) -> tuple[Delivery, ...]:
    """Make the deliveries of every channel that is on. Raises ConfigError."""
    return tuple(
        delivery for channel, words in _channels_on(context.settings) for delivery in channel.open(context, words)
    )


def check_channels(settings: ForwardSettings) -> None:
    """Check the setting ``[forward] channels``; raises ConfigError with every fault."""
    faults: list[str] = []
    names = [text.partition(" ")[0] for text in settings.channels]
    can_be_named = [channel.name for channel in CHANNELS if not channel.is_always_on]
    for name in dict.fromkeys(names):
        if name not in can_be_named:
            faults.append(f"[forward] channels: {name}: there are {', '.join(can_be_named)}")
        elif names.count(name) > 1:
            faults.append(f"[forward] channels: {name}: named twice")
    for channel, words in _channels_on(settings):
        try:
            channel.check(words)
        except ConfigError as error:
            faults += error.faults
    if faults:
        raise ConfigError(*faults)


def checked_destination(settings: ForwardSettings, name: str, destination: str) -> str:
    """Give *destination* in the form that the channel *name* records. Raises ValueError where the channel is off or refuses it."""
    for channel, words in _channels_on(settings):
        if channel.name == name:
            return channel.destination(words, destination)
    raise ValueError(f"the channel {name} is off: name it in [forward] channels")


def channel_folders(settings: ForwardSettings) -> Iterator[tuple[str, Path]]:
    """Give the name and the folder of each channel that is on and writes to one, of settings without a fault."""
    for channel, words in _channels_on(settings):
        if channel.folder:
            yield channel.name, channel.folder(words)


def _channels_on(settings: ForwardSettings) -> Iterator[tuple[ChannelType, str]]:
    """Give the channels that are on, each with the text after its name in the setting."""
    channel_words = {name: words.strip() for name, _, words in (text.partition(" ") for text in settings.channels)}
    for channel in CHANNELS:
        if channel.is_always_on or channel.name in channel_words:
            yield channel, channel_words.get(channel.name, "")
