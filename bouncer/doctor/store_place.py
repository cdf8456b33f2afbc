"""Checks the place of the store: whether the daemon can write there, and whether there is room."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bouncer.compose.filled_text import FilledText, fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.doctor.server_database import check_database
from bouncer.errors import ConfigError
from bouncer.files import first_inaccessible_folder
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.databases import file_of, url_of
from bouncer.store.lifecycle.migrating import find_newest_revision
from bouncer.store.lifecycle.recognizing import FileKind, connect_to_read, has_log, recognize

LOOK_SECONDS = 3.0
"""Seconds for the search for damage."""
STEPS = 10_000
"""Instructions of SQLite's virtual machine between two looks at the clock."""
LITTLE_ROOM = 1 << 30
"""Octets of free space below which the check warns: half a million reports, a bad day of a large sender, take as much."""


def store(settings: StoreSettings) -> Iterator[Finding]:
    """Check [store] url without changing anything: nothing is made or migrated."""
    try:
        url, path = url_of(settings), file_of(settings)
    except ConfigError as error:
        yield fail("store", error.faults[0], "put the setting right: sqlite:////var/lib/bouncer/bouncer.db is a url")
    else:
        yield from _file(path) if path else check_database(url, settings.busy_seconds)


def _file(path: Path) -> Iterator[Finding]:
    about = fill("store {what}", what=path)
    try:
        folder, exists = next(place for place in path.parents if place.exists()), path.exists()
    except PermissionError:
        yield fail(
            about,
            fill("this user may not enter {what}", what=first_inaccessible_folder(path)),
            "run this as root or as the daemon's user",
        )
        return
    if path.is_dir():
        yield fail(about, "a folder is there", "name a file in it")
        return
    if not folder.is_dir():
        yield fail(
            about, fill("{what} is no folder", what=folder), "name a file in a folder, or in one that can be made"
        )
        return
    needed = [(folder, os.W_OK | os.X_OK), *([(path, os.R_OK | os.W_OK)] if exists else [])]
    refused = [str(place) for place, mode in needed if not os.access(place, mode)]
    if refused:
        yield fail(
            about, fill("this user may not write to {what}", what=refused[0]), "let the daemon's user write there"
        )
        return
    if exists and (fault := _fault(about, path)):
        yield fault
        return
    room = shutil.disk_usage(folder).free
    if room < LITTLE_ROOM:
        yield warn(
            about,
            fill("only {number} MB are free", number=room >> 20),
            "make room: when the disk is full, every letter is put off",
        )
    else:
        yield ok(about, _room(room, exists=exists))


def _room(free: int, *, exists: bool) -> FilledText:
    if exists:
        return fill("can be written to, {number} GB are free", number=free >> 30)
    return fill("can be written to, {number} GB are free; not made yet", number=free >> 30)


def _fault(about: str, path: Path) -> Finding | None:
    """Describe the fault of an existing file; None where the daemon can use it."""
    try:
        file = recognize(path)
        damage = _damage(path) if file.kind is FileKind.OURS else ""
    except sqlite3.Error as error:
        return warn(
            about, fill("cannot be read now: {what}", what=error), "check again; if it stays so, restart the daemon"
        )
    if file.kind in (FileKind.FOREIGN, FileKind.DAMAGED):
        return fail(
            about,
            fill("is {what}", what=file.description),
            _remedy(file.kind),
        )
    if file.revision > find_newest_revision():
        return fail(
            about,
            fill("a newer bouncer made it (revision {what})", what=file.revision),
            "update this bouncer to that version",
        )
    if damage:
        return fail(
            about,
            fill("is damaged: {what}", what=damage),
            "stop the daemon, and put a backup in its place: bouncer store restore FILE",
        )
    return None


def _remedy(kind: FileKind) -> str:
    if kind is FileKind.DAMAGED:
        return "put a backup in its place ('bouncer store restore FILE'), or name another file in [store] url"
    return "[store] url must name another file"


def _damage(path: Path) -> str:
    """Give the first damage that is found within a few seconds; a large store is not searched to its end."""
    end = time.monotonic() + LOOK_SECONDS
    with closing(connect_to_read(path, immutable=not has_log(path))) as connection:
        connection.set_progress_handler(lambda: time.monotonic() > end, STEPS)
        try:
            (problem,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_INTERRUPT:
                return ""
            raise
        except sqlite3.DatabaseError as error:
            return str(error)
    lines = (line for line in str(problem).splitlines() if not line.startswith("***"))  # a heading names the database
    return "" if problem == "ok" else next(lines, "pages cannot be read")
