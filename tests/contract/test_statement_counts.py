"""Recording and scheduling take a handful of statements, however many letters: nothing is asked for each row."""

import dataclasses
import sqlite3
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import MINUTE, NOON, letter, suppression
from contract.read_stage import KEY, REPORT, Room, stage
from contract.sent_statements import noting_statements

from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.mail.returnpath import sign
from bouncer.manage.allowing import allow_addresses, disallow_addresses
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.stories import stories
from bouncer.manage.suppressing import (
    SuppressionOrder,
    SuppressOutcome,
    release_addresses,
    suppress_addresses,
)
from bouncer.policy.records import ChangeSource
from bouncer.ports.accounts import Account
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sends import Sent
from bouncer.ports.store import Store
from bouncer.stages.batches import COMMIT_RECIPIENTS
from bouncer.store.engine.thread_connection import ThreadConnection
from bouncer.verdict.verdict import Category

FEW, MANY = 8, COMMIT_RECIPIENTS
TODAY = int(NOON.timestamp()) // 86_400
ACCOUNTS = tuple(f"acme{number}" for number in range(5))
MOST_TO_LEASE_AND_RECORD = 26
"""Statements for 64 reports in a commit: it was 82 for one account before each query was for all letters at once."""
MOST_TO_SCHEDULE = 12
MANY_CHECKED, MOST_TO_CHECK = 10_000, 4 * 4
"""Addresses of a check, and its statements: of each fourth the beginning, the imports, the suppressions, and what was erased."""
MANY_CHANGED, MOST_TO_CHANGE = 400, 2 * 400
"""Addresses that an API key suppresses, and the statements to suppress them, or to find them suppressed: six for each before."""
MOST_TO_ALLOW = 8 * MANY_CHANGED
"""Statements to put entries on the allow-list, also domains, whose suppressions are looked for first: 14 for each before.

Four for each are usual; where fewer changes happen to share a commit, there are more.
"""
MOST_FOR_A_STORY = 4
"""Transactions: whether the account exists, messages, imports that are to be merged, and all records with the account's rules."""
MOST_TRIPS = 10
"""To SQLite's thread, to lease and record letters; 16 before queries of one batch shared them."""


@pytest.fixture
def statements() -> Iterator[list[str]]:
    """The statements that were sent; one that is executed for many rows counts once."""
    sent = list[str]()
    with noting_statements(lambda _connection, sql, _values: sent.append(sql)):
        yield sent


def report(number: int, action: bytes = b"failed") -> Received:
    """A report about an address of its own, to a path of one of the accounts."""
    account, recipient = ACCOUNTS[number % len(ACCOUNTS)], f"r{number}@d{number}.example.org"
    path = sign(account, recipient, domain="rp.example.com", key=KEY.derive(account, 1), today=TODAY, days=9)
    raw = REPORT.replace(b"jane@example.org", recipient.encode()).replace(b"failed", action)
    return dataclasses.replace(letter(raw), return_path=ReturnPath(path, PathKind.SIGNED, account, recipient))


async def in_batch(store: Store, statements: list[str], numbers: range, action: bytes = b"failed") -> tuple[int, int]:
    """Keep, read and schedule the reports; gives the number of statements to lease and record, and to schedule."""
    await store.keep([report(number, action) for number in numbers])
    reading = stage(store, Room())
    await reading.cases([], [])  # the directory of accounts is loaded
    statements.clear()
    assert await reading.run_once() == len(numbers)
    to_record = len(statements)
    statements.clear()
    await store.schedule_entries(now=NOON)
    return to_record, len(statements)


@pytest.fixture
async def store_of_accounts(store: Store) -> Store:
    for name in ACCOUNTS:
        await store.add_account(OPERATOR, Account(name, (f"ann@{name}.example",)), now=NOON - 9 * MINUTE)
    return store


async def test_many_reports_take_as_few_statements_as_few(store_of_accounts: Store, statements: list[str]):
    few = await in_batch(store_of_accounts, statements, range(FEW))
    many = await in_batch(store_of_accounts, statements, range(FEW, FEW + MANY))
    bounces = await store_of_accounts.bounces(OPERATOR, BounceFilter(), Page(limit=100))

    assert many == few
    assert many[0] <= MOST_TO_LEASE_AND_RECORD
    assert many[1] <= MOST_TO_SCHEDULE
    assert all(bounce.suppressed for bounce in bounces), "else less was written"
    assert len(bounces) == FEW + MANY


async def test_registered_messages_are_found_with_two_statements_more(store_of_accounts: Store, statements: list[str]):
    """Two statements more, however many letters: one for references, one for Message-IDs."""
    bare = await in_batch(store_of_accounts, statements, range(FEW))
    sent = [Sent(name, NOON, (f"r{number}@x",), f"<{number}@{name}>") for number, name in enumerate(ACCOUNTS)]
    await store_of_accounts.count(OPERATOR, sent)
    registering = await in_batch(store_of_accounts, statements, range(FEW, FEW + MANY))

    assert registering[0] <= bare[0] + 2


async def test_released_addresses_are_released_at_once(store_of_accounts: Store, statements: list[str]):
    await in_batch(store_of_accounts, statements, range(MANY))
    assert len(await store_of_accounts.suppressions(OPERATOR, now=NOON, page=Page(limit=100))) == MANY
    few = await in_batch(store_of_accounts, statements, range(FEW), b"delivered")
    many = await in_batch(store_of_accounts, statements, range(FEW, MANY), b"delivered")

    assert many[0] == few[0]
    assert await store_of_accounts.suppressions(OPERATOR, now=NOON, page=Page()) == []


