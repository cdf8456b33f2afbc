"""Transactions on SQLAlchemy's AsyncEngine, the same on every database; the differences are in a Backend.

SQLite's is in ``bouncer.store.engine.sqlite``. Another database is one more module of that kind and one line in
``bouncer.store.engine.databases``: the work of transactions is plain SQLAlchemy Core and does not change.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bouncer.errors import StoreError
from bouncer.store.engine.backend import Backend, Transaction

P = ParamSpec("P")
T = TypeVar("T")


MAX_ATTEMPTS = 3
"""Attempts for a transaction that met another one: each time the other has come to its end, and a third meeting is rare. For one
that allocates ids two collisions in a row are practically impossible."""
READERS = 2
"""Reading connections of a process, so that a long list does not delay the leases."""

Insert = Callable[[sa.Table], sqlite.Insert]
"""Makes an INSERT that has ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""

INSERTS: dict[str, Insert] = {"sqlite": sqlite.insert}
"""By dialect (PostgreSQL's has the same methods)."""


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert:
    """Give an INSERT into *table* with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return insert_of(connection)(table)


def insert_of(connection: sa.Connection) -> Insert:
    """Give the database's INSERT, for a function that builds a statement once (``functools.cache``)."""
    return INSERTS[connection.dialect.name]


class Engine:
    """A database that runs work as whole transactions; the waiting for it is outside the event loop's thread.

    Work is a plain function of a connection; it may be run again. Raises StoreError when the database is locked, full or away; then
    nothing of the work was kept, and a retry is safe. If the caller is cancelled, its work runs to its end or never begins.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._writer = backend.make_engine(1, writes=True)
        self._reader = backend.make_engine(READERS, writes=False)
        self._held: AsyncConnection | None = None  # the writer's: a new one would cost a fifth of a commit
        self._turn = asyncio.Lock()
        self._seats = asyncio.Semaphore(READERS)
        self._tasks = set[asyncio.Task[Any]]()  # the event loop itself holds no task
        self._closed = False

    async def open(self) -> None:
        """Open the database; raises StoreError, and what the backend's ``open`` raises."""
        await self._complete(self._turn, lambda: asyncio.to_thread(self._backend.open), tries=1)

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
        whole = self._whole(Transaction.READING, lambda connection: work(connection, *args, **kwargs))

        async def once() -> T:
            async with self._reader.connect() as connection:
                return await connection.run_sync(whole)

        return await self._complete(self._seats, once)

    def fetch_one(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """Read one row in the caller's thread, for queries that cost less than switching threads. Raises StoreError."""
        try:
            return self._backend.fetch_one(sql, values)
        except Exception as error:
            if (failure := self._backend.failure(error)) is None:
                raise
            raise failure from error

    def lost_files(self) -> str | None:
        """Give the reason why nothing can be kept until the files are restored or the store is reopened; None if all is well."""
        return self._backend.lost_files()

    async def close(self) -> None:
        """Wait for running work, then close."""
        self._closed = True
        try:
            async with contextlib.AsyncExitStack() as turns:
                for turn in (self._turn, *READERS * [self._seats]):
                    await turns.enter_async_context(turn)
                await self._drop_held()
                for engine in (self._reader, self._writer):
                    await engine.dispose()
        finally:
            await asyncio.to_thread(self._backend.close)

    async def _write(self, kind: Transaction, work: Callable[[sa.Connection], T]) -> T:
        whole = self._whole(kind, work)

        async def once() -> T:
            if self._held is None:
                self._held = await self._writer.connect()
            try:
                done = await self._held.run_sync(whole)
            except BaseException:
                await self._drop_held()
                raise
            self._backend.committed()
            return done

        return await self._complete(self._turn, once)

    def _whole(self, kind: Transaction, work: Callable[[sa.Connection], T]) -> Callable[[sa.Connection], T]:
        """Put *work* between the beginning and the end of a transaction."""

        def whole(connection: sa.Connection) -> T:
            with connection.begin():
                self._backend.begin(connection, kind)
                return work(connection)

        return whole

    async def _drop_held(self) -> None:
        held, self._held = self._held, None
        if held is not None:
            await held.close()

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
        return await asyncio.shield(task)

    async def _attempt(self, once: Callable[[], Awaitable[T]], tries: int) -> T:
        """Do the work, again where it met another transaction; raises StoreError for errors that are the database's."""
        for left in itertools.count(tries - 1, -1):
            try:
                return await once()
            except Exception as error:
                if left and self._backend.is_passing(error):
                    continue
                if (failure := self._backend.failure(error)) is None:
                    raise
                raise failure from error
        raise AssertionError


async def write_numbered(
    engine: Engine, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run *work* that allocates ids; where another process has allocated one of them, again, with the next ids."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return await engine.write(work, *args, **kwargs)
        except sa.exc.IntegrityError:
            continue
    return await engine.write(work, *args, **kwargs)
