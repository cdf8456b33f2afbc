"""The index of each query on PostgreSQL, on a store with 100,000 bounces of several accounts, and the rows that it reads there."""

import asyncio
import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from contract import using
from contract.plan_indexes import ALL_ROWS, LONG, LONG_ON_POSTGRESQL, WHOLE, WHOLE_ON_POSTGRESQL, uses_on_postgresql
from contract.postgresql import Databases
from contract.using import LARGE, Query

from bouncer.settings.sections import StoreSettings
from bouncer.store.sends.messages import EXAMINED_MESSAGES
from bouncer.store.sql import create_store

Connection = psycopg.Connection[tuple[Any, ...]]

pytestmark = [pytest.mark.real("postgresql"), pytest.mark.timeout(400)]  # to fill the store takes a minute and more

MAX_ROWS = 6_000
"""Rows that a query reads. A page of 1,000 rows of a quarter of the mail takes 5,000; an account has 25,000 rows in each table."""
ALL_BOUNCES = 101_000
"""Rows that a query reads which looks at every bounce once, and at the letters about a message."""
CUSTOM_PLANS = 5
"""Plans that PostgreSQL makes for the values before it may choose one for all values (documentation of PREPARE)."""
PLACE = re.compile("%s|%%")


STATISTICS = {
    "none": (  # as after a restore, until autovacuum has come by
        "DELETE FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace);"
        " UPDATE pg_class SET reltuples = -1, relpages = 0 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r';"
        " UPDATE pg_class SET reltuples = 0, relpages = 1 WHERE relnamespace = 'public'::regnamespace AND relkind = 'i'"
    ),
    "early": (  # gathered while most rows were those of a transaction that had not ended: few rows in many pages
        "UPDATE pg_class SET reltuples = ceil(reltuples / 200)"
        " WHERE relnamespace = 'public'::regnamespace AND reltuples > 0"
    ),
}
"""Statements that leave a database with statistics that mislead."""


@dataclass(frozen=True, slots=True)
class QueryPlan:
    """The large tables that a query reads, each with an index; and the rows that it read, those that it passed over among them."""

    uses: frozenset[tuple[str, str]]
    rows: int


@pytest.fixture(scope="module")
def filled_url(databases: Databases) -> Iterator[str]:
    """A filled store, with the statistics that autovacuum would gather; who writes into it takes a copy."""
    server = databases.server
    name = server.make_database()
    create_store(StoreSettings(server.url(name)))
    asyncio.run(using.fill(server.url(name)))
    server.sql("VACUUM ANALYZE", name)
    yield server.url(name)
    server.drop_database(name)


@pytest.fixture(scope="module")
def used(filled_url: str, databases: Databases) -> Sequence[Query]:
    """The queries of the store while everything was used."""
    server = databases.server
    copy = server.make_database(template=sa.make_url(filled_url).database or "")
    queries = asyncio.run(using.use(server.url(copy)))
    server.drop_database(copy)
    return queries


@pytest.fixture(scope="module")
def misled_urls(filled_url: str, used: object, databases: Databases) -> Iterator[Mapping[str, str]]:
    """Copies of which the server knows little, by the kind of its statistics; nothing changes there, so autovacuum lets them be."""
    server = databases.server
    copies = {kind: server.make_database(template=sa.make_url(filled_url).database or "") for kind in STATISTICS}
    for kind, copy in copies.items():
        server.sql(STATISTICS[kind], copy)
    yield {kind: server.url(copy) for kind, copy in copies.items()}
    for copy in copies.values():
        server.drop_database(copy)


@pytest.fixture(params=list(STATISTICS))
def misled(request: pytest.FixtureRequest, misled_urls: Mapping[str, str]) -> Iterator[Connection]:
    """A connection to such a copy."""
    with connected(misled_urls[request.param]) as connection:
        yield connection


@pytest.fixture(scope="module")
def connection(filled_url: str, misled_urls: object) -> Iterator[Connection]:
    """A connection that writes the values into a statement itself; nobody copies the database after it was opened."""
    with connected(filled_url) as connection:
        yield connection


@contextmanager
def connected(text: str) -> Iterator[Connection]:
    """Connect as the store does, but so that the client writes the values into statements."""
    url = sa.make_url(text)
    server = {
        "host": str(url.query["host"]),
        "port": str(url.query["port"]),
        "user": url.username,
        "dbname": url.database,
    }
    with psycopg.connect(**server, autocommit=True, cursor_factory=psycopg.ClientCursor) as connection:
        connection.execute("SET max_parallel_workers_per_gather = 0")
        yield connection


@pytest.fixture(scope="module")
def plans(connection: Connection, used: Sequence[Query]) -> Mapping[str, Sequence[QueryPlan]]:
    """The plans of each function of the store."""
    plans = defaultdict[str, list[QueryPlan]](list)
    for query in used:
        plans[query.name].append(plan_of(connection, query))
    return plans


