"""The contract of every store: letters that prove nothing are cut to their beginning."""

import dataclasses

import pytest
from contract.factories import ALL, DAY, NOON, Clock, bounce, letter, record, retired

from bouncer.mail.letter import PathKind
from bouncer.ndr.reading import Kind
from bouncer.policy.records import Belief, Believed, EntryKind, LetterState, NewEntry
from bouncer.ports.letters import LetterFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import RetentionSettings
from bouncer.stages.retire import Retire
from bouncer.store.tables import KEPT_OCTETS

SOON = NOON + DAY
RAW = bytes(range(256)) * 4096
"""A megabyte, kept in one piece."""
LARGE = RAW * 3 + b"end"
"""Kept in pieces."""


def believed(belief: Belief) -> object:
    return dataclasses.replace(bounce(), believed=Believed(belief, "for a test"))


async def read(
    store: Store, raw: bytes, *, kind: Kind = Kind.OTHER, belief: Belief | None = None, **changed: object
) -> int:
    """Keep and record a letter; gives its id."""
    (letter_id,) = await store.keep([letter(raw)])
    bounces = () if belief is None else (believed(belief),)
    facts = {"kind": kind, "bounces": bounces, "entries": (), **changed}
    await store.record([record(letter_id, **facts)], now=NOON)
    return letter_id


async def sizes(store: Store, letter_id: int) -> tuple[int, int | None, int | None]:
    """Give the octets that are left of a letter, the octets that it had where it was cut, and the octets that lists show."""
    stored = await store.letter(OPERATOR, letter_id)
    assert stored is not None
    (row,) = [row for row in await store.letters(OPERATOR, LetterFilter(), ALL) if row.letter_id == letter_id]
    return len(stored.received.raw), stored.cut_from, row.left_octets


@pytest.mark.parametrize("raw", [RAW, LARGE], ids=["in one", "in pieces"])
@pytest.mark.parametrize(
    ("kind", "belief"),
    [
        *((kind, None) for kind in (Kind.OTHER, Kind.AUTO_REPLY, Kind.CHALLENGE, Kind.RECEIPT, Kind.UNREADABLE)),
        (Kind.UNSUBSCRIBE, Belief.PROVEN),
        (Kind.BOUNCE, None),
        (Kind.BOUNCE, Belief.UNPROVEN),
        (Kind.COMPLAINT, Belief.CONTRADICTED),
    ],
)
async def test_the_beginning_of_a_letter_that_proves_nothing_is_left(
    store: Store, raw: bytes, kind: Kind, belief: Belief | None
):
    letter_id = await read(store, raw, kind=kind, belief=belief)

    assert await store.cut(before=SOON, count=9) == 1
    assert await store.cut(before=SOON, count=9) == 0
    assert await sizes(store, letter_id) == (KEPT_OCTETS, len(raw), KEPT_OCTETS)
    stored = await store.letter(OPERATOR, letter_id)
    assert stored is not None
    assert stored.received.raw == raw[:KEPT_OCTETS]


@pytest.mark.parametrize("raw", [RAW, LARGE], ids=["in one", "in pieces"])
@pytest.mark.parametrize("belief", [Belief.PROVEN, Belief.PLAUSIBLE])
@pytest.mark.parametrize("kind", [Kind.BOUNCE, Kind.DELAY, Kind.SUCCESS, Kind.COMPLAINT])
async def test_a_report_that_is_believed_stays_whole(store: Store, raw: bytes, kind: Kind, belief: Belief):
    """And it is not looked at again."""
    letter_id = await read(store, raw, kind=kind, belief=belief)

    assert await store.cut(before=SOON, count=9) == 1
    assert await store.cut(before=SOON, count=9) == 0
    assert await sizes(store, letter_id) == (len(raw), None, len(raw))


async def test_small_and_young_letters_and_those_that_are_not_read_or_told_yet_stay(store: Store, clock: Clock):
    small = await read(store, RAW[:KEPT_OCTETS])
    (unread_id,) = await store.keep([letter(RAW)])
    waiting = await read(store, RAW, entries=(NewEntry(EntryKind.NOTICE, "owner@acme.example"),))
    clock.time = SOON
    young = await read(store, RAW)

    assert await store.cut(before=SOON, count=9) == 0
    assert [(await sizes(store, letter_id))[1] for letter_id in (small, unread_id, waiting, young)] == [None] * 4


async def test_octets_that_a_believed_report_shares_stay(store: Store):
    """One DATA for two return paths: the report proves something to one of them alone."""
    first, second = await store.keep([letter(LARGE), letter(LARGE)])
    await store.record([record(first, entries=(), kind=Kind.BOUNCE, bounces=(believed(Belief.UNPROVEN),))], now=NOON)

    assert await store.cut(before=SOON, count=9) == 0, "the other is not read yet"
    await store.record([record(second, entries=(), bounces=(believed(Belief.PROVEN),))], now=NOON)
    assert await store.cut(before=SOON, count=9) == 2
    assert [await sizes(store, letter_id) for letter_id in (first, second)] == [(len(LARGE), None, len(LARGE))] * 2


async def test_cutting_is_bounded_and_comes_to_an_end(store: Store):
    ids = [await read(store, RAW + bytes([n])) for n in range(5)]

    assert [await store.cut(before=SOON, count=2) for _ in range(4)] == [2, 2, 1, 0]
    assert {(await sizes(store, letter_id))[0] for letter_id in ids} == {KEPT_OCTETS}


async def test_a_cut_letter_is_forgotten_as_any_other(store: Store):
    letter_id = await read(store, LARGE, state=LetterState.SHUNTED)
    await store.cut(before=SOON, count=9)

    assert (await retired(store, letters_before=SOON, records_before=NOON, count=9))[0] == 1
    assert await store.letter(OPERATOR, letter_id) is None


async def test_octets_are_summed_up_by_peer_and_path(store: Store, clock: Clock):
    """The sums are for a period, largest first; two spellings of a path are one path."""
    alias = dataclasses.replace(letter().return_path, kind=PathKind.ALIAS, recipient=None)
    for path, raw, peer in ((letter().return_path, b"x" * 10, "a"), (alias, b"x" * 100, "a"), (alias, b"x" * 7, "b")):
        for spelt in ("one@rp.example.com", "ONE@rp.example.com"):
            spelt_path = dataclasses.replace(path, address=spelt)
            await store.keep([dataclasses.replace(letter(raw), peer=peer, return_path=spelt_path)])
    clock.time = SOON
    await store.keep([letter(b"x" * 1000)])

    summed = await store.octets_between(NOON, SOON, limit=9)

    assert summed.peers == (("a", False, 200), ("a", True, 20), ("b", False, 14))
    assert [(path.kind, path.account, path.recipient, octets) for path, octets in summed.paths] == [
        (PathKind.ALIAS, "acme", None, 214),
        (PathKind.SIGNED, "acme", "jane@example.org", 20),
    ]
    assert len((await store.octets_between(NOON, SOON, limit=1)).peers) == 1


async def test_the_hourly_run_cuts_what_is_as_old_as_the_settings_say(store: Store, clock: Clock):
    settings = RetentionSettings()
    letters = [await read(store, RAW) for _ in range(3)]
    clock.time = NOON + settings.others_days * DAY
    young = await read(store, RAW)

    await Retire(store, settings, now=lambda: clock.time - DAY).retire_all()
    assert (await sizes(store, letters[0]))[1] is None
    await Retire(store, settings, now=lambda: clock.time + DAY / 2).retire_all()
    assert [(await sizes(store, letter_id))[1] for letter_id in (*letters, young)] == [*[len(RAW)] * len(letters), None]
