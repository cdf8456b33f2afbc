"""aiosqlite's connection, with one trip to its thread for a statement, and none for a statement that has no answer.

aiosqlite calls sqlite3 in a thread of each connection (https://aiosqlite.omnilib.dev/). A trip there and back costs more than most
of our statements do. SQLAlchemy makes four for each: for a cursor, for the statement, for its rows, and for the cursor's end. Here
the first rows come with the statement, and a call without an answer (BEGIN, an ``executemany``) waits for the next trip: letters
that are kept together, with BEGIN and COMMIT, are one trip.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, Self, TypeVar

import aiosqlite

FIRST_ROWS = 500
"""Rows that come with their statement: all rows of most queries, and not too many of one that is read in parts."""

Call = Callable[[sqlite3.Connection], object]
T = TypeVar("T")


class ThreadConnection(aiosqlite.Connection):
    """A connection that *connector* makes in its thread; await it to connect. One task at a time may use it.

    Its thread is a daemon: a process whose event loop was torn down before ``close`` ends all the same. A transaction that it cuts
    off is undone, as in a crash.
    """

    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, FIRST_ROWS)
        self._thread.daemon = True
        self._queued: list[Call] = []

    def queue(self, call: Call) -> None:
        """Have *call* made at the beginning of the next trip, which ends with its error."""
        self._queued.append(call)

    def queue_many(self, sql: str, rows: Sequence[Any]) -> None:
        """Queue *sql* for each of *rows*: an error is that of the next trip, at the latest of the commit."""
        self.queue(lambda connection: connection.executemany(sql, rows))

    async def trip(self, call: Callable[[sqlite3.Connection], T]) -> T:
        """Make the queued calls and *call* in the thread; after an error the rest of them is not made. Raises sqlite3.Error.

        If the caller is cancelled, the calls are made all the same, before those of any later trip.
        """
        if not self._running or self._connection is None:
            raise ValueError("Connection closed")  # the words by which SQLAlchemy recognizes it
        queued, self._queued = self._queued, []
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        # not by way of aiosqlite's own _execute: its thread would die with a traceback where the loop is closed meanwhile
        self._tx.put_nowait((None, partial(_make, self._connection, queued, call, answer)))
        return await answer

    def cursor(self) -> "TripCursor":  # type: ignore[override] # SQLAlchemy asks of a cursor what this one has
        """Give a cursor, without a trip."""
        return TripCursor(self)

    async def commit(self) -> None:
        """Commit, after the queued calls; where that fails, roll back, which SQLAlchemy leaves to the pool.

        Without a transaction there is no trip.
        """
        if not self._queued and self._connection is not None and not self._connection.in_transaction:
            return
        try:
            await self.trip(sqlite3.Connection.commit)
        except Exception:
            await self.rollback()
            raise

    async def rollback(self) -> None:
        """Roll back; queued calls are dropped."""
        self._queued.clear()
        await self.trip(sqlite3.Connection.rollback)

    async def close(self) -> None:
        """Close, after the trips that are under way; queued calls are dropped."""
        self._queued.clear()
        await super().close()


class TripCursor:
    """A cursor as SQLAlchemy uses it (its ``AsyncIODBAPICursor``): one statement, whose first rows come with it."""

    arraysize = FIRST_ROWS

    def __init__(self, connection: ThreadConnection) -> None:
        self._connection = connection
        self._cursor: sqlite3.Cursor | None = None
        self._rows: list[Any] = []
        self._has_more = False

    async def __aenter__(self) -> Self:
        """Begin, without a trip."""
        return self

    @property
    def description(self) -> Any:
        """The columns; None where the statement has no rows."""
        return self._cursor and self._cursor.description

    @property
    def rowcount(self) -> int:
        """Rows that the statement changed; -1 (unknown, by PEP 249) of a query and of ``executemany``."""
        return -1 if self._cursor is None else self._cursor.rowcount

    @property
    def lastrowid(self) -> int | None:
        """The id of the row that was inserted last."""
        return None if self._cursor is None else self._cursor.lastrowid

    async def execute(self, sql: str, parameters: Iterable[Any] = ()) -> None:
        """Execute *sql* and fetch its first rows."""
        self._cursor, self._rows = await self._connection.trip(partial(_execute, sql, parameters))
        self._has_more = len(self._rows) == FIRST_ROWS

    async def executemany(self, sql: str, rows: Sequence[Any]) -> None:
        """Queue *sql* for each of *rows*, as ``ThreadConnection.queue_many`` does."""
        self._connection.queue_many(sql, rows)

    async def fetchone(self) -> Any:
        """Fetch a row; None after the last."""
        rows = await self.fetchmany(1)
        return rows[0] if rows else None

    async def fetchmany(self, size: int = FIRST_ROWS) -> Sequence[Any]:
        """Fetch up to *size* rows."""
        if not self._rows and self._has_more and (cursor := self._cursor):
            self._rows = await self._connection.trip(lambda _: cursor.fetchmany(max(size, FIRST_ROWS)))
            self._has_more = bool(self._rows)
        rows, self._rows = self._rows[:size], self._rows[size:]
        return rows

    async def fetchall(self) -> Sequence[Any]:
        """Fetch all rows that are left."""
        rows, self._rows = self._rows, []
        if self._has_more and (cursor := self._cursor):
            rows += await self._connection.trip(lambda _: cursor.fetchall())
            self._has_more = False
        return rows

    async def close(self) -> None:
        """End the statement; a trip only where rows are left."""
        if self._has_more and (cursor := self._cursor):
            self._has_more = False
            await self._connection.trip(lambda _: cursor.close())


def _execute(sql: str, parameters: Iterable[Any], connection: sqlite3.Connection) -> tuple[sqlite3.Cursor, list[Any]]:
    cursor = connection.execute(sql, parameters)  # type: ignore[arg-type] # a sequence or a mapping, as SQLAlchemy gives it
    return cursor, cursor.fetchmany(FIRST_ROWS) if cursor.description else []


def _make(
    connection: sqlite3.Connection,
    queued: Sequence[Call],
    call: Callable[[sqlite3.Connection], T],
    answer: "asyncio.Future[T]",
) -> None:
    try:
        for earlier in queued:
            earlier(connection)
        result = call(connection)
    except BaseException as error:  # noqa: BLE001 -- it is the waiting caller's
        _set_in_loop(answer, answer.set_exception, error)
    else:
        _set_in_loop(answer, answer.set_result, result)


def _set_in_loop(answer: "asyncio.Future[T]", set_outcome: Callable[[Any], None], outcome: object) -> None:
    """Call *set_outcome* in the thread of the event loop, unless nobody waits for *answer* any more."""

    def set_when_open() -> None:
        if not answer.done():
            set_outcome(outcome)

    loop = answer.get_loop()
    try:
        loop.call_soon_threadsafe(set_when_open)
    except RuntimeError:
        if not loop.is_closed():
            raise
