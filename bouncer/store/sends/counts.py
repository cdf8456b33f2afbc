"""Counts of sends in the store, by hour, campaign, stream and domain, and the messages that were sent."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import Insert

from bouncer.mail.address import comparable, split
from bouncer.policy.history import HistoryQuery, SentMessage
from bouncer.policy.rates import SendEvent, recorded_event
from bouncer.policy.records import CountedOutcome
from bouncer.ports.scope import Scope
from bouncer.ports.sends import Count, SendFilter, Sent
from bouncer.store.bounces import day_counts
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.engine import INSERTS
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import send_counts, sent_messages
from bouncer.verdict.provider import is_known

MOST_RECIPIENTS = 1000
"""Recipients of one message that are stored: as many as mail servers accept (Postfix: smtpd_recipient_limit)."""
EXAMINED_MESSAGES = 50
"""Messages with one reference or Message-ID that are examined, the newest: a campaign may use one for all of its mails."""
ASSUMED_REACH = 2
"""The least number of addresses assumed for a reference with more messages than are examined."""

KEY = ("account", "hour", "campaign", "stream", "domain", "what")
"""The columns that identify a count."""
_HOUR = dt.timedelta(hours=1)
_MICROSECONDS_OF_DAY = 86_400_000_000

_REMEMBER = sa.insert(sent_messages)

CountKey = tuple[str, dt.datetime, str, str, str, str]


def count(connection: sa.Connection, sends: Sequence[Sent]) -> None:
    """Count the sends and store the messages."""
    counts = Counter[CountKey]()
    for send in sends:
        for kind, addresses in _events(send):
            for address in addresses:
                counts[
                    _scope(send.account, send.at, send.campaign, send.stream, split(comparable(address))[1], kind)
                ] += 1
    _add(connection, counts)
    if rows := [_message_row(send) for send in sends if send.recipients]:
        connection.execute(_REMEMBER, rows)


def _events(sent: Sent) -> Sequence[tuple[SendEvent, Sequence[str]]]:
    """Give what happened to a message's recipients, and to which."""
    return (
        (SendEvent.SENT, sent.recipients),
        (SendEvent.DROPPED, sent.dropped),
        (SendEvent.REFUSED, sent.refused),
    )


def count_outcomes(connection: sa.Connection, outcomes: Iterable[CountedOutcome]) -> None:
    """Count failures and the like beside the sends that they belong to."""
    _add(connection, Counter(_scope(t.account, t.at, t.campaign, t.stream, t.domain, t.kind) for t in outcomes))


def registered(connection: sa.Connection, asks: HistoryQuery) -> SentMessage | None:
    """Give the message that a letter is about: by the token's reference where it has one, else by the returned Message-ID."""
    if asks.account is None or not (asks.reference or asks.message_id):
        return None
    by_reference = sent_messages.c.reference == asks.reference
    by_message_id = sent_messages.c.message_id == normalize_message_id(asks.message_id or "")
    where = sa.and_(sent_messages.c.account == asks.account, by_reference if asks.reference else by_message_id)
    rows = connection.execute(
        sa.select(sent_messages).where(where).order_by(sent_messages.c.id.desc()).limit(EXAMINED_MESSAGES + 1)
    ).all()
    row = _best(rows[:EXAMINED_MESSAGES], asks)
    if row is None:
        return None
    return SentMessage(
        row.sent_at,
        row.message_id,
        row.subject,
        row.campaign,
        row.stream,
        frozenset(row.recipients),
        _reach(rows),
        found_by_reference=asks.reference is not None,
    )


def _reach(rows: Sequence[Any]) -> int:
    """Count the addresses of all messages: each recipient may hold the path that they share."""
    reached = len({address for row in rows for address in row.recipients})
    return max(reached, ASSUMED_REACH) if len(rows) > EXAMINED_MESSAGES else reached


def _best(rows: Sequence[Any], asks: HistoryQuery) -> Any:
    """Give the message with the same Message-ID, else one to the same recipient, else the only one."""
    message_id = normalize_message_id(asks.message_id or "")
    by_id = [row for row in rows if message_id and row.message_id == message_id]
    by_recipient = [row for row in by_id or rows if not set(asks.addresses).isdisjoint(row.recipients)]
    several = by_recipient or by_id or rows
    return several[0] if by_recipient or by_id or len(several) == 1 else None


