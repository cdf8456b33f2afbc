"""Transactions on SQLAlchemy's AsyncEngine, the same on every database; the differences are in a Backend.

They are in ``bouncer.store.engine.sqlite`` and ``bouncer.store.engine.postgresql``. Another database is one more module of that
kind and one line in ``bouncer.store.engine.databases``: the work of transactions is plain SQLAlchemy Core and does not change.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

from bouncer.errors import StoreError
from bouncer.store.engine.async_engine import AsyncConnection, AsyncEngine
from bouncer.store.engine.backend import Backend, Transaction

P = ParamSpec("P")
T = TypeVar("T")


MAX_ATTEMPTS = 3
"""Attempts for a transaction that met another one: each time the other has come to its end, and a third meeting is rare. For one
that allocates ids two collisions in a row are practically impossible."""
LOG_PAUSE_SECONDS = 0.1
"""Pause between two attempts to empty the log: readers of ours take some milliseconds each."""
READERS = 2
"""Reading connections of a process, so that a long list does not delay the leases."""

Insert = Callable[[sa.Table], sqlite.Insert]
"""Makes an INSERT that has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert:
    """Give an INSERT into *table* with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_of(connection)(table)


def insert_of(connection: sa.Connection) -> Insert:
    """Give the database's INSERT, for a function that builds a statement once (``functools.cache``)."""
    return _insert_in(connection.dialect.name)


@cache
def _insert_in(dialect: str) -> Insert:
    """Give the INSERT of *dialect*; PostgreSQL's has the same methods as SQLite's."""
    if dialect == "sqlite":
        return sqlite.insert
    from sqlalchemy.dialects import postgresql  # noqa: PLC0415 -- it takes 80 ms, and most stores do not need it

    return cast("Insert", postgresql.insert)