def plan_of(connection: Connection, query: Query) -> QueryPlan:
    """Execute a query, undo it, and give its plan; what cannot be executed a second time is only planned.

    It is the plan for just these values where the store has its queries planned so, and else that of a statement which the server
    has planned so often that it may choose a plan for all values.
    """
    numbers = itertools.count(1)
    text = PLACE.sub(lambda match: "%" if match[0] == "%%" else f"${next(numbers)}", query.sql)
    mode = "force_custom_plan" if query.in_reading else "auto"
    connection.execute(f"SET plan_cache_mode = {mode}; PREPARE query AS {text}".encode())
    execution = f"EXECUTE query ({', '.join(['%s'] * len(query.values))})" if query.values else "EXECUTE query"
    try:
        for _ in range(CUSTOM_PLANS if not query.in_reading else 0):
            connection.execute(f"EXPLAIN {execution}".encode(), query.values)
        try:
            return _planned(connection, f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {execution}", query.values)
        except psycopg.IntegrityError:  # the rows that it refers to are in the copy
            return _planned(connection, f"EXPLAIN (FORMAT JSON) {execution}", query.values)
    finally:
        connection.execute("DEALLOCATE query")


def _planned(connection: Connection, explaining: str, values: Sequence[Any]) -> QueryPlan:
    with connection.transaction(force_rollback=True):
        row = connection.execute(explaining.encode(), values).fetchone()
    assert row
    plan = row[0][0]["Plan"]
    return QueryPlan(frozenset(_uses(plan, "")), sum(map(_rows_read, _nodes(plan))))


def _uses(node: Mapping[str, Any], table: str) -> Iterator[tuple[str, str]]:
    """Give each large table that a node and those below it read, with an index."""
    table = node.get("Relation Name", table)  # that of an index scan for a bitmap stands above it
    if table in LARGE and node["Node Type"] == "Seq Scan":
        yield table, ALL_ROWS
    elif table in LARGE and "Index Name" in node:
        yield table, "id" if node["Index Name"] in IDS else NAMES.get(node["Index Name"], node["Index Name"])
    for below in node.get("Plans", ()):
        yield from _uses(below, table)


IDS = {
    f"{table}_pkey"
    for table in ("raw_letters", "letters", "bounces", "outbox", "suppressions", "trail", "sent_messages")
}
NAMES = {f"{table}_pkey": "primary key" for table in LARGE}


def _nodes(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _nodes(below)


def _rows_read(node: Mapping[str, Any]) -> int:
    if "Scan" not in node["Node Type"] or node.get("Relation Name") not in LARGE:
        return 0
    counts = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")
    return int(sum(node.get(name, 0) for name in counts) * node.get("Actual Loops", 0))


def test_each_query_takes_its_index(plans: Mapping[str, Sequence[QueryPlan]]):
    listed = uses_on_postgresql()
    used = {name: set[tuple[str, str]]().union(*(plan.uses for plan in some)) for name, some in plans.items()}
    others = [
        f"{name}: {table} by {index}"
        for name, uses in sorted(used.items())
        for table, index in sorted(uses - listed.get(name, set()))
        if index != ALL_ROWS
    ]

    assert len(plans) > 60
    if others:
        pytest.fail("\n".join(others))


def test_no_query_reads_a_large_table_whole(plans: Mapping[str, Sequence[QueryPlan]]):
    whole = {
        (name, table)
        for name, some in plans.items()
        for plan in some
        for table, index in plan.uses
        if index == ALL_ROWS
    }

    assert whole - WHOLE.keys() - WHOLE_ON_POSTGRESQL.keys() == set()


def test_no_query_reads_more_rows_than_its_answer_needs(plans: Mapping[str, Sequence[QueryPlan]]):
    """Also where the index is the one that was meant: it may be read for many rows that are no answer."""
    rows = {name: max(plan.rows for plan in some) for name, some in plans.items()}
    heavy = {name: count for name, count in rows.items() if count > MAX_ROWS}

    assert heavy.keys() - LONG.keys() - LONG_ON_POSTGRESQL.keys() == set(), heavy
    assert LONG_ON_POSTGRESQL.keys() - heavy.keys() == set()  # none stands in the list for nothing


def test_unread_letters_of_an_account_are_found_whatever_the_statistics_say(misled: Connection, used: Sequence[Query]):
    queries = [
        query for query in used if "unread IS NOT NULL" in query.sql and "(letters.account || '') =" in query.sql
    ]
    uses = {use for query in queries for use in plan_of(misled, query).uses if use[0] == "letters"}

    assert queries
    assert uses <= {("letters", index) for index in ("ix_letters_account_unread", "ix_letters_unread")}, uses
    assert max(plan_of(misled, query).rows for query in queries) <= MAX_ROWS


def test_letters_about_a_message_are_found_once_whatever_the_statistics_say(misled: Connection, used: Sequence[Query]):
    """Without statistics the table may be read from its end, which is a tenth of a second here: but not once for each letter."""
    queries = [query for query in used if "array((SELECT" in query.sql]
    rows = {query.sql: plan_of(misled, query).rows for query in queries}

    assert len(queries) > 4
    assert max(rows.values()) <= ALL_BOUNCES, rows


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM trail WHERE address_key || '' IN (%s, %s) AND account = %s ORDER BY id DESC LIMIT 100",
        "SELECT id FROM suppressions WHERE (address_key IN (%s, %s) OR address_domain = 'x') AND account = %s",
        "SELECT id FROM bounces WHERE lower(recipient_key) IN (%s, %s) AND account = %s LIMIT 9",
    ],
)
def test_a_query_that_reads_all_of_an_account_is_seen(connection: Connection, sql: str):
    """The tests above can fail: each of these looks for two addresses, and reads a table or all that an account has in it."""
    assert plan_of(connection, Query("", sql, ("x@example.org", "y@example.org", "acme"))).rows > MAX_ROWS


def test_only_the_newest_messages_of_a_campaign_with_one_reference_are_read(plans: Mapping[str, Sequence[QueryPlan]]):
    """The messages are more than are examined; the index gives them in their order."""
    assert max(plan.rows for plan in plans["messages._find_newest"]) <= 2 * (EXAMINED_MESSAGES + 1)
