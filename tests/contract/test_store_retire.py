"""The contract of every store: forgetting."""

import asyncio
import datetime as dt

import pytest
import sqlalchemy as sa
from contract.factories import ALL, DAY, NOON, Clock, leased, letter, record, release, retired, suppression

from bouncer.policy.records import EntryKind, LetterState, NewEntry
from bouncer.ports.letters import BounceFilter, LetterFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.store.engine.engine import Engine
from bouncer.store.letters import retiring
from bouncer.store.letters.chunks import CHUNK_OCTETS
from bouncer.store.tables import raw_letters, raw_pieces

SOON = NOON + DAY


async def read(store: Store, state: LetterState = LetterState.READ, *entries: NewEntry) -> int:
    """Keep and record a letter; gives its id."""
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, state=state, entries=entries)], now=NOON)
    return letter_id


async def state_of(store: Store, letter_id: int) -> str:
    rows = await store.letters(OPERATOR, LetterFilter(), ALL)
    return next(row.state for row in rows if row.letter_id == letter_id)


@pytest.mark.parametrize("state", [LetterState.READ, LetterState.SHUNTED])
async def test_the_octets_of_an_old_letter_are_forgotten(store: Store, state: LetterState):
    """The letter's records stay."""
    letter_id = await read(store, state)

    assert await retired(store, letters_before=SOON, records_before=NOON, count=9) == (1, 0)

    assert await store.letter(OPERATOR, letter_id) is None
    assert await state_of(store, letter_id) == "retired"
    assert len(await store.bounces(OPERATOR, BounceFilter(), ALL)) == 1


async def test_a_young_letter_stays(store: Store, clock: Clock):
    await read(store)
    clock.time = SOON
    young = await read(store)

    assert await retired(store, letters_before=SOON, records_before=SOON, count=9) == (1, 2)

    assert [row.letter_id for row in await store.letters(OPERATOR, LetterFilter(), ALL)] == [young]
    assert len(await store.bounces(OPERATOR, BounceFilter(), ALL)) == 1
    assert await store.letter(OPERATOR, young) is not None


async def test_a_kept_letter_stays_however_old(store: Store):
    (letter_id,) = await store.keep([letter()])

    assert await retired(store, letters_before=SOON, records_before=SOON, count=9) == (0, 0)
    assert await store.letter(OPERATOR, letter_id) is not None


async def test_a_waiting_entry_keeps_its_letter_and_records(store: Store):
    letter_id = await read(store, LetterState.READ, NewEntry(EntryKind.NOTICE, "owner@acme.example"))

    assert await retired(store, letters_before=SOON, records_before=SOON, count=9) == (0, 0)

    (job,) = await leased(store, now=NOON, count=1, until=SOON)
    assert job.letter is not None
    assert len(job.bounces) == 1
    await store.mark_given_up(job.row.id, now=NOON, reply="")
    assert await retired(store, letters_before=SOON, records_before=NOON, count=9) == (1, 0)
    assert await store.letter(OPERATOR, letter_id) is None


async def test_octets_that_a_kept_letter_shares_stay(store: Store):
    """Two letters of one DATA are kept once; the first is read and old, the second not yet read."""
    first, second = await store.keep([letter(), letter()])
    await store.record([record(first, entries=())], now=NOON)

    assert await retired(store, letters_before=SOON, records_before=NOON, count=9) == (1, 0)

    assert await store.letter(OPERATOR, first) is None
    assert (await store.letter(OPERATOR, second)).received == letter()


async def steps_of(store: Store, count: int, records_before: dt.datetime = NOON) -> list[tuple[int, int]]:
    """Retire in steps of so many rows; give the numbers of raw letters and of records of each step."""
    retirement = store.retire(letters_before=SOON, records_before=records_before, count=count)
    return [step async for step in retirement]


async def test_a_step_of_retiring_is_bounded(store: Store):
    for _ in range(5):
        await read(store)

    assert await steps_of(store, 2) == [(2, 0), (2, 0), (1, 0)]
    assert await steps_of(store, 2) == []