class HeldConnection:
    """The one connection of *engine*, held between transactions: a new one would cost as much as a short query."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.turn = asyncio.Lock()
        """Held by the transaction that uses the connection."""
        self._engine = engine
        self._connection: AsyncConnection | None = None

    async def run(self, whole: Callable[[sa.Connection], T]) -> T:
        """Run a *whole* transaction in its turn; after an error the next one gets a new connection."""
        connection = await self.connect()
        try:
            return await connection.run_sync(whole)
        except BaseException:
            await self._drop()
            raise

    async def connect(self) -> AsyncConnection:
        """Connect, unless there is a connection, in its turn."""
        if self._connection is None:
            self._connection = await self._engine.connect()
        return self._connection

    async def dispose(self) -> None:
        """Close the connection, in its turn."""
        await self._drop()
        await self._engine.dispose()

    async def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()


class Engine:
    """A database that runs work as whole transactions; the waiting for it is outside the event loop's thread.

    Work is a plain function of a connection; it may be run again. Raises StoreError when the database is locked, full or away; then
    nothing of the work was kept, and a retry is safe. If the caller is cancelled, its work runs to its end or never begins.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._writer = HeldConnection(backend.make_engine(1, writes=True))
        self._lookup_connection = HeldConnection(backend.make_engine(1, writes=False))
        self._readers = [HeldConnection(backend.make_engine(1, writes=False)) for _ in range(READERS)]
        self._idle_readers = list(self._readers)
        self._seats = asyncio.Semaphore(READERS)
        self._log_turn = asyncio.Lock()
        self._tasks = set[asyncio.Task[Any]]()  # the event loop itself holds no task
        self._closed = False
        self._damage: str | None = None

    async def open(self) -> None:
        """Open the database; raises StoreError, and the errors of the backend's ``open``."""
        await self._complete(self._writer.turn, lambda: asyncio.to_thread(self._backend.open), tries=1)
        await self._complete(
            self._lookup_connection.turn, self._lookup_connection.connect
        )  # while the database is where it is

    async def write(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* in one durable transaction; one writes at a time in this process."""
        return await self._write(Transaction.DURABLE, lambda connection: work(connection, *args, **kwargs))

    async def write_unsynced(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *work* as ``write`` does, but without waiting for the disk: a power cut may undo such work of the last seconds."""
        return await self._write(Transaction.UNSYNCED, lambda connection: work(connection, *args, **kwargs))

    async def read(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* on one unchanging snapshot of the database, beside writing transactions."""
        whole = self._make_transaction(Transaction.READING, lambda connection: work(connection, *args, **kwargs))

        async def read_once() -> T:
            reader = self._idle_readers.pop()  # the one that was used last, whose cache is warm
            try:
                return await reader.run(whole)
            finally:
                self._idle_readers.append(reader)

        return await self._complete(self._seats, read_once)

    async def ask(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* of a few short queries, which no other reading delays; each query has a snapshot of its own."""
        whole = self._make_transaction(Transaction.ASKING, lambda connection: work(connection, *args, **kwargs))
        return await self._complete(self._lookup_connection.turn, lambda: self._lookup_connection.run(whole))

    async def require_room(self, octets: int, *, leaving: int) -> None:
        """Raise StoreError where *octets* more would not leave *leaving* octets of the disk free."""
        backend = self._backend
        if backend.is_short_of_room(octets):
            await self._complete(self._writer.turn, lambda: asyncio.to_thread(backend.require_room, octets, leaving))

    async def empty_log(self, seconds: float) -> bool:
        """Take out of the log of changes what was deleted; False where others hold the log for *seconds*. Raises StoreError."""
        end = asyncio.get_running_loop().time() + seconds
        while not (
            is_empty := await self._complete(self._log_turn, lambda: asyncio.to_thread(self._backend.empty_log))
        ):
            if asyncio.get_running_loop().time() > end:
                break
            await asyncio.sleep(LOG_PAUSE_SECONDS)
        return is_empty

    def lost_files(self) -> str | None:
        """Give the reason why nothing can be kept until the files are restored or the store is reopened; None if all is well."""
        return self._backend.lost_files()

    def take_damage(self) -> str | None:
        """Give the damage of the database that was met since the last call, in words; None where none was."""
        damage, self._damage = self._damage, None
        return damage

    async def close(self) -> None:
        """Wait for running work, then close."""
        self._closed = True
        try:
            async with contextlib.AsyncExitStack() as turns:
                for turn in (self._log_turn, self._writer.turn, self._lookup_connection.turn, *READERS * [self._seats]):
                    await turns.enter_async_context(turn)
                for holder in (*self._readers, self._lookup_connection, self._writer):
                    await holder.dispose()
        finally:
            await asyncio.to_thread(self._backend.close)

    async def _write(self, kind: Transaction, work: Callable[[sa.Connection], T]) -> T:
        whole = self._make_transaction(kind, work)

        async def write_once() -> T:
            result = await self._writer.run(whole)
            self._backend.after_commit()
            return result

        return await self._complete(self._writer.turn, write_once)

    def _make_transaction(self, kind: Transaction, work: Callable[[sa.Connection], T]) -> Callable[[sa.Connection], T]:
        """Put *work* between the beginning and the end of a transaction."""

        def run_transaction(connection: sa.Connection) -> T:
            with connection.begin():
                self._backend.begin(connection, kind)
                return work(connection)

        return run_transaction

    async def _complete(
        self, turn: asyncio.Lock | asyncio.Semaphore, once: Callable[[], Awaitable[T]], tries: int = MAX_ATTEMPTS
    ) -> T:
        """Do *once*'s work in its *turn*, which ends with the work, also where the caller is cancelled."""
        if self._closed:
            raise StoreError("the store is closed")
        await turn.acquire()
        task = asyncio.create_task(self._attempt(once, tries))
        self._tasks.add(task)
        task.add_done_callback(lambda _: turn.release())
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(_retrieve_error)
        return await asyncio.shield(task)

    async def _attempt(self, once: Callable[[], Awaitable[T]], tries: int) -> T:
        """Run the work, and retry it after a transient error (``Backend.is_transient``), *tries* times in all.

        Raises StoreError where the database is locked, full or away, and any error of the work itself.
        """
        for remaining_tries in itertools.count(tries - 1, -1):
            try:
                return await once()
            except Exception as error:
                if remaining_tries and self._backend.is_transient(error):
                    continue
                if (failure := self._backend.failure(error)) is None:
                    raise
                if failure.is_damaged:
                    self._damage = str(failure)
                raise failure from error
        raise AssertionError


def _retrieve_error(task: asyncio.Task[T]) -> None:
    """Take the error of work whose caller was cancelled: ``shield`` forgets that work, and asyncio would log its error."""
    if not task.cancelled():
        task.exception()


async def write_numbered(
    engine: Engine, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run *work* that allocates ids; where another process has allocated the same id, retry *work* with the next ids."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return await engine.write(work, *args, **kwargs)
        except sa.exc.IntegrityError:
            continue
    return await engine.write(work, *args, **kwargs)
