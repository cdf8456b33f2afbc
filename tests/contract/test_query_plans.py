"""The index of each query on a store with 100,000 bounces of several accounts, and the work that it does there."""

import asyncio
import difflib
import random
import re
import shutil
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from contract import filled
from contract.made import DAY, MINUTE, NOON, Clock, bounce, letter, record, release, suppression
from contract.test_store_queries import Asking, use_every_list, use_the_book, use_the_lists_of_addresses

from bouncer.policy.history import HistoryQuery
from bouncer.policy.records import LetterState, Parcel, ParcelKind
from bouncer.ports.accounts import Account, Alias
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.outbox import Lane
from bouncer.ports.scope import OPERATOR, AccountScope
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine import rows
from bouncer.store.engine.engine import Engine
from bouncer.store.letters import retiring
from bouncer.store.sql import SqlStore, open_store
from bouncer.store.standing import standing

COPIES = 200
"""With 500 letters that are copied: 100,500 bounces."""
LATER = NOON + 5 * MINUTE
STORE = "bouncer/store/"
MAX_STEPS = 100
"""Thousands of instructions of SQLite's virtual machine for one statement: some ten milliseconds. A page of 1,000 rows takes 50; an
account has 25,000 rows in each table, and reading them takes more than 125."""

LARGE = {table.name for table in filled.LARGE}
"""The tables that grow with the mail, and the allow-list."""


@dataclass(frozen=True, slots=True)
class Query:
    """A statement that the store executed, with its values; *name* is the function that executed it."""

    name: str
    sql: str
    values: Any


