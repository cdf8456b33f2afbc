"""Reloading: on SIGHUP certificate, keys and the settings that can change while the daemon runs are put in force.

All of the new is read before anything changes, so that a fault in it leaves the old in force as it was. What a connection was
promised when it began holds for it to its end.
"""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from typing import Any

from bouncer.daemon.certificate import tls_context
from bouncer.errors import BouncerError, ConfigError, collect_faults
from bouncer.key_files import read_keys
from bouncer.logs import tell
from bouncer.mail.returnpath import Key
from bouncer.settings.sections import Settings
from bouncer.smtpd.server import SmtpServer
from bouncer.stages.admit import Admit
from bouncer.stages.read import Read
from bouncer.stages.retire import Retire
from bouncer.stages.volume import Volume

SECTIONS = frozenset({"smtp", "tokens", "retention", "log"})
"""Sections that can change while the daemon runs; the others were built into what runs."""
FIXED = frozenset(
    {
        "smtp.listen",
        "smtp.hostname",
        "smtp.domains",
        "smtp.max_connections",
        "smtp.max_connections_per_client",
        "smtp.drain_seconds",
    }
)
"""Of those sections what cannot: sockets are open under it, records are named by it, or somebody counts by it already."""

_log = logging.getLogger(__name__)


class Reloading:
    """The settings and keys in force, and what has to hear of others."""

    def __init__(self, settings: Settings, admit: Admit) -> None:
        self.settings = settings
        self._admit = admit
        self._renew: Callable[[Settings], None] = lambda _settings: None

    @property
    def keys(self) -> tuple[Key, ...]:
        """The master keys in force; the first signs."""
        return self._admit.keys

    def expire_days(self) -> int:
        """Say for how many days a path is signed now."""
        return self.settings.tokens.expire_days

    def holds(self, server: SmtpServer, reading: Read, volume: Volume, retiring: Retire) -> None:
        """Say what is built by the settings; it hears of new ones from now on."""

        def renew(settings: Settings) -> None:
            keys, context = read_keys(settings.tokens.keys), tls_context(settings.smtp)
            self._admit.keys = reading.keys = keys
            server.renew(settings.smtp, context)
            volume.renew(settings.smtp)
            retiring.renew(settings.retention)

        self._renew = renew

    def reload(self, load: Callable[[], Settings]) -> bool:
        """Put in force what *load* reads, as far as it can change, and say so in one line of the log; False where it is faulty."""
        try:
            asked = load()
            self._complain(asked)
            settings = _as_far_as_possible(self.settings, asked)
            self._renew(settings)
        except BouncerError as error:
            tell(_log, logging.WARNING, "not-reloaded", said="; ".join(str(error).splitlines()))
            return False
        changed = list(_differing(self.settings, settings))
        waiting = list(_differing(settings, asked))
        self.settings = settings
        reloaded = ["keys", *(["certificate"] if settings.smtp.tls_certificate else []), *changed]
        level = logging.WARNING if waiting else logging.INFO
        tell(_log, level, "reloaded", said=", ".join(reloaded), needs_restart=", ".join(waiting) or None)
        return True

    def _complain(self, asked: Settings) -> None:
        collect_faults(lambda: self._check_keys(asked), lambda: tls_context(asked.smtp))

    def _check_keys(self, asked: Settings) -> None:
        if self.keys and not read_keys(asked.tokens.keys):  # whoever signs has begun to
            raise ConfigError("[tokens] keys: none is left, which needs a restart")


def _as_far_as_possible(old: Settings, new: Settings) -> Settings:
    """Give *new* with all that cannot change as it is in *old*."""
    sections: dict[str, Any] = {}
    for section in SECTIONS:
        was = getattr(old, section)
        names = [field.name for field in dataclasses.fields(was) if f"{section}.{field.name}" in FIXED]
        unchanged = {name: getattr(was, name) for name in names}
        sections[section] = dataclasses.replace(getattr(new, section), **unchanged)
    return dataclasses.replace(old, **sections)


def _differing(old: Settings, new: Settings) -> Iterator[str]:
    """Name the settings that differ."""
    for section in dataclasses.fields(old):
        was, now = getattr(old, section.name), getattr(new, section.name)
        for field in dataclasses.fields(was):
            if getattr(was, field.name) != getattr(now, field.name):
                yield f"{section.name}.{field.name.rstrip('_')}"
