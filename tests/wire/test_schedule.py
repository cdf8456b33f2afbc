"""Scheduling is a stage of its own: entries are decided on when it is woken, digests made when due, whatever the store does."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import ALL, DAY, NOON, Clock, letter, record
from programs.empty_store import make_empty_store

from bouncer.errors import StoreError
from bouncer.policy.records import EntryKind, EntryState, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import Outbox, Scheduled
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.stages.schedule import Schedule
from bouncer.store.outbox.scheduling import AT_A_TIME
from bouncer.store.sql import open_store

SECONDS = 30


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")), now=clock)
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    yield store
    await store.close()


async def post(store: Store, count: int) -> None:
    ids = await store.keep([letter() for _ in range(count)])
    entries = (NewEntry(EntryKind.NOTICE, "ann@acme.example"),)
    await store.record([record(number, entries=entries) for number in ids], now=NOON)


class Unsteady:
    """An outbox whose store does not answer the first time."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.calls = 0

    async def schedule_entries(self, *, now: dt.datetime) -> Scheduled:
        self.calls += 1
        if self.calls == 1:
            raise StoreError("locked")
        return await self._outbox.schedule_entries(now=now)


@contextlib.asynccontextmanager
async def running(stage: Schedule, work: asyncio.Event) -> AsyncIterator[None]:
    task = asyncio.create_task(stage.run(work))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def states(store: Store) -> list[EntryState]:
    return [row.state for row in await store.entries(OPERATOR, state=None, page=ALL)]


async def test_a_storm_is_scheduled_part_by_part_and_delivering_is_woken(store: Store, clock: Clock):
    woken: list[int] = []
    await post(store, AT_A_TIME + 7)

    count = await Schedule(store, now=clock, wake=lambda: woken.append(1)).run_once()

    assert count == AT_A_TIME + 7
    assert len(woken) == 1  # while the rest is scheduled, the first part leaves
    entry_states = await states(store)
    assert (entry_states.count(EntryState.WAITING), entry_states.count(EntryState.HELD)) == (
        2,
        len(entry_states) - 2,
    )


async def test_the_stage_decides_once_and_makes_the_digest_when_that_is_due(store: Store, clock: Clock):
    stage = Schedule(store, now=clock, wake=lambda: None)
    await post(store, 5)

    first, second = await stage.run_once(), await stage.run_once()
    clock.time = NOON + DAY
    digests = await stage.run_once()

    assert (first, second, digests) == (5, 0, 1)
    assert (await states(store)).count(EntryState.BUNDLED) == 3


async def test_new_entries_are_scheduled_when_the_stage_is_woken_also_after_the_store_was_away(
    store: Store, clock: Clock
):
    work, left = asyncio.Event(), asyncio.Event()
    outbox = Unsteady(store)
    stage = Schedule(outbox, now=clock, wake=left.set, pause_seconds=0)  # type: ignore[arg-type] -- all that it asks for

    async with running(stage, work), asyncio.timeout(SECONDS):
        await left.wait()
        left.clear()
        await post(store, 1)
        work.set()
        await left.wait()
        assert len(await store.lease_entries(now=NOON, count=9, until=NOON + DAY)) == 1