@pytest.mark.real("postgresql")
@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
async def test_a_check_of_many_addresses_sends_each_list_as_one_value(store_of_accounts: Store):
    """The text of thousands of parameters alone costs more than the search."""
    sent = list[int]()
    absent = dataclasses.replace(suppression(f"r{MANY_CHECKED - 1}@example.org"), account="acme0")
    assert await store_of_accounts.suppress(OPERATOR, absent)
    with noting_statements(lambda _connection, _sql, values: sent.append(len(values))):
        suppressions = await store_of_accounts.suppressions_of(
            OPERATOR, "acme0", [f"r{number}@example.org" for number in range(MANY_CHECKED)], now=NOON
        )

    assert list(suppressions) == [absent.address]
    assert len(sent) <= MOST_TO_CHECK
    assert max(sent) <= 2


async def test_addresses_that_are_suppressed_together_share_their_statements(store: Store, statements: list[str]):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    order, by = SuppressionOrder("manual", NOON + 9 * MINUTE), ChangedBy(ChangeSource.KEY, "a test")
    addresses, sent = [f"r{number}@d{number}.example.org" for number in range(MANY_CHANGED)], list[int]()
    for outcome in (SuppressOutcome.SUPPRESSED, SuppressOutcome.ALREADY):
        statements.clear()
        results = await suppress_addresses(store, OPERATOR, "acme", addresses, order, by=by, now=NOON)
        assert {result.outcome for result in results} == {outcome}
        sent.append(len(statements))

    assert max(sent) <= MOST_TO_CHANGE


@pytest.mark.parametrize("change", ["free", "allow", "disallow"])
@pytest.mark.parametrize("entry", ["r{0}@d{0}.example.org", "@d{0}.example.org"])
async def test_addresses_that_are_freed_or_allowed_together_share_their_statements(
    store: Store, statements: list[str], entry: str, change: str
):
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    order, by = SuppressionOrder("manual"), ChangedBy(ChangeSource.KEY, "a test")
    entries = [entry.format(number) for number in range(MANY_CHANGED)]
    addresses = [f"r{number}@d{number}.example.org" for number in range(MANY_CHANGED)]
    await suppress_addresses(store, OPERATOR, "acme", addresses, order, by=by, now=NOON)
    if change == "disallow":
        await allow_addresses(store, OPERATOR, "acme", entries, why="", by=by, now=NOON)
    statements.clear()

    match change:
        case "free":
            await release_addresses(store, OPERATOR, "acme", addresses, by=by, now=NOON)
        case "allow":
            await allow_addresses(store, OPERATOR, "acme", entries, why="", by=by, now=NOON)
        case "disallow":
            await disallow_addresses(store, OPERATOR, "acme", entries, by=by, now=NOON)

    assert not await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON)
    assert len(statements) <= (MOST_TO_ALLOW if change == "allow" else MOST_TO_CHANGE)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # which has a thread
async def test_the_story_of_an_address_takes_few_transactions(store: Store, monkeypatch: pytest.MonkeyPatch):
    """Ten before its parts shared one."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    engine, works = store._engine, list[str]()  # type: ignore[attr-defined]  # noqa: SLF001 -- the store's own

    def noting(run: Callable[..., Any]) -> Callable[..., Any]:
        async def noted(work: Callable[..., Any], *words: Any, **options: Any) -> Any:
            works.append(work.__name__)
            return await run(work, *words, **options)

        return noted

    for name in ("read", "ask"):
        monkeypatch.setattr(engine, name, noting(getattr(engine, name)))

    assert len(await stories(store, OPERATOR, "jane@example.org", "acme", now=NOON)) == 1
    assert len(works) <= MOST_FOR_A_STORY, works


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
async def test_lists_that_are_asked_for_most_are_no_new_queries(store: Store, monkeypatch: pytest.MonkeyPatch):
    """To build a query with so many columns, and to look for its compiled form, takes as long as to run it."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    scope, built = AccountScope("acme"), list[object]()

    async def ask(name: str) -> None:
        address = f"{name}@example.org"
        criteria = (BounceFilter(), BounceFilter(address), BounceFilter(address, Category.HARD, since=NOON))
        for some in criteria:
            await store.bounce_page(scope, some, Page(limit=9))
        await store.records_of_address(scope, "acme", address, now=NOON, page=Page(limit=9))
        await store.key_of_digest(name)

    await ask("jane")
    where = sa.Select.where
    monkeypatch.setattr(sa.Select, "where", lambda select, *clauses: built.append(select) or where(select, *clauses))
    await ask("joe")

    assert built == []


async def test_a_batch_takes_few_trips_to_the_thread(store_of_accounts: Store, monkeypatch: pytest.MonkeyPatch):
    """Each costs more than most statements do."""
    await store_of_accounts.keep([report(number) for number in range(FEW)])
    reading = stage(store_of_accounts, Room())
    await reading.cases([], [])  # the directory of accounts is loaded
    trips, trip = list[object](), ThreadConnection.trip

    async def counted(self: ThreadConnection, call: Callable[[sqlite3.Connection], Any]) -> Any:
        trips.append(call)
        return await trip(self, call)

    monkeypatch.setattr(ThreadConnection, "trip", counted)
    assert await reading.run_once() == FEW
    assert len(trips) <= MOST_TRIPS
