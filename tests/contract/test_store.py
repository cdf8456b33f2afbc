"""The contract of every store: letters and their way to a reader."""

import asyncio
import dataclasses
from collections.abc import Sequence

import pytest
from contract.factories import ALL, MINUTE, NOON, Clock, Opening, letter, record

from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.policy.records import LetterState
from bouncer.ports.letters import KeptLetter, LetterFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.store.letters import leasing
from bouncer.store.letters.chunks import CHUNK_OCTETS

MUCH = 1 << 30
LATER = NOON + 5 * MINUTE


async def lease(store: Store, *, count: int = 100, octets: int = MUCH) -> list[KeptLetter]:
    return list(await store.lease_letters(now=NOON, count=count, octets=octets, until=LATER))


async def test_a_kept_letter_comes_back_whole(store: Store):
    path = ReturnPath("acme@rp.example.com", PathKind.VERP, "acme", "jane@example.org", "a hash")
    octets = bytes(range(256)) * 9
    received = Received(
        path, "mailer@example.net", "2001:db8::1", "mx", None, smtputf8=False, received_at=NOON, raw=octets
    )

    (letter_id,) = await store.keep([received])

    assert await store.letter(OPERATOR, letter_id) == KeptLetter(letter_id, LetterState.KEPT, received)


async def test_a_letter_outlives_the_store_that_kept_it(store: Store, opening: Opening):
    (letter_id,) = await store.keep([letter()])
    await store.close()

    assert (await (await opening()).letter(OPERATOR, letter_id)).received == letter()


