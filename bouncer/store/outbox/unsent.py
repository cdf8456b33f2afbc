"""Mail that was dropped, recorded until its account's owners are told: one held entry for each owner.

An entry names so many addresses and counts all others, so that a mailing to a hundred thousand suppressed ones takes no more room
than a mail to a few. The entry has no letter: its rows are in the table ``unsent``.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from bouncer.policy.preferences import Frequency, Preferences, digest_time, preferences
from bouncer.policy.priority import priority
from bouncer.policy.records import Bucket, EntryKind, EntryState, NewEntry, Suppression
from bouncer.policy.unsent import MOST_NAMED, Unsent, UnsentTo
from bouncer.ports.sends import Sent
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.engine import insert
from bouncer.store.outbox.rows import add_row, new_row
from bouncer.store.tables import accounts, outbox, unsent

OTHERS = ""
"""The address under which mail to all addresses that are not named is recorded."""

_ACCOUNT = sa.select(accounts.c.owners, accounts.c.wishes).where(
    accounts.c.name == sa.bindparam("account"), accounts.c.forwarding
)
_OF_NO_LETTER = outbox.c.letter_id.is_(None)
_LETTERLESS = sa.and_(_OF_NO_LETTER, outbox.c.recipient_key.is_(None))
"""The condition on mails without a letter. It leaves out events of webhooks without a letter, of which there are many more."""
_HELD = sa.select(outbox.c.id).where(
    _LETTERLESS,
    outbox.c.kind == EntryKind.UNSENT,
    outbox.c.account == sa.bindparam("account"),
    outbox.c.destination == sa.bindparam("to"),
    outbox.c.state == EntryState.HELD,
)
_NAMED = sa.select(unsent.c.address).where(unsent.c.entry_id == sa.bindparam("entry"))


def add_dropped(connection: sa.Connection, sends: Sequence[Sent], message_id: Callable[[dt.datetime], str]) -> None:
    """Add dropped mail to the entries of its account's owners; *message_id* makes the Message-ID of an entry that begins then."""
    dropped = sorted((sent for sent in sends if sent.causes), key=lambda sent: sent.account)
    for account, group in groupby(dropped, key=lambda sent: sent.account):
        _note(connection, account, list(group), message_id)


def _note(
    connection: sa.Connection, account: str, sends: Sequence[Sent], message_id: Callable[[dt.datetime], str]
) -> None:
    row = connection.execute(_ACCOUNT, {"account": account}).one_or_none()
    if row is None:
        return
    now = sends[-1].at
    for owner in dict.fromkeys(row.owners):
        owner_preferences = preferences(row.wishes, owner)
        if owner_preferences.dropped is Frequency.OFF:
            continue
        existing = connection.execute(_HELD, {"account": account, "to": owner}).first()
        entry = existing.id if existing else _begin(connection, account, owner, owner_preferences, message_id(now), now)
        _add(connection, entry, sends)


def _begin(
    connection: sa.Connection,
    account: str,
    owner: str,
    owner_preferences: Preferences,
    message_id: str,
    now: dt.datetime,
) -> int:
    due = digest_time(owner_preferences, owner_preferences.dropped, now)
    entry, state = NewEntry(EntryKind.UNSENT, owner, bucket=Bucket.DIGEST), EntryState.HELD
    row = new_row(entry, letter_id=None, account=account, message_id=message_id, now=now, due=due, state=state)
    return add_row(connection, outbox, row)


def _add(connection: sa.Connection, entry: int, sends: Sequence[Sent]) -> None:
    """Add dropped mail to an entry, by address while there is room for one more address, and then under OTHERS."""
    addresses = set(connection.scalars(_NAMED, {"entry": entry}))
    rows = dict[str, dict[str, Any]]()
    for form, cause, subject in _list_dropped(sends):
        key = clean(form, MAX_KEY)
        if key not in addresses and len(addresses - {OTHERS}) >= MOST_NAMED:
            key = OTHERS
        addresses.add(key)
        row = rows.setdefault(
            key, {"entry_id": entry, "address": key, "count": 0, "reason": "", "until": None, "subject": ""}
        )
        row["count"] += 1
        if key != OTHERS:
            row.update(reason=cause.reason, until=cause.until, subject=subject)
    statement = insert(connection, unsent)
    new = statement.excluded
    change = {"count": unsent.c["count"] + new["count"], **{name: new[name] for name in ("reason", "until", "subject")}}
    connection.execute(
        statement.on_conflict_do_update(index_elements=["entry_id", "address"], set_=change), list(rows.values())
    )


def _list_dropped(sends: Iterable[Sent]) -> Iterable[tuple[str, Suppression, str]]:
    for sent in sends:
        for form, cause in zip(sent.dropped, sent.causes, strict=True):
            yield form, cause, sent.subject or ""


_HAS_LEFT = sa.and_(_OF_NO_LETTER, outbox.c.state.not_in((EntryState.HELD, EntryState.WAITING)))
_DUE = sa.and_(_LETTERLESS, outbox.c.state == EntryState.HELD, outbox.c.due <= sa.bindparam("now"))


def release(connection: sa.Connection, *, now: dt.datetime) -> int:
    """Let the entries that are due leave; mail that is dropped later begins another entry. Gives their number."""
    new_values = {"state": EntryState.WAITING.value, "due": now, "turn": priority(EntryKind.UNSENT, now)}
    return connection.execute(sa.update(outbox).where(_DUE).values(new_values), {"now": now}).rowcount


def unsent_of_entry(connection: sa.Connection, entry: int) -> Unsent:
    """Give the dropped mail of an entry, the addresses with the most mails first."""
    columns = (unsent.c[name] for name in ("address", "count", "reason", "until", "subject"))
    query = sa.select(*columns).where(unsent.c.entry_id == entry).order_by(unsent.c["count"].desc(), unsent.c.address)
    rows = connection.execute(query).all()
    destinations = (UnsentTo(*row) for row in rows if row.address != OTHERS)
    return Unsent(tuple(destinations), sum(row[1] for row in rows if row.address == OTHERS))


def find_old(connection: sa.Connection, before: dt.datetime, after: int, count: int) -> Sequence[int]:
    """Give the next *count* old entries after the id *after*; entries that have not left stay."""
    query = sa.select(outbox.c.id).where(_HAS_LEFT, outbox.c.id > after, outbox.c.created_at < before)
    return connection.scalars(query.order_by(outbox.c.id).limit(count)).all()


def delete_unsent(connection: sa.Connection, ids: Sequence[int]) -> int:
    """Delete entries with their rows, except those that wait again; give their number."""
    return connection.execute(sa.delete(outbox).where(outbox.c.id.in_(ids), _HAS_LEFT)).rowcount


def known_message_ids(connection: sa.Connection, notices: Sequence[str]) -> set[str]:
    """Give the Message-IDs among *notices*, in lower case, that belong to mails without a letter: their events have these names."""
    return {message_id.lower() for message_id in connection.scalars(_OF_EVENTS, {"events": list(notices)})}


_OF_EVENTS = sa.select(outbox.c.message_id).where(outbox.c.event.in_(sa.bindparam("events", expanding=True)))
