"""Share links in the store: a row for each, found by its digest. All functions run in the caller's transaction."""

import datetime as dt
from collections.abc import Collection, Sequence

import sqlalchemy as sa

from bouncer.mail.address import comparable
from bouncer.ports.scope import Scope
from bouncer.ports.shares import Share
from bouncer.store.engine.engine import insert
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.scoping import scope_conditions
from bouncer.store.suppressions.keys import key
from bouncer.store.tables import accounts, shares

_FIELDS = tuple(Share.__dataclass_fields__)
_SHARES = sa.select(*(shares.c[name] for name in _FIELDS))
_NOW = sa.bindparam("now", type_=shares.c.until.type)
_BY_DIGEST = _SHARES.where(shares.c.digest == sa.bindparam("of_digest"), shares.c.until > _NOW)
_ENDED = sa.delete(shares).where(shares.c.until <= _NOW)
_COUNT = sa.select(sa.func.count()).select_from(shares).where(shares.c.account == sa.bindparam("of_account"))
_KNOWN = sa.select(accounts.c.name).where(accounts.c.name == sa.bindparam("of_account"))


def add(connection: sa.Connection, share: Share, digest: str, *, limit: int) -> bool:
    """Add a link, and delete those that have ended; False where its account is unknown or has *limit* already."""
    connection.execute(_ENDED, {"now": share.made_at})
    bind_values = {"of_account": share.account}
    if connection.scalar(_KNOWN, bind_values) is None or connection.execute(_COUNT, bind_values).scalar_one() >= limit:
        return False
    row = {**{name: getattr(share, name) for name in _FIELDS}, "digest": digest}
    return connection.execute(insert(connection, shares).values(row).on_conflict_do_nothing()).rowcount > 0


def find_by_digest(connection: sa.Connection, digest: str, *, now: dt.datetime) -> Share | None:
    """Give the link with this digest."""
    row = connection.execute(_BY_DIGEST, {"of_digest": digest, "now": now}).mappings().first()
    return Share(**row) if row else None


def list_shares(connection: sa.Connection, scope: Scope, *, now: dt.datetime) -> list[Share]:
    """Give the links inside *scope*, newest first."""
    query = _SHARES.where(shares.c.until > now, *scope_conditions(scope, shares.c.account))
    ordered = query.order_by(shares.c.made_at.desc(), shares.c.id)
    return [Share(**row) for row in connection.execute(ordered).mappings()]


def end(connection: sa.Connection, scope: Scope, share_id: str) -> bool:
    """Delete a link; False where there is none inside *scope*."""
    where = (shares.c.id == share_id, *scope_conditions(scope, shares.c.account))
    return connection.execute(sa.delete(shares).where(*where)).rowcount > 0


def end_of_persons(connection: sa.Connection, account: str, forms: Collection[str]) -> None:
    """Delete the links that persons, in comparable form, made for an account; an account has few, so each is looked at."""
    rows = connection.execute(sa.select(shares.c.id, shares.c.person).where(shares.c.account == account))
    ids = [row.id for row in rows if comparable(row.person) in forms]
    connection.execute(sa.delete(shares).where(shares.c.id.in_(ids)))


def remove_account(connection: sa.Connection, account: str) -> None:
    """Delete the links of an account that is removed: they must not show what the next account of its name has."""
    connection.execute(sa.delete(shares).where(shares.c.account == account))


def erase(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> Sequence[str]:
    """Delete the links that show an address that is erased, and give their accounts; there are few rows, so each is looked at."""
    query = sa.select(shares.c.id, shares.c.address, shares.c.account).where(*scope_conditions(scope, shares.c.account))
    rows = [row for row in connection.execute(query) if erased.has(key(row.address)) or erased.names(row.address)]
    connection.execute(sa.delete(shares).where(shares.c.id.in_([row.id for row in rows])))
    return [row.account for row in rows]
