"""The stage that reads, on a real store: what a reader's bad moment costs the letters that were leased for it."""

import asyncio
import dataclasses
import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, Clock, letter
from contract.read_stage import KEY, REPORT, Room, stage

from bouncer.errors import ReaderError, StoreError, TryLater
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.mail.returnpath import sign
from bouncer.ndr.named_addresses import comparable_forms
from bouncer.ndr.reader import read
from bouncer.policy.read_letter import ReadLetter
from bouncer.policy.records import LetterState, Record
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, KeptLetter, LetterFilter, PendingDecision
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.stages.batches import BATCH_TIME, COMMIT_RECIPIENTS, GATHER_SECONDS, PART_LETTERS
from bouncer.stages.read import Read
from bouncer.verdict.judge import judge
from bouncer.verdict.taught_rule import TaughtRule


@pytest.mark.parametrize("fault", [ReaderError("killed at its start"), TryLater.store()])
async def test_a_reader_that_fails_once_holds_no_letter_up(store: Store, fault: Exception):
    """The time stands still: no lease runs out."""
    await store.keep([letter(), letter()])
    reading = stage(store, Room(fault))

    with pytest.raises(type(fault)):
        await reading.run_once()

    assert await reading.run_once() == 2
    assert await reading.run_once() == 0


async def test_the_fault_of_one_batch_does_not_hold_the_others_up(store: Store):
    """Letters with an unforeseen fault wait for the end of their lease, and younger letters go first."""
    await store.keep([letter()])
    reading = stage(store, Room(ZeroDivisionError()))

    with pytest.raises(ZeroDivisionError):
        await reading.run_once()

    await store.keep([letter()])
    assert [await reading.run_once(), await reading.run_once()] == [1, 0]


async def test_the_leases_run_out_if_the_store_is_away_too(store: Store, monkeypatch: pytest.MonkeyPatch):
    async def away(*_ids: object, until: dt.datetime) -> None:
        raise StoreError(f"locked until {until + DAY}")

    await store.keep([letter()])
    monkeypatch.setattr(store, "give_back_letters", away)

    with pytest.raises(ReaderError):
        await stage(store, Room(ReaderError("killed at its start"))).run_once()


