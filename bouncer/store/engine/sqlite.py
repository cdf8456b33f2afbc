"""SQLite: opening its file, running transactions in it, interpreting its errors (https://www.sqlite.org/rescode.html).

Write-ahead log; ``synchronous=FULL`` (a commit is on the disk) for all transactions but those of ``jot``; foreign keys on; BEGIN
IMMEDIATE for writing, so that a transaction that has begun can also commit. A whole transaction runs in one call to a thread: with
a call for each statement the event loop's latency, not the disk, would decide how long the write lock is held. One thread writes,
a few read; in the write-ahead log neither waits for the other.
"""

import asyncio
import datetime as dt
import errno
import os
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa

from bouncer.errors import ConfigError, StoreError
from bouncer.files import describe_os_error, locked_folder
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.connecting import make_engine
from bouncer.store.engine.file_identity import DATABASE, INDEX, LOG, DatabaseFiles
from bouncer.store.engine.wal import WalCheckpointer
from bouncer.store.lifecycle.holding import StoreLock
from bouncer.store.lifecycle.making import create_file, make_file, write_ahead
from bouncer.store.lifecycle.recognizing import recognize_current

READERS = 2
"""Reading threads of a process, so that a long list does not delay the leases."""
LOOK_KILOBYTES = 65_536
"""Cache of the event loop's own connection: the index's upper levels, and pages that were read recently."""
FULL_OCTETS = 1 << 20
"""Free octets of the disk below which an I/O error is taken to mean that it is full."""

_BUGS = (sqlite3.IntegrityError, sqlite3.ProgrammingError, sqlite3.DataError, sqlite3.InterfaceError)
"""Errors of the statement; all others are of the database's state: locked, full, away, damaged."""

_READ_ONLY = ("SQLITE_READONLY", "SQLITE_READONLY_CANTINIT", "SQLITE_READONLY_DIRECTORY")

P = ParamSpec("P")
T = TypeVar("T")


def path_of(url: sa.URL) -> Path:
    """Give the file that *url* names, ``sqlite:///relative`` or ``sqlite:////absolute``; ConfigError for any other form."""
    named = url.database
    if url.host or url.query or not named or named == ":memory:" or named.startswith("file:"):
        raise ConfigError("[store] url: SQLite needs a file: sqlite:///relative/path or sqlite:////absolute/path")
    return Path(named)


async def open_sqlite(url: sa.URL, settings: StoreSettings, *, make_at: dt.datetime | None = None) -> "Sqlite":
    """Open the file; with a moment *make_at*, as in the daemon, a missing file is made, and an old one migrated.

    Without *make_at*, a file that is not our store in today's form is left unchanged, and ConfigError describes it. Raises
    StoreError where the file cannot be opened now.
    """
    engine = Sqlite(path_of(url), settings.busy_seconds)
    try:
        await engine.open(make_at)
    except BaseException as error:
        await engine.close()
        file = path_of(url).absolute()
        if isinstance(error, StoreError) and str(file.parent) not in str(error):
            raise StoreError(f"{file}: {error}", full=error.full, is_astray=error.is_astray) from error
        raise
    return engine


def create_sqlite(url: sa.URL, settings: StoreSettings) -> bool:
    """Make the file if it is missing; False if it exists. Raises ConfigError for another program's file, OSError, StoreError."""
    try:
        return create_file(path_of(url).absolute(), settings.busy_seconds)
    except (sqlite3.Error, sa.exc.DBAPIError) as error:
        raise StoreError(_describe(error.orig if isinstance(error, sa.exc.DBAPIError) else error)) from error


