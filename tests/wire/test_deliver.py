"""Entries leave: out of a real store, through the channel and a real courier, whatever goes wrong on the way."""

import asyncio
import contextlib
import datetime as dt
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Clock, letter, record
from programs.empty_store import make_empty_store

from bouncer.courier.choose import make_courier
from bouncer.daemon.delivering import backoff_of
from bouncer.errors import ConfigError, StoreError
from bouncer.notify.mail import MailChannel
from bouncer.policy.records import EntryKind, EntryState, NewEntry
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.outbox import EVERY_LANE, DeliveryJob, Lane, Outbox, OutboxEntry
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings, StoreSettings
from bouncer.stages.deliver import Deliver
from bouncer.stages.lanes import LEASES_PER_CONNECTION
from bouncer.stages.schedule import Schedule
from bouncer.store.sql import open_store

SETTINGS = ForwardSettings(from_="bouncer@rp.example")
UNDER_WAY = LEASES_PER_CONNECTION * SETTINGS.connections
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


async def post(store: Store, count: int = 1, kind: EntryKind = EntryKind.NOTICE) -> None:
    """Put entries into the outbox, each of a letter of its own."""
    ids = await store.keep([letter(b"Subject: failure\r\n\r\nno such user\r\n") for _ in range(count)])
    entries = (NewEntry(kind, "owner@acme.example"),)
    await store.record([record(letter_id, entries=entries) for letter_id in ids], now=NOON)
    await Schedule(store, now=lambda: NOON, wake=lambda: None).run_once()


async def rows(store: Store) -> list[OutboxEntry]:
    return list(await store.entries(OPERATOR, state=None, page=ALL))


async def the_row(store: Store) -> OutboxEntry:
    (row,) = await rows(store)
    return row


class Channel:
    """Answers as it is told to; remembers; holds whoever it is told to hold."""

    name = "scripted"

    def __init__(self, *answers: DeliveryResult | Exception) -> None:
        self.answers = list(answers)
        self.jobs: list[DeliveryJob] = []
        self.at_once = 0
        self.most_at_once = 0
        self.open = asyncio.Event()
        self.open.set()
        self.arrivals: asyncio.Queue[DeliveryJob] = asyncio.Queue()

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        self.jobs.append(job)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        self.arrivals.put_nowait(job)
        await self.open.wait()
        self.at_once -= 1
        answer = self.answers.pop(0) if self.answers else DeliveryResult(Outcome.SENT, "taken")
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def close(self) -> None:
        """Hold nothing."""


class Away:
    """An outbox whose store does not answer the first times that it is asked for something."""

    def __init__(self, outbox: Outbox, **times: int) -> None:
        self._outbox = outbox
        self._times = times

    def _ask(self, name: str) -> None:
        if self._times.get(name, 0):
            self._times[name] -= 1
            raise StoreError("locked")

    async def lease_entries(
        self, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane = EVERY_LANE
    ) -> Sequence[DeliveryJob]:
        self._ask("lease")
        return await self._outbox.lease_entries(now=now, count=count, until=until, lane=lane)

    async def mark_sent(self, entry_id: int, *, now: dt.datetime, reply: str) -> None:
        self._ask("mark")
        await self._outbox.mark_sent(entry_id, now=now, reply=reply)

    mark_waiting = mark_given_up = outbox = NotImplemented


def deliver(
    store: Outbox, channel: Channel | MailChannel, clock: Clock, settings: ForwardSettings = SETTINGS
) -> Deliver:
    delivery = Delivery(channel, EVERY_LANE, settings.connections, settings.per_minute)
    return Deliver(store, delivery, backoff_of(settings), now=clock, chance=lambda: 0.5, pause_seconds=0)


@contextlib.asynccontextmanager
async def running(stage: Deliver, entries_came: asyncio.Event | None = None) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(stage.run(entries_came or asyncio.Event()))
    try:
        yield task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def arrive(channel: Channel, count: int = 1) -> None:
    async with asyncio.timeout(SECONDS):
        for _ in range(count):
            await channel.arrivals.get()


def by_maildir(folder: Path) -> MailChannel:
    settings = ForwardSettings(from_="bouncer@rp.example", courier=f"maildir:{folder}")
    return MailChannel(make_courier(settings), settings, reverse_path=lambda _owner: "")


