"""What every store promises about forgetting."""

import pytest
from contract.made import ALL, DAY, NOON, Clock, leased, letter, record

from bouncer.policy.records import LetterState, Parcel, ParcelKind
from bouncer.ports.letters import BounceFilter, LetterFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store

SOON = NOON + DAY


async def read(store: Store, state: LetterState = LetterState.READ, *parcels: Parcel) -> int:
    """Keep and record a letter; gives its id."""
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, state=state, parcels=parcels)], now=NOON)
    return letter_id


async def state_of(store: Store, letter_id: int) -> str:
    rows = await store.letters(OPERATOR, LetterFilter(), ALL)
    return next(row.state for row in rows if row.letter_id == letter_id)


@pytest.mark.parametrize("state", [LetterState.READ, LetterState.SHUNTED])
async def test_the_octets_of_an_old_letter_are_forgotten(store: Store, state: LetterState):
    """Its records stay."""
    letter_id = await read(store, state)

    assert await store.retire(letters_before=SOON, records_before=NOON, count=9) == (1, 0)

    assert await store.letter(OPERATOR, letter_id) is None
    assert await state_of(store, letter_id) == "retired"
    assert len(await store.bounces(OPERATOR, BounceFilter(), ALL)) == 1


async def test_a_young_letter_stays(store: Store, clock: Clock):
    await read(store)
    clock.time = SOON
    young = await read(store)

    assert await store.retire(letters_before=SOON, records_before=SOON, count=9) == (1, 2)

    assert [row.letter_id for row in await store.letters(OPERATOR, LetterFilter(), ALL)] == [young]
    assert len(await store.bounces(OPERATOR, BounceFilter(), ALL)) == 1
    assert await store.letter(OPERATOR, young) is not None


async def test_a_kept_letter_stays_however_old(store: Store):
    (letter_id,) = await store.keep([letter()])

    assert await store.retire(letters_before=SOON, records_before=SOON, count=9) == (0, 0)
    assert await store.letter(OPERATOR, letter_id) is not None


async def test_a_waiting_parcel_keeps_its_letter_and_records(store: Store):
    letter_id = await read(store, LetterState.READ, Parcel(ParcelKind.NOTICE, "owner@acme.example"))

    assert await store.retire(letters_before=SOON, records_before=SOON, count=9) == (0, 0)

    (told,) = await leased(store, now=NOON, count=1, until=SOON)
    assert told.letter is not None
    assert len(told.bounces) == 1
    await store.mark_given_up(told.row.id, now=NOON, said="")
    assert await store.retire(letters_before=SOON, records_before=NOON, count=9) == (1, 0)
    assert await store.letter(OPERATOR, letter_id) is None


async def test_octets_that_a_kept_letter_shares_stay(store: Store):
    """Two letters of one DATA are kept once; the first is read and old, the second not yet read."""
    first, second = await store.keep([letter(), letter()])
    await store.record([record(first, parcels=())], now=NOON)

    assert await store.retire(letters_before=SOON, records_before=NOON, count=9) == (1, 0)

    assert await store.letter(OPERATOR, first) is None
    assert (await store.letter(OPERATOR, second)).received == letter()


async def test_forgetting_is_bounded(store: Store):
    for _ in range(5):
        await read(store)

    gone = [await store.retire(letters_before=SOON, records_before=NOON, count=2) for _ in range(4)]

    assert [letters for letters, _ in gone] == [2, 2, 1, 0]


async def test_all_is_forgotten_in_the_end(store: Store):
    """A letter's row goes when its octets and bounces have gone, with parcels that left long ago."""
    for state in (LetterState.READ, LetterState.SHUNTED):
        await read(store, state, Parcel(ParcelKind.NOTICE, "owner@acme.example"))
    for told in await leased(store, now=NOON, count=9, until=SOON):
        await store.mark_sent(told.row.id, now=NOON, said="")

    gone = [await store.retire(letters_before=SOON, records_before=SOON, count=1) for _ in range(6)]

    assert gone == [(1, 1), (1, 1), (0, 1), (0, 1), (0, 0), (0, 0)]
    assert await store.letters(OPERATOR, LetterFilter(), ALL) == []
    assert await store.entries(OPERATOR, state=None, page=ALL) == []
    assert await store.bounces(OPERATOR, BounceFilter(), ALL) == []
