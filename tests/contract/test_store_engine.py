"""The engine's transactions: whole or not at all, whoever is cancelled meanwhile, and in few trips to a thread."""

import asyncio
import gc
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import NOON, letter
from patience import until

from bouncer.errors import ConfigError, StoreError
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine import sqlite
from bouncer.store.engine.connecting import connect, make_engine
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.rows import insert_rows
from bouncer.store.engine.sqlite import open_sqlite
from bouncer.store.engine.thread_connection import FIRST_ROWS, ThreadConnection
from bouncer.store.sql import open_store
from bouncer.store.tables import raw_letters, sent_messages


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bouncer.db"


@pytest.fixture
async def engine(path: Path) -> AsyncIterator[Engine]:
    store = await open_sqlite(sa.make_url(f"sqlite:///{path}"), StoreSettings(busy_seconds=20), make_at=NOON)
    yield store
    await store.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


def insert(connection: sa.Connection, *ids: int) -> None:
    insert_rows(connection, raw_letters, ("id", "octets"), [(number, b"x") for number in ids])


def ids(connection: sa.Connection) -> list[int]:
    return list(connection.scalars(sa.select(raw_letters.c.id).order_by(raw_letters.c.id)))


async def test_a_begun_transaction_is_committed_though_its_caller_is_cancelled(
    engine: Engine, path: Path, monkeypatch: pytest.MonkeyPatch
):
    begin, begun = sqlite._begin_in_turn, threading.Event()  # noqa: SLF001 -- the thread waits for the lock in it

    def begin_noted(connection: sqlite3.Connection, busy_seconds: float) -> None:
        begun.set()
        begin(connection, busy_seconds)

    monkeypatch.setattr(sqlite, "_begin_in_turn", begin_noted)
    with locked(path):
        caller = asyncio.create_task(engine.write(insert, 1))
        await until(begun.is_set)
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller

    await engine.write(insert, 2)
    assert await engine.read(ids) == [1, 2]


async def test_the_error_of_work_whose_caller_was_cancelled_is_no_error_of_the_program(
    engine: Engine, path: Path, caplog: pytest.LogCaptureFixture
):
    def fail(connection: sa.Connection) -> None:
        ids(connection)  # a statement waits for the lock
        raise StoreError("the file is not there any more")

    with locked(path):
        caller = asyncio.create_task(engine.write(fail))
        await until(engine._writer.turn.locked)  # noqa: SLF001 -- the work has begun, and waits for the other process
        caller.cancel()
        with pytest.raises(asyncio.CancelledError):
            await caller
    await engine.write(insert, 2)
    gc.collect()  # asyncio logs an error that nobody took when its task is forgotten

    assert caplog.text == ""


async def test_a_waiting_transaction_never_begins_if_its_caller_is_cancelled(engine: Engine, path: Path):
    with locked(path):
        first, second, third = (asyncio.create_task(engine.write(insert, number)) for number in (1, 2, 3))
        await until(engine._writer.turn.locked)  # noqa: SLF001 -- the first has it
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second

    await asyncio.gather(first, third)
    assert await engine.read(ids) == [1, 3]


@pytest.mark.parametrize("turns", range(0, 40, 3))
async def test_a_caller_is_cancelled_at_any_moment_and_the_next_ones_are_served(engine: Engine, turns: int):
    """Two statements and a commit: both rows are there, or neither."""

    def two(connection: sa.Connection) -> None:
        insert(connection, 1)
        ids(connection)
        insert(connection, 2)

    caller = asyncio.create_task(engine.write(two))
    reader = asyncio.create_task(engine.read(ids))
    for _ in range(turns):
        await asyncio.sleep(0)
    for task in (caller, reader):
        task.cancel()
    await asyncio.wait([caller, reader])

    await engine.write(insert, 3)
    assert await engine.read(ids) in ([3], [1, 2, 3])


@pytest.mark.parametrize("moment", ["first", "middle"])
async def test_an_event_loop_that_cancels_all_of_its_tasks_leaves_whole_transactions(engine: Engine, moment: str):
    """As at the end of ``asyncio.run``: the engine's own task is cancelled, too."""
    is_amid_the_work = threading.Event()

    def slow(connection: sa.Connection) -> None:
        insert(connection, 1)
        if moment == "middle":
            ids(connection)
        is_amid_the_work.set()
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300000) SELECT max(i) FROM n"
        )
        insert(connection, 2)

    caller = asyncio.create_task(engine.write(slow))
    await until(is_amid_the_work.is_set)
    for task in engine._tasks.copy():  # noqa: SLF001 -- what it does is in a task of its own
        task.cancel()
    with suppress(asyncio.CancelledError):
        await caller

    await engine.write(insert, 3)
    assert await engine.read(ids) in ([3], [1, 2, 3])


