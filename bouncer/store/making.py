"""Making SQLite's file: a new one with today's tables and our mark, or an older one brought up to date."""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.store.connecting import make_engine
from bouncer.store.migrating import migrate
from bouncer.store.recognizing import APPLICATION_ID, FileKind, StoreFile, recognize, refusal, refuse_newer


def make_file(path: Path, busy_seconds: float) -> None:
    """Make the store at *path* where there is none, with its folder; bring an older one up to date.

    Raises ConfigError for a file that is not ours or a newer program's; OSError and errors of the database.
    """
    with _ready_to_make(path) as found:
        refuse_newer(found)
        _bring_up_to_date(path, busy_seconds)


def create_file(path: Path, busy_seconds: float) -> bool:
    """Make the store at *path* where there is none; False where there is one, which is left alone. Raises as ``make_file``."""
    with _ready_to_make(path) as found:
        if found.is_there:
            return False
        _bring_up_to_date(path, busy_seconds)
        return True


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Be the only one of us who opens a file in *folder*; changing to the write-ahead log knows no waiting for others."""
    held = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def write_ahead(path: Path, busy_seconds: float) -> None:
    """Have the database keep a write-ahead log; in one that does already nothing changes."""
    with closing(sqlite3.connect(path, timeout=busy_seconds)) as connection:
        (mode,) = connection.execute("PRAGMA journal_mode=WAL").fetchone()
    if mode != "wal":
        raise sqlite3.NotSupportedError(f"no write-ahead log is possible at {path}")


@contextmanager
def _ready_to_make(path: Path) -> Iterator[StoreFile]:
    """Look at what is there, alone in the folder, which is made where it is missing."""
    found = recognize(path)
    _refuse_foreign(found)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with alone(path.parent):
        found = recognize(path)
        _refuse_foreign(found)
        yield found


def _refuse_foreign(found: StoreFile) -> None:
    if found.kind in (FileKind.FOREIGN, FileKind.DAMAGED):
        raise ConfigError(refusal(found))


def _bring_up_to_date(path: Path, busy_seconds: float) -> None:
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    write_ahead(path, busy_seconds)
    engine = make_engine(path, "BEGIN IMMEDIATE", 1, busy_seconds)
    try:
        with engine.begin() as connection:
            migrate(connection)
            if connection.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION_ID:
                connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
    finally:
        engine.dispose()
