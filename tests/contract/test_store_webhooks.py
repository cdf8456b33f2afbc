"""The contract of every store: webhook endpoints, their attempts, the order of their events, rests, ends and replays."""

import datetime as dt
from collections.abc import Sequence

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, bounce, leased, letter, record, retired
from contract.webhook_rows import ANN, JANE, JOE, LANE, LATER, SECRET, attempt, endpoint, event

from bouncer.policy.records import MAIL, Belief, Bucket, EntryKind, EntryState, NewEntry
from bouncer.policy.webhooks import CHANNEL, GIVE_UP, OF_OUTCOMES, Endpoint, EventType
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import DeliveryJob, OutboxEntry
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.ports.webhooks import (
    ReplayFilter,
    WebhookState,
)
from bouncer.settings.sections import RetentionSettings
from bouncer.stages.retire import Retire


@pytest.fixture
async def acme(store: Store) -> Store:
    await store.add_account(OPERATOR, Account("acme", (ANN, "bob@acme.example")), now=NOON)
    assert await store.add_webhook(OPERATOR, endpoint())
    return store


async def recorded(store: Store, *entries: NewEntry) -> int:
    (letter_id,) = await store.keep([letter()])
    bounces = [bounce(entry.recipient_key or JANE) for entry in entries]
    await store.record([record(letter_id, *bounces, entries=entries)], now=NOON)
    return letter_id


async def due(store: Store, now: dt.datetime = NOON, count: int = 99) -> Sequence[DeliveryJob]:
    return await leased(store, now=now, count=count, until=now + 60 * MINUTE, lane=LANE)


async def events(store: Store, channel: str = CHANNEL) -> list[OutboxEntry]:
    rows = await store.entries(OPERATOR, state=None, page=ALL)
    return sorted((row for row in rows if row.channel == channel), key=lambda row: row.id)


async def states(store: Store) -> list[EntryState]:
    return [row.state for row in await events(store)]


async def test_an_endpoint_is_listed_with_its_facts_and_opened_with_its_secrets(acme: Store):
    added = endpoint()

    assert await acme.webhooks(OPERATOR) == [added.webhook]
    assert await acme.webhook(OPERATOR, "wh_1") == await acme.open_webhook("wh_1") == added
    assert await acme.webhook(OPERATOR, "wh_2") is None
    assert not await acme.add_webhook(OPERATOR, endpoint("wh_2", account="nobody"))
    assert SECRET not in repr(added)
    assert "password" not in repr(added)


async def test_events_of_forged_reports_let_a_proven_one_pass_that_comes_after_them(acme: Store):
    forged = tuple(event(f"victim{n}@example.org", place=n + 1, bucket=Bucket.UNPROVEN) for n in range(40))
    await recorded(acme, *forged)
    await recorded(acme, event(JOE))

    (first,) = await due(acme, count=1)
    others = await due(acme)

    assert first.row.recipient_key == JOE
    assert len(others) == len(forged), "and none is lost"


async def test_an_endpoint_keeps_what_its_people_call_it(acme: Store):
    await acme.add_webhook(OPERATOR, endpoint("wh_2", label="the shop"))
    assert [webhook.label for webhook in await acme.webhooks(OPERATOR)] == ["", "the shop"]

    assert await acme.change_webhook(OPERATOR, endpoint("wh_2", label="the new shop"), now=NOON)
    assert [webhook.label for webhook in await acme.webhooks(OPERATOR)] == ["", "the new shop"]


