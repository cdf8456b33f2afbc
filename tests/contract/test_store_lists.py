"""The contract of every store: the lists of addresses that other providers keep apart."""

import dataclasses
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from contract.factories import ALL, DAY, MINUTE, NOON, bounce, letter, record, release, suppression
from contract.older import back_to
from contract.using import Statements, noted

from bouncer.policy.account_rules import AccountRules
from bouncer.policy.address_list import OF_A_STREAM, AddressList, list_of
from bouncer.ports.accounts import Account
from bouncer.ports.address_lists import ListFilter, ListPage, ListPlace
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.sql import open_store
from bouncer.store.suppressions import listing
from bouncer.verdict.verdict import Reason

ACME = AccountScope("acme")
BOUNCES, BLOCKS, COMPLAINTS = AddressList.BOUNCES, AddressList.BLOCKS, AddressList.COMPLAINTS
EVERY = ListFilter()


async def addresses_on(
    store: Store, listed_in: AddressList, criteria: ListFilter = EVERY, page: ListPage | None = None
) -> list[str]:
    rows = await store.listed_addresses(ACME, "acme", listed_in, criteria, page or ListPage(500), now=NOON + DAY)
    return [row.address for row in rows]


async def complain(store: Store, *addresses: str, minutes: int = 0) -> None:
    for address in addresses:
        since = NOON + minutes * MINUTE
        await store.suppress(OPERATOR, suppression(address, reason="complaint", since=since))


async def block(store: Store, *addresses: str) -> None:
    for address in addresses:
        (letter_id,) = await store.keep([letter()])
        await store.record([record(letter_id, bounce(address, Reason.POLICY))], now=NOON)


def test_each_reason_has_a_list():
    assert {list_of(reason, "") for reason in Reason} == {AddressList.BOUNCES, AddressList.INVALID}
    assert list_of("unsubscribe", "news") == list_of("asked", "news") == OF_A_STREAM
    assert (
        list_of(Reason.MAILBOX_FULL, "news")
        == list_of("bounce", "")
        == list_of("bounce", "news")
        == AddressList.BOUNCES
    )


async def test_a_list_is_in_the_order_of_time(store: Store):
    await complain(store, "late@example.org", minutes=2)
    await complain(store, "early@example.org", "next@example.org")
    await store.import_suppressions(
        OPERATOR, [suppression("imported@example.org", reason="complaint", since=NOON + MINUTE)]
    )

    expected = ["early@example.org", "next@example.org", "imported@example.org", "late@example.org"]
    assert await addresses_on(store, COMPLAINTS) == expected
    assert await addresses_on(store, COMPLAINTS, page=ListPage(2, 1)) == expected[1:3]
    assert await addresses_on(store, COMPLAINTS, ListFilter(since=NOON + MINUTE, until=NOON + MINUTE)) == expected[2:3]


@pytest.mark.parametrize("listed_in", [COMPLAINTS, BLOCKS])
@pytest.mark.parametrize("few", [0, 50])
async def test_a_pattern_has_one_wildcard(
    store: Store, listed_in: AddressList, few: int, monkeypatch: pytest.MonkeyPatch
):
    """Whether few addresses have its beginning, which are picked out, or many, so that the list is read."""
    monkeypatch.setattr(listing, "FEW", few)
    fill = block if listed_in is BLOCKS else complain
    await fill(store, "ab@example.org", "a_b@example.org", "xa_b@example.org", "A_c@example.org")

    async def matching(pattern: str) -> set[str]:
        return set(await addresses_on(store, listed_in, ListFilter(pattern=pattern)))

    assert await addresses_on(store, listed_in, ListFilter(pattern="A"), ListPage(2, 1)) == [
        "a_b@example.org",
        "A_c@example.org",
    ]
    assert await matching("a_") == {"a_b@example.org", "A_c@example.org"}
    assert await matching("%_b") == {"a_b@example.org", "xa_b@example.org"}
    assert await matching("a%c@") == {"A_c@example.org"}
    assert await matching("b") == await matching("\\") == set()


async def test_a_page_goes_on_behind_the_page_before_whatever_was_taken_off(store: Store):
    addresses = [f"r{number}@example.org" for number in range(9)]
    for minutes, address in enumerate(addresses):
        await complain(store, address, minutes=minutes)

    rows = await addresses_on(store, COMPLAINTS, page=ListPage(3))
    await store.take_off(ACME, "acme", COMPLAINTS, [release(address) for address in addresses[:2]])
    for offset in (3, 6, 9):
        rows += await addresses_on(store, COMPLAINTS, page=ListPage(3, offset))
    assert rows == addresses
    assert await addresses_on(store, COMPLAINTS, page=ListPage(3, 2)) == addresses[4:7]


async def test_addresses_of_one_moment_are_read_page_by_page(store: Store):
    rows = [suppression(f"r{number}@example.org", reason="complaint") for number in range(10)]
    await store.import_suppressions(OPERATOR, rows)

    addresses = [
        address
        for offset in (0, 3, 6, 9)
        for address in await addresses_on(store, COMPLAINTS, page=ListPage(3, offset))
    ]
    assert addresses == [row.address for row in rows]
    assert await addresses_on(store, COMPLAINTS, page=ListPage(3, 5)) == addresses[5:8]
    assert await addresses_on(store, COMPLAINTS, ListFilter(NOON, NOON)) == addresses


