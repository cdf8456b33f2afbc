"""A digest of very many reports is put together in parts, on every store: who keeps a letter waits for one part only."""

from collections import Counter

import pytest
from contract.factories import ALL, DAY, NOON, Clock, Opening, bounce, letter, record

from bouncer.policy.preferences import Overrides
from bouncer.policy.records import Belief, Believed, Bucket, EntryKind, EntryState, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.outbox import DeliveryJob, EntryFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store

ANN, BOB = "ann@acme.example", "bob@acme.example"
AT_A_TIME = 10
LATER = NOON + 2 * DAY
DAILY: Overrides = {"": {"hard": "daily", "other": "daily"}}


@pytest.fixture
async def acme(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr("bouncer.store.outbox.digests.AT_A_TIME", AT_A_TIME)
    await store.add_account(OPERATOR, Account("acme", (ANN, BOB), wishes=DAILY), now=NOON)
    return store


async def hold(store: Store, count: int, to: str = ANN) -> None:
    """Record so many reports of which *to* wants to be told in a digest."""
    for number in range(count):
        (letter_id,) = await store.keep([letter()])
        entries = (NewEntry(EntryKind.NOTICE, to),)
        await store.record([record(letter_id, bounce(f"{to[0]}{number}@x.example"), entries=entries)], now=NOON)
    while (await store.schedule_entries(now=NOON)).is_unfinished:
        pass


async def states(store: Store) -> Counter[EntryState]:
    return Counter(row.state for row in await store.entries(OPERATOR, state=None, page=ALL))


async def lease(store: Store) -> list[DeliveryJob]:
    return list(await store.lease_entries(now=LATER, count=99, until=LATER + DAY))


async def test_a_part_of_a_commit_and_nothing_leaves_before_the_last(acme: Store):
    await hold(acme, 25)
    parts = list[tuple[bool, int, int]]()
    for _ in range(3):
        progress = await acme.schedule_entries(now=LATER)
        now = await states(acme)
        parts.append((progress.is_unfinished, now[EntryState.BUNDLED], len(await lease(acme))))

    assert parts == [(True, 10, 0), (True, 20, 0), (False, 25, 1)]


async def test_the_digest_has_all_of_them_once(acme: Store):
    await hold(acme, 25)
    while (await acme.schedule_entries(now=LATER)).is_unfinished:
        pass

    (digest,) = await lease(acme)
    assert digest.row.kind is EntryKind.DIGEST
    assert digest.tally
    assert digest.tally.count == 25
    assert not (await acme.schedule_entries(now=LATER)).count


async def test_a_process_that_ends_amid_it_costs_nothing(acme: Store, opening: Opening, clock: Clock):
    """The next one goes on where it ended, with what came meanwhile."""
    await hold(acme, 25)
    await acme.schedule_entries(now=LATER)
    other = await opening()
    while (await other.schedule_entries(now=LATER)).is_unfinished:
        pass

    (digest,) = await lease(other)
    assert digest.tally
    assert digest.tally.count == 25


async def test_each_person_has_a_digest_of_their_own(acme: Store):
    await hold(acme, 14)
    await hold(acme, 14, BOB)
    while (await acme.schedule_entries(now=LATER)).is_unfinished:
        pass

    assert {(job.row.to, job.tally and job.tally.count) for job in await lease(acme)} == {(ANN, 14), (BOB, 14)}


async def test_a_part_of_just_the_bound_makes_no_digest_of_one(acme: Store):
    await hold(acme, AT_A_TIME)
    await hold(acme, 1, BOB)
    while (await acme.schedule_entries(now=LATER)).is_unfinished:
        pass

    kinds = {job.row.to: job.row.kind for job in await lease(acme)}
    assert kinds == {ANN: EntryKind.DIGEST, BOB: EntryKind.NOTICE}


async def test_a_report_that_is_dropped_amid_a_digest_is_not_waited_for(acme: Store):
    await hold(acme, 25)
    await acme.schedule_entries(now=LATER)
    entries = await acme.entries(OPERATOR, state=EntryState.HELD.value, page=ALL)
    for row in entries:
        if row.kind is EntryKind.NOTICE:
            await acme.drop_entry(OPERATOR, row.id, now=LATER)
    await acme.schedule_entries(now=LATER)

    (digest,) = await lease(acme)
    assert digest.tally
    assert digest.tally.count == AT_A_TIME


async def test_a_digest_draws_one_token_however_many_parts_it_has(acme: Store):
    """From the bucket of unproven reports, where all of them are."""
    believed = Believed(Belief.UNPROVEN, "anyone")
    for number in range(25):
        (letter_id,) = await acme.keep([letter()])
        unproven = bounce(f"a{number}@x.example")
        entries = (NewEntry(EntryKind.NOTICE, ANN, bucket=Bucket.UNPROVEN),)
        row = record(
            letter_id, type(unproven)(unproven.recipient, unproven.verdict, believed, unproven.key), entries=entries
        )
        await acme.record([row], now=NOON)
    while (await acme.schedule_entries(now=NOON)).is_unfinished:
        pass
    while (await acme.schedule_entries(now=LATER)).is_unfinished:
        pass

    count = await acme.count_entries(OPERATOR, EntryFilter((EntryState.HELD,)))
    assert (count, len(await lease(acme))) == (0, 1)
