"""Answers in the store that are kept for repeated requests. All functions run in the caller's transaction."""

import datetime as dt

import sqlalchemy as sa

from bouncer.ports.api_keys import BEGUN, KeptAnswer
from bouncer.store.engine.engine import insert
from bouncer.store.tables import api_answers

FORGOTTEN_AT_ONCE = 1000
"""Old answers that one new one deletes: far more than come, and few enough that no letter that is being kept waits long."""

_FIELDS = tuple(KeptAnswer.__dataclass_fields__)
_BY_NAME = sa.select(*(api_answers.c[name] for name in _FIELDS)).where(
    api_answers.c.key_id == sa.bindparam("of_key"),
    api_answers.c.name == sa.bindparam("of_name"),
    api_answers.c.made_at >= sa.bindparam("since", type_=api_answers.c.made_at.type),
)
_OLD = (
    sa.select(api_answers.c.key_id, api_answers.c.name)
    .where(api_answers.c.made_at < sa.bindparam("before", type_=api_answers.c.made_at.type))
    .order_by(api_answers.c.made_at)
    .limit(FORGOTTEN_AT_ONCE)
)
_FORGETTING = sa.delete(api_answers).where(
    api_answers.c.key_id == sa.bindparam("of_key"), api_answers.c.name == sa.bindparam("of_name")
)
_BREAKING_OFF = _FORGETTING.where(api_answers.c.status == BEGUN)


def begin(
    connection: sa.Connection, answer: KeptAnswer, *, stale_before: dt.datetime, forget_before: dt.datetime
) -> bool:
    """Note that a request is being answered; False where it is already, or was."""
    made_at = api_answers.c.made_at
    is_stale = sa.and_(api_answers.c.status == BEGUN, made_at < stale_before)
    row = {name: getattr(answer, name) for name in _FIELDS}
    statement = insert(connection, api_answers).values(row)
    insertion = statement.on_conflict_do_update(
        index_elements=["key_id", "name"], set_=row, where=sa.or_(is_stale, made_at < forget_before)
    )
    return connection.execute(insertion).rowcount > 0


def break_off(connection: sa.Connection, key_id: str, name: str) -> None:
    """Forget that a request is being answered."""
    connection.execute(_BREAKING_OFF, {"of_key": key_id, "of_name": name})


def replace_answer(connection: sa.Connection, answer: KeptAnswer, *, forget_before: dt.datetime) -> None:
    """Keep an answer, in place of an older one of its name, and delete old answers."""
    old_rows = connection.execute(_OLD, {"before": forget_before}).all()
    if old_rows:
        connection.execute(_FORGETTING, [{"of_key": row.key_id, "of_name": row.name} for row in old_rows])
    row = {name: getattr(answer, name) for name in _FIELDS}
    statement = insert(connection, api_answers).values(row)
    connection.execute(statement.on_conflict_do_update(index_elements=["key_id", "name"], set_=row))


def find(connection: sa.Connection, key_id: str, name: str, *, since: dt.datetime) -> KeptAnswer | None:
    """Give the answer that was kept under a name."""
    bind_values = {"of_key": key_id, "of_name": name, "since": since}
    row = connection.execute(_BY_NAME, bind_values).mappings().first()
    return KeptAnswer(**row) if row else None
