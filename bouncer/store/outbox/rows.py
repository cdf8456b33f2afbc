"""The rows of the outbox: the row of a new entry, and the entry of a row."""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from bouncer.policy.notifications import event_id, lane_of
from bouncer.policy.priority import priority
from bouncer.policy.records import EntryKind, EntryState, NewEntry
from bouncer.policy.webhooks import webhook_event_id
from bouncer.ports.outbox import OutboxEntry
from bouncer.store.engine.engine import Insert, insert_of
from bouncer.store.engine.rows import write_rows
from bouncer.store.tables import outbox

HELD_KINDS = frozenset({EntryKind.NOTICE, EntryKind.WARNING, EntryKind.OPERATOR, EntryKind.UNREAD})
"""Kinds of mails under rate limits. A mail about an owner whose mail bounces is sent once, and at once."""


def new_row(
    entry: NewEntry,
    *,
    letter_id: int | None,
    account: str | None,
    message_id: str,
    now: dt.datetime,
    due: dt.datetime | None = None,
    state: EntryState = EntryState.WAITING,
) -> dict[str, Any]:
    """Give the row of *entry*, made *now*; an entry without a letter is an event by itself, named by its Message-ID in lower case.

    *account* is the letter's, where the entry names none.
    """
    due = due or now
    return {
        "event": _event(entry, letter_id, message_id),
        "channel": entry.channel,
        "destination": entry.to,
        "letter_id": letter_id,
        "account": (account if entry.account is None else entry.account) or None,
        "kind": entry.kind.value,
        "about": entry.about,
        "message_id": message_id,
        "state": (EntryState.GIVEN_UP if entry.is_given_up else state).value,
        "attempts": 0,
        "created_at": now,
        "due": due,
        "scheduled": entry.at_once or entry.kind not in HELD_KINDS,
        "turn": priority(entry.kind, due, entry.bucket),
        "lane": lane_of(entry.channel, entry.to),
        "bucket": entry.bucket.value,
        "recipient_key": entry.recipient_key,
    }


def _event(entry: NewEntry, letter_id: int | None, message_id: str) -> str:
    if entry.event:
        return entry.event
    if letter_id is None:
        return message_id.lower()
    return webhook_event_id(letter_id, entry.place) if entry.place else event_id(letter_id, entry.kind)


def add_rows(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert *rows*; an entry that is there already stays as it is."""
    write_rows(connection, _insert_statement(insert_of(connection)), rows)


@cache
def _insert_statement(insert: Insert) -> sa.Insert:
    return insert(outbox).on_conflict_do_nothing()


def add_row(connection: sa.Connection, table: sa.Table, row: dict[str, Any]) -> int:
    """Insert *row*; gives its number."""
    (number,) = connection.execute(sa.insert(table).values(row)).inserted_primary_key or (0,)
    return int(number)


def entry_of(row: sa.Row[Any]) -> OutboxEntry:
    """Give the entry that a row of the table holds."""
    return OutboxEntry(
        row.id,
        row.letter_id,
        row.account,
        EntryKind(row.kind),
        row.destination,
        row.message_id,
        EntryState(row.state),
        row.attempts,
        row.created_at,
        row.due,
        row.last_error,
        row.said,
        row.about,
        row.event,
        row.channel,
        row.recipient_key,
    )
