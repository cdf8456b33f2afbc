"""Changes of suppressions that share a commit: each counts as if it came alone, after those before it.

Suppressions that follow one another, with different addresses of one account, share their statements, too.
"""

from collections.abc import Iterator, Sequence

import sqlalchemy as sa

from bouncer.policy.records import Release, Suppression
from bouncer.store.suppressions import suppressions
from bouncer.store.suppressions.keys import Keys


def change_each(connection: sa.Connection, changed: Sequence[Suppression | Release]) -> list[bool]:
    """Make the changes in their order; give for each whether it changed whether the address is suppressed."""
    keys, answers = Keys(connection, (entry.account for entry in changed)), list[bool]()
    for group in _groups(changed, keys):
        if isinstance(group, Release):
            answers.append(suppressions.release(connection, group, keys))
        else:
            answers += suppressions.suppress_all(connection, group, keys)
    return answers


def _groups(changed: Sequence[Suppression | Release], keys: Keys) -> Iterator[Release | Sequence[Suppression]]:
    """Split changes into releases, and groups of suppressions as ``suppress_all`` takes them."""
    group, forms = list[Suppression](), set[str]()
    for entry in changed:
        form = keys.form(entry.account, entry.address)
        if group and (isinstance(entry, Release) or form in forms or _shared(entry) != _shared(group[0])):
            yield group
            group, forms = [], set()
        if isinstance(entry, Release):
            yield entry
        else:
            group.append(entry)
            forms.add(form)
    if group:
        yield group


def _shared(entry: Suppression) -> tuple[object, ...]:
    """Give what all suppressions of a group have in common."""
    return entry.account, entry.stream, entry.since
