"""Notices leave by smarthosts of all kinds: one that is slow delays nobody else, one that is away loses and hammers nothing."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from contract.factories import ALL, MINUTE, NOON, Clock, letter, record
from patience import until, until_awaited
from programs.empty_store import make_empty_store
from wire.hosts import Host, listening

from bouncer.daemon.delivering import Delivering, make_delivering
from bouncer.policy.records import EntryKind, EntryState, NewEntry
from bouncer.ports.outbox import OutboxEntry
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, Settings, SmtpSettings, StoreSettings
from bouncer.stages.lanes import LEASES_PER_CONNECTION
from bouncer.store.sql import open_store

FORWARD = ForwardSettings(from_="bouncer@rp.example")
SECONDS = 30
"""Far more than anything here takes: a test that waits so long has failed."""


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = await open_store(
        StoreSettings(make_empty_store(tmp_path / "bouncer.db")), hostname="mx.rp.example", now=clock
    )
    yield store
    await store.close()


async def post(store: Store, *to: str) -> None:
    ids = await store.keep([letter(b"Subject: failure\r\n\r\nno such user\r\n") for _ in to])
    cases = [
        record(letter_id, entries=(NewEntry(EntryKind.NOTICE, owner),))
        for letter_id, owner in zip(ids, to, strict=True)
    ]
    await store.record(cases, now=NOON)


async def rows(store: Store) -> list[OutboxEntry]:
    return sorted(await store.entries(OPERATOR, state=None, page=replace(ALL, limit=1000)), key=lambda row: row.id)


async def entries_when(store: Store, holds: Callable[[list[OutboxEntry]], bool]) -> list[OutboxEntry]:
    """The entries, as soon as they are so."""

    async def fitting_rows() -> list[OutboxEntry] | None:
        outbox_rows = await rows(store)
        return outbox_rows if holds(outbox_rows) else None

    rows_at_last = await until_awaited(fitting_rows)
    assert rows_at_last is not None
    return rows_at_last


async def wait_for_entries(store: Store, state: EntryState, count: int) -> None:
    """Until so many entries are in that state: a mail is taken a moment before it is marked."""
    await entries_when(store, lambda outbox_rows: sum(row.state is state for row in outbox_rows) >= count)


async def entry_when_settled(store: Store, clock: Clock) -> OutboxEntry:
    """The one entry, when it has left or waits for another time."""
    return (
        await entries_when(
            store,
            lambda outbox_rows: outbox_rows[0].state is not EntryState.WAITING or outbox_rows[0].due > clock.time,
        )
    )[0]


@contextlib.asynccontextmanager
async def delivering(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch, **forward: object
) -> AsyncIterator[Delivering]:
    """The stages as the daemon makes them; stopped twice, so that what hangs is cut off."""
    settings = Settings(SmtpSettings(hostname="mx.rp.example"), forward=replace(FORWARD, **forward))  # type: ignore[arg-type]
    async with contextlib.AsyncExitStack() as stack:
        delivering_part = make_delivering(settings, store, lambda _owner: "", stack, clock=clock)
        tasks = [asyncio.ensure_future(run()) for run in delivering_part.runs.values()]
        try:
            yield delivering_part
        finally:
            for _ in range(2):
                for task in tasks:
                    task.cancel()
                await asyncio.sleep(0)
            await asyncio.gather(*tasks, return_exceptions=True)


def to(host: Host) -> str:
    return f"smtp://127.0.0.1:{host.port}"


async def test_a_smarthost_that_takes_half_a_minute_for_each_answer_delays_nobody_else(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_ones = [f"owner{n}@slow.example" for n in range(100)]
    quick_ones = [f"owner{n}@quick.example" for n in range(50)]
    await post(store, *slow_ones, *quick_ones)  # the slow one's come first

    async with listening(Host(30)) as slow, listening(Host()) as quick:
        routes = (f"slow.example {to(slow)}",)
        async with delivering(store, clock, monkeypatch, courier=to(quick), routes=routes), asyncio.timeout(SECONDS):
            await quick.wait_for(len(quick_ones))
            await wait_for_entries(store, EntryState.SENT, len(quick_ones))

        assert {owner for owner, _ in quick.mails} == set(quick_ones)
        assert slow.mails == []
        assert 0 < slow.connections <= FORWARD.connections


async def test_no_more_mails_of_a_slow_smarthost_are_taken_out_of_the_line_than_it_can_have(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post(store, *["owner@acme.example"] * 50)

    async with listening(Host(30)) as slow, delivering(store, clock, monkeypatch, courier=to(slow), connections=2):
        await until(lambda: slow.connections == 2)

    assert sum(row.attempts for row in await rows(store)) == LEASES_PER_CONNECTION * 2


async def test_greylisting_holds_a_notice_up_for_minutes(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RFC 6647: the first tries get 451, the same mail after five minutes is taken."""
    await post(store, "owner@acme.example")

    def answer(_to: str) -> str | None:
        return "451 4.7.1 Greylisted" if clock.time < NOON + 5 * MINUTE else None

    async with listening(Host(answer=answer)) as host:
        async with delivering(store, clock, monkeypatch, courier=to(host)) as delivering_part:
            for _ in range(10):
                delivering_part.wake()
                row = await entry_when_settled(store, clock)
                clock.time = max(clock.time, row.due)

        assert row.state is EntryState.SENT
        assert clock.time - NOON < dt.timedelta(minutes=10)
        assert len(host.mails) == 1