def mails_in(folder: Path) -> list[EmailMessage]:
    read = [message_from_bytes(file.read_bytes(), policy=default) for file in (folder / "new").iterdir()]
    return [message for message in read if isinstance(message, EmailMessage)]


async def test_a_recorded_bounce_becomes_the_owner_s_mail(store: Store, clock: Clock, tmp_path: Path) -> None:
    await post(store)

    delivered = await deliver(store, by_maildir(tmp_path / "box"), clock).run_once()

    row = await the_row(store)
    assert (delivered, row.state) == (1, EntryState.SENT)
    (mail,) = mails_in(tmp_path / "box")
    assert mail["To"] == "owner@acme.example"
    assert mail["Message-ID"] == f"<{row.message_id}>"
    assert mail["Subject"] == "Not delivered: jane@example.org \u00b7 mailbox does not exist"
    assert mail["Return-Path"] == "<>"


async def test_mail_to_postmaster_reaches_the_operator(store: Store, clock: Clock, tmp_path: Path) -> None:
    await post(store, kind=EntryKind.OPERATOR)

    await deliver(store, by_maildir(tmp_path / "box"), clock).run_once()

    (mail,) = mails_in(tmp_path / "box")
    (enclosed,) = mail.iter_attachments()
    assert enclosed.get_content()["Subject"] == "failure"


async def test_without_its_letter_there_is_nothing_to_pass_on(store: Store, tmp_path: Path) -> None:
    await post(store, kind=EntryKind.OPERATOR)
    (job,) = await store.lease_entries(now=NOON, count=1, until=NOON + MINUTE)

    handed = await by_maildir(tmp_path / "box").send(replace(job, letter=None))

    assert handed.outcome is Outcome.REFUSED


async def test_a_notice_can_be_told_without_its_letter(store: Store, tmp_path: Path) -> None:
    await post(store)
    (job,) = await store.lease_entries(now=NOON, count=1, until=NOON + MINUTE)

    await by_maildir(tmp_path / "box").send(replace(job, letter=None))

    (mail,) = mails_in(tmp_path / "box")
    assert "jane@example.org" in str(mail["Subject"])


async def test_a_deferred_entry_waits_longer_each_time(store: Store, clock: Clock) -> None:
    await post(store)
    stage = deliver(store, Channel(*[DeliveryResult(Outcome.DEFERRED, "451 4.3.0 busy")] * 3), clock)
    waits = []

    for _ in range(3):
        assert await stage.run_once() == 1
        row = await the_row(store)
        waits.append(row.due - clock.time)
        clock.time = row.due

    assert waits == [MINUTE, 2 * MINUTE, 4 * MINUTE]
    assert (row.state, row.last_error) == (EntryState.WAITING, "451 4.3.0 busy")
    assert await stage.run_once() == 1
    assert (await the_row(store)).state is EntryState.SENT


async def test_a_waiting_entry_is_left_alone_until_it_is_due(store: Store, clock: Clock) -> None:
    await post(store)
    stage = deliver(store, Channel(DeliveryResult(Outcome.DEFERRED, "busy")), clock)
    await stage.run_once()

    clock.time += MINUTE / 2

    assert await stage.run_once() == 0


async def test_a_refused_entry_is_given_up_at_once_with_the_last_words(store: Store, clock: Clock) -> None:
    await post(store)

    await deliver(store, Channel(DeliveryResult(Outcome.REFUSED, "550 5.1.1 no\r\n such \x1bowner")), clock).run_once()

    row = await the_row(store)
    assert (row.state, row.last_error) == (EntryState.GIVEN_UP, "550 5.1.1 no such \u241bowner")


async def test_an_entry_that_was_tried_for_five_days_is_given_up_with_the_last_words(
    store: Store, clock: Clock
) -> None:
    await post(store)
    stage = deliver(store, Channel(*[DeliveryResult(Outcome.DEFERRED, f"try {n}") for n in range(1000)]), clock)

    while (row := await the_row(store)).state is EntryState.WAITING:
        clock.time = row.due
        await stage.run_once()

    assert row.state is EntryState.GIVEN_UP
    assert 5 * DAY <= clock.time - NOON < 5 * DAY + dt.timedelta(hours=6)
    assert row.last_error == f"try {row.attempts - 1}"


