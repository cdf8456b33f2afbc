"""SQLite: opening its file, beginning its transactions, interpreting its errors (https://www.sqlite.org/rescode.html).

Write-ahead log; ``synchronous=FULL`` (a commit is on the disk) for all transactions but those of ``write_unsynced``; foreign
keys on; BEGIN IMMEDIATE for writing, so that a transaction that has begun can also commit. One connection writes, a few read; in
the write-ahead log neither waits for the other.
"""

import datetime as dt
import errno
import os
import sqlite3
import time
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from bouncer.errors import ConfigError, StoreError
from bouncer.files import describe_os_error, locked_folder
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.async_engine import AsyncEngine
from bouncer.store.engine.backend import Transaction
from bouncer.store.engine.connecting import connect, make_async_engine
from bouncer.store.engine.disk_room import DiskRoom
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.file_identity import DATABASE, INDEX, LOG, DatabaseFiles
from bouncer.store.engine.wal import WalCheckpointer
from bouncer.store.lifecycle.making import create_file, make_file, write_ahead
from bouncer.store.lifecycle.recognizing import recognize_current
from bouncer.store.lifecycle.store_lock import StoreLock

LOOK_SECONDS = 0.001
"""Seconds between two attempts to begin a writing transaction while another process writes."""

_BUGS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.InterfaceError)
"""Errors of the statement; all others are of the database's state: locked, full, away, damaged."""

_TRANSIENT = ("SQLITE_BUSY_RECOVERY", "SQLITE_BUSY_SNAPSHOT", "SQLITE_PROTOCOL")
"""Errors while another process recovers or restarts the write-ahead log; SQLite does not wait for the end of that."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
"""Primary codes of errors for pages that are not what they were; no attempt mends them."""
_READ_ONLY = ("SQLITE_READONLY", "SQLITE_READONLY_CANTINIT", "SQLITE_READONLY_DIRECTORY")


def path_of(url: sa.URL) -> Path:
    """Give the file of *url*, behind symbolic links: its log and its lock are beside it. Raises ConfigError."""
    return Path(os.path.realpath(_named_path(url)))


def _named_path(url: sa.URL) -> Path:
    """Give the path that *url* names, ``sqlite:///relative`` or ``sqlite:////absolute``; ConfigError for any other form."""
    name = url.database
    if url.host or url.query or not name or name == ":memory:" or name.startswith("file:"):
        raise ConfigError("[store] url: SQLite needs a file: sqlite:///relative/path or sqlite:////absolute/path")
    return Path(name).absolute()


async def open_sqlite(url: sa.URL, settings: StoreSettings, *, make_at: dt.datetime | None = None) -> Engine:
    """Open the file; with a moment *make_at*, as in the daemon, a missing file is made, and an old one migrated.

    Without *make_at*, a file that is not our store in today's form is left unchanged, and ConfigError describes it. Raises
    StoreError where the file cannot be opened now.
    """
    engine = Engine(SqliteFile(_named_path(url), settings.busy_seconds, make_at))
    try:
        await engine.open()
    except BaseException as error:
        await engine.close()
        file = path_of(url)
        if isinstance(error, StoreError) and str(file.parent) not in str(error):
            raise StoreError(f"{file}: {error}", full=error.full, is_astray=error.is_astray) from error
        raise
    return engine


def create_sqlite(url: sa.URL, settings: StoreSettings) -> bool:
    """Make the file if it is missing; False if it exists. Raises ConfigError for another program's file, OSError, StoreError."""
    try:
        return create_file(path_of(url), settings.busy_seconds)
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        raise StoreError(_describe(_cause(error))) from error