async def test_the_directory_says_which_events_an_endpoint_gets(acme: Store):
    chosen = (EventType.BLOCK, EventType.COMPLAINT)
    await acme.add_webhook(OPERATOR, endpoint("wh_2", events=chosen, belief=Belief.UNPROVEN))
    await acme.add_webhook(OPERATOR, endpoint("wh_3", state=WebhookState.RESTING))
    await acme.add_webhook(OPERATOR, endpoint("wh_4", state=WebhookState.ENDED))

    assert (await acme.directory(OPERATOR)).accounts["acme"].endpoints == (
        Endpoint("wh_1", OF_OUTCOMES, Belief.PROVEN),
        Endpoint("wh_2", chosen, Belief.UNPROVEN),
        Endpoint("wh_3", OF_OUTCOMES, Belief.PROVEN, is_resting=True),
    )


async def test_changing_the_account_keeps_its_endpoints_and_removing_it_removes_them(acme: Store):
    await recorded(acme, event())
    await acme.set_account(OPERATOR, Account("acme", ()))
    assert len(await acme.webhooks(OPERATOR)) == 1

    await acme.remove_account(OPERATOR, "acme")
    await acme.add_account(OPERATOR, Account("acme", ()), now=NOON)

    assert await acme.webhooks(OPERATOR) == []
    assert await acme.open_webhook("wh_1") is None
    assert await states(acme) == [EntryState.DROPPED]


async def test_each_outcome_of_a_letter_is_an_event_of_its_own_with_a_stable_id(acme: Store):
    await acme.add_webhook(OPERATOR, endpoint("wh_2"))
    await recorded(acme, event(), event(JOE, place=2), event(to="wh_2"))

    jobs = await due(acme)

    of_jane, of_joe, other = sorted(jobs, key=lambda job: job.row.id)
    assert of_jane.row.event == other.row.event != of_joe.row.event
    assert (of_jane.row.recipient_key, of_joe.row.recipient_key) == (JANE, JOE)
    assert [len(job.bounces) for job in jobs] == [3, 3, 3]
    assert of_jane.letter is None


async def test_an_event_waits_for_the_earlier_ones_about_its_address_and_passes_all_others(acme: Store):
    await acme.add_webhook(OPERATOR, endpoint("wh_2"))
    for entries in ((event(),), (event(), event(JOE, place=2)), (event(to="wh_2"),)):
        await recorded(acme, *entries)
    first, second, joe, other = [row.id for row in await events(acme)]

    at_once = {job.row.id for job in await due(acme)}
    await acme.mark_waiting(first, due=NOON + MINUTE, reply="500")
    still = {job.row.id for job in await due(acme)}
    await acme.mark_sent(first, now=NOON, reply="200")
    then = {job.row.id for job in await due(acme)}

    assert at_once == {first, joe, other}
    assert still == set()
    assert then == {second}


@pytest.mark.parametrize("end", ["mark_given_up", "mark_sent"])
async def test_an_event_that_was_given_up_holds_up_no_other(acme: Store, end: str):
    await recorded(acme, event())
    await recorded(acme, event())
    (job,) = await due(acme)

    await getattr(acme, end)(job.row.id, now=NOON, reply="")

    (later,) = await due(acme)
    assert later.row.id > job.row.id


async def test_mail_about_one_address_is_leased_as_before(acme: Store):
    """The order is of events for programs only."""
    for _ in range(3):
        await recorded(acme, NewEntry(EntryKind.NOTICE, "eve@example.net", account=""))

    assert len(await leased(acme, now=NOON, count=9, until=LATER)) == 3


async def test_attempts_are_listed_newest_first_and_forgotten(acme: Store):
    for n, status in enumerate((200, 500, None)):
        await acme.record_webhook_attempt(attempt(status, NOON + n * DAY, answer="é" * 5000))

    attempts = await acme.webhook_attempts(OPERATOR, "wh_1", ALL)
    forgotten = [await acme.forget_webhook_attempts(before=NOON + 2 * DAY, count=1) for _ in range(3)]

    assert [entry.status for entry in attempts] == [None, 500, 200]
    assert {len(entry.answer) for entry in attempts} == {2048}
    assert forgotten == [1, 1, 0]
    assert [entry.status for entry in await acme.webhook_attempts(OPERATOR, "wh_1", ALL)] == [None]