@pytest.mark.parametrize("seconds", [0, 1], ids=["of one moment", "of many moments"])
async def test_a_late_page_costs_what_the_first_one_costs(tmp_path: Path, seconds: int):
    path = tmp_path / "bouncer.db"
    store = await open_store(StoreSettings(f"sqlite:///{path}"))
    await store.import_suppressions(
        OPERATOR,
        (
            suppression(f"r{number:05}@example.org", reason="complaint", since=NOON + number * seconds * MINUTE / 60)
            for number in range(5000)
        ),
    )
    await addresses_on(store, COMPLAINTS, page=ListPage(50, 4900))  # counted from the beginning, once
    with noted() as first:
        assert await addresses_on(store, COMPLAINTS, page=ListPage(50)) == [
            f"r{number:05}@example.org" for number in range(50)
        ]
    with noted() as late:
        assert (await addresses_on(store, COMPLAINTS, page=ListPage(50, 4950)))[-1] == "r04999@example.org"
    await store.close()

    assert steps_of(path, late) < 1.5 * steps_of(path, first)


def steps_of(path: Path, statements: Statements) -> int:
    """Give the instructions of SQLite's virtual machine for a page, in tens."""
    (query,) = [query for query in statements.queries.values() if query.name == "listing.list_addresses"]
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    with closing(sqlite3.connect(path)) as connection:
        connection.set_progress_handler(step, 10)
        assert len(connection.execute(query.sql, query.values).fetchall()) == 50
    return count


async def test_taking_off_leaves_the_other_lists_and_writes_the_trail(store: Store):
    await complain(store, "a@example.org")
    await store.suppress(OPERATOR, suppression("b@example.org"))
    both = [release("A@example.org", why="because"), release("b@example.org")]

    assert await store.take_off(ACME, "acme", COMPLAINTS, both) == 1
    assert (await addresses_on(store, COMPLAINTS), await addresses_on(store, BOUNCES)) == ([], ["b@example.org"])
    (entry, *_) = await store.trail(ACME, address="a@example.org", page=ALL)
    assert (entry.change, entry.address, entry.why) == ("freed", "a@example.org", "because")
    assert await store.take_off(ACME, "acme", COMPLAINTS, both) == 0


async def test_a_blocked_address_stands_once_until_it_is_taken_off(store: Store):
    await block(store, "a@example.org", "b@example.org", "a@example.org")

    assert await addresses_on(store, BLOCKS) == ["b@example.org", "a@example.org"]
    assert await store.take_off(ACME, "acme", BLOCKS, [release("a@example.org"), release("c@example.org")]) == 1
    assert await addresses_on(store, BLOCKS) == ["b@example.org"]
    assert await store.find_listed(ACME, "acme", BLOCKS, "a@example.org", now=NOON) is None
    assert await store.trail(ACME, address="c@example.org", page=ALL) == []


async def test_an_address_is_found_as_the_account_compares_it(store: Store):
    await store.add_account(OPERATOR, Account("acme", (), terms=AccountRules(fold_gmail=True)), now=NOON)
    await complain(store, "j.doe@gmail.com")
    await block(store, "j.doe@gmail.com")

    for listed_in in (COMPLAINTS, BLOCKS):
        row = await store.find_listed(ACME, "acme", listed_in, "jdoe+x@gmail.com", now=NOON)
        assert row is not None
        assert row.address == "j.doe@gmail.com"
        assert await store.take_off(ACME, "acme", listed_in, [release("jd.oe@gmail.com")]) == 1
        assert await addresses_on(store, listed_in) == []


@pytest.mark.parametrize("revision", ["0023", "0035"])
async def test_suppressions_of_an_older_store_stand_on_their_lists(tmp_path: Path, revision: str):
    settings = StoreSettings(f"sqlite:///{tmp_path}/bouncer.db")
    store = await open_store(settings)
    reasons = (*Reason, "bounce", "complaint", "unsubscribe", "asked by phone")
    rows = [suppression(f"{reason.replace(' ', '-')}@example.org", reason=str(reason)) for reason in reasons]
    rows.append(dataclasses.replace(rows[-1], stream="news"))
    await store.import_suppressions(OPERATOR, rows)
    await store.close()
    query = "SELECT reason, stream, listed_in FROM suppressions ORDER BY id"
    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        before = connection.execute(query).fetchall()
        for step in back_to(revision):
            connection.execute(step)
        connection.commit()

    await (await open_store(settings)).close()

    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        after = connection.execute(query).fetchall()
    assert after == before
    assert {name for _, _, name in after} == {*AddressList, OF_A_STREAM} - {BLOCKS}


@pytest.mark.parametrize("listed_in", [COMPLAINTS, BLOCKS])
async def test_pages_lead_back_from_the_end(store: Store, listed_in: AddressList):
    addresses = [f"r{number}@example.org" for number in range(7)]
    await (block(store, *addresses) if listed_in is BLOCKS else complain(store, *addresses))
    whole = await store.listed_addresses(ACME, "acme", listed_in, EVERY, ListPage(7), now=NOON + DAY)

    page, pages = ListPage(3, before=ListPlace(NOON + 9 * DAY, MAX_ID)), list[list[str]]()
    while rows := await store.listed_addresses(ACME, "acme", listed_in, EVERY, page, now=NOON + DAY):
        pages.append([row.address for row in rows])
        page = ListPage(3, before=rows[0].place)

    assert pages == [[row.address for row in whole[place]] for place in (slice(4, 7), slice(1, 4), slice(0, 1))]


async def test_a_page_in_front_of_a_place_keeps_to_the_times_of_its_filter(store: Store):
    for minutes in range(5):
        await complain(store, f"r{minutes}@example.org", minutes=minutes)

    criteria = ListFilter(NOON + MINUTE, NOON + 3 * MINUTE)
    page = ListPage(9, before=ListPlace(NOON + DAY, 1))
    assert await addresses_on(store, COMPLAINTS, criteria, page) == [
        "r1@example.org",
        "r2@example.org",
        "r3@example.org",
    ]
