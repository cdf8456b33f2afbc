"""The webhook channel on a real store and a real reader: many events at a time, an endpoint that fails, one that is removed."""

import asyncio
import dataclasses
import datetime as dt
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from contract.factories import ALL, NOON, bounce, letter, record
from contract.webhook_rows import LANE, LATER, endpoint, event
from programs.empty_store import make_empty_store
from programs.webhook_reader import WebhookReader
from sendgrid.helpers.eventwebhook import EventWebhook

from bouncer.notify.webhooks.channel import NEVER, WebhookChannel
from bouncer.notify.webhooks.posting import CONNECTIONS
from bouncer.notify.webhooks.sendgrid import SIGNATURE, TIMESTAMP, make_key, public_key
from bouncer.policy.backoff import Backoff
from bouncer.policy.records import Belief, EntryState
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR
from bouncer.ports.webhooks import OpenWebhook, WebhookSecrets
from bouncer.settings.sections import StoreSettings
from bouncer.stages.deliver import Deliver
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


async def jobs(
    store: SqlStore, reader: WebhookReader, count: int = MANY, open_webhook: OpenWebhook | None = None
) -> Sequence[DeliveryJob]:
    """Add an endpoint, and lease events about *count* people for it."""
    await add_events(store, reader, count, open_webhook)
    return await store.lease_entries(now=NOON, count=count, until=LATER, lane=LANE)


async def add_events(
    store: SqlStore, reader: WebhookReader, count: int, open_webhook: OpenWebhook | None = None
) -> None:
    """Add an endpoint, and events about *count* people for it."""
    await store.add_webhook(OPERATOR, open_webhook or endpoint(url=reader.url))
    ids = await store.keep([letter() for _ in range(count)])
    people = [(number, f"r{n}@example.org") for n, number in enumerate(ids)]
    await store.record(
        [record(number, bounce(address), entries=(event(address),)) for number, address in people], now=NOON
    )


async def sent(channel: WebhookChannel, leased: Sequence[DeliveryJob]) -> list[DeliveryResult]:
    return await asyncio.gather(*map(channel.send, leased))


async def test_many_events_at_a_time_read_their_endpoint_once(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader, monkeypatch: pytest.MonkeyPatch
):
    leased = await jobs(store, reader)
    await channel.send(leased[0])
    webhook_ids: list[str] = []
    open_webhook = store.open_webhook

    async def counted(webhook_id: str) -> OpenWebhook | None:
        webhook_ids.append(webhook_id)
        return await open_webhook(webhook_id)

    monkeypatch.setattr(store, "open_webhook", counted)
    monkeypatch.setattr("bouncer.notify.webhooks.channel.CACHE_SECONDS", 3600)  # however long the machine takes
    channel._sessions["wh_1"].read_at = NEVER  # noqa: SLF001 -- as if that time were over
    results = await sent(channel, leased[1:])

    assert {result.outcome for result in results} == {Outcome.SENT}
    assert webhook_ids == ["wh_1"]
    assert len(await store.webhook_attempts(OPERATOR, "wh_1", ALL)) == MANY


def in_sendgrids_form(reader: WebhookReader) -> OpenWebhook:
    webhook = endpoint(url=reader.url, format="sendgrid").webhook
    return OpenWebhook(webhook, WebhookSecrets(make_key(bytes(range(32)))))


async def test_events_that_wait_leave_in_one_signed_array_where_the_format_has_room(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader
):
    open_webhook = in_sendgrids_form(reader)
    leased = await jobs(store, reader, open_webhook=open_webhook)

    results = await sent(channel, leased)

    assert {result.outcome for result in results} == {Outcome.SENT}
    posts_by_address = Counter(event["email"] for post in reader.posts for event in post.json)
    assert posts_by_address == Counter(job.row.recipient_key for job in leased)
    assert len(reader.posts) <= 2 * CONNECTIONS
    helper = EventWebhook(public_key(open_webhook.secrets.current))
    for post in reader.posts:
        signed = post.headers[SIGNATURE], post.headers[TIMESTAMP]
        assert helper.verify_signature(post.body.decode(), *signed)
    attempts = await store.webhook_attempts(OPERATOR, "wh_1", ALL)
    assert {attempt.event for attempt in attempts} == {job.row.event for job in leased}, "each has its own attempt"