def summed(connection: sa.Connection, scope: Scope, which: SendFilter, apart: Sequence[str]) -> list[Count]:
    """Sum up inside *scope*, keeping *apart* some of hour, campaign, stream, domain."""
    by = [send_counts.c[name] for name in ("account", *apart, "what")]
    total = sa.func.sum(send_counts.c["count"]).label("count")
    query = sa.select(*by, total).where(*_conditions(scope, which)).group_by(*by).order_by(*by)
    nothing = {"hour": None, "campaign": "", "stream": "", "domain": ""}
    return [
        Count(**{**nothing, **row, "what": event})
        for row in connection.execute(query).mappings()
        if (event := recorded_event(row["what"])) is not None
    ]


def roll_up(
    connection: sa.Connection,
    *,
    now: dt.datetime,
    days_before: dt.datetime,
    messages_before: dt.datetime,
    counts_before: dt.datetime,
) -> None:
    """Merge hours into days, and small domains into one; delete what is older still."""
    connection.execute(sa.delete(sent_messages).where(sent_messages.c.sent_at < messages_before))
    connection.execute(sa.delete(send_counts).where(send_counts.c.hour < counts_before))
    day_counts.retire(connection, now)
    keyed = [send_counts.c[name] for name in KEY]
    hours = sa.and_(send_counts.c.hour < days_before, sa.type_coerce(send_counts.c.hour, sa.BigInteger) % _DAY != 0)
    small = sa.and_(send_counts.c.hour < days_before, send_counts.c.domain != "")
    rows = connection.execute(
        sa.select(*keyed, send_counts.c["count"].label("total")).where(sa.or_(hours, small))
    ).all()
    replaced = [row for row in rows if row.hour != _day(row.hour) or not is_known(row.domain)]
    if not replaced:
        return
    counts = Counter[CountKey]()
    for row in replaced:
        domain = row.domain if is_known(row.domain) else ""
        counts[row.account, _day(row.hour), row.campaign, row.stream, domain, row.what] += row.total
    replace_counts(connection, replaced, counts)


def replace_counts(connection: sa.Connection, rows: Sequence[Any], counts: Counter[CountKey]) -> None:
    """Put *counts* in the place of *rows*, which have the columns of KEY."""
    where = sa.and_(*(send_counts.c[name] == sa.bindparam(f"_{name}") for name in KEY))
    connection.execute(
        sa.delete(send_counts).where(where), [{f"_{name}": getattr(row, name) for name in KEY} for row in rows]
    )
    _add(connection, counts)


_DAY = sa.literal(_MICROSECONDS_OF_DAY, sa.BigInteger)


def normalize_message_id(message_id: str) -> str:
    """Normalize a Message-ID for comparison: without angle brackets and blanks, in lower case."""
    return clean("".join(message_id.split()).strip("<>").lower(), MAX_KEY)


def _day(hour: dt.datetime) -> dt.datetime:
    return hour.replace(hour=0, minute=0, second=0, microsecond=0)


def _scope(account: str, at: dt.datetime, campaign: str | None, stream: str | None, domain: str, kind: str) -> CountKey:
    hour = at.astimezone(dt.UTC).replace(minute=0, second=0, microsecond=0)
    return account, hour, clean(campaign or "", MAX_KEY), clean(stream or "", MAX_KEY), clean(domain, MAX_KEY), kind


def _add(connection: sa.Connection, counts: Counter[CountKey]) -> None:
    if not counts:
        return
    rows = [{**dict(zip(KEY, scope, strict=True)), "count": n} for scope, n in counts.items()]
    connection.execute(_adding(INSERTS[connection.dialect.name]), rows)


@cache
def _adding(insert: Callable[[sa.Table], Insert]) -> Insert:
    """Make the statement, once: for the milter, making it would cost more than executing it."""
    adding = insert(send_counts)
    added = {"count": send_counts.c["count"] + adding.excluded["count"]}
    return adding.on_conflict_do_update(index_elements=KEY, set_=added)


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
    }


def _conditions(scope: Scope, which: SendFilter) -> list[sa.ColumnElement[bool]]:
    conditions = list(scope_conditions(scope, send_counts.c.account))
    conditions += [
        send_counts.c[name] == value
        for name in ("campaign", "stream", "domain")
        if (value := getattr(which, name)) is not None
    ]
    if which.since is not None:
        conditions.append(send_counts.c.hour >= which.since)
    if which.before is not None:
        conditions.append(send_counts.c.hour < which.before)
    return conditions
