"""Addresses that are taken off one of an account's lists: mail that the list stopped may go to them again."""

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.policy.account_events import SuppressionChange
from bouncer.policy.address_list import AddressList
from bouncer.policy.records import Release
from bouncer.store.erasures import suppression_digests
from bouncer.store.suppressions import changes, trail
from bouncer.store.suppressions.keys import ADDRESS, Keys, key, select_forms_by_id
from bouncer.store.suppressions.listing import listed_in_column
from bouncer.store.suppressions.suppressions import find_in_force
from bouncer.store.tables import suppressions


def take_off(connection: sa.Connection, account: str, listed_in: AddressList, releases: Sequence[Release]) -> int:
    """Delete suppressions of one list, and write the trail; give the number of addresses that were on it.

    Webhooks are told of the addresses to which mail may go again, because no other list stops it.
    """
    keys = Keys(connection, [account])
    by_form = {keys.form(account, entry.address): entry for entry in releases}
    query = _OF_FORMS[keys.folds(account)]
    deleted, released = list[int](), dict[str, Release]()
    values = {"accounts": [account], "forms": sorted(by_form), "listed_in": listed_in.value}
    for row in connection.execute(query, values):
        entry = by_form.get(keys.form_of(account, row))
        if entry is not None:
            deleted.append(row.id)
            if row.until is None or row.until > entry.at:
                released[row.address_key] = dataclasses.replace(entry, address=row.address)
    if deleted:
        connection.execute(_DELETE, {"ids": deleted})
    for form, entry in by_form.items() if suppression_digests.has_any(connection) else ():
        if suppression_digests.lift(
            connection, account, form, folds=keys.folds(account), now=entry.at, listed_in=listed_in
        ):
            released.setdefault(key(entry.address), entry)
    trail.note_released(connection, list(released.values()))
    _tell(connection, keys, account, released)
    return len(released)


def _tell(connection: sa.Connection, keys: Keys, account: str, released: Mapping[str, Release]) -> None:
    """Tell webhooks of the *released* addresses, except where another suppression of all mail is in force."""
    if not released:
        return
    now = max(entry.at for entry in released.values())
    still_suppressed = {form for form, _ in find_in_force(connection, account, sorted(released), now=now, stream="")}
    free = [(form, entry) for form, entry in released.items() if keys.form(account, form) not in still_suppressed]
    changes.note(connection, [SuppressionChange(entry, form) for form, entry in free])


def _select_by_forms(*columns: str) -> sa.Select[Any]:
    forms, accounts = (sa.bindparam(name, type_=sa.Text, expanding=True) for name in ("forms", "accounts"))
    return sa.select(*(suppressions.c[name] for name in ("id", "address", *ADDRESS, "until"))).where(
        select_forms_by_id(suppressions, columns, forms, accounts), listed_in_column() == sa.bindparam("listed_in")
    )


_OF_FORMS = {False: _select_by_forms(ADDRESS[0]), True: _select_by_forms(*ADDRESS)}
"""By whether the account folds Gmail's addresses."""
_DELETE = sa.delete(suppressions).where(suppressions.c.id.in_(sa.bindparam("ids", expanding=True)))