@dataclass
class Asked:
    """Takes down the queries of a store, each text once."""

    queries: dict[str, Query] = field(default_factory=dict)

    def note(self, sql: str, values: Any) -> None:
        if sql.split(None, 1)[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
            self.queries[sql] = Query(_name_of_caller(), sql, values)


def _name_of_caller() -> str:
    """Give the innermost function of the store that is being called, without those that serve all: module.function."""
    frame = sys._getframe()  # noqa: SLF001 -- no other way to the caller's name
    while frame.f_back is not None:
        frame = frame.f_back
        path = frame.f_code.co_filename
        if STORE in path and "/engine/" not in path:
            return f"{Path(path).stem}.{frame.f_code.co_qualname.partition('.<locals>')[0]}"
    return "?"


async def _open(file: Path, clock: Clock, seed: int) -> SqlStore:
    """Open a store that gives the same ids each time, so that the same letters and notices are chosen."""
    settings, chance = StoreSettings(f"sqlite:///{file}"), random.Random(seed).getrandbits  # noqa: S311 -- no secrets
    return await open_store(settings, hostname="mx.rp.example.com", now=clock, chance=chance)


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled store; who writes into it takes a copy."""
    file = tmp_path_factory.mktemp("filled") / "bouncer.db"

    async def fill() -> None:
        store = await _open(file, Clock(), 1)
        await filled.fill(store, copies=COPIES)
        counts = await store._engine.read(filled.counts)  # noqa: SLF001 -- no method counts
        assert counts["bounces"] > 100_000, counts
        await store.close()

    asyncio.run(fill())
    return file


@pytest.fixture(scope="module")
def used(filled_file: Path) -> Sequence[Query]:
    """What the store asked while everything was used."""
    asked = Asked()
    with pytest.MonkeyPatch.context() as patch:
        execute_many = rows._execute_many  # noqa: SLF001 -- it passes SQLAlchemy's events by

        def noting(connection: sa.Connection, sql: str, values: Sequence[Any]) -> None:
            asked.note(sql, values[0])
            execute_many(connection, sql, values)

        def note(_connection: object, _cursor: object, sql: str, values: Any, _context: object, many: bool) -> None:
            asked.note(sql, values[0] if many else values)

        patch.setattr(rows, "_execute_many", noting)
        copy = filled_file.with_name("used.db")
        shutil.copy(filled_file, copy)
        sa.event.listen(sa.Engine, "before_cursor_execute", note)
        try:
            asyncio.run(_use(copy))
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", note)
    return tuple(asked.queries.values())


async def _use(file: Path) -> None:
    clock = Clock()
    clock.time += DAY  # so that an import has another name than the one that is staged
    store = await _open(file, clock, 2)
    try:
        await use_filled(store)
    finally:
        await store.close()


async def use_filled(store: Store) -> None:
    """What letters, the milter, commands and stages do: every method, and every choice of filters."""
    await store.add_alias(OPERATOR, Alias("acme@rp.example.com", "acme"), now=NOON)
    await store.release_leases()
    await use_letters(store)
    for page in (Page(1000), Page(1000, before=1 << 62)):
        await use_every_list(store, page)
    await use_the_lists_of_addresses(store)
    await use_the_book(store)
    engine: Engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- some queries have no method of their own
    await engine.read(standing, now=NOON)
    for retirement in (*retiring.OCTETS, *retiring.RECORDS):
        step = await engine.read(retirement.find, filled.letters_end(COPIES), retiring.START, 100)
        if step is not None:
            await engine.write(retirement.delete, step)
    await store.cut(before=NOON + DAY, count=100)
    await store.octets_between(NOON, NOON + MINUTE, most=9)
    await store.add_account(OPERATOR, Account("small", ("s@small.example",)), now=NOON)
    (number,) = await store.keep([letter(account="small")])
    await store.record([record(number, account="small", suppressions=(suppression(account="small"),))], now=NOON)
    await store.remove_account(OPERATOR, "small")


async def use_letters(store: Store) -> None:
    """Lease, record, read again, schedule, lease notices, mark them."""
    await store.lease_letters(now=NOON, count=64, octets=1 << 20, until=LATER)
    ids = [(await store.keep([letter(b"%d" % n)]))[0] for n in range(8)]
    cases = [
        record(
            letter_id,
            bounce(f"user{n}@example.org"),
            suppressions=(suppression(f"user{n}@example.org"), suppression(f"u{n}@gmail.com", account="folding")),
            parcels=(Parcel(ParcelKind.NOTICE, "ann@acme.example"),),
            state=LetterState.READ if n % 2 else LetterState.SHUNTED,
        )
        for n, letter_id in enumerate(ids)
    ]
    await store.record(cases, now=NOON)
    await store.rerecord(OPERATOR, cases[0], now=NOON)
    await store.letter(OPERATOR, ids[0])
    for name in ("acme", "folding"):
        query = HistoryQuery(name, ("user1@gmail.com", "user5@example.org"), "token1", "m1@acme.example", "r1")
        await store.foresee(OPERATOR, Asking(record(ids[0]), query), now=NOON)
    for scope, name in ((OPERATOR, "acme"), (AccountScope("acme"), "acme"), (AccountScope("folding"), "folding")):
        for category in (None, "hard"):
            await store.bounces(scope, BounceFilter(recipient="user1@gmail.com", category=category), Page(50))
        await store.in_force(scope, name, "user1@gmail.com", now=NOON)
        await store.trail(scope, address="user1@gmail.com", page=Page(50))
        await store.suppressed(scope, name, ["c7xuser1@gmail.com", "user5@example.org"], now=NOON)
    await store.schedule_entries(now=NOON)
    for only, but in ((frozenset({"a"}), frozenset()), (frozenset(), frozenset({"a"}))):
        await store.lease_parcels(now=NOON, count=9, until=LATER, lane=Lane(only, but, "file", letters=False))
    jobs = await store.lease_parcels(now=NOON + DAY, count=50, until=NOON + DAY + MINUTE)
    assert jobs
    for job in jobs:
        await store.mark_waiting(job.row.id, due=NOON, said="")
        await store.mark_given_up(job.row.id, now=NOON, said="")
        await store.mark_sent(job.row.id, now=NOON, said="")
        await store.parcel(OPERATOR, job.row.id)
        await store.retry_parcel(OPERATOR, job.row.id, now=NOON)
        await store.drop_parcel(OPERATOR, job.row.id, now=NOON)
    await store.release(OPERATOR, release("user1@gmail.com", account="folding"))
    await store.suppress(OPERATOR, suppression("user1@gmail.com", account="folding"))


def uses_of(connection: sqlite3.Connection, query: Query) -> Iterator[tuple[str, str]]:
    """Give the large tables that a query reads, each with an index, as SQLite plans it."""
    names = {alias: table for table, alias in re.findall(r"\b(\w+) AS (\w+)", query.sql) if table in LARGE}
    for row in connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.values):
        step = STEP.match(row[3])
        if step is None or (table := names.get(step["table"], step["table"])) not in LARGE:
            continue
        index = step["index"] if step["verb"] == "SEARCH" else ALL_ROWS
        yield table, NAMES.get(index, index)


ALL_ROWS = "all rows"
STEP = re.compile(r"(?P<verb>SEARCH|SCAN) (?P<table>\w+)(?: USING (?:COVERING )?(?:INDEX )?(?P<index>\w+(?: KEY)?))?")
NAMES = {
    "INTEGER": "id",  # INTEGER PRIMARY KEY
    "PRIMARY KEY": "primary key",  # of a table WITHOUT ROWID
    None: "id",  # the first or the last row
    "sqlite_autoindex_suppressions_1": "uq_suppressions_stream",
    **{f"sqlite_autoindex_{table}_1": "primary key" for table in LARGE - {"suppressions"}},
}
"""The names of SQLite's own indexes."""


def thousand_steps(connection: sqlite3.Connection, query: Query) -> int:
    """Execute a query, undo it, and give the instructions that it took, in thousands."""
    count = 0

    def step() -> None:
        nonlocal count
        count += 1

    connection.execute("BEGIN")
    connection.set_progress_handler(step, 1000)
    with suppress(sqlite3.IntegrityError):  # what was inserted once is there
        connection.execute(query.sql, query.values).fetchall()
    connection.set_progress_handler(None, 0)
    connection.execute("ROLLBACK")
    return count


@pytest.fixture
def connection(filled_file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(filled_file, isolation_level=None)) as connected:
        yield connected


def indexes(connection: sqlite3.Connection, queries: Sequence[Query]) -> dict[str, dict[str, set[str]]]:
    """Give by query and by large table the indexes that are used."""
    uses: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for query in queries:
        for table, index in uses_of(connection, query):
            uses[query.name][table].add(index)
    return uses


def as_text(uses: Mapping[str, Mapping[str, set[str]]]) -> str:
    """Write the uses as they stand in the list below."""
    lines = list[str]()
    for name, tables in sorted(uses.items()):
        lines += [name, *(f"    {table} by {index}" for table in sorted(tables) for index in sorted(tables[table]))]
    return "\n".join(lines)


def test_each_query_takes_its_index(connection: sqlite3.Connection, used: Sequence[Query]):
    changes = difflib.unified_diff(INDEXES.strip().splitlines(), as_text(indexes(connection, used)).splitlines())

    if text := "\n".join(changes):
        pytest.fail(text)


def test_no_query_reads_a_large_table_whole(connection: sqlite3.Connection, used: Sequence[Query]):
    uses = indexes(connection, used)
    whole = {(name, table) for name, tables in uses.items() for table, found in tables.items() if ALL_ROWS in found}

    assert whole == WHOLE.keys()


def test_no_query_does_more_work_than_its_answer_needs(connection: sqlite3.Connection, used: Sequence[Query]):
    """Also where the index is the one that was meant: it may be read for many rows that are no answer."""
    steps = {query.sql: thousand_steps(connection, query) for query in used}
    heavy = {query.name: steps[query.sql] for query in used if steps[query.sql] > MAX_STEPS}

    assert heavy.keys() - LONG.keys() == set(), heavy
    assert LONG.keys() - heavy.keys() == set()  # none stands in the list for nothing


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM trail WHERE address_key IN (?, ?) AND account IN (?) ORDER BY id DESC LIMIT 100",
        "SELECT id FROM suppressions WHERE (address_key IN (?, ?) OR address_folded = 'x@gmail.com') AND account IN (?)",
        "SELECT id FROM bounces WHERE recipient_key IN (?, ?) AND category = 'hard' AND account = ? ORDER BY id DESC LIMIT 9",
        "SELECT 1 FROM suppressions WHERE (address_key, account) IN (VALUES (?, ?), (?, 'other'))",
    ],
)
def test_a_query_that_reads_all_of_an_account_is_seen(connection: sqlite3.Connection, sql: str):
    """The test above can fail: each of these looks for two addresses, and reads a table or all that an account has in it."""
    assert thousand_steps(connection, Query("", sql, ("x@example.org", "acme", "acme"))) > MAX_STEPS


