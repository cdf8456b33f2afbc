"""Events of changes: in the transaction of the change, once for each endpoint that wants them, and bounded."""

import asyncio
import dataclasses
import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Clock, leased, suppression
from contract.webhook_rows import LANE, endpoint

from bouncer.notify.webhooks.channel import event_of
from bouncer.notify.webhooks.format import WebhookEvent
from bouncer.policy.account_events import MAX_CHANGES
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.address_list import AddressList
from bouncer.policy.records import ChangeSource, EntryState, Release, Suppression
from bouncer.policy.webhooks import ALL_EVENTS, OF_OUTCOMES, OF_SUPPRESSIONS, EventType
from bouncer.ports.accounts import Account
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.outbox import DeliveryJob
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.ports.suppressions import Allowed
from bouncer.ports.webhooks import ReplayFilter, WebhookState

JANE = "jane@example.org"
BULK = EventType.SUPPRESSION_BULK
CREATED, CHANGED, RELEASED = OF_SUPPRESSIONS


@pytest.fixture
async def acme(store: Store) -> Store:
    """An endpoint that wants every event, and one of another account."""
    for name in ("acme", "globex"):
        await store.add_account(OPERATOR, Account(name, ()), now=NOON)
        assert await store.add_webhook(OPERATOR, endpoint(f"wh_{name}", name, events=ALL_EVENTS))
    return store


async def jobs(store: Store, now: dt.datetime = NOON) -> Sequence[DeliveryJob]:
    """The events that leave now, in order; the endpoint takes all of them."""
    all_jobs: list[DeliveryJob] = []
    while some := await leased(store, now=now, count=500, until=now + 60 * MINUTE, lane=LANE):
        all_jobs += some
        await asyncio.gather(*(store.mark_sent(job.row.id, now=now, reply="taken") for job in some))
    return sorted(all_jobs, key=lambda job: job.row.id)


async def events(store: Store, now: dt.datetime = NOON) -> list[WebhookEvent]:
    return [event for job in await jobs(store, now) if (event := event_of(job))]


def facts(happened: Iterable[WebhookEvent], *names: str) -> list[tuple[object, ...]]:
    return [(event.type, *((event.facts or {})[name] for name in names)) for event in happened]


def suppression_of(address: str = JANE, days: int | None = 3, **changed: object) -> Suppression:
    until = NOON + days * DAY if days else None
    facts = {"source": ChangeSource.COMMAND, "letter_id": None, "why": "by ann", **changed}
    return suppression(address, until, **facts)


async def test_a_suppression_that_begins_grows_and_is_lifted_is_told_with_who_why_and_until(acme: Store):
    for days in (3, 9, 5):
        await acme.suppress(OPERATOR, suppression_of(days=days))
    await acme.release(OPERATOR, Release("acme", JANE, ChangeSource.KEY, None, NOON, "by the key of the shop"))
    await acme.release(OPERATOR, Release("acme", JANE, ChangeSource.KEY, None, NOON, "once more"))

    happened = await events(acme)

    assert facts(happened, "address", "source", "why") == [
        (CREATED, JANE, "command", "by ann"),
        (CHANGED, JANE, "command", "by ann"),
        (RELEASED, JANE, "key", "by the key of the shop"),
    ]
    assert [(event.facts or {})["until"] for event in happened[:2]] == [
        (NOON + days * DAY).isoformat(timespec="seconds") for days in (3, 9)
    ]
    assert {event.account for event in happened} == {"acme"}
    assert len({event.id for event in happened}) == 3


async def test_two_endpoints_get_one_event_under_one_id_and_events_of_an_address_keep_their_order(acme: Store):
    await acme.add_webhook(OPERATOR, endpoint("wh_2", events=(CREATED,)))

    await acme.suppress(OPERATOR, suppression_of())
    await acme.release(OPERATOR, Release("acme", JANE, ChangeSource.COMMAND, None, NOON))

    first = await leased(acme, now=NOON, count=9, until=NOON + MINUTE, lane=LANE)
    assert {job.row.to for job in first} == {"wh_acme", "wh_2"}, "the release waits for the event before it"
    assert len({job.row.event for job in first}) == 1


async def test_an_event_that_no_endpoint_wants_is_not_written(acme: Store):
    await acme.remove_webhook(OPERATOR, "wh_acme", now=NOON)
    await acme.add_webhook(OPERATOR, endpoint("wh_2", events=OF_OUTCOMES))
    await acme.add_webhook(OPERATOR, endpoint("wh_3", events=ALL_EVENTS, state=WebhookState.ENDED))

    await acme.suppress(OPERATOR, suppression_of(days=1))
    await acme.count(OPERATOR, [Sent("acme", NOON, (), dropped=(JANE,), causes=(suppression_of(),))])
    await acme.tell_ended_suppressions(now=NOON + 2 * DAY)

    assert [row for row in await acme.entries(OPERATOR, state=None, page=ALL) if row.channel == "webhook"] == []


