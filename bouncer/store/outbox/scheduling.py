"""Telling: reports, warnings and mail to the operator are placed, at once or into a digest.

Each is recorded as a parcel that waits and is not placed. Placing is one transaction with the buckets that it draws from, so
that no crash and no second process lets more mails leave than their reader wants.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.logs import tell
from bouncer.mail.letter import spell_id
from bouncer.policy.preferences import (
    OPERATOR,
    UNREAD,
    HoldReason,
    Overrides,
    Preferences,
    Schedule,
    place,
    preferences,
    topic,
)
from bouncer.policy.priority import MOST_HEADWAY
from bouncer.policy.rate_limit import Bound, most_at_once
from bouncer.policy.records import NO_ACCOUNT, Belief, Bucket, FailingOwner, ParcelKind, ParcelState
from bouncer.store.engine.engine import insert
from bouncer.store.tables import accounts, bounces, buckets, letters, outbox, owners

_log = logging.getLogger(__name__)

AT_A_TIME = 500
"""Reports that are placed in one transaction: whoever keeps a letter waits no longer than that takes."""
_DAY = dt.timedelta(days=1)
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TOLD = (ParcelState.WAITING, ParcelState.SENT)
_IS_PROVEN = bounces.c.belief == Belief.PROVEN
_TOPICS = {ParcelKind.WARNING: ("block",), ParcelKind.UNREAD: (UNREAD,)}
PLACED = frozenset({ParcelKind.NOTICE, ParcelKind.WARNING, ParcelKind.OPERATOR, ParcelKind.UNREAD})
"""Kinds of parcels that leave within bounds. That an owner's mail comes back is told once, whatever comes, and at once."""


_Told = tuple[str | None, str, str, bool]
"""Account, owner, the address told of; whether the report is proven."""


@dataclass(slots=True)
class Owner:
    """One person's preferences and buckets, while reports are placed."""

    wanted: Preferences
    bounds: dict[Bucket, Bound]
    known: bool = True  # False where the account is gone: nobody's wishes hold

    def bound(self, bucket: Bucket) -> Bound:
        """Give one of the buckets; a full one where nothing was taken out yet."""
        return self.bounds.get(bucket, Bound(_LONG_AGO))

    def send(self, bucket: Bucket, now: dt.datetime) -> None:
        """Take a mail out of one of the buckets."""
        self.bounds[bucket] = self.bound(bucket).sent(most_at_once(bucket, self.wanted.most), now)


@dataclass(frozen=True, slots=True)
class Placement:
    """What was decided on one report: it waits to leave, is held for a digest (until then), or nobody wants it."""

    parcel: int
    letter_id: int
    account: str | None
    kind: ParcelKind
    state: ParcelState
    until: dt.datetime | None
    why: HoldReason | None