class SqliteFile:
    """The port Backend on one file; with a moment *make_at*, a missing one is made and an old one migrated."""

    def __init__(self, path: Path, busy_seconds: float, make_at: dt.datetime | None) -> None:
        self._path = Path(os.path.realpath(path))
        self._busy_seconds = busy_seconds
        self._make_at = make_at
        self._files = DatabaseFiles(self._path, path)
        self._log = WalCheckpointer(self._path)
        self._room = DiskRoom(self._path)
        self._hold: StoreLock | None = None
        self._anchor: sqlite3.Connection | None = None  # while it is open, log and index stay the files that they are

    def make_engine(self, connections: int, *, writes: bool) -> AsyncEngine:
        """Make a pool of connections, each with a thread of its own."""
        return make_async_engine(self._path, self._busy_seconds, connections, writes=writes)

    def open(self) -> None:
        """Find the file, or make or migrate it where the caller of this class wants that; then its lock is held until ``close``."""
        if self._path.exists() and not os.access(self._path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self._path))
        if self._make_at is None:
            recognize_current(self._path)
        else:
            self._hold = make_file(self._path, self._busy_seconds, self._make_at)
        self._files.remember(DATABASE)
        with locked_folder(self._path.parent):
            write_ahead(self._path, self._busy_seconds)
            self._anchor = connect(self._path, self._busy_seconds, writes=False)
            for statement in ("BEGIN IMMEDIATE", "COMMIT"):  # from now on the log and its index exist
                self._anchor.execute(statement)
            self._files.remember(LOG, INDEX)

    def begin(self, connection: sa.Connection, kind: Transaction) -> None:
        """Queue the beginning of the transaction for the trip of its first statement; a question has none."""
        if kind is Transaction.ASKING:
            return
        driver: Any = connection.connection.driver_connection
        driver.queue(_begin_reading if kind is Transaction.READING else partial(self._begin_writing, kind))

    def _begin_writing(self, kind: Transaction, connection: sqlite3.Connection) -> None:
        self._files.require_unchanged()
        # set for each transaction, so that no earlier one can weaken the durability of a letter
        connection.execute(f"PRAGMA synchronous = {'FULL' if kind is Transaction.DURABLE else 'NORMAL'}")
        is_short = self._room.is_short()
        if is_short or self._log.is_long:
            self._log.restart_log(connection, cut=is_short)
        _begin_in_turn(connection, self._busy_seconds)

    def after_commit(self) -> None:
        """Begin a checkpoint of the write-ahead log in another thread, at most one every second."""
        self._log.checkpoint_when_due()

    def is_short_of_room(self, octets: int) -> bool:
        """Whether the disk may have no room for *octets* more."""
        return self._room.is_short(octets)

    def require_room(self, octets: int, leaving: int) -> None:
        """Checkpoint the log, which makes room; raise StoreError where there is still no room for *octets*."""
        with closing(self._log.connect()) as connection:
            self._log.restart_log(connection, cut=True)
            if not self._room.fits(connection, octets, leaving):
                raise StoreError("the disk is full but for the room that is left for records and deletions", full=True)

    def empty_log(self) -> bool:
        """Write the log into the file beside other writers, then the rest of it while they wait, and cut it to nothing."""
        try:
            with closing(self._log.connect()) as connection:
                return self._log.carry_over_and_cut(connection)
        except sqlite3.OperationalError:  # another process writes or checkpoints
            return False

    def is_transient(self, error: Exception) -> bool:
        """Whether another process was recovering or restarting the write-ahead log, which is over in a moment."""
        return getattr(_cause(error), "sqlite_errorname", None) in _TRANSIENT

    def failure(self, error: Exception) -> StoreError | None:
        """Give the error's meaning, with SQLite's own name for it."""
        cause = _cause(error)
        if not isinstance(cause, (sqlite3.Error, sa.exc.DBAPIError, OSError)) or isinstance(cause, _BUGS):
            return None
        is_astray = bool(self.lost_files())
        is_damaged = not is_astray and _is_of_damage(cause)
        return StoreError(_describe(cause), full=self._is_full(cause), is_astray=is_astray, is_damaged=is_damaged)

    def lost_files(self) -> str | None:
        """Name a file that was moved, removed or replaced."""
        return self._files.missing_file()

    def close(self) -> None:
        """Wait for the checkpoint, close the file, release its lock."""
        self._log.close()
        if self._anchor is not None:
            self._anchor.close()
            self._anchor = None
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    def _is_full(self, error: BaseException) -> bool:
        if isinstance(error, OSError):
            return error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
            return self._room.is_full()
        return code == sqlite3.SQLITE_FULL


def _describe(error: BaseException) -> str:
    """Describe *error* for the operator's log: with SQLite's own name for it, without the statement and its values."""
    if isinstance(error, PermissionError):
        return describe_os_error(error)
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    remedy = "; run this as a user who may write to the file and to its folder" if name in _READ_ONLY else ""
    if _is_of_damage(error):
        remedy = "; stop the daemon, and put a backup in its place: bouncer store restore FILE"
    return f"{error} ({name}){remedy}"


def _is_of_damage(error: BaseException) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _begin_in_turn(connection: sqlite3.Connection, busy_seconds: float) -> None:
    """Begin to write as soon as no other process writes.

    SQLite's own waiting looks less often the longer it waits, every tenth of a second in the end; meanwhile a process that writes
    all the time would begin again and again.
    """
    deadline = time.monotonic() + busy_seconds
    while True:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname != "SQLITE_BUSY" or time.monotonic() >= deadline:
                raise
            time.sleep(LOOK_SECONDS)
        else:
            return


def _begin_reading(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")


def _cause(error: BaseException) -> BaseException:
    """Give SQLite's own error where SQLAlchemy tells it."""
    return (error.orig or error) if isinstance(error, sa.exc.DBAPIError) else error