async def test_a_row_that_is_there_already_undoes_the_whole_transaction(engine: Engine):
    """Though nobody waited for the INSERT: the commit says so."""
    await engine.write(insert, 2)

    with pytest.raises(sa.exc.IntegrityError):
        await engine.write(insert, 1, 2)

    assert await engine.read(ids) == [2]
    await engine.write(insert, 3)
    assert await engine.read(ids) == [2, 3]


async def test_an_error_of_a_queued_statement_comes_before_the_next_one(engine: Engine):
    """Which is not done: it would be, outside the transaction."""

    def twice(connection: sa.Connection) -> None:
        insert(connection, 1, 1)
        connection.execute(sa.insert(raw_letters).values(id=3, octets=b"x"))

    with pytest.raises(sa.exc.IntegrityError):
        await engine.write(twice)

    assert await engine.read(ids) == []
    await engine.write(insert, 3)
    assert await engine.read(ids) == [3]


async def test_the_rows_of_a_failed_transaction_are_not_in_the_next_one(engine: Engine):
    def failing(connection: sa.Connection) -> None:
        insert(connection, 1)
        raise KeyError

    with pytest.raises(KeyError):
        await engine.write(failing)

    await engine.write(insert, 2)
    assert await engine.read(ids) == [2]


@pytest.mark.parametrize("count", [1, 2, 300])
async def test_letters_are_kept_in_one_trip(path: Path, monkeypatch: pytest.MonkeyPatch, count: int):
    """BEGIN, two INSERTs and COMMIT: the way to the thread and back costs more than they do."""
    store = await open_store(StoreSettings(f"sqlite:///{path}"))
    await store.keep([letter()])
    trips, trip = list[object](), ThreadConnection.trip

    async def counted(self: ThreadConnection, call: Callable[[sqlite3.Connection], Any]) -> Any:
        trips.append(call)
        return await trip(self, call)

    monkeypatch.setattr(ThreadConnection, "trip", counted)
    await store.keep([letter(b"%d" % number) for number in range(count)])
    await store.close()

    assert len(trips) == 1


async def test_a_driver_that_answers_at_once_gives_the_same_error(path: Path, engine: Engine):
    """As the one of the migrations does."""
    direct = make_engine(path, 1)
    with pytest.raises(sa.exc.IntegrityError), direct.begin() as connection:
        insert(connection, 1, 1)
    direct.dispose()

    assert await engine.read(ids) == []


@pytest.mark.parametrize("count", [0, 1, FIRST_ROWS - 1, FIRST_ROWS, FIRST_ROWS + 1, 3 * FIRST_ROWS])
async def test_every_row_of_a_query_comes_once(engine: Engine, count: int):
    """At once, or a few at a time."""

    def in_parts(connection: sa.Connection) -> list[int]:
        rows = connection.execution_options(yield_per=7).execute(sa.select(raw_letters.c.id).order_by(raw_letters.c.id))
        return [row.id for row in rows]

    def first(connection: sa.Connection) -> object:
        return connection.execution_options(stream_results=True).execute(sa.select(raw_letters.c.id)).first()

    await engine.write(insert, *range(count))

    assert await engine.read(ids) == list(range(count))
    assert await engine.read(in_parts) == list(range(count))
    assert await engine.read(first) == ((0,) if count else None)
    await engine.write(insert, count)  # and no reader is left in the way


async def test_numbers_of_changed_rows_are_the_drivers(engine: Engine):
    await engine.write(insert, 1, 2, 3)

    def changed(connection: sa.Connection) -> tuple[int, int]:
        deleted = connection.execute(sa.delete(raw_letters).where(raw_letters.c.id > 1))
        none = connection.execute(sa.delete(raw_letters).where(raw_letters.c.id > 1))
        return deleted.rowcount, none.rowcount

    assert await engine.write(changed) == (2, 0)


@pytest.mark.parametrize("name", ["SQLITE_BUSY_SNAPSHOT", "SQLITE_BUSY_RECOVERY", "SQLITE_PROTOCOL"])
@pytest.mark.parametrize("failing", [1, 2, 3])
async def test_a_transaction_that_meets_another_one_at_the_log_is_tried_again(engine: Engine, name: str, failing: int):
    attempts = list[int]()

    def work(connection: sa.Connection) -> None:
        insert(connection, 1)
        attempts.append(1)
        if len(attempts) <= failing:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorname = name
            raise error

    if failing == 3:
        with pytest.raises(StoreError, match=name):
            await engine.write(work)
    else:
        await engine.write(work)

    assert len(attempts) == min(failing + 1, 3)
    assert await engine.read(ids) == ([] if failing == 3 else [1])


