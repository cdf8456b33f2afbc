"""Telling: reports are placed, at once or into a digest.

A report is recorded as a parcel that waits and is not placed. Placing is one transaction with the buckets that it draws from, so
that no crash and no second process lets more mails leave than the owner wants.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.policy.record import Failing, ParcelKind, ParcelState
from bouncer.policy.tell import Bound, Placed, Preferences, place, preferences, topic
from bouncer.policy.turn import turn
from bouncer.store.engine import insert
from bouncer.store.tables import accounts, bounces, letters, outbox, owners

AT_A_TIME = 500
"""Reports that are placed in one transaction: whoever keeps a letter waits no longer than that takes."""
_DAY = dt.timedelta(days=1)
_LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_TOLD = (ParcelState.WAITING, ParcelState.SENT)


@dataclass(slots=True)
class Owner:
    """One owner's preferences and bucket, while reports are placed."""

    wanted: Preferences
    bound: Bound
    known: bool = True  # False where the account is gone: nobody's wishes hold


_UNPLACED = (
    sa.select(outbox.c.id, outbox.c.letter_id, outbox.c.account, outbox.c.forward_path, outbox.c.due)
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


def place_reports(connection: sa.Connection, *, now: dt.datetime) -> int:
    """Decide on reports that nobody has decided on yet; gives how many there were, AT_A_TIME at most."""
    rows = connection.execute(_UNPLACED, {"turn": turn(ParcelKind.NOTICE, now)}).all()
    if not rows:
        return 0
    ids = sorted({row.letter_id for row in rows})
    about, whom = _topics(connection, ids), _whom(connection, ids)
    told_to = owners_of(connection, {(row.account or "", row.forward_path) for row in rows})
    changes = []
    # asked once for each: a storm may be all about one address
    often: dict[tuple[str | None, str, str | None], int] = {}
    for row in rows:
        owner = told_to[row.account or "", row.forward_path]
        told = (row.account, row.forward_path, whom.get(row.letter_id))
        placed = Placed(at_once=True)
        if owner.known:
            if told not in often:
                often[told] = _often_told(connection, *told, now)
            topics = about.get(row.letter_id, ())
            placed = place(owner.wanted, topics, owner.bound, told_of_address=often[told], now=now)
        if placed.at_once:
            owner.bound = owner.bound.sent(owner.wanted.most, now)
            if owner.known and row.letter_id in whom:
                often[told] += 1
        changes.append(_change(row, placed, now))
    these = outbox.c.id == sa.bindparam("parcel")
    connection.execute(sa.update(outbox).where(these), changes)
    keep_bounds(connection, told_to)
    return len(rows)


def _change(row: Any, placed: Placed, now: dt.datetime) -> dict[str, object]:
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
    """Give the address, in comparable form, that each letter speaks of first; those that name nobody are missing."""
    of_letters = bounces.c.letter_id.in_(ids)
    first = sa.select(sa.func.min(bounces.c.id)).where(of_letters).group_by(bounces.c.letter_id)
    found = connection.execute(sa.select(bounces.c.letter_id, bounces.c.recipient_key).where(bounces.c.id.in_(first)))
    return {row.letter_id: row.recipient_key for row in found}


def owners_of(connection: sa.Connection, wanted: set[tuple[str, str]]) -> dict[tuple[str, str], Owner]:
    """Give the owners that are *wanted*, by account and address."""
    names = sorted({account for account, _ in wanted})
    wishes = {
        row.name: row.wishes
        for row in connection.execute(sa.select(accounts.c.name, accounts.c.wishes).where(accounts.c.name.in_(names)))
    }
    full = {
        (row.account, row.address): row.full_at
        for row in connection.execute(sa.select(owners).where(owners.c.account.in_(names)))
    }
    return {
        key: Owner(preferences(wishes.get(key[0], {}), key[1]), Bound(full.get(key) or _LONG_AGO), key[0] in wishes)
        for key in wanted
    }


def _counting_told() -> sa.Select[int]:
    """Count the mails that told an owner (*to*, of *account*) of the address *key*, since *since*."""
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
        )
    )


_COUNTING_TOLD = _counting_told()
"""Made once: making it takes ten times as long as asking."""


def _often_told(connection: sa.Connection, account: str | None, to: str, key: str | None, now: dt.datetime) -> int:
    """Count what was told before; what is being placed now is not placed yet."""
    asked = {"account": account, "to": to, "key": key, "since": now - _DAY}
    return 0 if key is None else connection.scalar(_COUNTING_TOLD, asked) or 0


def keep_bounds(connection: sa.Connection, told_to: Mapping[tuple[str, str], Owner]) -> None:
    """Write what is left in each owner's bucket."""
    rows = [
        {"account": account, "address": address, "full_at": owner.bound.full_at}
        for (account, address), owner in told_to.items()
        if owner.known
    ]
    if not rows:
        return
    adding = insert(connection, owners)
    full_at = {"full_at": adding.excluded.full_at}
    connection.execute(adding.on_conflict_do_update(index_elements=["account", "address"], set_=full_at), rows)


def mark_failing(connection: sa.Connection, failing: Sequence[Failing], *, now: dt.datetime) -> None:
    """Mark owners whose mail comes back."""
    if not failing:
        return
    adding = insert(connection, owners)
    rows = [{"account": one.account, "address": one.owner, "failed_at": now, "failed_why": one.why} for one in failing]
    failed = {"failed_at": adding.excluded.failed_at, "failed_why": adding.excluded.failed_why}
    connection.execute(adding.on_conflict_do_update(index_elements=["account", "address"], set_=failed), rows)
