"""Recording: the rows that follow from letters that have been read, and the lists of them (law 3: one commit)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import comparable, split
from bouncer.mail.letter import spell_id
from bouncer.policy.record import Bounce, LetterState, ParcelState, Record
from bouncer.store import suppressions
from bouncer.store.engine import insert
from bouncer.store.ids import Numbering
from bouncer.store.tables import bounces, letters, outbox

_REPLACEABLE = (LetterState.READ, LetterState.SHUNTED)


def record(
    connection: sa.Connection, records: Sequence[Record], *, now: dt.datetime, hostname: str, numbering: Numbering
) -> int:
    """Write what follows from the letters that are still kept; give how many were."""
    kept = _in_state(connection, [one.letter_id for one in records], (LetterState.KEPT,))
    taken = [one for letter_id, one in {one.letter_id: one for one in records}.items() if letter_id in kept]
    if not taken:
        return 0
    _write_letters(connection, taken, now)
    _insert(connection, bounces, [row for one in taken for row in _bounce_rows(one, now, numbering)])
    suppressions.add(connection, [row for one in taken for row in one.suppressions])
    if parcels := [row for one in taken for row in _parcel_rows(one, now, hostname)]:
        connection.execute(insert(connection, outbox).on_conflict_do_nothing(), parcels)
    return len(taken)


def rerecord(connection: sa.Connection, one: Record, *, now: dt.datetime, numbering: Numbering) -> None:
    """Replace what was recorded of a letter that is read or shunted; its bounces keep their numbers and times."""
    if not _in_state(connection, [one.letter_id], _REPLACEABLE):
        return
    of_letter = bounces.c.letter_id == one.letter_id
    before = connection.execute(sa.select(bounces.c.id, bounces.c.at).where(of_letter).order_by(bounces.c.id)).all()
    connection.execute(sa.delete(bounces).where(of_letter))
    _write_letters(connection, [one], now)
    rows = list(_bounce_rows(one, now, numbering))
    for row, (number, at) in zip(rows, before, strict=False):
        row.update(id=number, at=at)
    _insert(connection, bounces, rows)
    suppressions.add(connection, one.suppressions)


def _in_state(connection: sa.Connection, ids: Sequence[int], states: Sequence[LetterState]) -> set[int]:
    wanted = sa.select(letters.c.id).where(letters.c.id.in_(ids), letters.c.state.in_(states)).with_for_update()
    return set(connection.scalars(wanted))


def _insert(connection: sa.Connection, table: sa.Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(sa.insert(table), rows)


def _write_letters(connection: sa.Connection, records: Sequence[Record], now: dt.datetime) -> None:
    change = sa.update(letters).where(letters.c.id == sa.bindparam("letter_id"))
    connection.execute(change, [_letter_row(one, now) for one in records])


def _letter_row(one: Record, now: dt.datetime) -> dict[str, Any]:
    reading, original = one.reading, one.reading.original
    return {
        "letter_id": one.letter_id,
        "state": one.state.value,
        "leased_until": None,
        "account": one.account,
        "recorded_at": now,
        "kind": one.kind.value,
        "dialect": reading.dialect,
        "note": one.note,
        "reporting_mta": reading.reporting_mta,
        "arrival_date": reading.arrival_date,
        "original_envelope_id": reading.original_envelope_id,
        "original_message_id": original.message_id,
        "original_subject": original.subject,
        "original_from": original.from_,
        "original_to": original.to,
        "original_date": original.date,
    }


def _bounce_rows(one: Record, now: dt.datetime, numbering: Numbering) -> Iterator[dict[str, Any]]:
    for bounce in one.bounces:
        yield {
            "id": numbering.next(now),
            "letter_id": one.letter_id,
            "at": now,
            "account": one.account,
            **_recipient_columns(bounce),
            **_verdict_columns(bounce),
        }


def _recipient_columns(bounce: Bounce) -> dict[str, Any]:
    recipient = bounce.recipient
    key = comparable(recipient.recipient)
    return {
        "recipient": recipient.recipient,
        "recipient_key": key,
        "recipient_domain": split(key)[1],
        "original_recipient": recipient.original_recipient,
        "final_recipient": recipient.final_recipient,
        "action": recipient.action.value,
        "status": str(recipient.status) if recipient.status else None,
        "reply_code": recipient.reply_code,
        "diagnostic_code": recipient.diagnostic_code,
        "remote_mta": recipient.remote_mta,
        "will_retry_until": recipient.will_retry_until,
        "said": recipient.said,
    }


def _verdict_columns(bounce: Bounce) -> dict[str, Any]:
    verdict = bounce.verdict
    return {
        "category": verdict.category.value if verdict else None,
        "reason": verdict.reason.value if verdict else None,
        "rule": verdict.rule if verdict else None,
        "evidence": verdict.evidence if verdict else None,
        "belief": bounce.believed.belief.value,
        "belief_why": bounce.believed.why,
        "suppressed": bounce.suppressed,
        "suppressed_until": bounce.suppressed_until,
    }


def _parcel_rows(one: Record, now: dt.datetime, hostname: str) -> Iterator[dict[str, Any]]:
    for n, parcel in enumerate(one.parcels, 1):
        yield {
            "letter_id": one.letter_id,
            "account": one.account,
            "kind": parcel.kind.value,
            "forward_path": parcel.to,
            "message_id": f"{spell_id(one.letter_id)}.{n}@{hostname}",
            "state": ParcelState.WAITING.value,
            "attempts": 0,
            "created_at": now,
            "due": now,
        }