async def test_one_owner_that_is_refused_costs_the_others_nothing(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await post(store, *[f"owner{n}@acme.example" for n in range(10)])

    def answer(owner: str) -> str | None:
        return "550 5.1.1 No such user" if owner == "owner3@acme.example" else None

    async with listening(Host(answer=answer)) as host, delivering(store, clock, monkeypatch, courier=to(host)):
        await wait_for_entries(store, EntryState.SENT, 9)
        await wait_for_entries(store, EntryState.GIVEN_UP, 1)

    (given_up,) = [row for row in await rows(store) if row.state is EntryState.GIVEN_UP]
    assert (given_up.to, given_up.last_error) == ("owner3@acme.example", "550 5.1.1 No such user")


async def test_a_mail_whose_answer_is_lost_comes_again_as_the_same_mail(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At least once: the smarthost had it, and hung up before it said so."""
    await post(store, "owner@acme.example")

    async with listening(Host()) as host:
        host.hang_up_after_data = 1
        async with delivering(store, clock, monkeypatch, courier=to(host)) as delivering_part:
            await entry_when_settled(store, clock)
            clock.time += 2 * MINUTE
            delivering_part.wake()
            await wait_for_entries(store, EntryState.SENT, 1)

        (first, second) = host.mails
        assert first == second
        assert len(set(host.message_ids())) == 1


async def test_a_smarthost_that_is_away_is_not_hammered_and_nothing_waits_for_it_untried(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mails that met the dead host are tried again in a minute; the others leave as soon as it is back."""
    host = Host()
    async with listening(host):
        pass  # now nobody listens at its port
    await post(store, *["owner@acme.example"] * 100)
    tried = LEASES_PER_CONNECTION * FORWARD.connections

    async with delivering(store, clock, monkeypatch, courier=to(host)) as delivering_part:
        tried_rows = await entries_when(
            store, lambda tried_rows: sum(row.last_error is not None for row in tried_rows) == tried
        )
        waiting = [row for row in tried_rows if row.attempts]
        async with listening(host):
            await wait_for_entries(store, EntryState.SENT, 100 - len(waiting))
            clock.time += 2 * MINUTE
            delivering_part.wake()
            await wait_for_entries(store, EntryState.SENT, 100)

    assert len(waiting) == tried
    assert all(row.due - NOON < 1.3 * MINUTE for row in waiting)
    assert len(host.mails) == 100


async def test_a_pace_lets_the_rest_stay_in_line(store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    await post(store, *["owner@acme.example"] * 5)

    async with listening(Host()) as host, delivering(store, clock, monkeypatch, courier=to(host), per_minute=1):
        await wait_for_entries(store, EntryState.SENT, 1)

    assert sorted(row.attempts for row in await rows(store)) == [0, 0, 0, 0, 1]
