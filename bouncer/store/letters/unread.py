"""Letters that a person has to see: their columns, and the content of the mail that lists them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.compose.unread_listing import MOST_SHOWN, MOST_WISHES, UnreadLetter, UnreadListing
from bouncer.mail.letter import spell_id
from bouncer.policy.records import EntryKind, EntryState, Record, Unread
from bouncer.policy.unread import COUNTED, FOLLOWED
from bouncer.ports.outbox import OutboxEntry
from bouncer.store.tables import bounces, letters, outbox

KINDS = frozenset({EntryKind.UNREAD, EntryKind.UNREAD_DIGEST})
"""Kinds of mail that list such letters."""
FORGOTTEN: Mapping[str, Any] = {"unread": None, "written_by": None, "subject": None, "beginning": ()}
"""The columns' values once a letter's octets are retired: nobody can look at it any more."""
MOST_COUNTED = 10_000
"""Automatic replies that are counted: each costs a microsecond, and nobody needs a larger number."""

_FOLLOWED = sa.exists().where(bounces.c.letter_id == letters.c.id, bounces.c.effect.in_(sorted(FOLLOWED)))
_COLUMNS = (
    *(letters.c[name] for name in ("id", "unread", "written_by", "reverse_path", "subject", "beginning", "account")),
    letters.c.received_at,
    _FOLLOWED.correlate(letters).label("followed"),
)
_IN_ORDER = {why: place for place, why in enumerate(Unread)}


def columns(record: Record) -> dict[str, object]:
    """Give the values of the letter's columns that a person sees it by."""
    written = record.written
    return {
        "unread": record.unread.value if record.unread else None,
        "written_by": written.sender if written else None,
        "subject": written.subject if written else None,
        "beginning": written.lines if written else (),
    }


def drop_entries(connection: sa.Connection, letter_id: int, now: dt.datetime) -> None:
    """Drop the mails about a letter that could be read after all."""
    waits = outbox.c.state.in_((EntryState.WAITING, EntryState.HELD))
    is_waiting_entry = sa.and_(outbox.c.letter_id == letter_id, outbox.c.kind == EntryKind.UNREAD, waits)
    connection.execute(sa.update(outbox).where(is_waiting_entry).values(state=EntryState.DROPPED.value, ended_at=now))


def listing(connection: sa.Connection, entry: OutboxEntry) -> UnreadListing:
    """Give the letters in *entry*: requests to be taken off first, then answers, unreadable letters, and other mail."""
    of_entry = _letters_of(entry)
    is_wish = letters.c.unread == Unread.WISH
    count, first = connection.execute(sa.select(sa.func.count(), sa.func.min(letters.c.id)).where(of_entry)).one()
    wishes = _first_letters(connection, of_entry, is_wish)
    others = _first_letters(connection, of_entry, sa.or_(letters.c.unread.is_(None), ~is_wish))
    wishes = wishes[: max(MOST_WISHES, MOST_SHOWN - len(others))]
    listed_letters = [_letter(row) for row in (*wishes, *others[: MOST_SHOWN - len(wishes)])]
    return UnreadListing(count, tuple(listed_letters), _count_automatic(connection, entry, first))


def _letters_of(entry: OutboxEntry) -> sa.ColumnElement[bool]:
    if entry.kind is EntryKind.UNREAD:
        return letters.c.id == entry.letter_id
    return letters.c.id.in_(sa.select(outbox.c.letter_id).where(outbox.c.digest_id == entry.id))


def _first_letters(
    connection: sa.Connection, of_entry: sa.ColumnElement[bool], condition: sa.ColumnElement[bool]
) -> Sequence[sa.Row[Any]]:
    """Give the first MOST_SHOWN of an entry's letters; requests that were not followed before those that were."""
    place = sa.case(_IN_ORDER, value=letters.c.unread, else_=len(_IN_ORDER))
    query = sa.select(*_COLUMNS).where(of_entry, condition)
    return connection.execute(
        query.order_by(place, sa.literal_column("followed"), letters.c.id).limit(MOST_SHOWN)
    ).all()


def _count_automatic(connection: sa.Connection, entry: OutboxEntry, first: int | None) -> int:
    """Count the automatic replies to the account since the *first* letter in the mail."""
    if entry.account is None or first is None:
        return 0
    since = (
        sa.select(letters.c.kind).where(letters.c.account == entry.account, letters.c.id > first).limit(MOST_COUNTED)
    )
    kinds = since.subquery()
    count_query = sa.select(sa.func.count()).select_from(kinds).where(kinds.c.kind.in_(sorted(COUNTED)))
    return connection.scalar(count_query) or 0


def _letter(row: sa.Row[Any]) -> UnreadLetter:
    return UnreadLetter(
        report=spell_id(row.id),
        why=Unread(row.unread) if row.unread in set(Unread) else Unread.WRITTEN,
        sender=row.written_by or row.reverse_path,
        subject=row.subject or "",
        arrived_at=row.received_at,
        lines=row.beginning,
        followed=bool(row.followed),
        account=row.account or "",
    )
