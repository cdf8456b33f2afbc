"""Queries that are asked for many values at once find their rows by these values: the plan depends on how many there are."""

import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from contract.factories import NOON

from bouncer.store.outbox import delivery_facts, scheduling
from bouncer.store.tables import meta

MANY = (1, 2, 20, 64, 500)
"""Values; SQLite takes another plan from some twenty on."""


@pytest.fixture
def database() -> Iterator[sa.Connection]:
    """An empty one: SQLite has no statistics of a full one either. Its indexes are made in any order."""
    engine = sa.create_engine("sqlite://")
    meta.create_all(engine)
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def plan(database: sa.Connection, query: sa.Select[*tuple[object, ...]], **values: object) -> list[str]:
    """The steps of a query's plan."""
    statement = query.params(values).compile(
        database, compile_kwargs={"render_postcompile": True, "literal_binds": True}
    )
    return [row[3] for row in database.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}")]


@pytest.mark.parametrize("count", MANY)
def test_mails_about_addresses_are_found_by_the_addresses_and_not_among_all_that_were_sent(
    database: sa.Connection, count: int
) -> None:
    keys = [f"jane{number}@example.org" for number in range(count)]

    steps = plan(database, scheduling._MAILS_ABOUT, keys=keys, since=NOON)  # noqa: SLF001 -- the query itself

    assert re.match(r"SEARCH bounces USING INDEX \w+ \(recipient_key=\?", steps[0])
    assert "SEARCH outbox USING INDEX ix_outbox_letter (letter_id=?)" in steps


@pytest.mark.parametrize("count", MANY)
def test_letters_about_an_address_with_a_history_are_found_by_their_bounces(
    database: sa.Connection, count: int
) -> None:
    steps = plan(database, delivery_facts._WITH_EARLIER, ids=list(range(count)))  # noqa: SLF001 -- the query itself

    assert steps[0] == "SEARCH bounces USING INTEGER PRIMARY KEY (rowid=?)"
    assert re.match(r"SEARCH earlier USING INDEX \w+ \(recipient_key=\?", steps[-1])
