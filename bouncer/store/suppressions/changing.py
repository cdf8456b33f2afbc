"""Changes of suppressions and of the allow-list that share a commit: each counts as if it came alone, after those before it.

Changes of one kind that follow one another, for different addresses of one account, share their statements, too.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TypeGuard, TypeVar

import sqlalchemy as sa

from bouncer.policy.records import Release, Suppression
from bouncer.store.suppressions import suppressions
from bouncer.store.suppressions.allowing import Allowing, Disallowing, allow_each, disallow_each
from bouncer.store.suppressions.keys import Keys, key

Change = Suppression | Release | Allowing | Disallowing
Kind = TypeVar("Kind")


def change_each(connection: sa.Connection, changed: Sequence[Change]) -> list[bool]:
    """Make the changes in their order; give for each whether it changed whether the address is suppressed, or on the allow-list."""
    accounts = [_account(change) for change in changed]
    keys, answers = Keys(connection, accounts), list[bool]()
    for group in _groups(changed, keys):
        if _are(group, Suppression):
            answers += _suppress(connection, group, keys)
        elif _are(group, Release):
            answers += _release(connection, group, keys)
        elif _are(group, Allowing):
            answers += allow_each(connection, group, keys)
            keys = Keys(connection, accounts)  # from now on the account has an allow-list
        elif _are(group, Disallowing):
            answers += disallow_each(connection, group, keys)
    return answers


def _are(group: Sequence[Change], kind: type[Kind]) -> TypeGuard[Sequence[Kind]]:
    return isinstance(group[0], kind)


def _suppress(connection: sa.Connection, added: Sequence[Suppression], keys: Keys) -> list[bool]:
    """Suppress addresses of one account, for one stream and from one moment, no two of one form.

    Gives False for each that was suppressed already, or is on the allow-list.
    """
    account, stream, now = added[0].account, added[0].stream, added[0].since
    addresses = [entry.address for entry in added]
    before = dict(suppressions.find_in_force(connection, account, addresses, now=now, stream=stream, keys=keys))
    changed = suppressions.add_each(connection, added, keys)
    return [
        (account, key(address), stream) in changed and keys.form(account, address) not in before
        for address in addresses
    ]


def _release(connection: sa.Connection, released: Sequence[Release], keys: Keys) -> list[bool]:
    """Free addresses of one account, no two of one form; gives False for each that was not suppressed."""
    freed = suppressions.release_each(connection, released, keys)
    return [(entry.account, keys.form(entry.account, entry.address)) in freed for entry in released]


def _groups(changed: Sequence[Change], keys: Keys) -> Iterator[Sequence[Change]]:
    """Split changes into those that can share statements: of one kind, with all in common, and no two of one form."""
    group, forms = list[Change](), set[str]()
    for change in changed:
        form = keys.form(_account(change), _address(change))
        if group and (form in forms or _common_facts(change) != _common_facts(group[0])):
            yield group
            group, forms = [], set()
        group.append(change)
        forms.add(form)
    if group:
        yield group


def _common_facts(change: Change) -> tuple[type[Change], str, str, dt.datetime]:
    """Give what all changes of a group have in common: the kind, the account, the stream or the source, and the moment."""
    match change:
        case Suppression():
            return Suppression, change.account, change.stream, change.since
        case Release():
            return Release, change.account, "", change.at
        case Allowing() | Disallowing():
            return type(change), change.entry.account, change.source, change.entry.at


def _account(change: Change) -> str:
    return change.entry.account if isinstance(change, Allowing | Disallowing) else change.account


def _address(change: Change) -> str:
    return change.entry.address if isinstance(change, Allowing | Disallowing) else change.address
