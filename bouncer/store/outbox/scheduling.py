"""Scheduling: notices, warnings and mail to the operator leave at once, are held for a digest, or are dropped.

Each is recorded as an entry that waits and is not scheduled. Scheduling is one transaction with the buckets that it draws from, so
that no crash and no second process lets more mails leave than their addressee wants. Only mail is held: entries of other
channels are recorded as scheduled.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.logs import log_event
from bouncer.mail.letter import spell_id
from bouncer.policy.blocking import BLOCK
from bouncer.policy.preferences import (
    UNREAD,
    HoldReason,
    Timing,
    schedule,
    topic_of,
)
from bouncer.policy.priority import MAX_PRIORITY_DELAY
from bouncer.policy.records import MAIL, NO_ACCOUNT, Belief, Bucket, EntryKind, EntryState
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import write_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.outbox.buckets import Owner, owners_of, write_buckets
from bouncer.store.tables import bounces, letters, outbox

_log = logging.getLogger(__name__)

AT_A_TIME = 500
"""Entries that are scheduled in one transaction, so that keeping a letter waits no longer than that."""
_DAY = dt.timedelta(days=1)
_TOLD = (EntryState.WAITING, EntryState.SENT)
_IS_PROVEN = bounces.c.belief == Belief.PROVEN
_TOPICS = {EntryKind.WARNING: (BLOCK,), EntryKind.UNREAD: (UNREAD,)}


_MailSubject = tuple[str | None, str, str, bool]
"""Account, owner, address that the notice is about; whether the report is proven."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The decision on one entry: it waits to leave, is held for a digest until *until*, or is dropped, as nobody wants it."""

    entry: int
    letter_id: int
    account: str | None
    kind: EntryKind
    state: EntryState
    until: dt.datetime | None
    why: HoldReason | None


def log_decisions(decisions: Sequence[Decision]) -> None:
    """Log the entries that do not leave at once; to be called after the commit."""
    for decision in decisions:
        if decision.state is EntryState.WAITING:
            continue
        event = "held" if decision.state is EntryState.HELD else "unwanted"
        letter = spell_id(decision.letter_id)
        until = decision.until.isoformat(timespec="seconds") if decision.until else None
        facts = {"letter": letter, "account": decision.account, "notice": decision.kind.value}
        log_event(_log, logging.INFO, event, entry=decision.entry, until=until, cause=decision.why, **facts)


@dataclass(frozen=True, slots=True)
class _Known:
    """Facts about the letters of the entries that are being scheduled."""

    topics: Mapping[int, set[str]]
    whom: Mapping[int, str]
    often: Counter[_MailSubject]  # mails about an address: earlier ones, and those that are scheduled now


_UNSCHEDULED = (
    sa.select(*(outbox.c[name] for name in ("id", "letter_id", "account", "kind", "destination", "due", "bucket")))
    .where(
        outbox.c.state == EntryState.WAITING,
        outbox.c.scheduled.is_(sa.false()),
        outbox.c.channel == MAIL,
        outbox.c.turn
        <= sa.bindparam("turn"),  # and not by the due time: with the turn, one index finds the unscheduled entries
    )
    .order_by(outbox.c.turn, outbox.c.id)
    .limit(AT_A_TIME)
    .with_for_update(skip_locked=True, of=outbox)
)


_DECIDE = sa.update(outbox).where(outbox.c.id == sa.bindparam("entry"))


def schedule_entries(connection: sa.Connection, *, now: dt.datetime) -> list[Decision]:
    """Decide on entries that are not scheduled yet, AT_A_TIME at most; gives the decisions."""
    rows = fetch_rows(connection, _UNSCHEDULED, {"turn": now + MAX_PRIORITY_DELAY})
    if not rows:
        return []
    ids = sorted({row.letter_id for row in rows if row.kind == EntryKind.NOTICE})
    whom = _subjects_of(connection, ids)
    facts = _Known(_topics(connection, ids), whom, _count_earlier(connection, rows, whom, now))
    told_to = owners_of(connection, {(row.account or NO_ACCOUNT, row.destination) for row in rows})
    changes, decisions = [], list[Decision]()
    for row in rows:
        owner = told_to[row.account or NO_ACCOUNT, row.destination]
        timing = _schedule(row, owner, facts, now)
        changes.append(change := _change(row, timing, now))
        state, due = EntryState(str(change["state"])), timing.digest_at
        decisions.append(Decision(row.id, row.letter_id, row.account, EntryKind(row.kind), state, due, timing.why))
    write_rows(connection, _DECIDE, changes)
    write_buckets(connection, told_to)
    return decisions