async def test_a_resting_endpoint_finds_the_events_when_they_are_replayed(acme: Store):
    await acme.add_webhook(OPERATOR, endpoint("wh_2", events=(CREATED,), state=WebhookState.RESTING))
    await acme.suppress(OPERATOR, suppression_of())
    await acme.suppress(OPERATOR, suppression_of("joe@example.org", since=NOON + 2 * DAY))
    waiting = {job.row.to for job in await jobs(acme)}

    count = await acme.replay_webhook(OPERATOR, "wh_2", ReplayFilter(since=NOON + DAY), now=NOON + 3 * DAY)

    assert waiting == {"wh_acme"}
    assert count == 1, "a replay of a time finds events that are about no letter"
    again = [event for job in await jobs(acme, NOON + 3 * DAY) if job.row.to == "wh_2" and (event := event_of(job))]
    assert facts(again, "address") == [(CREATED, "joe@example.org")]
    before = ReplayFilter(until=NOON + DAY)
    assert await acme.replay_webhook(OPERATOR, "wh_2", before, now=NOON + 4 * DAY) == 1


async def test_an_import_tells_of_each_address_up_to_a_bound_and_then_of_their_number(acme: Store, clock: Clock):
    count, old = 5200, NOON - 900 * DAY
    await acme.suppress(OPERATOR, suppression_of("r0000@example.org", days=1))
    await jobs(acme)
    rows = [suppression_of(f"r{n:04}@example.org", None, source=ChangeSource.IMPORT, since=old) for n in range(count)]
    clock.time = NOON + MINUTE

    await acme.import_suppressions(OPERATOR, iter(rows))

    happened = await events(acme, NOON + DAY)
    assert Counter(event.type for event in happened) == {CREATED: MAX_CHANGES - 1, CHANGED: 1, BULK: 1}
    assert {event.at for event in happened} == {NOON + MINUTE}, "when it came in force, whatever its rows say"
    (bulk,) = [event.facts for event in happened if event.type is BULK]
    assert bulk
    assert (bulk["count"], bulk["told"], bulk["source"]) == (count, MAX_CHANGES, "import")


async def test_a_small_import_tells_of_what_is_new_and_not_of_what_the_allow_list_keeps_out(acme: Store, clock: Clock):
    await acme.allow(OPERATOR, Allowed("acme", "vip@example.org", NOON), source=ChangeSource.COMMAND)
    addresses = (JANE, "vip@example.org", "joe@example.org")

    for n in range(2):
        clock.time = NOON + n * MINUTE
        rows = [suppression_of(address, None, source=ChangeSource.IMPORT) for address in addresses]
        await acme.import_suppressions(AccountScope("acme"), iter(rows))

    assert facts(await events(acme), "address", "source") == [
        (CREATED, JANE, "import"),
        (CREATED, "joe@example.org", "import"),
    ]


async def test_an_entry_of_the_allow_list_releases_what_it_covers(acme: Store):
    for address in (JANE, "joe@example.org", "else@example.com"):
        await acme.suppress(OPERATOR, suppression_of(address))
    await acme.suppress(OPERATOR, suppression_of("globex@example.org", account="globex"))
    await jobs(acme)

    entry = Allowed("acme", "@example.org", NOON, "partners")
    await acme.allow(OPERATOR, entry, source=ChangeSource.COMMAND)
    await acme.allow(OPERATOR, entry, source=ChangeSource.COMMAND)

    assert facts(await events(acme), "address", "why") == [
        (RELEASED, address, "on the allow-list: @example.org; partners") for address in (JANE, "joe@example.org")
    ]


async def test_the_hour_that_ends_a_suppression_is_told_once(acme: Store):
    await acme.suppress(OPERATOR, suppression_of(days=1))
    await acme.suppress(OPERATOR, suppression_of("joe@example.org", days=5))
    await jobs(acme)

    counts = [await acme.tell_ended_suppressions(now=NOON + day * DAY) for day in (0, 1, 1, 2, 6)]

    assert counts == [0, 1, 0, 0, 1]
    happened = await events(acme, NOON + 6 * DAY)
    assert facts(happened, "address", "source") == [(RELEASED, JANE, "time"), (RELEASED, "joe@example.org", "time")]
    assert [event.at for event in happened] == [NOON + DAY, NOON + 5 * DAY]


async def test_an_address_that_stays_suppressed_for_another_cause_is_not_said_to_be_free(acme: Store):
    await acme.suppress(OPERATOR, suppression_of(days=1, stream="news"))
    await acme.suppress(OPERATOR, suppression_of(days=None))
    await jobs(acme)

    assert await acme.tell_ended_suppressions(now=NOON + 2 * DAY) == 0


