"""API keys in the store: a row for each, found by its digest or its id. All functions run in the caller's transaction."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bouncer.policy.api_key import KeyAccess
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.scope import Scope
from bouncer.store.engine.engine import insert
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import write_rows
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import accounts, api_answers, api_keys

_FIELDS = tuple(ApiKey.__dataclass_fields__)
_KEYS = sa.select(*(api_keys.c[name] for name in _FIELDS))
_BY_DIGEST = _KEYS.where(api_keys.c.digest == sa.bindparam("digest"))
_USING = (
    sa.update(api_keys)
    .where(api_keys.c.id == sa.bindparam("key_id"))
    .values(last_used_at=sa.bindparam("used_at", type_=api_keys.c.last_used_at.type))
)


def add(connection: sa.Connection, added: ApiKey, digest: str) -> bool:
    """Add a key; False where its account is unknown, or its id is taken."""
    account_exists = sa.select(accounts.c.name).where(accounts.c.name == added.account)
    if added.account is not None and connection.scalar(account_exists) is None:
        return False
    row = {**{name: getattr(added, name) for name in _FIELDS}, "digest": digest}
    statement = insert(connection, api_keys).values(row).on_conflict_do_nothing()
    return connection.execute(statement).rowcount > 0


def list_keys(connection: sa.Connection, scope: Scope) -> list[ApiKey]:
    """Give the keys inside *scope*, oldest first."""
    query = _KEYS.where(*scope_conditions(scope, api_keys.c.account)).order_by(api_keys.c.created_at, api_keys.c.id)
    return [_key(row) for row in connection.execute(query)]


def revoke(connection: sa.Connection, scope: Scope, key_id: str) -> bool:
    """Delete a key and its answers; False where there is none inside *scope*."""
    where = (api_keys.c.id == key_id, *scope_conditions(scope, api_keys.c.account))
    if not connection.execute(sa.delete(api_keys).where(*where)).rowcount:
        return False
    connection.execute(sa.delete(api_answers).where(api_answers.c.key_id == key_id))
    return True


def remove_account(connection: sa.Connection, account: str) -> None:
    """Delete the keys of an account that is removed: they must not open the next account of its name."""
    ids = sa.select(api_keys.c.id).where(api_keys.c.account == account)
    connection.execute(sa.delete(api_answers).where(api_answers.c.key_id.in_(ids)))
    connection.execute(sa.delete(api_keys).where(api_keys.c.account == account))


def find_by_digest(connection: sa.Connection, digest: str) -> ApiKey | None:
    """Give the key with this digest."""
    rows = fetch_rows(connection, _BY_DIGEST, {"digest": digest})
    return _key(rows[0]) if rows else None


def note_used(connection: sa.Connection, key_id: str, *, now: dt.datetime) -> None:
    """Write when a key was last used."""
    write_rows(connection, _USING, [{"key_id": key_id, "used_at": now}])


def _key(row: Any) -> ApiKey:
    return ApiKey(**{**{name: getattr(row, name) for name in _FIELDS}, "access": KeyAccess(row.access)})
