"""The changes of an account in words, for the audit trail. Pure."""

import dataclasses
import datetime as dt
from collections.abc import Iterator

from bouncer.manage.change_values import ChangedBy
from bouncer.policy.preferences import Overrides
from bouncer.ports.accounts import Account, AccountNote

UNCHANGED = "nothing was changed"


def note_of(by: ChangedBy, changes: str, now: dt.datetime) -> AccountNote | None:
    """Make the entry of the audit trail; None where nothing changed."""
    return None if changes == UNCHANGED else AccountNote(now, by.source, f"{by.words}: {changes}")


def account_changes(before: Account, after: Account) -> str:
    """Say which values differ between two states of an account: owners, senders, notices, terms, preferences."""
    return "; ".join(_changes(before, after)) or UNCHANGED


def _changes(before: Account, after: Account) -> Iterator[str]:
    yield from _members("owner", before.owners, after.owners)
    yield from _members("sender", before.senders, after.senders)
    if before.forwarding != after.forwarding:
        yield "notices are sent" if after.forwarding else "notices are not sent"
    for field in dataclasses.fields(before.terms):
        value = getattr(after.terms, field.name)
        if value != getattr(before.terms, field.name):
            yield f"{field.name}={', '.join(value) if isinstance(value, tuple) else value}"
    yield from _wishes(before.wishes, after.wishes)


def _members(role: str, before: tuple[str, ...], after: tuple[str, ...]) -> Iterator[str]:
    yield from (f"{role} {member} added" for member in after if member not in before)
    yield from (f"{role} {member} taken off" for member in before if member not in after)


def _wishes(before: Overrides, after: Overrides) -> Iterator[str]:
    for owner in sorted({*before, *after}):
        earlier, later = before.get(owner, {}), after.get(owner, {})
        changes = [
            f"{key}={later.get(key, '')}" for key in sorted({*earlier, *later}) if earlier.get(key) != later.get(key)
        ]
        if changes:
            yield f"preferences of {owner or 'all owners'}: {' '.join(changes)}"
