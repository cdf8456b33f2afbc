"""Entries of channels beside mail leave through the daemon's stages: none that is slow or away delays another."""

import asyncio
import contextlib
import datetime as dt
import json
import random
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from contract.factories import ALL, NOON, Clock, letter, record
from patience import until_awaited
from programs.empty_store import make_empty_store

from bouncer.daemon.delivering import make_delivering
from bouncer.notify.channel import ChannelContext, ChannelType
from bouncer.notify.channels import CHANNELS, check_channels, checked_destination
from bouncer.policy.backoff import Backoff
from bouncer.policy.notifications import Notification, Subscription, event_id, outbox_entries
from bouncer.policy.records import EntryKind, EntryState, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob, Lane
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, Settings, StoreSettings
from bouncer.stages import deliver
from bouncer.stages.deliver import Deliver
from bouncer.stages.lanes import LEASES_PER_CONNECTION
from bouncer.store.sql import open_store

SECONDS = 30
BACKOFF = Backoff(dt.timedelta(seconds=60), dt.timedelta(hours=6), dt.timedelta(days=5))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[Store]:
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")), now=clock)
    yield store
    await store.close()


async def post(store: Store, *to: str, channel: str = "file") -> None:
    ids = await store.keep([letter() for _ in to])
    entries = [NewEntry(EntryKind.NOTICE, address, channel=channel, at_once=True) for address in to]
    await store.record([record(n, entries=(entry,)) for n, entry in zip(ids, entries, strict=True)], now=NOON)


async def until_sent(store: Store, count: int) -> None:
    async def are_sent() -> bool:
        return len(await store.entries(OPERATOR, state=EntryState.SENT, page=ALL)) >= count

    await until_awaited(are_sent)


class Slow:
    """A channel with one destination that never answers, and one that is away."""

    name = "slow"

    def __init__(self) -> None:
        self.begun: list[str] = []

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        self.begun.append(job.row.to)
        if job.row.to == "silent":
            await asyncio.Event().wait()
        if job.row.to == "away":
            return DeliveryResult(Outcome.UNAVAILABLE, "no route")
        return DeliveryResult(Outcome.SENT, "taken")

    async def close(self) -> None:
        """Hold nothing."""


@contextlib.asynccontextmanager
async def cancelled_at_the_end(*tasks: asyncio.Task[None]) -> AsyncIterator[None]:
    try:
        yield
    finally:
        for _ in range(2):
            for task in tasks:
                task.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(*tasks, return_exceptions=True)


async def test_a_destination_that_never_answers_delays_no_other(store: Store, clock: Clock):
    quick = [f"quick{n % 3}" for n in range(60)]
    await post(store, *["silent"] * 100, *quick, channel="slow")  # the silent one's come first
    channel = Slow()
    stage = Deliver(
        store,
        Delivery(channel, Lane(channel="slow"), connections=1, lane_per_destination=True),
        BACKOFF,
        now=clock,
        chance=random.random,
    )

    async with cancelled_at_the_end(asyncio.create_task(stage.run(asyncio.Event()))):
        await until_sent(store, len(quick))

        assert channel.begun.count("silent") <= 2 * LEASES_PER_CONNECTION


async def test_a_destination_that_is_away_is_tried_seldom_and_delays_no_other(store: Store, clock: Clock):
    await post(store, *["away"] * 100, *["here"] * 50, channel="slow")
    channel = Slow()
    stage = Deliver(
        store,
        Delivery(channel, Lane(channel="slow"), connections=1, lane_per_destination=True),
        BACKOFF,
        now=clock,
        chance=random.random,
    )

    async with cancelled_at_the_end(asyncio.create_task(stage.run(asyncio.Event()))):
        await until_sent(store, 50)
        clock.time = NOON + dt.timedelta(hours=1)  # what was put off is due again
        await asyncio.sleep(0.5)

    assert channel.begun.count("here") == 50
    assert channel.begun.count("away") <= 2 * LEASES_PER_CONNECTION


async def test_a_backlog_of_one_destination_leaves_without_a_pause(store: Store, clock: Clock):
    """Hundreds, though no more than a few of them are under way: each that ends makes room for the next."""
    await post(store, *["here"] * 200, channel="slow")
    stage = Deliver(
        store,
        Delivery(Slow(), Lane(channel="slow"), connections=1, lane_per_destination=True),
        BACKOFF,
        now=clock,
        chance=random.random,
    )

    async with cancelled_at_the_end(asyncio.create_task(stage.run(asyncio.Event()))):
        await until_sent(store, 200)