async def test_a_channel_s_bug_is_later_and_its_words_stay_out_of_the_log(
    store: Store, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    await post(store)

    with caplog.at_level(logging.DEBUG):
        await deliver(store, Channel(KeyError("jane@example.org's secret")), clock).run_once()

    assert (await the_row(store)).state is EntryState.WAITING
    assert "KeyError" in caplog.text
    assert "secret" not in caplog.text


async def test_a_bug_with_one_entry_does_not_stop_the_others(store: Store, clock: Clock) -> None:
    await post(store, 3)

    await deliver(store, Channel(ValueError("a bug")), clock).run_once()

    states = sorted(row.state for row in await rows(store))
    assert states == [EntryState.SENT, EntryState.SENT, EntryState.WAITING]


async def test_an_entry_leaves_as_soon_as_it_is_announced(store: Store, clock: Clock) -> None:
    channel, entries_came = Channel(), asyncio.Event()
    async with running(deliver(store, channel, clock), entries_came):
        await post(store)
        entries_came.set()

        await arrive(channel)


async def test_all_leave_though_they_are_more_than_go_at_once(store: Store, clock: Clock) -> None:
    await post(store, 3 * UNDER_WAY + 1)
    channel = Channel()

    async with running(deliver(store, channel, clock)):
        await arrive(channel, 3 * UNDER_WAY + 1)

    assert {row.state for row in await rows(store)} == {EntryState.SENT}
    assert channel.most_at_once <= UNDER_WAY


async def test_a_mail_that_hangs_holds_back_no_other(store: Store, clock: Clock) -> None:
    slow_channel, entries_came = Channel(), asyncio.Event()
    slow_channel.open.clear()
    async with running(deliver(store, slow_channel, clock), entries_came):
        await post(store)
        entries_came.set()
        await arrive(slow_channel)
        await post(store, 5)
        entries_came.set()

        await arrive(slow_channel, 5)
        slow_channel.open.set()


async def test_delivering_goes_on_when_the_store_is_back(store: Store, clock: Clock) -> None:
    await post(store)
    channel = Channel()

    async with running(deliver(Away(store, lease=3), channel, clock)):
        await arrive(channel)


async def test_a_sent_entry_is_marked_however_long_the_store_is_away(store: Store, clock: Clock) -> None:
    """Unmarked it would be sent once more when its lease has run out."""
    await post(store)
    channel = Channel()

    await deliver(Away(store, mark=20), channel, clock).run_once()

    assert (await the_row(store)).state is EntryState.SENT
    assert len(channel.jobs) == 1


async def test_stopping_lets_what_is_under_way_finish(store: Store, clock: Clock) -> None:
    await post(store)
    channel = Channel()
    channel.open.clear()
    async with running(deliver(store, channel, clock)) as task:
        await arrive(channel)
        task.cancel()
        channel.open.set()

        with pytest.raises(asyncio.CancelledError):
            await task

    assert (await the_row(store)).state is EntryState.SENT


async def test_being_stopped_twice_cuts_off_what_is_under_way(store: Store, clock: Clock) -> None:
    """The mail's lease runs out, and it is sent again."""
    await post(store)
    channel = Channel()
    channel.open.clear()
    async with running(deliver(store, channel, clock)) as task:
        await arrive(channel)
        task.cancel()
        await asyncio.sleep(0)
        task.cancel()

        with pytest.raises(asyncio.CancelledError):
            await task

    assert (await the_row(store)).state is EntryState.WAITING


async def test_a_second_try_is_the_same_mail(store: Store, clock: Clock, tmp_path: Path) -> None:
    """A crash between sending and marking: whoever receives both can tell."""
    await post(store)
    channel = by_maildir(tmp_path / "box")
    (job,) = await store.lease_entries(now=NOON, count=1, until=NOON + MINUTE)
    await channel.send(job)
    clock.time = NOON + MINUTE

    await deliver(store, channel, clock).run_once()

    first, second = mails_in(tmp_path / "box")
    assert first.as_bytes() == second.as_bytes()


def test_a_from_that_is_no_address_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    settings = ForwardSettings(from_="nobody", courier=f"maildir:{tmp_path}")

    with pytest.raises(ConfigError, match="from"):
        MailChannel(make_courier(settings), settings, reverse_path=lambda _owner: "")
