"""Reload on SIGHUP: puts in force the certificate, the keys and the settings that can change while the daemon runs.

All new values are read before anything changes, so a fault in one of them leaves all old values in force. A connection keeps the
limits and the certificate that it began with.
"""

import dataclasses
import logging
import ssl
from collections.abc import Callable, Iterator
from typing import Any

from bouncer.daemon.certificate import http_tls_context, load_certificate, tls_context
from bouncer.daemon.recording import RecordingPart
from bouncer.errors import BouncerError, ConfigError, collect_faults
from bouncer.key_files import read_keys
from bouncer.logs import log_event
from bouncer.mail.returnpath import Key
from bouncer.settings.sections import Settings
from bouncer.smtpd.server import SmtpServer
from bouncer.stages.admit import Admit
from bouncer.stages.volume import Volume

SECTIONS = frozenset({"smtp", "tokens", "retention", "log"})
"""Sections that can change while the daemon runs; the objects that use the other sections are not built anew."""
NEEDS_RESTART = frozenset(
    {
        "smtp.listen",
        "smtp.hostname",
        "smtp.domains",
        "smtp.max_connections",
        "smtp.max_connections_per_client",
        "smtp.drain_seconds",
    }
)
"""Settings of these sections that need a restart: open sockets, names in records, or counters depend on them."""

_log = logging.getLogger(__name__)


class Reloading:
    """The settings and keys in force, and the objects that a reload renews."""

    def __init__(self, settings: Settings, admit: Admit) -> None:
        self.settings = settings
        self._admit = admit
        self._renew: Callable[[Settings], None] = lambda _settings: None

    @property
    def keys(self) -> tuple[Key, ...]:
        """The master keys in force; the first signs."""
        return self._admit.keys

    def expire_days(self) -> int:
        """Give the number of days that a return path is signed for now."""
        return self.settings.tokens.expire_days

    def register(
        self,
        server: SmtpServer,
        recording: RecordingPart,
        volume: Volume,
        http_tls: ssl.SSLContext | None,
    ) -> None:
        """Register the objects that are built from the settings; each reload renews them, and the certificate of *http_tls*."""

        def renew(settings: Settings) -> None:
            keys, context = read_keys(settings.tokens.keys), tls_context(settings.smtp)
            self._admit.keys = keys
            server.renew(settings.smtp, context)
            if http_tls is not None:
                load_certificate(http_tls, "http", self.settings.http)
            volume.renew(settings.smtp)
            recording.renew(settings)

        self._renew = renew

    def reload(self, load: Callable[[], Settings]) -> bool:
        """Put in force the settings that *load* gives, as far as they can change, and log it; False if they have a fault."""
        try:
            new_settings = load()
            self._check(new_settings)
            settings = _keep_fixed_settings(self.settings, new_settings)
            self._renew(settings)
        except BouncerError as error:
            log_event(_log, logging.WARNING, "not-reloaded", said="; ".join(str(error).splitlines()))
            return False
        changed = list(_list_differences(self.settings, settings))
        waiting = list(_list_differences(settings, new_settings))
        self.settings = settings
        has_certificate = settings.smtp.tls_certificate or settings.http.tls_certificate
        reloaded = ["keys", *(["certificate"] if has_certificate else []), *changed]
        level = logging.WARNING if waiting else logging.INFO
        log_event(_log, level, "reloaded", said=", ".join(reloaded), needs_restart=", ".join(waiting) or None)
        return True

    def _check(self, new_settings: Settings) -> None:
        collect_faults(lambda: self._check_keys(new_settings), lambda: tls_context(new_settings.smtp), self._check_http)

    def _check_http(self) -> None:
        http_tls_context(self.settings.http)

    def _check_keys(self, new_settings: Settings) -> None:
        if self.keys and not read_keys(new_settings.tokens.keys):  # programs that sign are configured to do so already
            raise ConfigError("[tokens] keys: none is left, which needs a restart")


def _keep_fixed_settings(old: Settings, new: Settings) -> Settings:
    """Give *new*, with the values of *old* for all settings that need a restart."""
    sections: dict[str, Any] = {}
    for section in SECTIONS:
        old_section = getattr(old, section)
        names = [field.name for field in dataclasses.fields(old_section) if f"{section}.{field.name}" in NEEDS_RESTART]
        unchanged = {name: getattr(old_section, name) for name in names}
        sections[section] = dataclasses.replace(getattr(new, section), **unchanged)
    return dataclasses.replace(old, **sections)


def _list_differences(old: Settings, new: Settings) -> Iterator[str]:
    """Give the names, section.key, of the settings that differ."""
    for section in dataclasses.fields(old):
        old_section, now = getattr(old, section.name), getattr(new, section.name)
        for field in dataclasses.fields(old_section):
            if getattr(old_section, field.name) != getattr(now, field.name):
                yield f"{section.name}.{field.name.rstrip('_')}"
