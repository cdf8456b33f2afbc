"""Digests: what is held for one owner becomes one parcel, and what it tells is counted when it leaves."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.compose.digest import DigestRow, Tally
from bouncer.policy.record import ParcelKind, ParcelState
from bouncer.policy.turn import turn
from bouncer.store.tables import bounces, letters, outbox
from bouncer.store.telling import keep_bounds, owners_of
from bouncer.verdict.verdict import Reason

ROWS = 500
"""Rows of a digest that are held in memory at once, while they are counted."""

_DIGESTS = (
    sa.select(outbox.c.account, outbox.c.forward_path, sa.func.count().label("many"), sa.func.max(outbox.c.id))
    .where(outbox.c.state == ParcelState.HELD, outbox.c.due <= sa.bindparam("now"))
    .group_by(outbox.c.account, outbox.c.forward_path)
)


def bundle(connection: sa.Connection, *, now: dt.datetime) -> int:
    """Make the digests that are due: one parcel for each owner, of all that is held for it. Gives how many."""
    groups = connection.execute(_DIGESTS, {"now": now}).all()
    for account, forward_path, many, newest in groups:
        due = (outbox.c.state == ParcelState.HELD, outbox.c.due <= now)
        those = sa.and_(*due, outbox.c.account == account, outbox.c.forward_path == forward_path)
        if many == 1:  # a digest of one is a notice
            alone = {"state": ParcelState.WAITING.value, "due": now, "turn": turn(ParcelKind.NOTICE, now)}
            connection.execute(sa.update(outbox).where(those).values(alone))
        else:
            digest = _digest_parcel(connection, newest, now)
            taken = {"state": ParcelState.BUNDLED.value, "digest_id": digest, "ended_at": now}
            connection.execute(sa.update(outbox).where(those).values(taken))
        told_to = owners_of(connection, {(account or "", forward_path)})
        for owner in told_to.values():
            owner.bound = owner.bound.sent(owner.wanted.most, now)
        keep_bounds(connection, told_to)
    return len(groups)


def _digest_parcel(connection: sa.Connection, newest: int, now: dt.datetime) -> int:
    """Add the parcel of a digest. It takes the Message-ID of the newest report in it, which never leaves itself."""
    row = connection.execute(sa.select(outbox).where(outbox.c.id == newest)).one()
    parcel = {
        "letter_id": row.letter_id,
        "account": row.account,
        "kind": ParcelKind.DIGEST.value,
        "forward_path": row.forward_path,
        "message_id": row.message_id,
        "state": ParcelState.WAITING.value,
        "attempts": 0,
        "created_at": now,
        "due": now,
        "placed": True,
        "turn": turn(ParcelKind.DIGEST, now),
        "domain": row.domain,
    }
    (added,) = connection.execute(sa.insert(outbox).values(parcel)).inserted_primary_key or (0,)
    return int(added)


def tally(connection: sa.Connection, digest: int) -> Tally:
    """Count what a digest tells, row by row, so that a hundred thousand reports take no more memory than their table."""
    counted = Tally()
    for row in _rows(connection, digest):
        counted.add(row)
    return counted


def _rows(connection: sa.Connection, digest: int) -> Iterator[DigestRow]:
    columns = (
        *(bounces.c[name] for name in ("at", "recipient", "action", "reason", "status", "reply_code", "remote_mta")),
        *(bounces.c[name] for name in ("diagnostic_code", "suppressed", "letter_id")),
        *(letters.c[name] for name in ("kind", "original_subject", "original_message_id", "received_at")),
    )
    found = connection.execution_options(yield_per=ROWS).execute(
        sa.select(*columns)
        .select_from(
            outbox.join(letters, letters.c.id == outbox.c.letter_id).outerjoin(
                bounces, bounces.c.letter_id == letters.c.id
            )
        )
        .where(outbox.c.digest_id == digest)
        .order_by(outbox.c.id, bounces.c.id)
    )
    for row in found:
        yield DigestRow(
            at=row.at or row.received_at,
            recipient=row.recipient or "",
            kind=Kind(row.kind),
            action=Action(row.action) if row.action else Action.FAILED,
            reason=Reason.recorded(row.reason),
            status=row.status,
            reply_code=row.reply_code,
            remote_mta=row.remote_mta,
            diagnostic_code=row.diagnostic_code,
            suppressed=bool(row.suppressed),
            subject=row.original_subject,
            message_id=row.original_message_id,
            report=spell_id(row.letter_id) if row.letter_id else "",
        )
