"""Changes of suppressions that share a commit: each counts as if it came alone, after those before it.

Suppressions that follow one another, with different addresses of one account, share their statements, too.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from bouncer.policy.records import Release, Suppression
from bouncer.store.suppressions import suppressions
from bouncer.store.suppressions.keys import Keys, key


def change_each(connection: sa.Connection, changed: Sequence[Suppression | Release]) -> list[bool]:
    """Make the changes in their order; give for each whether it changed whether the address is suppressed."""
    keys, answers = Keys(connection, (entry.account for entry in changed)), list[bool]()
    for group in _groups(changed, keys):
        if isinstance(group, Release):
            answers.append(suppressions.release(connection, group, keys))
        else:
            answers += _suppress(connection, group, keys)
    return answers


def _suppress(connection: sa.Connection, added: Sequence[Suppression], keys: Keys) -> list[bool]:
    """Suppress addresses of one account, for one stream and from one moment, no two of one form.

    Gives False for each that was suppressed already, or is on the allow-list.
    """
    account, stream, now = _common_facts(added[0])
    addresses = [entry.address for entry in added]
    before = dict(suppressions.find_in_force(connection, account, addresses, now=now, stream=stream, keys=keys))
    changed = suppressions.add_each(connection, added, keys)
    return [
        (account, key(address), stream) in changed and keys.form(account, address) not in before
        for address in addresses
    ]


def _groups(changed: Sequence[Suppression | Release], keys: Keys) -> Iterator[Release | Sequence[Suppression]]:
    """Split changes into releases, and groups of suppressions as ``_suppress`` takes them."""
    group, forms = list[Suppression](), set[str]()
    for entry in changed:
        form = keys.form(entry.account, entry.address)
        if group and (isinstance(entry, Release) or form in forms or _common_facts(entry) != _common_facts(group[0])):
            yield group
            group, forms = [], set()
        if isinstance(entry, Release):
            yield entry
        else:
            group.append(entry)
            forms.add(form)
    if group:
        yield group


def _common_facts(entry: Suppression) -> tuple[str, str, dt.datetime]:
    """Give what all suppressions of a group have in common."""
    return entry.account, entry.stream, entry.since
