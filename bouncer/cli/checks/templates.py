"""Looks at accounts' own templates: each is tried as the daemon tries it when it starts."""

from collections.abc import Iterator

from bouncer.cli.checks.finding import Finding, fail, ok, warn
from bouncer.errors import ConfigError
from bouncer.notify.templates import read_templates
from bouncer.settings import ForwardSettings


def templates(settings: ForwardSettings) -> Iterator[Finding]:
    """Look at every account's."""
    try:
        found = read_templates(settings.templates)
    except ConfigError as error:
        yield fail("templates", error.faults[0], "name a folder that stays, or none")
        return
    for account, custom in found.items():
        about = f"templates of {account}"
        for fault in custom.faults:
            yield warn(about, fault, "ours is sent instead until it is mended and the daemon started again")
        if custom.templates:
            yield ok(about, ", ".join(custom.templates))
