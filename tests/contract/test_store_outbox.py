"""The contract of every store: entries of the outbox."""

import asyncio
import datetime as dt

from contract.factories import ALL, DAY, MINUTE, NOON, Opening, bounce, leased, letter, record, retired

from bouncer.policy.records import EntryKind, EntryState, NewEntry
from bouncer.ports.letters import Page
from bouncer.ports.outbox import DeliveryJob, EntryFilter, Lane, OutboxEntry
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.store.outbox.outbox import AT_A_TIME

LATER = NOON + 5 * MINUTE
HOUR = 60 * MINUTE


async def posted(store: Store, *to: str, octets: int = 10) -> int:
    """Keep a letter and record it with entries to *to*; gives its id."""
    (letter_id,) = await store.keep([letter(b"x" * octets)])
    entries = tuple(NewEntry(EntryKind.NOTICE, address) for address in to)
    await store.record([record(letter_id, bounce("a@x.example"), bounce("b@x.example"), entries=entries)], now=NOON)
    return letter_id


async def lease(store: Store, count: int = 100) -> list[DeliveryJob]:
    return list(await leased(store, now=NOON, count=count, until=LATER))


async def the_entry(store: Store) -> OutboxEntry:
    (row,) = await store.entries(OPERATOR, state=None, page=ALL)
    return row


async def test_a_leased_entry_brings_its_facts(store: Store):
    letter_id = await posted(store, "owner@acme.example")

    (job,) = await lease(store)

    assert job.row == await the_entry(store)
    assert (job.row.attempts, job.row.due, job.row.created_at) == (1, NOON, NOON)
    assert job.letter == await store.letter(OPERATOR, letter_id)
    assert [row.recipient for row in job.bounces] == ["a@x.example", "b@x.example"]


async def test_a_leased_entry_is_hidden_until_the_lease_has_run_out(store: Store):
    await posted(store, "owner@acme.example")
    (first,) = await lease(store)

    assert await lease(store) == []
    (again,) = await leased(store, now=LATER, count=9, until=LATER + MINUTE)
    assert (again.row.message_id, again.row.attempts) == (first.row.message_id, 2)


async def test_a_daemon_that_starts_takes_back_the_leases_of_the_one_before(store: Store):
    await posted(store, "owner@acme.example")
    (first,) = await lease(store)
    await store.keep([letter(b"another")])
    ahead = {"now": NOON, "count": 9, "octets": 1000}
    (leased_letter,) = await store.lease_letters(**ahead, until=LATER)

    await store.release_leases()

    assert [job.row.id for job in await lease(store)] == [first.row.id]
    assert [leased.id for leased in await store.lease_letters(**ahead, until=LATER)] == [leased_letter.id]


async def test_an_entry_that_must_wait_still_waits_when_leases_are_taken_back(store: Store):
    await posted(store, "owner@acme.example")
    (first,) = await lease(store)
    await store.mark_waiting(first.row.id, due=NOON + DAY, reply="later")

    await store.release_leases()

    assert await lease(store) == []


async def test_entries_leave_in_the_order_in_which_they_are_due(store: Store):
    await posted(store, "a@x.example", "b@x.example")
    (first, _) = await lease(store)
    await store.mark_waiting(first.row.id, due=NOON + DAY, reply="later")
    await posted(store, "c@x.example")

    due = await leased(store, now=NOON + 2 * DAY, count=9, until=NOON + 3 * DAY)

    assert [job.row.to for job in due] == ["b@x.example", "c@x.example", "a@x.example"]


KINDS = (EntryKind.OPERATOR, EntryKind.DIGEST, EntryKind.NOTICE, EntryKind.WARNING)


async def of_kind(store: Store, kind: EntryKind, at: dt.datetime, to: str = "owner@acme.example") -> None:
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, entries=(NewEntry(kind, to),))], now=at)


async def leased_kinds(store: Store, now: dt.datetime) -> list[EntryKind]:
    return [job.row.kind for job in await leased(store, now=now, count=9, until=now + MINUTE)]


async def test_entries_that_matter_more_leave_first(store: Store):
    for kind in KINDS:
        await of_kind(store, kind, NOON)

    assert (await leased_kinds(store, NOON))[:2] == [EntryKind.WARNING, EntryKind.NOTICE]


async def test_an_entry_that_has_waited_for_long_leaves_before_those_that_matter_more(store: Store):
    await of_kind(store, EntryKind.OPERATOR, NOON)
    await of_kind(store, EntryKind.NOTICE, NOON + 30 * MINUTE)
    await of_kind(store, EntryKind.NOTICE, NOON + 70 * MINUTE)

    assert await leased_kinds(store, NOON + 2 * HOUR) == [EntryKind.NOTICE, EntryKind.OPERATOR, EntryKind.NOTICE]