@pytest.mark.parametrize("beyond", [-1, 0, 1, 2 * CHUNK_OCTETS, 2 * CHUNK_OCTETS + 7])
async def test_a_large_letter_comes_back_whole(store: Store, beyond: int):
    """The letter is whole in whatever pieces it was kept."""
    large = letter((bytes(range(251)) * (3 * CHUNK_OCTETS // 251))[: CHUNK_OCTETS + beyond])

    ids = await store.keep([large, letter(), dataclasses.replace(large, peer="192.0.2.77")])

    assert (await store.letter(OPERATOR, ids[0])).received == large
    assert [leased.received.raw for leased in await lease(store)] == [large.raw, letter().raw, large.raw]


async def test_a_small_letter_does_not_wait_for_a_large_one(store: Store):
    """Nor do two small ones for one of many pieces, each in its turn."""
    large = asyncio.create_task(store.keep([letter(bytes(9 * CHUNK_OCTETS))]))

    await store.keep([letter()])
    await store.keep([letter()])

    assert not large.done()
    assert await large


async def test_an_unknown_id_gives_no_letter(store: Store):
    assert await store.letter(OPERATOR, 12345) is None


async def test_the_letters_of_one_data_have_each_an_id(store: Store):
    """One report to several return paths is several letters of the same octets."""
    first, second = letter(), letter(account="other")

    ids = await store.keep([first, second])

    assert [(await store.letter(OPERATOR, letter_id)).received for letter_id in ids] == [first, second]


async def test_keeping_nothing_gives_nothing(store: Store):
    assert list(await store.keep([])) == []


async def test_ids_rise_even_when_the_clock_goes_back(store: Store, clock: Clock):
    ids = []
    for step in (MINUTE, 0 * MINUTE, -MINUTE, 2 * MINUTE):
        clock.time = NOON + step
        ids += await store.keep([letter()])

    assert ids == sorted(set(ids))
    assert all(0 < letter_id < 1 << 63 for letter_id in ids)


async def test_many_letters_are_kept_at_a_time(store: Store):
    """Each of many callers gets the ids of its own letters."""
    letters = [letter(b"%d" % n) for n in range(200)]

    ids = await asyncio.gather(*(store.keep([received]) for received in letters))

    assert [(await store.letter(OPERATOR, letter_id)).received for (letter_id,) in ids] == letters


async def test_a_cancelled_caller_harms_no_other(store: Store):
    callers = [asyncio.create_task(store.keep([letter(b"%d" % n)])) for n in range(60)]
    await asyncio.sleep(0)
    for caller in callers[::3]:
        caller.cancel()

    results = await asyncio.gather(*callers, return_exceptions=True)
    acknowledged = [ids[0] for ids in results if not isinstance(ids, BaseException)]

    assert [type(outcome) for outcome in results[::3]] == [asyncio.CancelledError] * 20
    assert len(acknowledged) == 40
    assert all([await store.letter(OPERATOR, letter_id) for letter_id in acknowledged])


async def test_a_letter_that_cannot_be_stored_harms_no_other(store: Store):
    """A bug of ours in one letter (a time without zone) is that caller's alone."""
    broken = dataclasses.replace(letter(), received_at=NOON.replace(tzinfo=None))

    results = await asyncio.gather(
        store.keep([letter()]), store.keep([letter(), broken]), store.keep([letter()]), return_exceptions=True
    )

    assert isinstance(results[1], TypeError)
    assert {row.letter_id for row in await store.letters(OPERATOR, LetterFilter(), ALL)} == {
        results[0][0],
        results[2][0],
    }


async def test_strangers_text_is_kept_without_what_no_database_holds(store: Store):
    """Lone surrogates and NULs come from broken charsets; they become the replacement character."""
    odd = dataclasses.replace(letter(), helo="mx\udcff\0\N{GRINNING FACE}", reverse_path="a\ud83d@b")

    (letter_id,) = await store.keep([odd])
    received = (await store.letter(OPERATOR, letter_id)).received

    assert received.helo == "mx\ufffd\ufffd\N{GRINNING FACE}"
    assert received.reverse_path == "a\ufffd@b"


async def test_leases_take_the_oldest_first_and_hide_them(store: Store):
    ids = [(await store.keep([letter()]))[0] for _ in range(5)]

    leased = [[leased.id for leased in await lease(store, count=2)] for _ in range(4)]

    assert leased == [ids[:2], ids[2:4], ids[4:], []]


async def test_each_client_and_path_has_its_turn_while_many_wait(store: Store):
    """A flood of one client, and one to an alias from many, that came before: whoever else reports is read with the first."""
    flood = [letter()] * 30
    to_alias = [
        dataclasses.replace(
            letter(), peer=f"198.51.100.{n}", return_path=ReturnPath("acme@rp.example.com", PathKind.ALIAS)
        )
        for n in range(30)
    ]
    for received in (*flood, *to_alias):
        await store.keep([received])
    path = ReturnPath("acme-other-kim=example.org@rp.example.com", PathKind.SIGNED, "acme", "kim@example.org")
    (honest,) = await store.keep([dataclasses.replace(letter(), peer="203.0.113.9", return_path=path)])

    leased = await lease(store, count=5)

    assert honest in [leased.id for leased in leased]
    assert {leased.received.return_path.address for leased in leased} >= {"acme@rp.example.com", path.address}


async def test_the_newest_are_looked_at_too_where_very_many_wait(store: Store, monkeypatch: pytest.MonkeyPatch):
    """A letter that comes during a flood does not wait for the letters that came before."""
    monkeypatch.setattr(leasing, "EXAMINED_WAITING", 5)
    for _ in range(20):
        await store.keep([letter()])
    (honest,) = await store.keep(
        [dataclasses.replace(letter(), peer="203.0.113.9", return_path=ReturnPath("x@y", PathKind.ALIAS))]
    )
    await store.keep([letter()])

    assert honest in [leased.id for leased in await lease(store, count=2)]


def received_from(peer: str, path: str = "acme@rp.example.com") -> Received:
    return dataclasses.replace(letter(), peer=peer, return_path=ReturnPath(path, PathKind.ALIAS, "acme"))


async def keep_all(store: Store, letters: Sequence[Received]) -> list[int]:
    """Keep *letters*, which come one after the other."""
    return [(await store.keep([received]))[0] for received in letters]


@pytest.mark.parametrize("flooding", ["198.51.100.7", "2001:db8::{}"], ids=["address", "network"])
@pytest.mark.parametrize(
    "honest",
    [received_from("203.0.113.9"), received_from("198.51.100.7", "zoo@rp.example.com")],
    ids=["client", "path"],
)
async def test_nobody_waits_for_a_flood_on_both_sides(
    store: Store, monkeypatch: pytest.MonkeyPatch, honest: Received, flooding: str
):
    """Neither another client nor, behind the same client, another path: neither has to be among the oldest or the newest."""
    monkeypatch.setattr(leasing, "EXAMINED_WAITING", 4)
    flood = [received_from(flooding.format(number)) for number in range(40)]
    await keep_all(store, flood[:20])
    (honest_id,) = await store.keep([honest])
    await keep_all(store, flood[20:])

    leased = [leased.id for _ in range(2) for leased in await lease(store, count=3)]

    assert honest_id in leased


async def test_each_of_many_clients_has_its_turn(store: Store, monkeypatch: pytest.MonkeyPatch):
    """There are more of them than a lease looks at, and all of them write to one path."""
    monkeypatch.setattr(leasing, "EXAMINED_WAITING", 5)
    await keep_all(store, [received_from(f"198.51.100.{client}") for client in range(20) for _ in range(10)])

    leased = [leased.received.peer for _ in range(40) for leased in await lease(store, count=2)]

    assert len(set(leased)) == 20


async def test_a_lease_that_is_given_back_is_taken_again_at_once(store: Store):
    """But not one that somebody else has taken since."""
    await store.keep([letter(), letter()])
    first, second = await lease(store)

    await store.give_back_letters([first.id], until=LATER)
    assert await lease(store) == [first]
    await store.give_back_letters([second.id], until=LATER - MINUTE)
    assert await lease(store) == []


async def test_a_lease_that_ran_out_is_taken_again(store: Store):
    """The first process has crashed: after its lease another process gets the letter."""
    await store.keep([letter()])
    (leased,) = await lease(store)

    assert await lease(store) == []
    assert list(await store.lease_letters(now=LATER, count=9, octets=MUCH, until=LATER + MINUTE)) == [leased]


@pytest.mark.parametrize(("octets", "count"), [(MUCH, 3), (250, 2), (200, 2), (199, 1), (1, 1)])
async def test_a_lease_is_bounded_in_octets_but_takes_one(store: Store, octets: int, count: int):
    for _ in range(3):
        await store.keep([letter(b"x" * 100)])

    assert len(await lease(store, octets=octets)) == count


async def test_two_stores_never_lease_the_same_letter(store: Store, opening: Opening):
    other = await opening()
    ids = {(await store.keep([letter()]))[0] for _ in range(20)}

    rounds = await asyncio.gather(*(lease(store, count=3) for store in (store, other) * 5))

    leased = [lease_row.id for leased in rounds for lease_row in leased]
    assert sorted(leased) == sorted(ids)


async def test_letters_are_listed_newest_first_by_page(store: Store):
    ids = [(await store.keep([letter()]))[0] for _ in range(5)]

    first = await store.letters(OPERATOR, LetterFilter(), Page(limit=2))
    rest = await store.letters(
        AccountScope("acme"), LetterFilter(state=LetterState.KEPT), Page(limit=9, before=first[-1].letter_id)
    )

    assert [row.letter_id for row in [*first, *rest]] == ids[::-1]


async def test_letters_are_listed_by_state_and_account(store: Store):
    (ours,) = await store.keep([letter()])
    (theirs,) = await store.keep([letter(account="other")])
    (nobodys,) = await store.keep([letter(account=None)])
    await store.record([record(theirs, account="other")], now=NOON)

    async def ids(state: LetterState | None, account: str | None) -> list[int]:
        scope = AccountScope(account) if account else OPERATOR
        return [row.letter_id for row in await store.letters(scope, LetterFilter(state=state), ALL)]

    assert await ids(None, None) == [nobodys, theirs, ours]
    assert await ids(LetterState.KEPT, None) == [nobodys, ours]
    assert await ids(None, "other") == [theirs]
    assert await ids(LetterState.KEPT, "other") == []
    assert await ids(LetterState.KEPT, "acme") == [ours]