def _schedule(row: Any, owner: Owner, facts: _Known, now: dt.datetime) -> Timing:
    """Decide on one entry, and take a token out of its bucket where it leaves at once."""
    bucket = Bucket(row.bucket)
    if not owner.has_account and bucket is Bucket.PROVEN:
        return Timing(at_once=True)
    subject = _subject(row, facts.whom)
    topics = facts.topics.get(row.letter_id, ()) if row.kind == EntryKind.NOTICE else _TOPICS.get(row.kind, ())
    often = facts.often[subject] if subject else 0
    timing = schedule(
        owner.preferences, topics, owner.rate_limit(bucket), told_of_address=often, now=now, bucket=bucket
    )
    if timing.at_once:
        owner.send(bucket, now)
        facts.often.update({subject, (*subject[:3], False)} if subject else ())
    return timing


def _subject(row: Any, whom: Mapping[int, str]) -> _MailSubject | None:
    """Give the key under which mails about an address are counted, if any; forged reports must not hold up proven ones."""
    address = whom.get(row.letter_id) if row.kind == EntryKind.NOTICE else None
    return (row.account, row.destination, address, row.bucket == Bucket.PROVEN) if address else None


def _change(row: Any, timing: Timing, now: dt.datetime) -> dict[str, object]:
    state = EntryState.WAITING if timing.at_once else EntryState.HELD if timing.digest_at else EntryState.DROPPED
    ended_at = now if state is EntryState.DROPPED else None
    due = timing.digest_at or row.due
    return {"entry": row.id, "state": state.value, "scheduled": True, "due": due, "ended_at": ended_at}


_TOPICS_OF = (
    sa.select(letters.c.id, letters.c.kind, bounces.c.category)
    .select_from(letters.outerjoin(bounces, bounces.c.letter_id == letters.c.id))
    .where(letters.c.id.in_(sa.bindparam("ids", expanding=True)))
    .distinct()
)


def _topics(connection: sa.Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    topics: dict[int, set[str]] = {}
    for row in fetch_rows(connection, _TOPICS_OF, {"ids": ids}):
        topics.setdefault(row.id, set()).add(topic_of(row.kind, row.category))
    return topics


_OF_LETTERS = bounces.c.letter_id.in_(sa.bindparam("ids", expanding=True))
_FIRST = sa.func.coalesce(sa.func.min(sa.case((_IS_PROVEN, bounces.c.id))), sa.func.min(bounces.c.id))
_WHOM = sa.select(bounces.c.letter_id, bounces.c.recipient_key).where(
    bounces.c.id.in_(sa.select(_FIRST).where(_OF_LETTERS).group_by(bounces.c.letter_id))
)


def _subjects_of(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Give the address, in comparable form, that each letter is about: the first that it proves, or else the first.

    Letters that name no recipient are missing.
    """
    return {row.letter_id: row.recipient_key for row in fetch_rows(connection, _WHOM, {"ids": ids})}


_MAILS_ABOUT = (
    sa.select(
        bounces.c.recipient_key,
        outbox.c.account,
        outbox.c.destination,
        sa.func.count(sa.distinct(outbox.c.id)).label("every"),
        sa.func.count(sa.distinct(sa.case((_IS_PROVEN, outbox.c.id)))).label("proven"),
    )
    .select_from(bounces.join(outbox, outbox.c.letter_id == bounces.c.letter_id))
    .where(
        bounces.c.recipient_key.in_(sa.bindparam("keys", expanding=True)),
        bounces.c.at >= sa.bindparam("since"),
        outbox.c.channel == MAIL,
        outbox.c.kind == EntryKind.NOTICE,
        # not the bare column: SQLite would go through all mails that were ever sent, where it is asked for twenty addresses
        outbox.c.state.concat("").in_(_TOLD),
        outbox.c.scheduled.is_(sa.true()),
    )
    .group_by(bounces.c.recipient_key, outbox.c.account, outbox.c.destination)
)


def _count_earlier(
    connection: sa.Connection, rows: Sequence[Any], whom: Mapping[int, str], now: dt.datetime
) -> Counter[_MailSubject]:
    """Count the earlier mails about each address of the entries that are being scheduled, which are not among them."""
    counts = Counter[_MailSubject]()
    addresses = sorted({subject[2] for row in rows if (subject := _subject(row, whom))})
    for some in in_parts(addresses):
        for row in fetch_rows(connection, _MAILS_ABOUT, {"keys": some, "since": now - _DAY}):
            about = (row.account, row.destination, row.recipient_key)
            counts[*about, False], counts[*about, True] = row.every, row.proven
    return counts
