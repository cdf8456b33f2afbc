"""Making SQLite's file: a new one with today's tables and our mark, or an older one migrated, after a copy of it was made."""

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
from bouncer.store.lifecycle.migrating import find_newest_revision, migrate
from bouncer.store.lifecycle.recognizing import (
    APPLICATION_ID,
    FileKind,
    StoreFile,
    describe_refusal,
    recognize,
    recognize_ours,
    refuse_newer,
)
from bouncer.store.lifecycle.store_lock import StoreLock, give_to_owner, held_alone

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Upgrade:
    """A store that was migrated from one revision to another; *copy* is its former state, where a copy was requested."""

    before: str
    after: str
    copy: Path | None


def make_file(path: Path, busy_seconds: float, now: dt.datetime) -> StoreLock:
    """Make the store at *path* if it is missing, with its folder; migrate an older one. Give the lock of the daemon that serves it.

    Raises ConfigError for a file that is not ours or a newer program's; NotNow where another daemon serves an older store, or there
    is no room for its copy; OSError and errors of the database.
    """
    with _ready_to_make(path) as file:
        refuse_newer(file)
        hold = StoreLock(path)
        try:
            if file.is_there and not file.is_current:
                with hold.hold_alone():
                    upgrade = _upgrade(file, busy_seconds, now, copied=True)
                _log.warning(
                    "the store was of revision %s, now of %s; its copy: %s", upgrade.before, upgrade.after, upgrade.copy
                )
            elif not file.is_marked:
                _bring_up_to_date(path, busy_seconds)
        except BaseException:
            hold.release()
            raise
        return hold


def create_file(path: Path, busy_seconds: float) -> bool:
    """Make the store at *path* if it is missing; False where a file exists, which is left unchanged. Raises as ``make_file``."""
    with _ready_to_make(path) as file:
        if not file.is_there:
            _bring_up_to_date(path, busy_seconds)
        return not file.is_there


def upgrade_file(path: Path, busy_seconds: float, now: dt.datetime, *, copied: bool) -> Upgrade | None:
    """Migrate the store at *path*, with *copied* after making a copy; None where it is current. Raises as ``make_file``."""
    file = recognize_ours(path)
    refuse_newer(file)
    if file.is_current:
        return None
    with locked_folder(path.parent), held_alone(path):
        file = recognize_ours(path)
        return None if file.is_current else _upgrade(file, busy_seconds, now, copied=copied)


def write_ahead(path: Path, busy_seconds: float) -> None:
    """Switch the database to a write-ahead log, if it has none yet."""
    with closing(sqlite3.connect(path, timeout=busy_seconds)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise sqlite3.NotSupportedError(f"no write-ahead log is possible at {path}")


@contextmanager
def _ready_to_make(path: Path) -> Iterator[StoreFile]:
    """Recognize the existing file while no other process of ours works in the folder, which is made if it is missing."""
    _refuse_foreign(recognize(path))
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked_folder(path.parent):
        file = recognize(path)
        _refuse_foreign(file)
        yield file


def _refuse_foreign(file: StoreFile) -> None:
    if file.kind in (FileKind.FOREIGN, FileKind.DAMAGED):
        raise ConfigError(describe_refusal(file))


def _upgrade(file: StoreFile, busy_seconds: float, now: dt.datetime, *, copied: bool) -> Upgrade:
    copy = copy_before(file.path, file.revision, now) if copied else None
    _bring_up_to_date(file.path, busy_seconds)
    forget_old_copies(file.path)
    return Upgrade(file.revision, find_newest_revision(), copy)


def _bring_up_to_date(path: Path, busy_seconds: float) -> None:
    if not path.exists():
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        give_to_owner(descriptor, path.parent)
        os.close(descriptor)
    write_ahead(path, busy_seconds)
    engine = make_engine(path, busy_seconds)
    try:
        with engine.begin() as connection:
            migrate(connection)
            if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    finally:
        engine.dispose()