async def test_a_lane_takes_the_entries_of_its_domains_and_the_rest_all_others(store: Store):
    await posted(store, "a@slow.example", "b@SLOW.example", "c@quick.example", "d@b\u00fccher.example")
    ours = frozenset({"slow.example", "xn--bcher-kva.example"})

    lane_jobs = await leased(store, now=NOON, count=9, until=LATER, lane=Lane(ours))
    others = await leased(store, now=NOON, count=9, until=LATER, lane=Lane(excluded=ours))

    assert [job.row.to[0] for job in lane_jobs] == ["a", "b", "d"]
    assert [job.row.to[0] for job in others] == ["c"]


async def test_two_stores_never_lease_the_same_entry(store: Store, opening: Opening):
    other = await opening()
    await posted(store, *(f"{n}@x.example" for n in range(20)))

    rounds = await asyncio.gather(*(lease(store, count=3) for store in (store, other) * 5))

    leased = [job.row.to for leased in rounds for job in leased]
    assert sorted(leased) == sorted(f"{n}@x.example" for n in range(20))


async def test_a_lease_of_large_letters_is_bounded(store: Store):
    """If the letters of the entries do not fit into memory together, only the first few entries are leased."""
    for _ in range(5):
        await posted(store, "owner@acme.example", octets=20 << 20)

    assert [len(await lease(store)) for _ in range(3)] == [3, 2, 0]


async def test_a_sent_entry_is_done(store: Store):
    await posted(store, "owner@acme.example")
    entry_id = (await the_entry(store)).id

    await store.mark_sent(entry_id, now=NOON, reply="250 queued")

    assert (await the_entry(store)).state is EntryState.SENT
    assert (await the_entry(store)).last_error is None
    assert await lease(store) == []


async def test_marks_that_come_at_once_are_all_kept(store: Store):
    await posted(store, *(f"{n}@x.example" for n in range(60)))
    ids = [row.id for row in await store.entries(OPERATOR, state=None, page=ALL)]

    await asyncio.gather(
        *(store.mark_sent(entry_id, now=NOON, reply=f"250 {entry_id}") for entry_id in ids[:30]),
        *(store.mark_waiting(entry_id, due=LATER, reply=f"451 {entry_id}") for entry_id in ids[30:50]),
        *(store.mark_given_up(entry_id, now=NOON, reply=f"550 {entry_id}") for entry_id in ids[50:]),
    )

    rows = {row.id: row for row in await store.entries(OPERATOR, state=None, page=ALL)}
    assert all(
        (rows[entry_id].state, rows[entry_id].reply) == (EntryState.SENT, f"250 {entry_id}") for entry_id in ids[:30]
    )
    assert all((rows[entry_id].due, rows[entry_id].last_error) == (LATER, f"451 {entry_id}") for entry_id in ids[30:50])
    assert all(
        (rows[entry_id].state, rows[entry_id].last_error) == (EntryState.GIVEN_UP, f"550 {entry_id}")
        for entry_id in ids[50:]
    )


async def test_a_mark_that_cannot_be_made_costs_the_others_nothing(store: Store):
    """Here, one with a time that means no moment: it fails, those that came with it do not."""
    await posted(store, "a@x.example", "b@x.example", "c@x.example")
    ids = [row.id for row in await store.entries(OPERATOR, state=None, page=ALL)]
    nonsense = dt.datetime(2026, 3, 1)  # noqa: DTZ001 -- that is what is wrong with it

    results = await asyncio.gather(
        *(store.mark_sent(entry_id, now=nonsense if entry_id == ids[1] else NOON, reply="") for entry_id in ids),
        return_exceptions=True,
    )

    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    states = [row.state for row in await store.entries(OPERATOR, state=None, page=ALL)]
    assert states == [EntryState.SENT, EntryState.WAITING, EntryState.SENT]


async def test_a_waiting_entry_is_due_when_said(store: Store):
    await posted(store, "owner@acme.example")
    (job,) = await lease(store)

    await store.mark_waiting(job.row.id, due=NOON + DAY, reply="451 later \udcff\0")

    row = await the_entry(store)
    assert (row.state, row.due, row.last_error) == (EntryState.WAITING, NOON + DAY, "451 later \ufffd\ufffd")
    assert await leased(store, now=NOON + DAY - MINUTE, count=9, until=NOON + DAY) == ()
    assert len(await leased(store, now=NOON + DAY, count=9, until=NOON + 2 * DAY)) == 1


async def test_an_entry_given_up_says_why(store: Store):
    await posted(store, "owner@acme.example")
    (job,) = await lease(store)

    await store.mark_given_up(job.row.id, now=NOON, reply="550 unknown")

    row = await the_entry(store)
    assert (row.state, row.last_error) == (EntryState.GIVEN_UP, "550 unknown")
    assert await leased(store, now=NOON + DAY, count=9, until=NOON + 2 * DAY) == ()


async def test_a_sent_entry_does_not_wait_again(store: Store):
    """A process that lost its lease speaks late: a sent entry stays sent."""
    await posted(store, "owner@acme.example")
    (job,) = await lease(store)
    await store.mark_sent(job.row.id, now=NOON, reply="")

    await store.mark_waiting(job.row.id, due=NOON, reply="late")
    await store.mark_given_up(job.row.id, now=NOON, reply="later still")

    assert (await the_entry(store)).state is EntryState.SENT