class Sqlite:
    """The port Engine on one file."""

    def __init__(self, path: Path, busy_seconds: float) -> None:
        self._path = path.absolute()
        self._files = DatabaseFiles(self._path)
        self._busy_seconds = busy_seconds
        self._closed = False
        self._looker: sqlite3.Connection | None = None  # made at its first use, in the event loop's thread
        self._writer = make_engine(self._path, "BEGIN IMMEDIATE", 1, busy_seconds)
        self._held: sa.Connection | None = None  # the writing thread's: a new one would cost a fifth of a commit
        self._reader = make_engine(self._path, "BEGIN", READERS, busy_seconds)
        self._writing = ThreadPoolExecutor(1, "store-write")
        self._reading = ThreadPoolExecutor(READERS, "store-read")
        self._log = WalCheckpointer(self._path)
        self._hold: StoreLock | None = None

    async def open(self, make_at: dt.datetime | None) -> None:
        """Open an existing file; with a moment *make_at*, make a missing one, migrate an old one, and hold its lock."""
        await self._in_thread(self._writing, self._prepare, make_at)

    async def write(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* in one transaction that is on the disk when this returns."""
        return await self._in_thread(self._writing, self._write, lambda connection: work(connection, *args, **kwargs))

    async def write_unsynced(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *work* in one transaction that is in the log when this returns; the next ``write``, or the checkpoint, syncs it."""
        return await self._in_thread(self._writing, self._jot, lambda connection: work(connection, *args, **kwargs))

    async def read(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* on one unchanging snapshot of the database."""
        return await self._in_thread(self._reading, self._read, lambda connection: work(connection, *args, **kwargs))

    def fetch_one(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """Read one row on a connection of the caller's thread: in the write-ahead log no reader waits for a writer."""
        try:
            if self._looker is None:
                self._looker = sqlite3.connect(
                    f"{self._path.as_uri()}?mode=ro", uri=True, timeout=0, isolation_level=None
                )
                self._looker.execute(f"PRAGMA cache_size = -{LOOK_KILOBYTES}")
            row: Sequence[Any] | None = self._looker.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise StoreError(_describe(error)) from error
        return row

    def lost_files(self) -> str | None:
        """Name a file that was moved, removed or replaced."""
        return self._files.missing_file()

    async def close(self) -> None:
        """Wait for running work, then close the file."""
        self._closed = True
        if self._looker is not None:
            self._looker.close()
            self._looker = None
        await asyncio.to_thread(self._close)

    async def _in_thread(self, threads: ThreadPoolExecutor, call: Callable[..., T], *args: Any) -> T:
        if self._closed:
            raise StoreError("the store is closed")
        try:
            return await asyncio.get_running_loop().run_in_executor(threads, call, *args)
        except (sqlite3.Error, sa.exc.DBAPIError, OSError) as error:
            cause = error.orig if isinstance(error, sa.exc.DBAPIError) else error
            if isinstance(cause, _BUGS):
                raise
            raise StoreError(_describe(cause), full=self._is_full(cause), is_astray=bool(self.lost_files())) from error

    def _prepare(self, make_at: dt.datetime | None) -> None:
        if self._path.exists() and not os.access(self._path, os.R_OK | os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self._path))
        if make_at is None:
            recognize_current(self._path)
        else:
            self._hold = make_file(self._path, self._busy_seconds, make_at)
        self._files.remember(DATABASE)
        with locked_folder(self._path.parent):
            write_ahead(self._path, self._busy_seconds)
            with self._writer.begin():  # from now on the log and its index exist
                pass
            self._files.remember(
                LOG, INDEX
            )  # they exist as long as the writer's connection, which stays open to the end

    def _jot(self, work: Callable[[sa.Connection], T]) -> T:
        return self._write(work, synchronous="NORMAL")

    def _write(self, work: Callable[[sa.Connection], T], synchronous: str = "FULL") -> T:
        self._files.require_unchanged()
        if self._held is None:
            self._held = self._writer.connect()
        try:
            connection: Any = self._held.connection.dbapi_connection
            # set for each transaction, so that no earlier one can weaken the durability of a letter
            connection.execute(f"PRAGMA synchronous = {synchronous}")
            if self._log.is_long:
                self._log.restart_log(connection, self._busy_seconds)
            with self._held.begin():
                done = work(self._held)
        except BaseException:
            self._drop_held()
            raise
        self._log.checkpoint_when_due()
        return done

    def _drop_held(self) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None

    def _read(self, work: Callable[[sa.Connection], T]) -> T:
        with self._reader.begin() as connection:
            return work(connection)

    def _close(self) -> None:
        for threads in (self._reading, self._writing):
            threads.shutdown()
        self._drop_held()
        self._log.close()
        for engine in (self._reader, self._writer):
            engine.dispose()
        if self._hold is not None:
            self._hold.release()
            self._hold = None

    def _is_full(self, error: BaseException | None) -> bool:
        if isinstance(error, OSError):
            return error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
            return self._room() < FULL_OCTETS
        return code == sqlite3.SQLITE_FULL

    def _room(self) -> int:
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:  # the folder itself is away: the disk is not full
            return FULL_OCTETS
        return disk.f_bavail * disk.f_frsize


def _describe(error: BaseException | None) -> str:
    """Describe *error* for the operator's log: with SQLite's own name for it, without the statement and its values."""
    if isinstance(error, PermissionError):
        return describe_os_error(error)
    name = getattr(error, "sqlite_errorname", None) or type(error).__name__
    remedy = "; run this as a user who may write to the file and to its folder" if name in _READ_ONLY else ""
    return f"{error} ({name}){remedy}"
