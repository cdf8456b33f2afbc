"""Making SQLite's file: a new one with today's tables and our mark, or an older one brought up to date behind a copy of it."""

import datetime as dt
import logging
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.files import locked_folder
from bouncer.store.engine.connecting import make_engine
from bouncer.store.lifecycle.copying import copy_before, forget_old_copies
from bouncer.store.lifecycle.holding import StoreLock, give_to_owner, held_alone
from bouncer.store.lifecycle.migrating import migrate, newest
from bouncer.store.lifecycle.recognizing import (
    APPLICATION_ID,
    FileKind,
    StoreFile,
    ours,
    recognize,
    refusal,
    refuse_newer,
)

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A store that was brought from one revision to another; *copy* is how it was before, where that was asked for."""

    before: str
    after: str
    copy: Path | None


def make_file(path: Path, busy_seconds: float, now: dt.datetime) -> StoreLock:
    """Make the store at *path* where there is none, with its folder; bring an older one up to date. Give the lock of who serves it.

    Raises ConfigError for a file that is not ours or a newer program's; NotNow where an older store is served by another
    daemon, or has no room for its copy; OSError and errors of the database.
    """
    with _ready_to_make(path) as found:
        refuse_newer(found)
        hold = StoreLock(path)
        try:
            if found.is_there and not found.is_current:
                with hold.alone():
                    done = _upgrade(found, busy_seconds, now, copied=True)
                _log.warning(
                    "the store was of revision %s, now of %s; its copy: %s", done.before, done.after, done.copy
                )
            elif not found.is_marked:
                _bring_up_to_date(path, busy_seconds)
        except BaseException:
            hold.release()
            raise
        return hold


def create_file(path: Path, busy_seconds: float) -> bool:
    """Make the store at *path* where there is none; False where there is one, which is left alone. Raises as ``make_file``."""
    with _ready_to_make(path) as found:
        if not found.is_there:
            _bring_up_to_date(path, busy_seconds)
        return not found.is_there


def upgrade_file(path: Path, busy_seconds: float, now: dt.datetime, *, copied: bool) -> Upgrade | None:
    """Bring the store at *path* up to date, behind a copy of it with *copied*; None where it is. Raises as ``make_file``."""
    found = ours(path)
    refuse_newer(found)
    if found.is_current:
        return None
    with locked_folder(path.parent), held_alone(path):
        found = ours(path)
        return None if found.is_current else _upgrade(found, busy_seconds, now, copied=copied)


def write_ahead(path: Path, busy_seconds: float) -> None:
    """Have the database keep a write-ahead log; in one that does already nothing changes."""
    with closing(sqlite3.connect(path, timeout=busy_seconds)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise sqlite3.NotSupportedError(f"no write-ahead log is possible at {path}")


@contextmanager
def _ready_to_make(path: Path) -> Iterator[StoreFile]:
    """Look at what is there, alone in the folder, which is made where it is missing."""
    _refuse_foreign(recognize(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked_folder(path.parent):
        found = recognize(path)
        _refuse_foreign(found)
        yield found


def _refuse_foreign(found: StoreFile) -> None:
    if found.kind in (FileKind.FOREIGN, FileKind.DAMAGED):
        raise ConfigError(refusal(found))


def _upgrade(found: StoreFile, busy_seconds: float, now: dt.datetime, *, copied: bool) -> Upgrade:
    kept = copy_before(found.path, found.revision, now) if copied else None
    _bring_up_to_date(found.path, busy_seconds)
    forget_old_copies(found.path)
    return Upgrade(found.revision, newest(), kept)


def _bring_up_to_date(path: Path, busy_seconds: float) -> None:
    if not path.exists():
        made = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        give_to_owner(made, path.parent)
        os.close(made)
    write_ahead(path, busy_seconds)
    engine = make_engine(path, "BEGIN IMMEDIATE", 1, busy_seconds)
    try:
        with engine.begin() as connection:
            migrate(connection)
            if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    finally:
        engine.dispose()
