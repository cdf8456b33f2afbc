"""Restoring: a backup replaces the store, and the old file stays beside it under another name.

The backup's state becomes the store's state: notices that wait in it leave at the next start of the daemon; those that left after
the backup was made leave a second time, with the same Message-ID.
"""

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.files import locked_folder
from bouncer.store.lifecycle.copying import REPLACED, copy, partial_path, sync_folder, time_for_name
from bouncer.store.lifecycle.recognizing import (
    FileKind,
    StoreFile,
    connect_to_read,
    describe_refusal,
    recognize,
    recognize_ours,
    refuse_newer,
)
from bouncer.store.lifecycle.store_lock import held_alone

WAITING = "SELECT count(*) FROM outbox WHERE state = 'waiting'"
"""The query that counts the notices that have yet to leave, in every revision of the tables."""
BESIDE = ("-wal", "-shm", "-journal")
"""SQLite's files beside a database, by the endings of their names (https://www.sqlite.org/tempfiles.html)."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A store restored from a backup: its revision, the notices that wait in it, and the path of the old file."""

    revision: str
    is_current: bool
    waiting: int
    replaced: Path | None


def restore(path: Path, backup: Path, now: dt.datetime) -> Restored:
    """Put a copy of *backup* at *path*, with its folder if it is missing.

    Raises ConfigError where *backup* is not our store, a newer program's, or damaged, and where another program's database is at
    *path*; NotNow where a daemon serves the store, or there is no room; StoreError, OSError.
    """
    source = recognize_ours(backup)
    refuse_newer(source)
    if _is_same(path, backup):
        raise ConfigError(f"{backup} is the store itself: name a backup of it")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked_folder(path.parent), held_alone(path):
        existing = recognize(path)
        if existing.kind is FileKind.FOREIGN:
            raise ConfigError(describe_refusal(existing))
        part = partial_path(path)
        try:
            copy(backup, part)
            waiting = _count_in_file(part)
            replaced = _put_aside(existing, now)
            part.rename(path)
        finally:
            part.unlink(missing_ok=True)
        sync_folder(path.parent)
    return Restored(source.revision, source.is_current, waiting, replaced)


def _is_same(path: Path, backup: Path) -> bool:
    return path.exists() and path.samefile(backup)


def _put_aside(existing: StoreFile, now: dt.datetime) -> Path | None:
    """Rename an existing file together with its log; an empty file is renamed too, and not mentioned."""
    if existing.kind is FileKind.MISSING:
        return None
    path = existing.path
    aside = path.with_name(f"{path.name}.{time_for_name(now)}.{REPLACED}")
    if aside.exists():
        raise ConfigError(f"{aside} is there already: wait a second, and try again")
    for ending in ("", *BESIDE):
        file = path.with_name(f"{path.name}{ending}")
        if file.exists():
            file.rename(aside.with_name(f"{aside.name}{ending}"))
    return aside


def _count_in_file(path: Path) -> int:
    with closing(connect_to_read(path, immutable=True)) as connection:
        return count_waiting_notices(connection)


def count_waiting_notices(connection: sqlite3.Connection) -> int:
    """Count the notices that have yet to leave."""
    (count,) = connection.execute(WAITING).fetchone()
    return int(count)