async def test_the_hourly_run_forgets_attempts_that_are_fourteen_days_old(acme: Store):
    for age in (20, 15, 13, 0):
        await acme.record_webhook_attempt(attempt(200, NOON - age * DAY))

    await Retire(acme, RetentionSettings(), now=lambda: NOON).retire_all()

    attempts = await acme.webhook_attempts(OPERATOR, "wh_1", ALL)
    assert [NOON - entry.at for entry in attempts] == [0 * DAY, 13 * DAY]


@pytest.mark.parametrize(
    ("owners", "forwarding", "expected"),
    [
        ((ANN,), True, [(ANN, "acme")]),
        ((), True, [("op@example.com", None)]),
        ((), False, []),
        ((ANN,), False, []),
    ],
)
async def test_without_owners_the_operator_is_told_unless_the_account_wants_no_mail(
    acme: Store, owners: tuple[str, ...], forwarding: bool, expected: list[tuple[str, str | None]]
):
    await acme.set_account(OPERATOR, Account("acme", owners, forwarding=forwarding))

    await acme.record_webhook_attempt(attempt(410), operator="op@example.com")

    mails = await events(acme, MAIL)
    assert [(mail.to, mail.account) for mail in mails] == expected
    assert all((mail.about or "").endswith("https://app.example/wh_1\nacme") for mail in mails)


async def test_an_endpoint_that_takes_nothing_for_72_hours_rests_and_its_owners_are_told_once(acme: Store):
    await recorded(acme, event(), event(JOE, place=2))
    await acme.record_webhook_attempt(attempt(500))
    await acme.record_webhook_attempt(attempt(503, NOON + GIVE_UP - MINUTE))
    assert (await acme.webhooks(OPERATOR))[0].state is WebhookState.ACTIVE

    for minutes in range(3):
        await acme.record_webhook_attempt(attempt(None, NOON + GIVE_UP + minutes * MINUTE))

    (webhook,) = await acme.webhooks(OPERATOR)
    assert (webhook.state, webhook.failing_since) == (WebhookState.RESTING, NOON)
    assert await states(acme) == [EntryState.GIVEN_UP, EntryState.GIVEN_UP]
    mails = await events(acme, MAIL)
    assert sorted(mail.to for mail in mails) == [ANN, "bob@acme.example"]
    assert {(mail.kind, mail.account) for mail in mails} == {(EntryKind.ENDPOINT, "acme")}
    assert all("https://app.example/wh_1" in (mail.about or "") for mail in mails)
    jobs_left = await leased(acme, now=NOON + 2 * GIVE_UP, count=9, until=NOON + 3 * GIVE_UP)
    assert len(jobs_left) == 2


async def test_one_success_begins_the_time_anew_and_wakes_an_endpoint(acme: Store):
    for hours, status in ((0, 500), (71, 200), (73, 500), (140, 500)):
        await acme.record_webhook_attempt(attempt(status, NOON + dt.timedelta(hours=hours)))
    assert (await acme.webhooks(OPERATOR))[0].state is WebhookState.ACTIVE

    await acme.record_webhook_attempt(attempt(500, NOON + dt.timedelta(hours=146)))
    resting = (await acme.webhooks(OPERATOR))[0]
    await acme.record_webhook_attempt(attempt(200, NOON + dt.timedelta(hours=147)))
    awake = (await acme.webhooks(OPERATOR))[0]

    assert (resting.state, awake.state, awake.failing_since) == (WebhookState.RESTING, WebhookState.ACTIVE, None)


async def test_events_of_a_resting_endpoint_are_recorded_and_leave_at_a_replay(acme: Store):
    await recorded(acme, event(is_given_up=True))
    assert not await due(acme)

    assert await acme.replay_webhook(OPERATOR, "wh_1", ReplayFilter(only_failed=True), now=LATER) == 1

    (job,) = await due(acme, LATER)
    assert (job.row.attempts, job.row.created_at) == (1, LATER)


