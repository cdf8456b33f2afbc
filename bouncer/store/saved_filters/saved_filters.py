"""Saved filters in the store: a row for each, found by account and person. All functions run in the caller's transaction."""

from collections.abc import Sequence
from urllib.parse import unquote

import sqlalchemy as sa

from bouncer.policy.records import NO_ACCOUNT
from bouncer.ports.saved_filters import FilterOwner, SavedFilter
from bouncer.ports.scope import Scope
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import accounts, saved_filters

_FIELDS = tuple(SavedFilter.__dataclass_fields__)
_FILTERS = sa.select(*(saved_filters.c[name] for name in _FIELDS))
_KNOWN = sa.select(accounts.c.name).where(accounts.c.name == sa.bindparam("of_account"))


def _select_owner(owner: FilterOwner) -> tuple[sa.ColumnElement[bool], ...]:
    return saved_filters.c.account.is_not_distinct_from(owner.account), saved_filters.c.person == owner.person


def save(connection: sa.Connection, new: SavedFilter, *, limit: int) -> bool:
    """Save a filter; False where its account is unknown, or its person has *limit* of other names."""
    if new.account is not None and connection.scalar(_KNOWN, {"of_account": new.account}) is None:
        return False
    of_person = _select_owner(FilterOwner(new.account, new.person))
    connection.execute(sa.delete(saved_filters).where(*of_person, saved_filters.c.name == new.name))
    count = connection.execute(sa.select(sa.func.count()).select_from(saved_filters).where(*of_person)).scalar_one()
    if count >= limit:
        return False
    connection.execute(sa.insert(saved_filters).values({name: getattr(new, name) for name in _FIELDS}))
    return True


def list_filters(connection: sa.Connection, owner: FilterOwner) -> list[SavedFilter]:
    """Give the filters of a person, by name."""
    query = _FILTERS.where(*_select_owner(owner)).order_by(saved_filters.c.name, saved_filters.c.id)
    return [SavedFilter(**row) for row in connection.execute(query).mappings()]


def delete(connection: sa.Connection, owner: FilterOwner, filter_id: str) -> bool:
    """Delete a filter of a person; False where there is none."""
    of_id = saved_filters.c.id == filter_id
    return connection.execute(sa.delete(saved_filters).where(*_select_owner(owner), of_id)).rowcount > 0


def remove_account(connection: sa.Connection, account: str) -> None:
    """Delete the filters of an account that is removed."""
    connection.execute(sa.delete(saved_filters).where(saved_filters.c.account == account))


def erase(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> Sequence[str]:
    """Delete the filters that name an address that is erased, and give their accounts; a person has few, so each is looked at."""
    query = sa.select(saved_filters.c.id, saved_filters.c.account, saved_filters.c.name, saved_filters.c.words)
    rows = connection.execute(query.where(*scope_conditions(scope, saved_filters.c.account)))
    naming = [row for row in rows if erased.names(f"{row.name} {unquote(row.words)}".replace("=", " "))]
    connection.execute(sa.delete(saved_filters).where(saved_filters.c.id.in_([row.id for row in naming])))
    return [row.account or NO_ACCOUNT for row in naming]