async def test_an_event_that_a_reader_refuses_costs_the_others_one_try(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader
):
    """After an array failed, each of its events is posted alone."""
    leased = await jobs(store, reader, open_webhook=in_sendgrids_form(reader))
    reader.answer = lambda posted: (400, b"", {}) if b"r7@example.org" in posted.body else (200, b"", {})

    first = zip(leased, await sent(channel, leased), strict=True)
    failed = [job for job, result in first if result.outcome is not Outcome.SENT]
    again = [dataclasses.replace(job, row=dataclasses.replace(job.row, attempts=2)) for job in failed]
    second = zip(again, await sent(channel, again), strict=True)

    refused = [job.row.recipient_key for job, result in second if result.outcome is Outcome.DEFERRED]
    assert len(failed) > 1
    assert refused == ["r7@example.org"]


async def test_an_array_that_is_not_taken_holds_up_no_more_tries_than_connections(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader
):
    leased = await jobs(store, reader, open_webhook=in_sendgrids_form(reader))
    reader.answer = lambda _posted: (503, b"down", {})

    results = await sent(channel, leased)

    assert Counter(result.outcome for result in results) == {Outcome.UNAVAILABLE: MANY}
    assert len(reader.posts) <= 2 * CONNECTIONS


async def test_events_share_a_few_connections_that_stay_open(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader
):
    """One after the other, they need one connection; all at once, as many as an endpoint may have."""
    leased = await jobs(store, reader)
    assert reader.server is not None
    accepted: list[object] = []
    process_request = reader.server.process_request
    reader.server.process_request = lambda *words: (accepted.append(words), process_request(*words))[1]  # type: ignore[method-assign,func-returns-value,assignment]

    for job in leased[:10]:
        await channel.send(job)
    one_by_one = len(accepted)
    await sent(channel, leased[10:])

    assert len(reader.posts) == MANY
    assert one_by_one == 1
    assert len(accepted) <= CONNECTIONS


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
async def test_each_status_of_an_answer_has_its_outcome(
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


@pytest.mark.parametrize("status", [400, 429, 503])
@pytest.mark.parametrize(("field", "minutes"), [("900", 15), ("Sun, 01 Mar 2026 12:15:00 GMT", 15), ("9999999", 60)])
async def test_an_endpoint_that_names_a_time_is_left_alone_until_then(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader, status: int, field: str, minutes: int
):
    await add_events(store, reader, 1)
    reader.answer = lambda _posted: (status, b"busy", {"retry-after": field})
    backoff = Backoff(dt.timedelta(seconds=1), dt.timedelta(seconds=1), dt.timedelta(days=3))
    stage = Deliver(
        store,
        Delivery(channel, LANE, CONNECTIONS, lane_per_destination=True),
        backoff,
        now=lambda: NOON,
        chance=random.random,
    )

    assert await stage.run_once() == 1

    (row,) = await store.entries(OPERATOR, state=EntryState.WAITING, page=ALL)
    assert row.due.replace(microsecond=0) == NOON.replace(microsecond=0) + dt.timedelta(minutes=minutes)
    assert len(reader.posts) == 1


async def test_an_endpoint_that_took_the_event_is_not_left_alone(
    store: SqlStore, channel: WebhookChannel, reader: WebhookReader
):
    (job,) = await jobs(store, reader, 1)
    reader.answer = lambda _posted: (200, b"", {"Retry-After": "x" * 4000})

    result = await channel.send(job)

    assert (result.outcome, result.retry_after) == (Outcome.SENT, 0.0)