async def test_an_endpoint_that_is_gone_ends_for_good(acme: Store):
    await recorded(acme, event())
    for status in (410, 200):
        await acme.record_webhook_attempt(attempt(status))

    assert (await acme.webhooks(OPERATOR))[0].state is WebhookState.ENDED
    assert await states(acme) == [EntryState.DROPPED]
    assert await acme.replay_webhook(OPERATOR, "wh_1", ReplayFilter(), now=LATER) == 0
    assert len(await events(acme, MAIL)) == 2


async def test_an_attempt_at_an_endpoint_that_was_removed_meanwhile_changes_nothing(acme: Store):
    assert await acme.remove_webhook(OPERATOR, "wh_1", now=NOON)

    await acme.record_webhook_attempt(attempt(410))

    assert await acme.webhooks(OPERATOR) == []
    assert await events(acme, MAIL) == []


async def test_a_replay_chooses_by_event_by_time_and_by_failure(acme: Store):
    await recorded(acme, event("a@x.example"), event("b@x.example", place=2), event("c@x.example", place=3))
    for job, mark in zip(await due(acme), (acme.mark_sent, acme.mark_given_up), strict=False):
        await mark(job.row.id, now=NOON, reply="")
    sent, given_up, _leased = await events(acme)

    async def chosen(**criteria: object) -> int:
        return await acme.replay_webhook(OPERATOR, "wh_1", ReplayFilter(**criteria), now=NOON + MINUTE)  # type: ignore[arg-type]

    assert await chosen(event="evt_unknown_1") == 0
    assert await chosen(until=NOON - DAY) == 0
    assert await chosen(since=NOON + DAY) == 0
    assert await chosen(event=sent.event) == 1
    assert await chosen(only_failed=True) == 1
    assert [row.state for row in await events(acme)] == [EntryState.WAITING] * 3
    assert await chosen(since=NOON - DAY, until=NOON + DAY) == 2, "the third leaves at this moment"
    assert {row.event for row in await events(acme)} == {sent.event, given_up.event, _leased.event}


async def test_a_replay_of_very_many_takes_each_once(acme: Store):
    for n in range(2):
        entries = [event(f"r{n}.{i}@x.example", place=i + 1, is_given_up=True) for i in range(400)]
        await recorded(acme, *entries)

    assert await acme.replay_webhook(OPERATOR, "wh_1", ReplayFilter(only_failed=True), now=NOON) == 800


async def test_a_rotated_secret_signs_beside_the_one_before_for_a_time(acme: Store):
    assert await acme.change_webhook_secret(OPERATOR, "wh_1", "secret-2", former_until=LATER)

    endpoint = await acme.open_webhook("wh_1")

    assert endpoint is not None
    assert endpoint.secrets.signing(NOON) == ("secret-2", SECRET)
    assert endpoint.secrets.signing(LATER) == ("secret-2",)


async def test_an_account_has_only_its_own_endpoints(acme: Store):
    zoo = AccountScope("zoo")
    await acme.record_webhook_attempt(attempt(200))

    assert await acme.webhooks(zoo) == await acme.webhook_attempts(zoo, "wh_1", ALL) == []
    assert await acme.webhook(zoo, "wh_1") is None
    assert not await acme.remove_webhook(zoo, "wh_1", now=NOON)
    assert [webhook.id for webhook in await acme.webhooks(AccountScope("acme"))] == ["wh_1"]


async def test_a_letter_whose_events_have_left_is_retired_with_them(acme: Store):
    await recorded(acme, event())
    (job,) = await due(acme)
    assert await retired(acme, letters_before=LATER, records_before=LATER) == (0, 0)

    await acme.mark_sent(job.row.id, now=NOON, reply="")
    await retired(acme, letters_before=LATER, records_before=LATER)

    assert await events(acme) == []
