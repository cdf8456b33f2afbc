"""Checks which daemon serves the store: whether it is the one that answers at our ports, one of several, or none."""

import datetime as dt
import os
import re
import socket
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.doctor.ports import LONGEST_GREETING, PROXY_OF_ITS_OWN
from bouncer.errors import ConfigError, StoreError
from bouncer.listening import host_port_text
from bouncer.ports.presences import Presence
from bouncer.settings.addresses import ANY_HOST, SMTP_PORT, host_port
from bouncer.settings.sections import Settings, SmtpSettings, StoreSettings
from bouncer.store.engine.databases import file_of, place_of, url_of
from bouncer.store.lifecycle.read_only import open_read_only
from bouncer.store.lifecycle.recognizing import FileKind, recognize
from bouncer.store.lifecycle.server_database import open_current
from bouncer.store.lifecycle.store_lock import is_served
from bouncer.store.presences import present_daemons

_NAME = re.compile(r"; daemon ([0-9a-f]{4,64})\s*$")


def check_serving(settings: Settings, now: dt.datetime, seconds: float) -> Iterator[Finding]:
    """Compare the daemons that answer at our addresses with those that are registered in our store."""
    try:
        path, place = file_of(settings.store), place_of(settings.store)
        registered = _registered_in_file(path, now) if path else _registered_in_database(settings.store, now)
        if registered is None:
            return
        is_held = is_served(path) if path else any(map(_runs_here, registered))
    except (ConfigError, StoreError, OSError, sqlite3.Error):
        return  # the check of the file reports its faults
    yield from compare_daemons(dict(_answering(settings.smtp, seconds)), registered, place, is_held=is_held)


def _registered_in_file(path: Path, now: dt.datetime) -> Sequence[Presence] | None:
    """Give the daemons that are registered in a file; None for one that is no store of today's revision."""
    file = recognize(path)
    if not file.is_there:
        return ()
    if file.kind is not FileKind.OURS or not file.is_current:
        return None
    with open_read_only(path) as connection:
        return present_daemons(connection, now=now)


def _registered_in_database(settings: StoreSettings, now: dt.datetime) -> Sequence[Presence]:
    """Give the daemons that are registered in a server's database; raises ConfigError where it is no store, StoreError."""
    with open_current(url_of(settings), settings.busy_seconds) as connection:
        return present_daemons(connection, now=now)


def _runs_here(presence: Presence) -> bool:
    return presence.host == socket.gethostname() and not _has_ended(presence)


def compare_daemons(
    names: Mapping[str, str | None], registered: Sequence[Presence], store: object, *, is_held: bool
) -> Iterator[Finding]:
    """Compare *names*, the daemons' names by the address where they answer, with the daemons *registered* in the store.

    A name of None is a daemon that does not give one; *is_held*: a daemon of this machine holds the store's lock.
    """
    by_name = {presence.name: presence for presence in registered}
    for where, name in names.items():
        yield _finding_of(where, name, by_name.get(name or ""), store, is_held=is_held)
    others = [other for other in registered if other.name not in names.values() and not _has_ended(other)]
    for other in others if is_held or names else ():
        yield _other_daemon(other, is_alone=not names)
    if not names and not is_held:
        yield warn(
            "daemon",
            fill("none on this machine serves {what}", what=store),
            "start it: systemctl start bouncer.service, or bouncer serve",
        )


def _finding_of(where: str, name: str | None, presence: Presence | None, store: object, *, is_held: bool) -> Finding:
    about = fill("daemon at {what}", what=where)
    same = "give daemon and commands the same settings file, and restart the daemon"
    if name is None:
        says = "does not say which store it has: another version, or a mail server in front of it"
        return warn(about, says, "restart it after an update; behind another mail server compare [store] url yourself")
    if presence is None:
        return fail(about, fill("keeps its letters in another store than {what}", what=store), same)
    if not is_held and presence.host == socket.gethostname():
        return fail(about, fill("keeps its letters elsewhere: {what} is a copy of its store", what=store), same)
    return ok(
        about, fill("serves this store: {what}, version {version}", what=presence.description, version=presence.version)
    )


def _other_daemon(presence: Presence, *, is_alone: bool) -> Finding:
    if not is_alone:
        return ok("another daemon", fill("serves this store, too: {what}", what=presence.description))
    says = fill("serves this store, and does not answer at [smtp] listen: {what}", what=presence.description)
    return warn("daemon", says, "restart it after a change of the settings; right if only a proxy reaches it")


def _has_ended(presence: Presence) -> bool:
    """Whether the daemon was a process of this host that no longer exists: it was killed and did not sign off."""
    if presence.host != socket.gethostname():
        return False
    try:
        os.kill(presence.process, 0)  # sends no signal: only tests whether the process exists (kill(2))
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _answering(smtp: SmtpSettings, seconds: float) -> Iterator[tuple[str, str | None]]:
    places = [host_port(text) for text in smtp.listen]
    if SMTP_PORT not in [port for _, port in places]:
        places.append(("localhost", SMTP_PORT))
    for host, port in places:
        try:
            banner, helped = _greeting_and_help(ANY_HOST.get(host, host), port, seconds, smtp)
        except OSError:
            continue  # the check of the ports reports it
        if banner.split()[:2] == ["220", smtp.hostname]:
            name = _NAME.search(helped)
            yield host_port_text(host, port), name[1] if name else None


def _greeting_and_help(host: str, port: int, seconds: float, smtp: SmtpSettings) -> tuple[str, str]:
    """Give the greeting at a port and the reply to HELP; raises OSError."""
    with socket.create_connection((host, port), timeout=seconds) as connection:
        if smtp.proxy_protocol:
            connection.sendall(PROXY_OF_ITS_OWN)
        with closing(connection.makefile("rb")) as lines:
            banner = lines.readline(LONGEST_GREETING)
            connection.sendall(b"HELP\r\n")
            helped = lines.readline(LONGEST_GREETING)
            connection.sendall(b"QUIT\r\n")
    return banner.decode("ascii", "replace"), helped.decode("ascii", "replace")