def log_placements(placements: Sequence[Placement]) -> None:
    """Log what does not leave at once; to be called when it is committed."""
    for one in placements:
        if one.state is ParcelState.WAITING:
            continue
        event = "held" if one.state is ParcelState.HELD else "unwanted"
        letter, until = spell_id(one.letter_id), one.until.isoformat(timespec="seconds") if one.until else None
        whose = {"letter": letter, "account": one.account, "notice": one.kind.value}
        tell(_log, logging.INFO, event, parcel=one.parcel, until=until, cause=one.why, **whose)


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the letters that are to be told."""

    topics: Mapping[int, set[str]]
    whom: Mapping[int, str]
    often: dict[_Told, int]  # mails before; asked once for each: a storm may be all about one address
    now: Counter[_Told]  # and those that are placed now


_UNPLACED = (
    sa.select(*(outbox.c[name] for name in ("id", "letter_id", "account", "kind", "forward_path", "due", "bucket")))
    .where(
        outbox.c.state == ParcelState.WAITING,
        outbox.c.placed.is_(sa.false()),
        outbox.c.turn
        <= sa.bindparam("turn"),  # and not by when it is due: with the turn one index finds what is unplaced
    )
    .order_by(outbox.c.turn, outbox.c.id)
    .limit(AT_A_TIME)
    .with_for_update(skip_locked=True, of=outbox)
)


def place_reports(connection: sa.Connection, *, now: dt.datetime) -> list[Placement]:
    """Decide on reports that nobody has decided on yet, AT_A_TIME at most; gives what was decided."""
    rows = connection.execute(_UNPLACED, {"turn": now + MOST_HEADWAY}).all()
    if not rows:
        return []
    ids = sorted({row.letter_id for row in rows if row.kind == ParcelKind.NOTICE})
    known = _Known(_topics(connection, ids), _whom(connection, ids), {}, Counter())
    told_to = owners_of(connection, {(row.account or NO_ACCOUNT, row.forward_path) for row in rows})
    changes, placements = [], list[Placement]()
    for row in rows:
        owner = told_to[row.account or NO_ACCOUNT, row.forward_path]
        placed = _place(connection, row, owner, known, now)
        changes.append(change := _change(row, placed, now))
        state, due = ParcelState(str(change["state"])), placed.digest_at
        placements.append(Placement(row.id, row.letter_id, row.account, ParcelKind(row.kind), state, due, placed.why))
    these = outbox.c.id == sa.bindparam("parcel")
    connection.execute(sa.update(outbox).where(these), changes)
    keep_bounds(connection, told_to)
    return placements


def _place(connection: sa.Connection, row: Any, owner: Owner, known: _Known, now: dt.datetime) -> Schedule:
    """Decide on one, and take it out of its bucket where it leaves at once."""
    bucket = Bucket(row.bucket)
    if not owner.known and bucket is Bucket.PROVEN:
        return Schedule(at_once=True)
    told = _told(row, known)
    if told and told not in known.often:
        known.often[told] = _often_told(connection, told, now)
    topics = known.topics.get(row.letter_id, ()) if row.kind == ParcelKind.NOTICE else _TOPICS.get(row.kind, ())
    often = known.often[told] + known.now[told] if told else 0
    placed = place(owner.wanted, topics, owner.bound(bucket), told_of_address=often, now=now, bucket=bucket)
    if placed.at_once:
        owner.send(bucket, now)
        known.now.update({told, (*told[:3], False)} if told else ())
    return placed


def _told(row: Any, known: _Known) -> _Told | None:
    """Of whom a report tells whom, and whether it is proven: what is made up must not hold up what is proven."""
    whom = known.whom.get(row.letter_id) if row.kind == ParcelKind.NOTICE else None
    return (row.account, row.forward_path, whom, row.bucket == Bucket.PROVEN) if whom else None


def _change(row: Any, placed: Schedule, now: dt.datetime) -> dict[str, object]:
    state = ParcelState.WAITING if placed.at_once else ParcelState.HELD if placed.digest_at else ParcelState.DROPPED
    ended = now if state is ParcelState.DROPPED else None
    due = placed.digest_at or row.due
    return {"parcel": row.id, "state": state.value, "placed": True, "due": due, "ended_at": ended}


def _topics(connection: sa.Connection, ids: Sequence[int]) -> dict[int, set[str]]:
    found = connection.execute(
        sa.select(letters.c.id, letters.c.kind, bounces.c.category)
        .select_from(letters.outerjoin(bounces, bounces.c.letter_id == letters.c.id))
        .where(letters.c.id.in_(ids))
        .distinct()
    )
    topics: dict[int, set[str]] = {}
    for row in found:
        topics.setdefault(row.id, set()).add(topic(row.kind, row.category))
    return topics


def _whom(connection: sa.Connection, ids: Sequence[int]) -> dict[int, str]:
    """Give the address, in comparable form, that each letter speaks of: the first that it proves, or else the first.

    Letters that name nobody are missing.
    """
    of_letters = bounces.c.letter_id.in_(ids)
    first, first_proven = sa.func.min(bounces.c.id), sa.func.min(sa.case((_IS_PROVEN, bounces.c.id)))
    chosen = sa.select(sa.func.coalesce(first_proven, first)).where(of_letters).group_by(bounces.c.letter_id)
    found = connection.execute(sa.select(bounces.c.letter_id, bounces.c.recipient_key).where(bounces.c.id.in_(chosen)))
    return {row.letter_id: row.recipient_key for row in found}


def owners_of(connection: sa.Connection, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Owner]:
    """Give the owners that are *wanted*, by account and address; under NO_ACCOUNT it is the operator."""
    names = sorted({account for account, _ in wanted})
    wishes = {
        row.name: row.wishes
        for row in connection.execute(sa.select(accounts.c.name, accounts.c.wishes).where(accounts.c.name.in_(names)))
    }
    bounds: dict[tuple[str, str], dict[Bucket, Bound]] = {key: {} for key in wanted}
    for row in connection.execute(sa.select(buckets).where(buckets.c.account.in_(names))):
        if (row.account, row.address) in bounds:
            bounds[row.account, row.address][Bucket(row.bucket)] = Bound(row.full_at)
    return {
        (account, address): Owner(_wanted(wishes, account, address), bounds[account, address], account in wishes)
        for account, address in wanted
    }


def _wanted(wishes: Mapping[str, Overrides], account: str, address: str) -> Preferences:
    return preferences(wishes.get(account, {}), address) if account != NO_ACCOUNT else OPERATOR


def _counting_told(*proven: sa.ColumnElement[bool]) -> sa.Select[int]:
    """Count the mails that told an owner (*to*, of *account*) of the address *key*, since *since*; of *proven* reports only."""
    return (
        sa.select(sa.func.count(sa.distinct(outbox.c.id)))
        .select_from(bounces.join(outbox, outbox.c.letter_id == bounces.c.letter_id))
        .where(
            bounces.c.recipient_key == sa.bindparam("key"),
            bounces.c.at >= sa.bindparam("since"),
            outbox.c.forward_path == sa.bindparam("to"),
            outbox.c.account == sa.bindparam("account"),
            outbox.c.kind == ParcelKind.NOTICE,
            outbox.c.state.in_(_TOLD),
            outbox.c.placed.is_(sa.true()),
            *proven,
        )
    )


_COUNTING_TOLD = {False: _counting_told(), True: _counting_told(_IS_PROVEN)}
"""Made once: making it takes ten times as long as asking."""


def _often_told(connection: sa.Connection, told: _Told, now: dt.datetime) -> int:
    """Count what was told before; what is being placed now is not placed yet."""
    account, to, key, proven = told
    asked = {"account": account, "to": to, "key": key, "since": now - _DAY}
    return connection.scalar(_COUNTING_TOLD[proven], asked) or 0


def keep_bounds(connection: sa.Connection, told_to: Mapping[tuple[str, str], Owner]) -> None:
    """Write what is left in each person's buckets."""
    rows = [
        {"account": account, "address": address, "bucket": bucket.value, "full_at": bound.full_at}
        for (account, address), owner in told_to.items()
        for bucket, bound in owner.bounds.items()
    ]
    if not rows:
        return
    adding = insert(connection, buckets)
    full_at = {"full_at": adding.excluded.full_at}
    key = ["account", "address", "bucket"]
    connection.execute(adding.on_conflict_do_update(index_elements=key, set_=full_at), rows)


def mark_failing(connection: sa.Connection, failing: Sequence[FailingOwner], *, now: dt.datetime) -> None:
    """Mark owners whose mail comes back."""
    if not failing:
        return
    adding = insert(connection, owners)
    rows = [{"account": one.account, "address": one.owner, "failed_at": now, "failed_why": one.why} for one in failing]
    failed = {"failed_at": adding.excluded.failed_at, "failed_why": adding.excluded.failed_why}
    connection.execute(adding.on_conflict_do_update(index_elements=["account", "address"], set_=failed), rows)