async def test_readers_wait_for_no_writer_and_many_wait_for_one_another(engine: Engine, path: Path):
    await engine.write(insert, 1)

    with locked(path):
        writer = asyncio.create_task(engine.write(insert, 2))
        async with asyncio.timeout(15):
            read = await asyncio.gather(*(engine.read(ids) for _ in range(50)))

    await writer
    assert read == 50 * [[1]]


async def test_waiting_callers_are_served_before_the_engine_is_closed_and_nobody_after(engine: Engine):
    writing = [asyncio.create_task(engine.write(insert, number)) for number in range(5)]
    await asyncio.sleep(0)

    await asyncio.gather(engine.close(), *writing)

    for call in (engine.write, engine.write_unsynced, engine.read):
        with pytest.raises(StoreError, match="closed"):
            await call(ids)
    await engine.close()  # once more does no harm


async def test_no_thread_outlives_its_engine(path: Path):
    before = set(threading.enumerate())
    engine = await open_sqlite(sa.make_url(f"sqlite:///{path}"), StoreSettings(), make_at=NOON)
    await asyncio.gather(engine.write(insert, 1), engine.read(ids), engine.read(ids))
    during = {thread for thread in threading.enumerate() if "connection" in thread.name} - before
    await engine.close()

    assert during
    await until(lambda: not any(thread.is_alive() for thread in during))


async def test_no_thread_is_left_of_a_store_that_cannot_be_opened(path: Path):
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("CREATE TABLE another_programs (x)")
    before = {thread for thread in threading.enumerate() if "connection" in thread.name}

    for make_at in (None, NOON):
        with pytest.raises(ConfigError, match="no store of bouncer's"):
            await open_sqlite(sa.make_url(f"sqlite:///{path}"), StoreSettings(), make_at=make_at)

    assert {thread for thread in threading.enumerate() if "connection" in thread.name} <= before


async def test_a_connection_says_that_it_is_closed(path: Path):
    """And one whose event loop is gone ends in silence."""
    connection = ThreadConnection(partial(connect, path, 1, writes=True))
    await connection
    assert await connection.trip(lambda driver: driver.execute("SELECT 7").fetchone()) == (7,)
    await connection.close()
    await connection.close()

    with pytest.raises(ValueError, match="closed"):
        await connection.trip(lambda driver: driver.execute("SELECT 7"))


def test_a_thread_whose_event_loop_was_closed_goes_on_in_silence(path: Path):
    """A traceback of it would be a fault of this test."""
    loop = asyncio.new_event_loop()
    connection = ThreadConnection(partial(connect, path, 1, writes=True))
    began, go_on = threading.Event(), threading.Event()

    def slow(driver: sqlite3.Connection) -> None:
        began.set()
        go_on.wait(20)
        driver.execute("CREATE TABLE done (x)")

    async def ask() -> None:
        await connection
        asking = loop.create_task(connection.trip(slow))
        await asyncio.to_thread(began.wait, 20)
        asking.cancel()

    loop.run_until_complete(ask())
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
    go_on.set()
    connection.stop()
    connection._thread.join(20)  # noqa: SLF001 -- aiosqlite has no other way to wait for it

    assert not connection._thread.is_alive()  # noqa: SLF001
    with closing(sqlite3.connect(path)) as looking:
        assert looking.execute("SELECT name FROM sqlite_master").fetchall() == [("done",)]


async def test_rows_that_are_written_by_the_driver_are_those_that_sqlalchemy_reads(engine: Engine):
    columns = ("account", "sent_at", "message_id", "reference", "subject", "campaign", "stream", "recipients")
    row = ("acme", 1, "a@b", None, "; DROP TABLE letters; --", "", "", '["jane@example.org"]')

    await engine.write(insert_rows, sent_messages, columns, [row])
    await engine.write(insert_rows, sent_messages, columns, [])

    (read,) = await engine.read(lambda connection: connection.execute(sa.select(sent_messages)).all())
    assert (read.subject, read.recipients) == ("; DROP TABLE letters; --", ("jane@example.org",))


@pytest.mark.parametrize("count", [1, 3, 4, 15, 16, 17, 53])
async def test_each_row_is_inserted_however_many_a_statement_takes(engine: Engine, count: int):
    numbered = [(number, b"%d" % number) for number in range(count, 0, -1)]

    await engine.write(insert_rows, raw_letters, ("id", "octets"), numbered)

    octets = sa.select(raw_letters.c.id, raw_letters.c.octets).order_by(raw_letters.c.id)
    rows = await engine.read(lambda connection: connection.execute(octets).all())
    assert [tuple(row) for row in rows] == sorted(numbered)


async def test_rows_that_are_inserted_together_are_all_kept_or_none_is(engine: Engine):
    await engine.write(insert, 7)

    with pytest.raises(sa.exc.IntegrityError):
        await engine.write(insert, *range(1, 20))

    assert await engine.read(ids) == [7]