async def test_many_ends_in_one_minute_are_bounded_and_an_endpoint_hears_of_none_before_its_time(acme: Store):
    rows = [suppression_of(f"r{n:04}@example.org", 1, source=ChangeSource.IMPORT) for n in range(MAX_CHANGES + 5)]
    await acme.import_suppressions(OPERATOR, iter(rows))
    await jobs(acme)
    await acme.add_webhook(OPERATOR, endpoint("wh_2", events=(RELEASED, BULK), created_at=NOON + 2 * DAY))

    await acme.tell_ended_suppressions(now=NOON + 3 * DAY)

    posted = await jobs(acme, NOON + 3 * DAY)
    assert {job.row.to for job in posted} == {"wh_acme"}
    happened = [event for job in posted if (event := event_of(job))]
    assert Counter(event.type for event in happened) == {RELEASED: MAX_CHANGES, BULK: 1}
    assert (happened[-1].facts or {})["count"] == MAX_CHANGES + 5


async def test_each_mail_that_was_dropped_or_refused_is_told_with_its_suppression(acme: Store):
    cause = suppression_of(reason="complaint", days=None)
    sends = [
        Sent("acme", NOON, ("joe@example.org",), message_id="m1@acme.example", subject="News", campaign="may",
             dropped=(JANE,), causes=(cause,)),
        Sent("acme", NOON + MINUTE, (), refused=(JANE,), refusal_causes=(cause,)),
        Sent("globex", NOON, ("joe@example.org",)),
    ]  # fmt: skip

    await acme.count(OPERATOR, sends)

    assert facts(await events(acme, NOON + DAY), "recipient", "how", "reason", "message_id") == [
        (EventType.DROPPED, JANE, "dropped", "complaint", "m1@acme.example"),
        (EventType.DROPPED, JANE, "refused", "complaint", None),
    ]


async def test_events_about_no_letter_are_forgotten_with_the_records(acme: Store):
    await acme.suppress(OPERATOR, suppression_of())
    await jobs(acme)
    steps = acme.retire(letters_before=NOON, records_before=NOON + DAY, count=9)

    deleted = sum([records async for _, records in steps])

    assert deleted
    rows = await acme.entries(OPERATOR, state=EntryState.SENT, page=ALL)
    assert rows == []


async def test_an_address_that_is_taken_off_a_list_is_told(acme: Store):
    await acme.suppress(OPERATOR, suppression_of())
    await acme.suppress(OPERATOR, suppression_of("over@example.org", since=NOON - 9 * DAY, days=-1))
    await acme.suppress(OPERATOR, suppression_of("joe@example.org", reason="complaint"))
    await jobs(acme)
    names = (JANE.upper(), "over@example.org", "joe@example.org", "nobody@example.org")
    off = [Release("acme", name, ChangeSource.KEY, None, NOON, "by the key of the shop") for name in names]

    assert await acme.take_off(AccountScope("acme"), "acme", AddressList.BOUNCES, off) == 1

    events_told = facts(await events(acme), "address", "source", "why")
    assert events_told == [(RELEASED, JANE, "key", "by the key of the shop")]
    trail = await acme.trail(AccountScope("acme"), address=None, page=ALL)
    assert [row.address for row in trail if row.change == "freed"] == [JANE]


@pytest.mark.parametrize("remains", ["wish", "erased wish", "wish for a stream"])
async def test_an_address_that_stays_on_another_list_is_not_said_to_be_free(acme: Store, remains: str):
    """A spelling of a mailbox at Gmail failed, and another one complained."""
    (account,) = [
        found_account
        for found_account in (await acme.directory(OPERATOR)).accounts.values()
        if found_account.name == "acme"
    ]
    await acme.set_account(OPERATOR, dataclasses.replace(account, terms=AccountRules(fold_gmail=True)))
    stream = "news" if remains == "wish for a stream" else ""
    await acme.suppress(OPERATOR, suppression_of("jdoe@gmail.com", reason="unsubscribe", stream=stream))
    if remains == "erased wish":
        await acme.erase(OPERATOR, ErasureOrder(["jdoe@gmail.com"], ChangeSource.COMMAND, "by ann", NOON))
    await acme.import_suppressions(OPERATOR, [suppression_of("j.doe@gmail.com", source=ChangeSource.IMPORT)])
    await jobs(acme)
    off = [Release("acme", "j.d.o.e@gmail.com", ChangeSource.KEY, None, NOON)]

    assert await acme.take_off(AccountScope("acme"), "acme", AddressList.BOUNCES, off) == 1

    assert len(await events(acme)) == (1 if stream else 0)
