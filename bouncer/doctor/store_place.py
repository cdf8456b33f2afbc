"""Checks the place of the store: whether the daemon can write there, and whether there is room."""

import os
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.doctor.server_database import check_database
from bouncer.errors import ConfigError
from bouncer.files import first_inaccessible_folder
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.databases import file_of, url_of
from bouncer.store.lifecycle.migrating import newest
from bouncer.store.lifecycle.recognizing import FileKind, connect_to_read, describe_refusal, has_log, recognize

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
    about = f"store {path}"
    try:
        folder, exists = next(place for place in path.parents if place.exists()), path.exists()
    except PermissionError:
        yield fail(
            about,
            f"this user may not enter {first_inaccessible_folder(path)}",
            "run this as root or as the daemon's user",
        )
        return
    if path.is_dir():
        yield fail(about, "a folder is there", "name a file in it")
        return
    if not folder.is_dir():
        yield fail(about, f"{folder} is no folder", "name a file in a folder, or in one that can be made")
        return
    needed = [(folder, os.W_OK | os.X_OK), *([(path, os.R_OK | os.W_OK)] if exists else [])]
    refused = [str(place) for place, mode in needed if not os.access(place, mode)]
    if refused:
        yield fail(about, f"this user may not write to {refused[0]}", "let the daemon's user write there")
        return
    if exists and (fault := _fault(about, path)):
        yield fault
        return
    room = shutil.disk_usage(folder).free
    if room < LITTLE_ROOM:
        yield warn(about, f"only {room >> 20} MB are free", "make room: when the disk is full, every letter is put off")
    else:
        yield ok(about, f"can be written to, {room >> 30} GB are free" + ("" if exists else "; not made yet"))


def _fault(about: str, path: Path) -> Finding | None:
    """Describe the fault of an existing file; None where the daemon can use it."""
    try:
        file = recognize(path)
        damage = _damage(path) if file.kind is FileKind.OURS else ""
    except sqlite3.Error as error:
        return warn(about, f"cannot be read now: {error}", "check again; if it stays so, restart the daemon")
    if file.kind in (FileKind.FOREIGN, FileKind.DAMAGED):
        return fail(about, f"is {file.description}", describe_refusal(file).rpartition(": ")[2].rpartition("; ")[2])
    if file.revision > newest():
        return fail(about, f"a newer bouncer made it (revision {file.revision})", "update this bouncer to that version")
    if damage:
        return fail(
            about, f"is damaged: {damage}", "stop the daemon, and put a backup in its place: bouncer store restore FILE"
        )
    return None


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
    return "" if problem == "ok" else str(problem).partition("\n")[0]
