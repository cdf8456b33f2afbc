"""Addresses of rows inside which an erased address is written, as gateways do it: jane%example.org@gateway.example.

Such a row is about the same person, and is erased by its own address like those of the address itself.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.ports.scope import Scope
from bouncer.store.engine.queries import with_pauses
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.erasures.other_texts import Key, is_after
from bouncer.store.erasures.records import ROWS_PER_SEARCH
from bouncer.store.scoping import scope_checks
from bouncer.store.tables import allowed, bounces, suppressions, trail

ADDRESS_COLUMNS: tuple[sa.Column[Any], ...] = (
    *(bounces.c.recipient_key, suppressions.c.address_key, allowed.c.address_key, trail.c.address_key),
)
"""The columns with addresses in comparable form by which rows are erased."""


@dataclass(frozen=True, slots=True)
class KeyStep:
    """The addresses that have an erased one inside them among the rows of one step of a search, and the last row's key."""

    addresses: Sequence[str]
    last: Key


def search_addresses(
    connection: sa.Connection, column: sa.Column[Any], scope: Scope, erased: ErasedAddresses, after: Key
) -> KeyStep | None:
    """Search the next rows of a column's table after a key; None after the last ones. Only reads."""
    keys = tuple(column.table.primary_key.columns)
    in_step = [is_after(keys, after), *scope_checks(scope, column.table.c.account)]
    found_keys = connection.execute(sa.select(*keys).where(*in_step).order_by(*keys).limit(ROWS_PER_SEARCH)).all()
    if not found_keys:
        return None
    last = tuple(found_keys[-1])
    query, addresses = sa.select(column).where(*in_step, ~is_after(keys, last)).distinct(), set[str]()
    for condition in erased.may_name([column]):
        rows = with_pauses(connection.scalars(query.where(condition)))
        addresses |= {form for form in rows if not erased.has(form) and erased.names(form)}
    return KeyStep(sorted(addresses), last)