async def test_entries_are_listed_by_state_and_page(store: Store):
    await posted(store, *(f"{n}@x.example" for n in range(5)))
    rows = list(await store.entries(OPERATOR, state=None, page=ALL))
    await store.mark_sent(rows[1].id, now=NOON, reply="")

    first = await store.entries(OPERATOR, state="waiting", page=Page(limit=2))
    rest = await store.entries(OPERATOR, state="waiting", page=Page(limit=9, before=first[-1].id))

    assert [row.to[0] for row in rows] == ["4", "3", "2", "1", "0"]
    assert [row.to[0] for row in [*first, *rest]] == ["4", "2", "1", "0"]
    assert [row.to[0] for row in await store.entries(OPERATOR, state="sent", page=ALL)] == ["3"]


async def states(store: Store) -> dict[str, str]:
    return {row.to: row.state.value for row in await store.entries(OPERATOR, state=None, page=Page(limit=10_000))}


async def test_entries_are_listed_by_account_and_owner(store: Store):
    await posted(store, "ann@acme.example", "Bob@acme.example")
    lists = [
        await store.entries(AccountScope("acme"), state=None, page=ALL),
        await store.entries(AccountScope("acme"), state="waiting", page=ALL, to="bob@ACME.example"),
        await store.entries(AccountScope("zoo"), state=None, page=ALL),
        await store.entries(OPERATOR, state="sent", page=ALL, to="bob@acme.example"),
    ]

    assert [[row.to for row in rows] for rows in lists] == [
        ["Bob@acme.example", "ann@acme.example"],
        ["Bob@acme.example"],
        [],
        [],
    ]


async def test_all_entries_that_are_meant_are_changed_and_no_others(store: Store):
    waiting, given_up = (EntryFilter((state,)) for state in (EntryState.WAITING, EntryState.GIVEN_UP))
    await posted(store, *(f"{n}@x.example" for n in range(4)))
    for job in (await lease(store))[:2]:
        await store.mark_given_up(job.row.id, now=NOON, reply="550")
    lost = [row.to for row in await store.entries(OPERATOR, state="given-up", page=ALL)]
    await store.release_leases()

    assert (await store.count_entries(OPERATOR, given_up), await store.count_entries(OPERATOR, waiting)) == (2, 2)
    assert await store.drop_entries(AccountScope("zoo"), waiting, now=NOON) == 0
    assert await store.drop_entries(OPERATOR, waiting, now=NOON) == 2
    first_lost = EntryFilter((EntryState.GIVEN_UP,), lost[0].upper())
    assert await store.retry_entries(AccountScope("acme"), first_lost, now=NOON) == 1
    assert (await states(store))[lost[0]] == "waiting"
    assert sorted((await states(store)).values()) == ["dropped", "dropped", "given-up", "waiting"]


async def test_an_entry_that_leaves_at_this_moment_is_not_retried_but_dropped(store: Store):
    await posted(store, "ann@acme.example")
    await lease(store)
    criteria = EntryFilter((EntryState.WAITING,))

    assert await store.retry_entries(OPERATOR, criteria, now=NOON) == 0
    assert await store.drop_entries(OPERATOR, criteria, now=NOON) == 1


async def test_more_entries_than_one_commit_changes_are_all_changed(store: Store):
    count = 2 * AT_A_TIME + 1
    await posted(store, *(f"{n}@x.example" for n in range(count)))

    assert await store.drop_entries(OPERATOR, EntryFilter((EntryState.WAITING,)), now=NOON) == count
    assert await store.retry_entries(OPERATOR, EntryFilter((EntryState.DROPPED,)), now=NOON) == count
    assert set((await states(store)).values()) == {"waiting"}


async def test_a_test_notice_is_an_entry_about_no_letter(store: Store):
    number = await store.add_test_notice(OPERATOR, "owner@acme.example", now=NOON)
    (job,) = await lease(store)
    read = await store.lease_letters(now=NOON, count=9, octets=1000, until=LATER)

    assert (job.row.id, job.row.kind, job.row.to) == (number, EntryKind.TEST, "owner@acme.example")
    assert (job.letter, job.bounces, list(read)) == (None, (), [])


async def test_test_notices_have_names_of_their_own_and_are_forgotten_with_the_records(store: Store):
    for _ in range(3):
        await store.add_test_notice(AccountScope("acme"), "owner@acme.example", now=NOON)
    names = {job.row.message_id for job in await lease(store)}
    for row in await store.entries(OPERATOR, state=None, page=ALL):
        await store.mark_sent(row.id, now=NOON, reply="taken")
    await retired(store, letters_before=NOON + DAY, records_before=NOON + DAY, count=100)

    assert len(names) == 3
    assert await store.entries(OPERATOR, state=None, page=ALL) == []