async def test_events_about_one_address_follow_each_other_without_a_pause(
    store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    """One is leased when the one before is marked as sent, and not at the next look."""
    monkeypatch.setattr(deliver, "IDLE_SECONDS", 10 * SECONDS)
    (number,) = await store.keep([letter()])
    entries = [
        NewEntry(
            EntryKind.NOTICE, "here", event=f"e{n}", channel="slow", at_once=True, recipient_key="jane@example.org"
        )
        for n in range(5)
    ]
    await store.record([record(number, entries=tuple(entries))], now=NOON)
    lane = Lane(channel="slow", is_ordered=True)
    stage = Deliver(
        store,
        Delivery(Slow(), lane, connections=1, lane_per_destination=True),
        BACKOFF,
        now=clock,
        chance=random.random,
    )

    async with cancelled_at_the_end(asyncio.create_task(stage.run(asyncio.Event()))):
        await until_sent(store, 5)


async def test_a_channel_is_a_module_and_a_line(
    store: Store, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Added to the list, a channel can be turned on, subscribed to, and gets the events of its topics; nothing else knows it."""
    accounts: list[str] = []

    class Shout:
        name = "shout"

        async def send(self, job: DeliveryJob) -> DeliveryResult:
            accounts.append(f"{job.row.to}: {job.row.event} {job.bounces[0].recipient}")
            return DeliveryResult(Outcome.SENT, "heard")

        async def close(self) -> None:
            accounts.append("closed")

    def open_shout(_context: ChannelContext, words: str) -> list[Delivery]:
        assert words == "loudly, please"
        return [Delivery(Shout(), Lane(channel="shout"), connections=1, lane_per_destination=True)]

    shout = ChannelType("shout", open_shout, lambda _words: None, lambda _words, destination: destination.upper())
    monkeypatch.setattr("bouncer.notify.channels.CHANNELS", (*CHANNELS, shout))
    forward = ForwardSettings(courier=f"maildir:{tmp_path}/box", channels=("shout loudly, please",))
    check_channels(forward)
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    destination = checked_destination(forward, "shout", "everybody")
    await store.subscribe(OPERATOR, Subscription("acme", "shout", destination, ("hard",)), now=NOON)
    (letter_id,) = await store.keep([letter()])
    subscribed = (await store.directory(OPERATOR)).accounts["acme"].subscriptions
    entries = outbox_entries([Notification(EntryKind.NOTICE, frozenset({"hard"}))], subscribed, "acme")
    await store.record([record(letter_id, entries=entries)], now=NOON)

    async with contextlib.AsyncExitStack() as stack:
        delivering_part = make_delivering(Settings(forward=forward), store, lambda _owner: "", stack, clock=clock)
        async with cancelled_at_the_end(*(asyncio.ensure_future(run()) for run in delivering_part.runs.values())):
            await until_sent(store, 1)

    assert accounts == [f"EVERYBODY: {event_id(letter_id, EntryKind.NOTICE)} jane@example.org", "closed"]


async def test_the_daemon_s_stages_write_files_beside_mail(
    store: Store, clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """A folder that is not there yet makes only its own wait."""
    (tmp_path / "events").mkdir()
    forward = ForwardSettings(
        courier=f"maildir:{tmp_path}/box", from_="b@rp.example", channels=(f"file {tmp_path}/events",)
    )
    await post(store, "missing/acme.jsonl", "acme.jsonl", "acme.jsonl", "zoo.jsonl")
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id)], now=NOON)

    async with contextlib.AsyncExitStack() as stack:
        delivering_part = make_delivering(Settings(forward=forward), store, lambda _owner: "", stack, clock=clock)
        async with cancelled_at_the_end(*(asyncio.ensure_future(run()) for run in delivering_part.runs.values())):
            await until_sent(store, 4)

    events = [json.loads(line) for line in (tmp_path / "events/acme.jsonl").read_text().splitlines()]
    assert len({event["event"] for event in events}) == 2
    assert events[0]["recipients"][0]["recipient"] == "jane@example.org"
    assert len(list((tmp_path / "box/new").iterdir())) == 1
    (waiting,) = await store.entries(OPERATOR, state=EntryState.WAITING, page=ALL)
    assert waiting.to == "missing/acme.jsonl"
    assert "No such file" in (waiting.last_error or "")
