"""Queries that pass SQLAlchemy's cursor by give what it would give, whatever their lists hold."""

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import NOON

from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.queries import fetch_rows, queue_change
from bouncer.store.engine.rows import insert_rows, write_rows
from bouncer.store.engine.sqlite import open_sqlite
from bouncer.store.tables import raw_letters, sent_messages

_SOME = sa.select(raw_letters.c.id, sa.func.length(raw_letters.c.octets).label("count")).where(
    raw_letters.c.id.in_(sa.bindparam("ids", expanding=True)), raw_letters.c.id != 7
)
_BETWEEN = sa.union_all(
    _SOME,
    sa.select(raw_letters.c.id, sa.literal(0).label("count")).where(
        raw_letters.c.id.in_(sa.bindparam("ids", expanding=True)), raw_letters.c.id < sa.bindparam("below")
    ),
)
_NOT_AMONG = sa.select(raw_letters.c.id).where(raw_letters.c.id.not_in(sa.bindparam("ids", expanding=True)))
_SENT = sa.select(sent_messages).where(sent_messages.c.sent_at >= sa.bindparam("since"))
_ADD_SENT = sa.insert(sent_messages)
_FORGET = sa.delete(raw_letters).where(raw_letters.c.id.in_(sa.bindparam("ids", expanding=True)))


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    """A database with raw letters 1 to 20, each of as many octets as its number says."""
    store = await open_sqlite(sa.make_url(f"sqlite:///{tmp_path}/bouncer.db"), StoreSettings(), make_at=NOON)
    await store.write(insert, *range(1, 21))
    yield store
    await store.close()


def insert(connection: sa.Connection, *ids: int) -> None:
    insert_rows(connection, raw_letters, ("id", "octets"), [(number, bytes(number)) for number in ids])


@pytest.mark.parametrize("ids", [(), (3,), (3, 4), (1, 2, 3), range(1, 9), range(1, 10), (7, 7, 7), range(15, 120)])
@pytest.mark.parametrize(("query", "parameters"), [(_SOME, {}), (_BETWEEN, {"below": 5}), (_NOT_AMONG, {})])
async def test_rows_are_those_that_sqlalchemy_gives(
    engine: Engine, query: Any, parameters: dict[str, int], ids: Sequence[int]
):
    values = {"ids": list(ids), **parameters}
    ours = await engine.read(lambda connection: fetch_rows(connection, query, values))
    theirs = await engine.read(lambda connection: connection.execute(query, values).all())

    assert [tuple(row) for row in ours] == [tuple(row) for row in theirs]
    assert [row.id for row in ours] == [row.id for row in theirs]


async def test_values_are_converted_on_both_ways(engine: Engine):
    row = {
        "account": "acme",
        "sent_at": NOON,
        "message_id": None,
        "reference": "r",
        "subject": "\ud800",
        "campaign": "",
    }
    row |= {"stream": "", "recipients": ("a@x", "b@x")}
    await engine.write(lambda connection: write_rows(connection, _ADD_SENT, [row]))

    (ours,) = await engine.ask(lambda connection: fetch_rows(connection, _SENT, {"since": NOON}))
    (theirs,) = await engine.ask(lambda connection: connection.execute(_SENT, {"since": NOON}).all())

    assert ours._asdict() == theirs._asdict()
    assert (ours.sent_at, ours.recipients) == (NOON, ("a@x", "b@x"))


async def test_a_query_sees_what_was_queued_before_it(engine: Engine):
    def forgetting(connection: sa.Connection) -> list[int]:
        insert(connection, 21)
        queue_change(connection, _FORGET, {"ids": [1, 2, 3]})
        return [row.id for row in fetch_rows(connection, _NOT_AMONG, {"ids": list(range(4, 20))})]

    assert await engine.write(forgetting) == [20, 21]


async def test_a_change_without_a_later_query_is_made_by_the_commit(engine: Engine):
    await engine.write(queue_change, _FORGET, {"ids": list(range(1, 20))})

    assert [row.id for row in await engine.read(fetch_rows, _NOT_AMONG, {"ids": []})] == [20]


async def test_an_error_of_what_was_queued_is_sqlalchemys(engine: Engine):
    """A caller that allocates numbers waits for the error, and tries again."""

    def twice(connection: sa.Connection) -> None:
        insert(connection, 1)
        fetch_rows(connection, _NOT_AMONG, {"ids": []})

    with pytest.raises(sa.exc.IntegrityError):
        await engine.write(twice)
    assert len(await engine.read(fetch_rows, _NOT_AMONG, {"ids": []})) == 20
