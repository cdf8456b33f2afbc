"""The messages that were registered when they were sent, and the search for those that bounces are about.

A reference proves a message only where all mails with it went to one address. So each address counts as long as its recipient may
hold the return path, also after it was erased, or its message forgotten: then UNNAMED replaces it, which names nobody.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable
from bouncer.policy.history import HistoryQuery, SentMessage
from bouncer.ports.sends import Sent
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import write_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.tables import sent_messages

MOST_RECIPIENTS = 1000
"""Recipients of one message that are stored: as many as mail servers accept (Postfix: smtpd_recipient_limit)."""
EXAMINED_MESSAGES = 50
"""Messages with one reference or Message-ID that are examined, the newest: a campaign may use one for all of its mails."""
ASSUMED_REACH = 2
"""The least number of addresses assumed for a reference with more messages than are examined, or forgotten ones."""
UNNAMED = ""
"""The recorded recipient in place of addresses that are not stored any more."""

Name = tuple[str, str]
"""An account, and a reference or a Message-ID of its messages."""

_REMEMBER = sa.insert(sent_messages)


def remember(connection: sa.Connection, sends: Sequence[Sent]) -> None:
    """Store the messages that went to somebody."""
    write_rows(connection, _REMEMBER, [_message_row(send) for send in sends if send.recipients])


def find_registered(
    connection: sa.Connection, queries: Sequence[HistoryQuery], has_messages: Callable[[str], bool]
) -> dict[HistoryQuery, SentMessage | None]:
    """Give the message that each letter is about: by the token's reference where it has one, else by the returned Message-ID.

    ``has_messages`` tells of an account whether it may have registered any.
    """
    bind_values = {
        query
        for query in queries
        if query.account is not None and (query.reference or query.message_id) and has_messages(query.account)
    }
    newest = {
        column: _find_newest(connection, column, {_name(query) for query in bind_values if _column(query) == column})
        for column in ("reference", "message_id")
    }
    return {
        query: _message(newest[_column(query)].get(_name(query), ()), query) if query in bind_values else None
        for query in queries
    }


def normalize_message_id(message_id: str) -> str:
    """Normalize a Message-ID for comparison: without angle brackets and blanks, in lower case."""
    return clean("".join(message_id.split()).strip("<>").lower(), MAX_KEY)


def _column(query: HistoryQuery) -> str:
    return "reference" if query.reference else "message_id"


def _name(query: HistoryQuery) -> Name:
    return query.account or "", query.reference or normalize_message_id(query.message_id or "")


def _find_newest(connection: sa.Connection, column: str, names: set[Name]) -> dict[Name, list[sa.Row[Any]]]:
    """Give the newest messages of each of *names*, newest first, one more than are examined."""
    by_name = defaultdict[Name, list[sa.Row[Any]]](list)
    for some in in_parts(sorted(names)):
        values = {
            f"{part}{n}": text for n, name in enumerate(some) for part, text in zip(("a", "n"), name, strict=True)
        }
        for row in fetch_rows(connection, _search(column, len(some)), values):
            by_name[row.account, getattr(row, column)].append(row)
    return by_name


@lru_cache(maxsize=256)
def _search(column: str, count: int) -> sa.TextualSelect:
    """Make the query for the newest messages of *count* names; each name reads the end of its part of the index, and no more."""
    places = ", ".join(f"(:a{n}, :n{n})" for n in range(count))
    columns = [sent_messages.c[name] for name in _COLUMNS]
    return sa.text(
        f"WITH asked (account, named) AS (VALUES {places}),"  # noqa: S608 -- our own names
        # made ready, or PostgreSQL compares the id of each message, and not only of the newest
        " bounded AS MATERIALIZED (SELECT account, named, COALESCE((SELECT older.id FROM sent_messages AS older"
        f" WHERE older.account = asked.account AND older.{column} = asked.named"
        f" ORDER BY older.id DESC LIMIT 1 OFFSET {EXAMINED_MESSAGES}), 0) AS oldest FROM asked)"
        f" SELECT {', '.join(f'message.{name}' for name in _COLUMNS)} FROM bounded"
        f" JOIN sent_messages AS message ON message.account = bounded.account AND message.{column} = bounded.named"
        " AND message.id >= bounded.oldest"
        " ORDER BY message.id DESC"
    ).columns(*columns)


_COLUMNS = ("account", "sent_at", "message_id", "reference", "subject", "campaign", "stream", "recipients")


def _message(rows: Sequence[Any], query: HistoryQuery) -> SentMessage | None:
    row = _choose_best([row for row in rows[:EXAMINED_MESSAGES] if any(row.recipients)], query)
    if row is None:
        return None
    return SentMessage(
        row.sent_at,
        row.message_id,
        row.subject,
        row.campaign,
        row.stream,
        frozenset(row.recipients) - {UNNAMED},
        _reach(rows, is_partly_forgotten=query.is_partly_forgotten),
        found_by_reference=query.reference is not None,
    )


def _reach(rows: Sequence[Any], *, is_partly_forgotten: bool) -> int:
    """Count the addresses of all messages, UNNAMED as one: each recipient may hold the path that they share."""
    addresses = len({address for row in rows for address in row.recipients})
    has_more = is_partly_forgotten or len(rows) > EXAMINED_MESSAGES
    return max(addresses, ASSUMED_REACH) if has_more else addresses


def _choose_best(rows: Sequence[Any], query: HistoryQuery) -> Any:
    """Give the message with the same Message-ID, else one to the same recipient, else the only one."""
    message_id = normalize_message_id(query.message_id or "")
    by_id = [row for row in rows if message_id and row.message_id == message_id]
    by_recipient = [row for row in by_id or rows if not set(query.addresses).isdisjoint(row.recipients)]
    matching_rows = by_recipient or by_id or rows
    return matching_rows[0] if by_recipient or by_id or len(matching_rows) == 1 else None


def _message_row(send: Sent) -> dict[str, Any]:
    return {
        "account": send.account,
        "sent_at": send.at,
        "message_id": normalize_message_id(send.message_id) if send.message_id else None,
        "reference": send.reference,
        "subject": send.subject,
        "campaign": send.campaign or "",
        "stream": send.stream or "",
        "recipients": tuple(comparable(address) for address in send.recipients[:MOST_RECIPIENTS]),
        "path_until": send.path_until if send.reference else None,
    }
