"""A clock that was years ahead and was set right, on every store: nothing waits for those years, and nothing lasts for them."""

import datetime as dt
from dataclasses import replace

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Clock, Opening, bounce, leased, letter, record

from bouncer.policy.preferences import Overrides
from bouncer.policy.records import EntryKind, EntryState, NewEntry
from bouncer.policy.sign_in import Role
from bouncer.ports.accounts import Account
from bouncer.ports.api_keys import BEGUN, KeptAnswer
from bouncer.ports.presences import Presence
from bouncer.ports.scope import OPERATOR
from bouncer.ports.shares import Share
from bouncer.ports.sign_ins import SignInLink
from bouncer.ports.store import Store
from bouncer.stages.clock_back import SET_BACK_SECONDS, ClockBack

ANN = "ann@acme.example"
AHEAD = NOON + 4000 * DAY
ROOM = {"count": 9, "octets": 1 << 20}


async def with_account(store: Store, wishes: Overrides | None = None) -> Store:
    await store.add_account(OPERATOR, Account("acme", (ANN,), wishes=wishes or {}), now=NOON)
    return store


async def posted(store: Store, *, now: dt.datetime, count: int = 1) -> None:
    """Read *count* letters, each about an address of its own, and tell Ann of each."""
    for number in range(count):
        (letter_id,) = await store.keep([letter()])
        entries = (NewEntry(EntryKind.NOTICE, ANN),)
        await store.record([record(letter_id, bounce(f"{now:%Y}-{number}@x.example"), entries=entries)], now=now)


async def states(store: Store) -> list[EntryState]:
    return [row.state for row in await store.entries(OPERATOR, state=None, page=ALL)]


async def test_letters_that_were_leased_then_are_leased_now(store: Store):
    await store.keep([letter()])
    assert await store.lease_letters(now=AHEAD, until=AHEAD + 5 * MINUTE, **ROOM)
    assert not await store.lease_letters(now=NOON, until=NOON + 5 * MINUTE, **ROOM)

    await store.bring_back(now=NOON)

    assert await store.lease_letters(now=NOON, until=NOON + 5 * MINUTE, **ROOM)


async def test_mails_that_were_recorded_leased_and_put_off_then_leave_now(store: Store):
    await with_account(store, {"": {"most": "0"}})
    await posted(store, now=AHEAD, count=3)
    first, second, _ = await leased(store, now=AHEAD, count=3, until=AHEAD + 180 * MINUTE)
    await store.mark_waiting(first.row.id, due=AHEAD + 60 * MINUTE, reply="later")
    await posted(store, now=AHEAD)
    assert not await leased(store, now=NOON, count=9, until=NOON + DAY)

    await store.bring_back(now=NOON)

    due = [job.row.id for job in await leased(store, now=NOON, count=9, until=NOON + DAY)]
    assert len(due) == 4
    assert {first.row.id, second.row.id} < set(due)


async def test_reports_that_were_held_for_a_digest_of_then_are_told_now(store: Store):
    await with_account(store, {"": {"hard": "weekly"}})
    await posted(store, now=AHEAD, count=3)
    await store.schedule_entries(now=AHEAD)
    assert await states(store) == [EntryState.HELD] * 3

    await store.bring_back(now=NOON)

    (digest,) = await leased(store, now=NOON, count=9, until=NOON + DAY)
    assert (digest.row.kind, digest.tally and digest.tally.count) == (EntryKind.DIGEST, 3)


async def test_a_rate_that_was_used_up_then_is_not_used_up_now(store: Store):
    await with_account(store)
    await posted(store, now=AHEAD, count=9)
    await store.schedule_entries(now=AHEAD)
    assert EntryState.HELD in await states(store), "beyond the bound"

    await store.bring_back(now=NOON)
    await posted(store, now=NOON)
    before = await states(store)
    await store.schedule_entries(now=NOON)

    assert (await states(store))[0] is before[0] is EntryState.WAITING, "the newest leaves at once"


async def test_plans_of_today_stay_as_they_are(store: Store):
    """A retry in hours, a digest in a week, a lease of a mail that is under way."""
    await with_account(store, {"": {"hard": "weekly"}})
    await store.keep([letter()])
    await store.lease_letters(now=NOON, until=NOON + 5 * MINUTE, **ROOM)
    await posted(store, now=NOON, count=2)
    await store.schedule_entries(now=NOON)
    before = await store.entries(OPERATOR, state=None, page=ALL)

    assert await store.bring_back(now=NOON) == 0
    assert await store.entries(OPERATOR, state=None, page=ALL) == before
    assert not await store.lease_letters(now=NOON, until=NOON + 5 * MINUTE, **ROOM)


