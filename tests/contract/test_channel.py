"""The contract of every channel, each for real: mail in a Maildir, posts to an endpoint, lines in a file. WAYS lists them."""

import asyncio
import contextlib
import dataclasses
import json
import shutil
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from contract.factories import NOON, Decided, Opening, bounce, leased, letter, record
from contract.webhook_rows import endpoint
from programs.webhook_reader import Posted, WebhookReader

from bouncer.courier.routes import make_routes
from bouncer.mail.address import comparable
from bouncer.ndr.reading import Action, Recipient
from bouncer.notify.channel import ChannelContext
from bouncer.notify.channels import CHANNELS, open_channels
from bouncer.policy.records import MAIL, EntryKind, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.delivery import Delivery, Outcome
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings

LATER = NOON.replace(hour=23)
HOSTILE = 'jane"\r\n\n{"event":"forged"}\x00\u2028 <b>\x1b[31m@example.org'


@dataclass(frozen=True, slots=True)
class Way:
    """A channel: its delivery, where it goes to, what arrived as (id, text), and the folder without which nothing can."""

    delivery: Delivery
    destination: str
    kind: EntryKind
    arrived: Callable[[], list[tuple[str, str]]]
    folder: Path


def settings(tmp_path: Path) -> ForwardSettings:
    return ForwardSettings(
        courier=f"maildir:{tmp_path}/there/box",
        from_="b@example.com",
        channels=(f"file {tmp_path}/there",),
        webhook_networks=("127.0.0.1",),
    )


def delivery_of(name: str, tmp_path: Path, store: Store) -> Delivery:
    forward = settings(tmp_path)
    context = ChannelContext(forward, make_routes(forward), lambda _to: "", webhooks=store)
    (delivery,) = (
        channel_delivery for channel_delivery in open_channels(context) if channel_delivery.channel.name == name
    )
    return delivery


@contextlib.asynccontextmanager
async def by_mail(tmp_path: Path, store: Store) -> AsyncIterator[Way]:
    def arrived() -> list[tuple[str, str]]:
        files = (tmp_path / "there/box/new").glob("*")
        return [
            (str(message_from_bytes(raw)["Message-ID"]), raw.decode("utf-8")) for raw in map(Path.read_bytes, files)
        ]

    delivery = delivery_of(MAIL, tmp_path, store)
    yield Way(delivery, "ann@acme.example", EntryKind.NOTICE, arrived, tmp_path / "there")


@contextlib.asynccontextmanager
async def into_a_file(tmp_path: Path, store: Store) -> AsyncIterator[Way]:
    def arrived() -> list[tuple[str, str]]:
        lines = (tmp_path / "there/acme.jsonl").read_text().splitlines()
        return [(json.loads(line)["event"], line) for line in lines]

    yield Way(delivery_of("file", tmp_path, store), "acme.jsonl", EntryKind.NOTICE, arrived, tmp_path / "there")


@contextlib.asynccontextmanager
async def to_an_endpoint(tmp_path: Path, store: Store) -> AsyncIterator[Way]:
    """The endpoint answers 503 while it has no folder."""
    folder = tmp_path / "there"
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    with WebhookReader() as reader:

        def arrived() -> list[tuple[str, str]]:
            return [(str(post.headers["webhook-id"]), post.body.decode()) for post in posts]

        def answer(posted: Posted) -> tuple[int, bytes, dict[str, str]]:
            if not folder.is_dir():
                return 503, b"", {}
            posts.append(posted)
            return 200, b"", {}

        posts: list[Posted] = []
        reader.answer = answer
        await store.add_webhook(OPERATOR, endpoint(url=reader.url))
        yield Way(delivery_of("webhook", tmp_path, store), "wh_1", EntryKind.EVENT, arrived, folder)


WAYS = {MAIL: by_mail, "webhook": to_an_endpoint, "file": into_a_file}


@pytest.fixture(params=WAYS)
async def way(request: pytest.FixtureRequest, tmp_path: Path, store: Store) -> AsyncIterator[Way]:
    (tmp_path / "there").mkdir()
    async with WAYS[request.param](tmp_path, store) as way:
        yield way
        await way.delivery.channel.close()


