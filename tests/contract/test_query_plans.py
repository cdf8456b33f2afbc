"""The index of each query on a store with 100,000 bounces of several accounts on SQLite, and the work that it does there."""

import asyncio
import difflib
import re
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from contract import using
from contract.plan_indexes import ALL_ROWS, LONG, WHOLE, as_text, lines_of_sqlite
from contract.using import LARGE, Query

MAX_STEPS = 100
"""Thousands of instructions of SQLite's virtual machine for one statement: some ten milliseconds. A page of 1,000 rows takes 50; an
account has 25,000 rows in each table, and reading them takes more than 125."""


pytestmark = pytest.mark.timeout(400)  # to fill the store takes a minute and more where others work beside


@pytest.fixture(scope="module")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled store; who writes into it takes a copy."""
    file = tmp_path_factory.mktemp("filled") / "bouncer.db"
    asyncio.run(using.fill(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="module")
def used(filled_file: Path) -> Sequence[Query]:
    """The queries of the store while everything was used."""
    copy = filled_file.with_name("used.db")
    shutil.copy(filled_file, copy)
    return asyncio.run(using.use(f"sqlite:///{copy}"))


def uses_of(connection: sqlite3.Connection, query: Query) -> Iterator[tuple[str, str]]:
    """Give the large tables that a query reads, each with an index, as SQLite plans it."""
    names = {alias: table for table, alias in re.findall(r"\b(\w+) AS (\w+)", query.sql) if table in LARGE}
    for row in connection.execute(f"EXPLAIN QUERY PLAN {query.sql}", query.values):
        step = STEP.match(row[3])
        if step is None or (table := names.get(step["table"], step["table"])) not in LARGE:
            continue
        index = step["index"] if step["verb"] == "SEARCH" else ALL_ROWS
        yield table, NAMES.get(index, index)


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


def test_each_query_takes_its_index(connection: sqlite3.Connection, used: Sequence[Query]):
    changes = difflib.unified_diff(lines_of_sqlite(), as_text(indexes(connection, used)).splitlines())

    if text := "\n".join(changes):
        pytest.fail(text)


def test_no_query_reads_a_large_table_whole(connection: sqlite3.Connection, used: Sequence[Query]):
    uses = indexes(connection, used)
    whole = {(name, table) for name, tables in uses.items() for table, steps in tables.items() if ALL_ROWS in steps}

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