async def test_links_and_sessions_of_then_are_over(store: Store):
    await with_account(store)
    await store.add_link(OPERATOR, SignInLink("acme", Role.OWNER, ANN, AHEAD + 15 * MINUTE), "left")
    await store.add_link(OPERATOR, SignInLink("acme", Role.OWNER, ANN, AHEAD + 15 * MINUTE), "used")
    await store.use_link("used", "session", "Firefox", now=AHEAD, forget_before=NOON)
    await store.add_share(OPERATOR, Share("s", "acme", "jane@example.org", ANN, AHEAD, AHEAD + DAY), "shared", limit=9)

    await store.bring_back(now=NOON)

    assert await store.use_link("left", "other", "", now=NOON, forget_before=NOON - DAY) is None
    assert await store.session_of_digest("session", begun_since=NOON - DAY, seen_since=NOON - DAY) is None
    assert await store.share_of_digest("shared", now=NOON) is None


async def test_links_and_sessions_of_today_stay(store: Store):
    await with_account(store)
    await store.add_link(OPERATOR, SignInLink("acme", Role.OWNER, ANN, NOON + 15 * MINUTE), "used")
    await store.use_link("used", "session", "Firefox", now=NOON, forget_before=NOON - DAY)
    await store.add_link(OPERATOR, SignInLink("acme", Role.OWNER, ANN, NOON + 15 * MINUTE), "left")

    assert await store.bring_back(now=NOON) == 0
    assert await store.session_of_digest("session", begun_since=NOON, seen_since=NOON)
    assert await store.use_link("left", "other", "", now=NOON, forget_before=NOON - DAY)


async def test_a_request_that_was_cut_off_then_is_answered_a_minute_after(store: Store):
    begun = KeptAnswer("key", "cut off", "digest", BEGUN, b"", AHEAD)
    answered = KeptAnswer("key", "answered", "digest", 200, b"{}", AHEAD)
    for request in (begun, answered):
        assert await store.begin_answer(request, stale_before=AHEAD - MINUTE, forget_before=AHEAD - DAY)
    await store.keep_answer(answered, forget_before=AHEAD - DAY)

    await store.bring_back(now=NOON)

    again = replace(begun, made_at=NOON + 2 * MINUTE)
    assert not await store.begin_answer(replace(begun, made_at=NOON), stale_before=NOON - MINUTE, forget_before=NOON)
    assert await store.begin_answer(again, stale_before=NOON + MINUTE, forget_before=NOON)
    assert (await store.kept_answer("key", "answered", since=NOON)) == replace(answered, made_at=NOON)
    assert await store.kept_answer("key", "answered", since=NOON + MINUTE) is None


async def test_a_daemon_of_the_wrong_time_counts_as_ended(store: Store):
    await store.attend(Presence("abc", "mx", 7, "1", (), AHEAD, AHEAD))
    assert await store.presences(now=NOON)

    await store.bring_back(now=NOON)

    assert not await store.presences(now=NOON)


async def test_the_daemon_brings_back_at_its_start_and_when_the_clock_is_set_back(store: Store, clock: Clock):
    elapsed, woken = [0.0], list[bool]()
    watch = ClockBack(store, now=clock, elapsed=lambda: elapsed[0], wake=lambda: woken.append(True))

    async def after(seconds: float, *, stepped: float = 0.0) -> int:
        elapsed[0] += seconds
        clock.time += dt.timedelta(seconds=seconds + stepped)
        await store.attend(Presence("abc", "mx", 7, "1", (), clock.time, clock.time + DAY))
        return await watch.run_once()

    assert await after(0) == 1, "at the start"
    assert await after(5) == 0, "the clock goes on"
    assert await after(5, stepped=1 - SET_BACK_SECONDS) == 0, "a small correction"
    assert await after(5, stepped=3e8) == 0, "it leaps ahead"
    assert await after(5, stepped=-3e8) == 1, "and is set right"
    assert woken == [True, True]


async def test_small_steps_back_add_up(store: Store, clock: Clock):
    elapsed = [0.0]
    watch = ClockBack(store, now=clock, elapsed=lambda: elapsed[0], wake=lambda: None)
    await watch.run_once()
    waking = list[int]()
    for _ in range(3):
        elapsed[0] += 5
        clock.time += dt.timedelta(seconds=5 - 0.6 * SET_BACK_SECONDS)
        await store.attend(Presence("abc", "mx", 7, "1", (), clock.time, clock.time + DAY))
        waking.append(await watch.run_once())

    assert waking == [0, 1, 0]


@pytest.mark.parametrize("ahead", [AHEAD, NOON + 2 * DAY])
async def test_letters_that_come_after_it_was_set_right_are_dated_right(
    store: Store, clock: Clock, opening: Opening, ahead: dt.datetime
):
    """By their ids, which retention and the feed of changes go by; while the process runs, and after its end."""
    (first,) = await store.keep([letter()])
    clock.time = ahead
    (wrong,) = await store.keep([letter()])
    clock.time = NOON + MINUTE
    (second,) = await store.keep([letter()])
    (third,) = await store.keep([letter()])
    (other,) = await (await opening()).keep([letter()])

    assert first < second < third < wrong
    assert first < other < wrong