async def test_letters_that_name_very_many_are_not_recorded_in_one_commit(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    """A client whose letter is kept waits behind a commit: so a commit has some dozens of recipients, or one larger letter."""
    for many in (20, 20, 1, 50, 1):
        await store.keep([letter(many_recipients(many))])
    committed: list[int] = []
    record = store.record

    async def noted(cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        committed.append(len(cases))
        return await record(cases, now=now)

    monkeypatch.setattr(store, "record", noted)

    assert await reading(store).run_once() == 5
    assert committed == [1, 2, 1, 1]
    assert len(await store.letters(OPERATOR, LetterFilter(state=LetterState.KEPT), ALL)) == 0


async def test_fewer_letters_are_read_at_once_while_they_take_long(store: Store):
    """Letters that come meanwhile have their turn soon; once reading is quick again, more are read at once."""
    for _ in range(80):
        await store.keep([letter()])
    clock = Clock()
    seconds = iter([3.0, 0.01, 0.01, 0.01, 0.01])

    class Slow(Room):
        async def read(self, letters: Sequence[Received], rules: Sequence[TaughtRule] = ()) -> Sequence[ReadLetter]:
            clock.time += dt.timedelta(seconds=next(seconds))
            return await super().read(letters, rules)

    slow = stage(store, Slow(), now=clock)

    assert [await slow.run_once() for _ in range(4)] == [64, 6, 10, 0]


def many_recipients(count: int) -> bytes:
    """A report about so many recipients."""
    block = b"Final-Recipient: rfc822; r%d@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n"
    head, tail = REPORT.split(b"Final-Recipient", 1)[0], b"--B--\r\n"
    return head + b"".join(block % number for number in range(count)) + tail


async def test_a_batch_that_takes_long_ends_and_the_letters_that_came_meanwhile_have_their_turn(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    """Three letters of a hundred recipients are three commits; the first takes longer than a batch may."""
    report = many_recipients(COMMIT_RECIPIENTS)
    heavy = [(await store.keep([letter(report)]))[0] for _ in range(3)]
    clock = Clock()
    reading_stage = stage(store, Room(), now=clock)
    record = store.record

    async def slow(cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        clock.time += BATCH_TIME
        return await record(cases, now=now)

    monkeypatch.setattr(store, "record", slow)

    assert await reading_stage.run_once() == 1
    assert [row.letter_id for row in await store.letters(OPERATOR, LetterFilter(LetterState.KEPT), ALL)] == heavy[:0:-1]
    assert await reading_stage.run_once() == 1  # it was given back: no lease has to run out


async def test_the_reader_is_a_part_ahead_of_the_record(store: Store, monkeypatch: pytest.MonkeyPatch):
    for _ in range(PART_LETTERS + 1):
        await store.keep([letter()])
    part_sizes = list[int]()

    class Counting(Room):
        async def read(self, letters: Sequence[Received], rules: Sequence[TaughtRule] = ()) -> Sequence[ReadLetter]:
            part_sizes.append(len(letters))
            return await super().read(letters, rules)

    reading = stage(store, Counting())
    record, at_record = store.record, list[Sequence[int]]()

    async def noting(cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        records = await record(cases, now=now)
        at_record.append(tuple(part_sizes))
        return records

    monkeypatch.setattr(store, "record", noting)

    assert await reading.run_once() == PART_LETTERS + 1
    assert at_record == [(PART_LETTERS, 1), (PART_LETTERS, 1)]


async def test_large_letters_that_are_read_soon_share_a_commit(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Each is a part of its own for the reader; a commit for each would hold up whoever keeps a letter, again and again."""
    for _ in range(COMMIT_RECIPIENTS + 3):
        await store.keep([letter(REPORT + b"x" * 70_000)])
    reading, committed, record = stage(store, Room()), list[int](), store.record

    async def noting(cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        committed.append(len(cases))
        return await record(cases, now=now)

    monkeypatch.setattr(store, "record", noting)

    assert await reading.run_once() == COMMIT_RECIPIENTS + 3
    assert committed == [COMMIT_RECIPIENTS, 3]


async def test_a_letter_that_is_slow_to_read_holds_up_no_letter_that_was_read(
    store: Store, monkeypatch: pytest.MonkeyPatch
):
    for _ in range(2):
        await store.keep([letter(REPORT + b"x" * 70_000)])
    recorded, parts, committed, record = asyncio.Event(), list[int](), list[int](), store.record

    class Slow(Room):
        async def read(self, letters: Sequence[Received], rules: Sequence[TaughtRule] = ()) -> Sequence[ReadLetter]:
            parts.append(len(letters))
            if len(parts) > 1:
                await asyncio.wait_for(recorded.wait(), 30)
            return await super().read(letters, rules)

    async def noting(cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        records = await record(cases, now=now)
        committed.append(len(cases))
        recorded.set()
        return records

    monkeypatch.setattr(store, "record", noting)

    assert await stage(store, Slow()).run_once() == 2
    assert (parts, committed) == ([1, 1], [1, 1])


async def test_letters_gather_while_few_come(store: Store, monkeypatch: pytest.MonkeyPatch):
    """The first is read at once; those that come in the rest after it are one batch."""
    rest, rested = asyncio.Event(), asyncio.Event()

    async def sleep(seconds: float) -> None:
        if seconds == GATHER_SECONDS:
            rested.set()
            await rest.wait()

    monkeypatch.setattr("bouncer.stages.read.asyncio.sleep", sleep)
    await store.keep([letter()])
    reading, leased = stage(store, Room()), list[int]()
    lease = store.lease_letters

    async def counting(**options: Any) -> Sequence[KeptLetter]:
        letters = await lease(**options)
        leased.append(len(letters))
        return letters

    monkeypatch.setattr(store, "lease_letters", counting)
    running = asyncio.create_task(reading.run(asyncio.Event()))
    await rested.wait()
    for _ in range(3):
        await store.keep([letter()])
    rested.clear()
    rest.set()
    await rested.wait()
    running.cancel()

    assert leased == [1, 3]


def to_path_of(generation: int, *, at: dt.datetime = NOON) -> Received:
    """A report about jane@ that came *at* to a path of acme, as the one or the other account of that name signed it."""
    key, day = KEY.derive("acme", generation), int(at.timestamp()) // 86_400
    path = sign("acme", "jane@example.org", domain="rp.example.com", key=key, today=day, days=30)
    to = ReturnPath(path, PathKind.SIGNED, "acme", "jane@example.org")
    return dataclasses.replace(letter(REPORT), return_path=to, received_at=at)


def reading(store: Store) -> Read:
    room = Room(ReaderError("never raised"))
    room.faults.clear()
    return stage(store, room)


@pytest.mark.parametrize("after", [-1, 0, 1, 3600])
async def test_a_letter_that_was_admitted_for_a_removed_account_is_not_the_next_ones(store: Store, after: int):
    """The server may know of a change late."""
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON - DAY)
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ("thief@example.net",)), now=NOON)
    await store.keep([to_path_of(1, at=NOON + dt.timedelta(seconds=after))])

    assert await reading(store).run_once() == 1

    assert await store.bounces(AccountScope("acme"), BounceFilter(), ALL) == []
    assert await store.letters(AccountScope("acme"), LetterFilter(), ALL) == []
    assert [row.belief for row in await store.bounces(AccountScope("acme/removed-1"), BounceFilter(), ALL)] == [
        "proven"
    ]
    assert await store.entries(OPERATOR, state=None, page=ALL) == []


@pytest.mark.parametrize("after", [-1, 1])
async def test_a_letter_to_an_alias_is_of_the_account_that_was_there_when_it_came(store: Store, after: int):
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON - DAY)
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ("new@other.example",)), now=NOON)
    to, at = ReturnPath("acme@rp.example.com", PathKind.ALIAS, "acme"), NOON + dt.timedelta(seconds=after)
    await store.keep([dataclasses.replace(letter(REPORT), return_path=to, received_at=at)])

    assert await reading(store).run_once() == 1

    (row,) = await store.letters(OPERATOR, LetterFilter(), ALL)
    assert row.account == ("acme" if after > 0 else "acme/removed-1")
    assert [entry.to for entry in await store.entries(OPERATOR, state=None, page=ALL)] == (
        ["new@other.example"] if after > 0 else []
    )


@pytest.mark.parametrize("age", [0 * DAY, MINUTE])
async def test_a_later_accounts_own_letters_are_its_own(store: Store, age: dt.timedelta):
    """From its first moment, whatever the clock."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON - DAY)
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ("new@other.example",)), now=NOON - age)
    await store.keep([to_path_of(2)])

    assert await reading(store).run_once() == 1

    assert [row.belief for row in await store.bounces(AccountScope("acme"), BounceFilter(), ALL)] == ["proven"]
    assert [row.to for row in await store.entries(OPERATOR, state=None, page=ALL)] == ["new@other.example"]


async def test_a_removed_accounts_letter_says_the_same_when_it_is_read_again(store: Store):
    """The letter's path was good when it came; and nobody is told of the letter any more."""
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON - DAY)
    (letter_id,) = await store.keep([to_path_of(1)])
    assert await reading(store).run_once() == 1
    await store.remove_account(OPERATOR, "acme")
    await store.add_account(OPERATOR, Account("acme", ("thief@example.net",)), now=NOON)
    (before,) = await store.bounces(OPERATOR, BounceFilter(), ALL)

    row = await store.letter(OPERATOR, letter_id)
    assert row is not None
    (case,) = await reading(store).cases([row], [ReadLetter(judge(read(REPORT)), comparable_forms(read(REPORT)))])
    await store.rerecord(OPERATOR, case, now=NOON)

    (again,) = await store.bounces(OPERATOR, BounceFilter(), ALL)
    assert (again.account, again.belief, again.reason) == ("acme/removed-1", before.belief, before.reason)
    assert before.belief == "proven"
    assert {row.to for row in await store.entries(OPERATOR, state=None, page=ALL)} == {"ann@acme.example"}