async def jobs(store: Store, way: Way, count: int = 1, recipient: str = "jane@example.org") -> list[DeliveryJob]:
    """Record reports, each about another recipient, of which the channel tells its destination; lease what came of it."""
    ids = await store.keep([letter() for _ in range(count)])
    await store.record([_report(way, number, f"{'r' * n}{recipient}") for n, number in enumerate(ids)], now=NOON)
    return list(await leased(store, now=NOON, count=count, until=LATER, lane=way.delivery.lane))


def _report(way: Way, number: int, recipient: str) -> Decided:
    name, is_event = way.delivery.channel.name, way.kind is EntryKind.EVENT
    about = {"recipient_key": comparable(recipient), "place": 1} if is_event else {}
    entry = NewEntry(way.kind, way.destination, channel=name, at_once=name != MAIL, **about)  # type: ignore[arg-type]
    failed = dataclasses.replace(bounce(), recipient=Recipient(recipient, Action.FAILED))
    return record(number, failed, entries=(entry,))


def test_every_channel_is_put_to_this_contract():
    assert list(WAYS) == [channel.name for channel in CHANNELS]


async def test_a_sent_job_has_arrived(store: Store, way: Way):
    (job,) = await jobs(store, way)

    result = await way.delivery.channel.send(job)

    ((_, text),) = way.arrived()
    assert result.outcome is Outcome.SENT
    assert "jane@example.org" in text


async def test_a_job_that_is_sent_again_has_the_same_id(store: Store, way: Way):
    (job,) = await jobs(store, way)

    for _ in range(2):
        await way.delivery.channel.send(job)

    names = {name for name, _ in way.arrived()}  # of two, or of one where the channel itself drops what came before
    assert len(names) == 1


async def test_many_entries_at_a_time_arrive_each_by_itself(store: Store, way: Way):
    many = await jobs(store, way, 30)

    results = await asyncio.gather(*map(way.delivery.channel.send, many))

    assert {result.outcome for result in results} == {Outcome.SENT}
    assert len({name for name, _ in way.arrived()}) == 30


async def test_an_event_is_named_alike_after_the_store_was_opened_again(store: Store, way: Way, opening: Opening):
    (job,) = await jobs(store, way)
    await store.release_leases()

    (again,) = await leased(await opening(), now=NOON, count=9, until=LATER, lane=way.delivery.lane)

    assert (again.row.event, again.row.message_id) == (job.row.event, job.row.message_id)


async def test_a_failed_delivery_is_a_result_and_the_job_arrives_when_it_can(store: Store, way: Way):
    (job,) = await jobs(store, way)
    shutil.rmtree(way.folder)
    way.folder.touch()

    away = await way.delivery.channel.send(job)
    way.folder.unlink()
    way.folder.mkdir()
    back = await way.delivery.channel.send(job)

    assert (away.outcome, back.outcome) == (Outcome.UNAVAILABLE, Outcome.SENT)
    assert away.reply
    assert len(way.arrived()) == 1


async def test_an_event_whose_letter_is_forgotten_is_told_all_the_same(store: Store, way: Way):
    (job,) = await jobs(store, way)

    result = await way.delivery.channel.send(dataclasses.replace(job, letter=None))

    assert result.outcome is Outcome.SENT


async def test_a_strangers_text_is_one_event_and_nothing_more(store: Store, way: Way):
    (job,) = await jobs(store, way, recipient=HOSTILE)

    result = await way.delivery.channel.send(job)

    ((_, text),) = way.arrived()
    assert result.outcome is Outcome.SENT
    assert "\x1b" not in text
    assert "\n{" not in text


async def test_a_report_of_very_many_is_bounded(store: Store, way: Way):
    (job,) = await jobs(store, way)
    (row,) = job.bounces
    long_row = dataclasses.replace(row, diagnostic_code="550 " + "x" * 10_000)

    result = await way.delivery.channel.send(dataclasses.replace(job, bounces=(long_row,) * 5000))

    ((_, text),) = way.arrived()
    assert result.outcome is Outcome.SENT
    assert len(text) < 2_000_000


async def test_closing_twice_is_closing_once(way: Way):
    for _ in range(2):
        await way.delivery.channel.close()