WHOLE = {
    ("staging._count_allowed", "allowed"): "only whether there is a row",
    ("standing.standing", "letters"): "only the last row",
    ("standing.standing", "suppressions"): "bouncer status counts them",
}
"""By query and table: why it may read it from one end."""

LONG = {
    "allow_list.find_covered": "all of a domain goes on the allow-list: the account is read, beside the writers",
    "standing.standing": "bouncer status counts the suppressions",
    "outbox.list_entries": "bouncer queue of one receiver: the letters on their way have no index of receivers",
    "outbox.count_entries": "the same",
    "outbox.change_some": "the same",
    "trail.old": "every hour: changes of suppressed addresses, which stay, are passed over, beside the writers",
}
"""By query: why it may read so much."""

INDEXES = """
allow_list.allow
    allowed by primary key
    suppressions by ix_suppressions_of_account
    suppressions by uq_suppressions_stream
allow_list.allowed_of
    allowed by ix_allowed_folded
    allowed by primary key
allow_list.disallow
    allowed by primary key
allow_list.find_covered
    suppressions by id
    suppressions by ix_suppressions_of_account
    suppressions by uq_suppressions_stream
allow_list.listed
    allowed by primary key
bounces.earlier
    bounces by ix_bounces_recipient
bounces.listed
    bounces by id
    bounces by ix_bounces_account
    bounces by ix_bounces_account_category
    bounces by ix_bounces_category
    bounces by ix_bounces_counts
    bounces by ix_bounces_folded
    bounces by ix_bounces_letter_id
    bounces by ix_bounces_recipient
    letters by id
bounces.of_letters
    bounces by ix_bounces_letter_id
    letters by id
chunks.forget_lost
    raw_letters by id
counts.replace_counts
    tallies by primary key
counts.summed
    tallies by primary key
cutting.cut
    letters by ix_letters_raw_id
    letters by ix_letters_uncut
    outbox by ix_outbox_letter
day_counts.counts_of
    day_counts by primary key
day_counts.retire
    day_counts by ix_day_counts_day
day_octets._sums
    letters by id
delivery_facts._earlier
    bounces by id
    bounces by ix_bounces_recipient
delivery_facts.delivery_jobs
    letters by id
    outbox by id
digests.bundle
    outbox by ix_outbox_due
leasing._waiting
    letters by ix_letters_state
leasing.lease
    letters by id
leasing.release
    letters by ix_letters_state
ledger.Ledger._load
    bounces by ix_bounces_counts
    bounces by ix_bounces_folded
    suppressions by id
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
    trail by ix_trail_address
    trail by ix_trail_folded
letters.listed
    letters by id
    letters by ix_letters_account
    letters by ix_letters_account_state
    letters by ix_letters_state
letters.load
    letters by id
    raw_letters by id
looking_up._rows
    allowed by ix_allowed_folded
    allowed by primary key
    staged by ix_staged_folded
    staged by primary key
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
marks.write
    outbox by id
messages._newest
    sent_messages by ix_sent_messages_message_id
    sent_messages by ix_sent_messages_reference
outbox.change_some
    outbox by ix_outbox_account
    outbox by ix_outbox_state
outbox.count_entries
    outbox by ix_outbox_account
    outbox by ix_outbox_state
outbox.drop
    outbox by id
    outbox by ix_outbox_account
    outbox by ix_outbox_state
outbox.entry
    outbox by id
outbox.lease
    letters by id
    outbox by id
    outbox by ix_outbox_turn
outbox.list_entries
    outbox by id
    outbox by ix_outbox_account
    outbox by ix_outbox_state
outbox.release
    outbox by ix_outbox_state
outbox.retry
    outbox by id
    outbox by ix_outbox_account
    outbox by ix_outbox_state
recording._in_state
    letters by id
    letters by ix_letters_state
recording._write_letters
    letters by id
recording.rerecord
    bounces by ix_bounces_letter_id
removing._delete_rows
    suppressions by id
removing._drop_parcels
    outbox by id
    outbox by ix_outbox_account
removing._next_part
    allowed by primary key
    bounces by ix_bounces_account_category
    day_counts by primary key
    letters by ix_letters_account_state
    outbox by ix_outbox_account
    sent_messages by ix_sent_messages_reference
    staged by primary key
    suppressions by ix_suppressions_of_account
    tallies by primary key
    trail by ix_trail_account
removing._rename_rows
    bounces by id
    letters by id
    outbox by id
    trail by id
removing._staged_rows
    staged by primary key
retiring._delete_bounces
    bounces by id
    outbox by ix_outbox_letter
retiring._delete_letters
    bounces by ix_bounces_letter_id
    letters by ix_letters_state
    outbox by ix_outbox_letter
retiring._delete_octets
    letters by ix_letters_raw_id
    letters by ix_letters_state
    outbox by ix_outbox_letter
    raw_letters by id
retiring._find_bounces
    bounces by ix_bounces_letter_id
    outbox by ix_outbox_letter
retiring._find_letters
    bounces by ix_bounces_letter_id
    letters by ix_letters_state
    outbox by ix_outbox_letter
retiring._find_octets
    letters by ix_letters_state
rolling_up._first_unmerged
    tallies by ix_tallies_hour
rolling_up._forget_counts
    tallies by ix_tallies_hour
rolling_up._forget_messages
    sent_messages by id
    sent_messages by ix_sent_messages_sent_at
rolling_up._merge
    tallies by ix_tallies_hour
scheduling._count_earlier
    bounces by ix_bounces_counts
    outbox by ix_outbox_letter
scheduling._topics
    bounces by ix_bounces_letter_id
    letters by id
scheduling._whom
    bounces by id
    bounces by ix_bounces_letter_id
scheduling.schedule_entries
    outbox by id
    outbox by ix_outbox_turn
staging._count_allowed
    allowed by all rows
    allowed by primary key
    staged by primary key
staging._first_rows
    staged by primary key
staging._folding_accounts
    staged by primary key
staging._merge_rows
    staged by primary key
    suppressions by uq_suppressions_stream
staging.merge
    staged by primary key
staging.open_import
    staged by primary key
standing.standing
    letters by all rows
    letters by ix_letters_state
    outbox by ix_outbox_due
    outbox by ix_outbox_state
    suppressions by all rows
suppressions._existing_ends
    suppressions by uq_suppressions_stream
suppressions.find_in_force
    suppressions by ix_suppressions_folded
    suppressions by ix_suppressions_of_account
    suppressions by uq_suppressions_stream
suppressions.listed
    suppressions by id
    suppressions by ix_suppressions_of_account
suppressions.read_index
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
suppressions.release_all
    suppressions by id
    suppressions by ix_suppressions_folded
    suppressions by uq_suppressions_stream
trail.forget
    suppressions by uq_suppressions_stream
    trail by id
trail.listed
    trail by id
    trail by ix_trail_account
    trail by ix_trail_address
    trail by ix_trail_folded
trail.old
    suppressions by uq_suppressions_stream
    trail by ix_trail_at
unread.drop_parcels
    outbox by ix_outbox_letter
unsent.old
    outbox by ix_outbox_letter
unsent.release
    outbox by ix_outbox_due
"""
"""By query, the function of the store that sends it: the large tables that it reads, each with its indexes; ``id`` is the order of
the table itself. The indexes are in ``bouncer.store.tables``."""