async def test_the_octets_of_a_step_are_bounded(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Large letters go one by one, with all of their pieces."""
    monkeypatch.setattr(retiring, "MAX_OCTETS", CHUNK_OCTETS)
    for octets in (100, CHUNK_OCTETS + 100, 2 * CHUNK_OCTETS + 100, 100):
        (letter_id,) = await store.keep([letter(bytes(octets))])
        await store.record([record(letter_id, entries=())], now=NOON)

    assert await steps_of(store, 9) == [(1, 0)] * 4
    assert await rows_of(store, raw_letters) == await rows_of(store, raw_pieces) == 0


async def rows_of(store: Store, table: sa.Table) -> int:
    engine: Engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- no other way to count what nobody lists
    return await engine.read(lambda connection: connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0)


async def test_letters_that_stay_between_others_keep_their_octets(store: Store, clock: Clock):
    """In the range of a step: one that is not read, one whose notice waits, one that nobody could read, and a younger one."""
    retired = [await read(store) for _ in range(3)]
    (unread_letter,) = await store.keep([letter(b"unread")])
    waiting = await read(store, LetterState.READ, NewEntry(EntryKind.NOTICE, "owner@acme.example"))
    shunted = await read(store, LetterState.SHUNTED)
    retired += [await read(store) for _ in range(3)]
    clock.time = SOON
    young = await read(store)

    steps = await steps_of(store, 4)

    assert [sum(step) for step in steps] == [3, 3, 1]  # of the first four, one stays
    assert [number for number in retired if await store.letter(OPERATOR, number)] == []
    assert await store.letter(OPERATOR, shunted) is None
    for number in (unread_letter, waiting, young):
        assert await store.letter(OPERATOR, number) is not None
    assert await rows_of(store, raw_letters) == 3


async def test_shared_octets_go_with_the_last_letter_whatever_steps_they_are_in(store: Store):
    """Three letters of one DATA, of which the last is read later than the others are retired."""
    ids = await store.keep([letter(), letter(), letter()])
    for number in ids[:2]:
        await store.record([record(number, entries=())], now=NOON)

    assert await steps_of(store, 1) == [(1, 0), (1, 0)]
    assert (await store.letter(OPERATOR, ids[2])).received == letter()
    await store.record([record(ids[2], entries=())], now=NOON)
    assert await steps_of(store, 1) == [(1, 0)]
    assert await rows_of(store, raw_letters) == 0


async def test_a_letter_that_has_to_stay_since_it_was_found_stays(store: Store, monkeypatch: pytest.MonkeyPatch):
    """A step is found beside the writers; meanwhile a notice about one of its letters was tried again by a person."""
    ids = [await read(store, LetterState.READ, NewEntry(EntryKind.NOTICE, "owner@acme.example")) for _ in range(3)]
    jobs = await leased(store, now=NOON, count=9, until=SOON)
    for job in jobs:
        await store.mark_given_up(job.row.id, now=NOON, reply="")
    engine: Engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- between its two calls
    write = engine.write_unsynced

    async def write_later(*arguments: object) -> object:
        await store.retry_entry(OPERATOR, jobs[1].row.id, now=NOON)
        return await write(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(engine, "write_unsynced", write_later)

    assert await steps_of(store, 9) == [(2, 0)]
    assert await store.letter(OPERATOR, ids[1]) is not None


async def test_others_write_between_two_steps(store: Store):
    """A caller that waits for the writer has the next turn: a letter is kept before the second step."""
    for _ in range(3):
        await read(store)
    retirement = store.retire(letters_before=SOON, records_before=NOON, count=1)
    assert await anext(retirement) == (1, 0)

    keeping = asyncio.create_task(store.keep([letter()]))
    await asyncio.sleep(0)
    assert await anext(retirement) == (1, 0)
    assert keeping.done()
    assert await anext(retirement) == (1, 0)


async def test_old_changes_of_suppressed_addresses_stay_in_the_trail(store: Store):
    """Old changes are passed over once, not in each step."""
    for n in range(6):
        await store.suppress(OPERATOR, suppression(f"{n}@example.org"))
    for n in (1, 2, 5):
        await store.release(OPERATOR, release(f"{n}@example.org"))

    assert await steps_of(store, 2, records_before=SOON) == [(0, 2), (0, 2), (0, 2)]
    rows = await store.trail(OPERATOR, address=None, page=ALL)
    assert [row.address for row in reversed(rows)] == [f"{n}@example.org" for n in (0, 3, 4)]


async def test_all_is_forgotten_in_the_end(store: Store):
    """A letter's row goes when its octets and bounces have gone, with entries that left long ago."""
    for state in (LetterState.READ, LetterState.SHUNTED):
        await read(store, state, NewEntry(EntryKind.NOTICE, "owner@acme.example"))
    for job in await leased(store, now=NOON, count=9, until=SOON):
        await store.mark_sent(job.row.id, now=NOON, reply="")

    assert await steps_of(store, 1, records_before=SOON) == [*2 * [(1, 0)], *4 * [(0, 1)]]

    assert await store.letters(OPERATOR, LetterFilter(), ALL) == []
    assert await store.entries(OPERATOR, state=None, page=ALL) == []
    assert await store.bounces(OPERATOR, BounceFilter(), ALL) == []
