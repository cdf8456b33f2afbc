"""The webhook channel on a real store and a real reader: many events at a time, an endpoint that fails, one that is removed."""

import asyncio
import dataclasses
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from contract.made import ALL, NOON, bounce, letter, record
from contract.test_store_webhooks import LANE, LATER, endpoint, event
from real.empty_store import make_empty_store
from real.webhook_reader import WebhookReader

from bouncer.notify.webhooks.channel import WebhookChannel
from bouncer.policy.records import Belief
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR
from bouncer.ports.webhooks import OpenWebhook
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import SqlStore, open_store

MANY = 60


@pytest.fixture
def reader() -> Iterator[WebhookReader]:
    with WebhookReader() as reader:
        yield reader


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    store = await open_store(StoreSettings(make_empty_store(tmp_path / "bouncer.db")))
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    yield store
    await store.close()


@pytest.fixture
async def channel(store: SqlStore) -> AsyncIterator[WebhookChannel]:
    channel = WebhookChannel(store, ("127.0.0.1",), now=lambda: NOON)
    yield channel
    await channel.close()


async def jobs(store: SqlStore, reader: WebhookReader, count: int = MANY) -> Sequence[DeliveryJob]:
    """Add an endpoint, and lease events about *count* people for it."""
    await store.add_webhook(OPERATOR, endpoint(url=reader.url))
    ids = await store.keep([letter() for _ in range(count)])
    people = [(number, f"r{n}@example.org") for n, number in enumerate(ids)]
    await store.record([record(number, bounce(who), parcels=(event(who),)) for number, who in people], now=NOON)
    return await store.lease_parcels(now=NOON, count=count, until=LATER, lane=LANE)


async def sent(channel: WebhookChannel, leased: Sequence[DeliveryJob]) -> list[DeliveryResult]:
    return await asyncio.gather(*map(channel.send, leased))


async def test_many_events_at_a_time_read_their_endpoint_once(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader, monkeypatch: pytest.MonkeyPatch
):
    leased = await jobs(store, reader)
    await channel.send(leased[0])
    asked: list[str] = []
    open_webhook = store.open_webhook

    async def counted(webhook_id: str) -> OpenWebhook | None:
        asked.append(webhook_id)
        return await open_webhook(webhook_id)

    monkeypatch.setattr(store, "open_webhook", counted)
    monkeypatch.setattr("bouncer.notify.webhooks.channel.CACHE_SECONDS", 0.5)
    await asyncio.sleep(0.6)
    results = await sent(channel, leased[1:])

    assert {result.outcome for result in results} == {Outcome.SENT}
    assert len(asked) <= 3
    assert len(await store.webhook_attempts(OPERATOR, "wh_1", ALL)) == MANY


async def test_events_that_wait_behind_a_failing_try_are_not_tried(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader
):
    """An endpoint that is down gets as many tries as it has connections, not as many as there are events."""
    leased = await jobs(store, reader)
    reader.answer = lambda _posted: (503, b"down", {})

    results = await sent(channel, leased)

    assert Counter(result.outcome for result in results) == {Outcome.UNAVAILABLE: MANY}
    assert len(reader.posts) <= 8
    assert len(await store.webhook_attempts(OPERATOR, "wh_1", ALL)) == len(reader.posts)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.SENT),
        (202, Outcome.SENT),
        (204, Outcome.SENT),
        (301, Outcome.DEFERRED),
        (400, Outcome.DEFERRED),
        (401, Outcome.DEFERRED),
        (404, Outcome.DEFERRED),
        (408, Outcome.UNAVAILABLE),
        (410, Outcome.REFUSED),
        (429, Outcome.UNAVAILABLE),
        (500, Outcome.UNAVAILABLE),
        (599, Outcome.UNAVAILABLE),
    ],
)
async def test_what_each_status_means(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader, status: int, outcome: Outcome
):
    (job,) = await jobs(store, reader, 1)
    reader.answer = lambda _posted: (status, b"", {})

    assert (await channel.send(job)).outcome is outcome


async def test_a_removed_endpoint_gets_nothing_soon(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bouncer.notify.webhooks.channel.CACHE_SECONDS", 0.0)
    leased = await jobs(store, reader, 2)
    await channel.send(leased[0])
    await store.remove_webhook(OPERATOR, "wh_1", now=NOON)

    results = [await channel.send(leased[1]) for _ in range(2)]

    assert {result.outcome for result in results} == {Outcome.REFUSED}
    assert len(reader.posts) == 1


async def test_a_report_that_was_read_again_and_is_believed_less_is_not_posted(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader
):
    (job,) = await jobs(store, reader, 1)
    (row,) = job.bounces

    doubted = dataclasses.replace(job, bounces=(dataclasses.replace(row, belief=Belief.UNPROVEN),))
    forgotten = dataclasses.replace(job, bounces=())
    another = dataclasses.replace(job, bounces=(dataclasses.replace(row, recipient="eve@example.net"),))
    results = await sent(channel, [doubted, forgotten, another])

    assert {result.outcome for result in results} == {Outcome.REFUSED}
    assert reader.posts == []
