"""Every query has its index: with millions of rows nobody reads a table from end to end."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from contract.factories import ALL, DAY, NOON, leased, letter, record, release, retired, suppression
from contract.sent_statements import noting_statements
from contract.use_queries import (
    LATER,
    SCOPES,
    use_every_list,
    use_the_book,
    use_the_erasures,
    use_the_filters,
    use_the_filters_of_changes,
    use_the_lists_of_addresses,
    use_the_taught_rules,
)
from contract.webhook_rows import attempt, endpoint, event

from bouncer.policy.api_key import KeyAccess
from bouncer.policy.notifications import Subscription
from bouncer.policy.records import LetterState
from bouncer.policy.sign_in import Role
from bouncer.policy.webhooks import CHANNEL
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.api_keys import ApiKey, KeptAnswer
from bouncer.ports.letters import Page
from bouncer.ports.outbox import Lane
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.sign_ins import SignInLink
from bouncer.ports.store import Store
from bouncer.ports.webhooks import ReplayFilter
from bouncer.store.letters.chunks import CHUNK_OCTETS

LARGE = (
    "webhook_attempts",
    "raw_letters",
    "letters",
    "bounces",
    "outbox",
    "suppressions",
    "trail",
    "staged",
    "sent_messages",
    "api_answers",
)
"""Not raw_pieces: few letters are large, and their index is read at a start."""


class Statements:
    """The statements that a store sends, with values for each."""

    def __init__(self) -> None:
        self.statements: dict[str, Any] = {}

    def __call__(self, _connection: object, statement: str, values: Any) -> None:
        self.statements[statement] = values


@pytest.fixture
def statements() -> Iterator[Statements]:
    noted = Statements()
    with noting_statements(noted):
        yield noted


async def use_everything(store: Store) -> None:
    """Call every method, lists with every choice of filters."""
    await store.add_account(OPERATOR, Account("acme", ()), now=NOON)
    await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)
    await store.release_leases()
    await store.forget_unfinished()
    for _ in range(2):
        await store.subscribe(OPERATOR, Subscription("acme", "file", "acme.jsonl"), now=NOON)
        await store.unsubscribe(OPERATOR, "acme", "file", "acme.jsonl")
    for only, but in ((frozenset({"a"}), frozenset()), (frozenset(), frozenset({"a"}))):
        await store.lease_entries(now=NOON, count=9, until=LATER, lane=Lane(only, but, "file", letters=False))
    first, second = await store.keep([letter(), letter(bytes(CHUNK_OCTETS + 1))])
    await store.lease_letters(now=NOON, count=9, octets=1 << 20, until=LATER)
    shunted = record(second, suppressions=(suppression(),), state=LetterState.SHUNTED)
    await store.record([record(first, suppressions=(suppression(),)), shunted], now=NOON)
    await store.rerecord(OPERATOR, record(first), now=NOON)
    for job in await leased(store, now=NOON, count=9, until=LATER):
        await store.mark_waiting(job.row.id, due=NOON, reply="")
        await store.mark_given_up(job.row.id, now=NOON, reply="")
        await store.mark_sent(job.row.id, now=NOON, reply="")
    await store.letter(OPERATOR, first)
    await store.suppress(OPERATOR, suppression())
    await store.suppressions_of(OPERATOR, "acme", ["a@x", "b@x"], now=NOON)
    for page in (ALL, Page(before=1 << 62)):
        await use_every_list(store, page)
        await use_the_filters(store, page)
    await use_the_filters_of_changes(store, ALL.limit)
    for _ in range(3):
        await retired(store, letters_before=NOON + DAY, records_before=NOON + DAY, count=9)
    await use_the_lists_of_addresses(store)
    await use_the_book(store)
    await use_the_keys(store)
    await use_the_erasures(store)
    await use_the_sign_ins(store)
    await use_the_taught_rules(store)
    await use_the_webhooks(store)
    await store.release(OPERATOR, release())
    await store.remove_alias(OPERATOR, "acme@rp.example.com")
    await store.remove_account(OPERATOR, "acme")


async def use_the_webhooks(store: Store) -> None:
    for name in ("wh_1", "wh_2"):
        await store.add_webhook(OPERATOR, endpoint(name))
    (letter_id,) = await store.keep([letter()])
    await store.record([record(letter_id, entries=(event(), event(is_given_up=True, place=2)))], now=NOON)
    for only, but in ((frozenset({"wh_1"}), frozenset[str]()), (frozenset[str](), frozenset({"wh_2"}))):
        lane = Lane(only, but, CHANNEL, letters=False, is_ordered=True)
        await store.lease_entries(now=NOON, count=9, until=LATER, lane=lane)
    for status in (200, 500, 410):
        await store.record_webhook_attempt(attempt(status))
    for criteria in (
        ReplayFilter(),
        ReplayFilter(event="evt_1"),
        ReplayFilter(since=NOON, until=LATER),
        ReplayFilter(only_failed=True),
    ):
        for scope in SCOPES:
            await store.replay_webhook(scope, "wh_2", criteria, now=LATER)
    for page in (ALL, Page(before=1 << 62)):
        await store.webhook_attempts(OPERATOR, "wh_1", page)
    await store.change_webhook(OPERATOR, endpoint("wh_2"), now=NOON)
    await store.forget_webhook_attempts(before=LATER, count=9)
    await store.remove_webhook(OPERATOR, "wh_1", now=NOON)


async def use_the_keys(store: Store) -> None:
    await store.add_key(OPERATOR, ApiKey("k", "acme", KeyAccess.READ, "", NOON), "digest")
    await store.key_of_digest("digest")
    await store.note_key_used("k", now=NOON)
    for made_at in (NOON, NOON + DAY):
        await store.keep_answer(KeptAnswer("k", "a", "digest", 200, b"", made_at), forget_before=made_at)
    await store.kept_answer("k", "a", since=NOON)
    await store.keys(AccountScope("acme"))
    await store.revoke_key(AccountScope("acme"), "k")


async def use_the_sign_ins(store: Store) -> None:
    await store.add_link(OPERATOR, SignInLink("acme", Role.OWNER, "ann@acme.example", LATER), "digest")
    await store.use_link("digest", "another digest", "", now=NOON, forget_before=NOON)
    await store.session_of_digest("another digest", begun_since=NOON, seen_since=NOON)
    await store.note_session_seen("another dige", now=NOON)
    await store.sessions(AccountScope("acme"))
    await store.end_session(AccountScope("acme"), "another dige")


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # its own plan of a query
async def test_no_query_reads_a_large_table_whole(store: Store, url: str, statements: Statements):
    await use_everything(store)

    plans = {}
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        for statement, values in statements.statements.items():
            if statement.startswith(("SELECT", "INSERT", "UPDATE", "DELETE")):
                plans[statement] = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
    scans = {statement: plan for statement, plan in plans.items() if any(_reads_whole(step) for step in plan)}

    assert len(plans) > 60
    assert scans == {}


def _reads_whole(step: str) -> bool:
    words = step.split()
    return words[0] == "SCAN" and words[1] in LARGE


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # its own plan of a query
async def test_a_query_that_reads_whole_is_seen(store: Store, url: str):
    """The test above can fail: a column without an index is such a query."""
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        plan = [row[3] for row in connection.execute("EXPLAIN QUERY PLAN SELECT id FROM letters WHERE helo = 'x'")]

    assert [step for step in plan if _reads_whole(step)] != []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)  # its own plan of a query
async def test_no_list_is_sorted_by_hand(store: Store, url: str, statements: Statements):
    """Pages come in the order of their index: the first row is there at once, however long the list."""
    await use_every_list(store, ALL)

    sorted_by_hand = []
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
        for statement, values in statements.statements.items():
            if statement.startswith("SELECT") and "GROUP BY" not in statement:  # groups are of a bounded number of rows
                plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
                sorted_by_hand += [statement for step in plan if "TEMP B-TREE" in step]

    assert sorted_by_hand == []
