"""Recording: the rows that follow from letters that have been read, and the lists of them (law 3: one commit)."""

import dataclasses
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import gmail_mailbox, split
from bouncer.mail.former import former_of
from bouncer.mail.letter import spell_id
from bouncer.policy.records import Bounce, Effect, LetterState, Record, Suppression
from bouncer.ports.letters import PendingDecision
from bouncer.store.bounces.ledger import Ledger
from bouncer.store.engine.engine import insert
from bouncer.store.engine.ids import Numbering
from bouncer.store.letters import unread
from bouncer.store.outbox.buckets import mark_failing
from bouncer.store.outbox.rows import new_row
from bouncer.store.sends import counts
from bouncer.store.suppressions import suppressions
from bouncer.store.tables import bounces, letters, outbox

_REPLACEABLE = (LetterState.READ, LetterState.SHUNTED)


def record(
    connection: sa.Connection,
    cases: Sequence[PendingDecision],
    *,
    now: dt.datetime,
    hostname: str,
    numbering: Numbering,
) -> list[Record]:
    """Decide on the letters that are still kept and write what follows; give it."""
    kept = _in_state(connection, [one.letter_id for one in cases], (LetterState.KEPT,))
    taken = [one for letter_id, one in {one.letter_id: one for one in cases}.items() if letter_id in kept]
    if not taken:
        return []
    ledger = Ledger(connection, taken, now=now)
    records = [one for one in decided(ledger, taken) if _is_still_of(kept[one.letter_id], one.account)]
    if not records:
        return []
    _write_letters(connection, records, now)
    _insert(connection, bounces, [row for one in records for row in _bounce_rows(one, now, numbering)])
    _write_consequences(connection, records)
    ledger.write(connection)
    mark_failing(connection, [each for one in records for each in one.failing], now=now)
    counts.tally(connection, [each for one in records for each in one.tallies])
    if parcels := [row for one in records for row in _parcel_rows(one, now, hostname)]:
        connection.execute(insert(connection, outbox).on_conflict_do_nothing(), parcels)
    return records


def decided(ledger: Ledger, cases: Sequence[PendingDecision]) -> Iterator[Record]:
    """Decide case by case, each on what was decided before."""
    for case in cases:
        one = case.decide(ledger.past(case.asks))
        ledger.note(one)
        yield one


def foresee(connection: sa.Connection, case: PendingDecision, *, now: dt.datetime) -> Record:
    """Decide as ``record`` does, and write nothing; that its token spoke was counted when it came."""
    past = Ledger(connection, [case], now=now).past(case.asks)
    return case.decide(dataclasses.replace(past, uses=0))


def rerecord(connection: sa.Connection, case: PendingDecision, *, now: dt.datetime, numbering: Numbering) -> None:
    """Replace what was recorded of a letter that is read or shunted; its bounces keep their numbers and times."""
    if not _in_state(connection, [case.letter_id], _REPLACEABLE):
        return
    of_letter = bounces.c.letter_id == case.letter_id
    before = connection.execute(
        sa.select(bounces.c.id, bounces.c.at, bounces.c.suppressed, bounces.c.suppressed_until)
        .where(of_letter)
        .order_by(bounces.c.id)
    ).all()
    connection.execute(sa.delete(bounces).where(of_letter))
    one = foresee(connection, case, now=now)
    _write_letters(connection, [one], now)
    rows = list(_bounce_rows(one, now, numbering))
    for row, was in zip(rows, before, strict=False):
        row.update(id=was.id, at=was.at)
        if was.suppressed and not row["suppressed"]:  # what it did, it did
            row.update(suppressed=True, suppressed_until=was.suppressed_until, effect=Effect.SUPPRESSED.value)
    _insert(connection, bounces, rows)
    suppressions.add(connection, one.suppressions)
    if one.unread is None:
        unread.drop_parcels(connection, one.letter_id, now)


def _write_consequences(connection: sa.Connection, records: Sequence[Record]) -> None:
    """Suppress and release, in the order of the letters."""
    waiting: list[Suppression] = []
    for one in records:
        waiting += one.suppressions
        if one.releases:
            suppressions.add(connection, waiting)
            waiting = []
            for each in one.releases:
                suppressions.release(connection, each)
    suppressions.add(connection, waiting)


def _in_state(connection: sa.Connection, ids: Sequence[int], states: Sequence[LetterState]) -> dict[int, str | None]:
    """Give those of *ids* that are in one of *states*, each with its account."""
    wanted = sa.select(letters.c.id, letters.c.account)
    found = connection.execute(wanted.where(letters.c.id.in_(ids), letters.c.state.in_(states)).with_for_update())
    return {row.id: row.account for row in found}


def _is_still_of(kept_for: str | None, account: str | None) -> bool:
    """Whether the account was not removed since the letter was read: its letters are read again, as those of a removed one."""
    return kept_for == account or not kept_for or former_of(kept_for) is None


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
        **unread.columns(one),
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
    return {
        "recipient": recipient.recipient,
        "recipient_key": bounce.key,
        "recipient_folded": gmail_mailbox(bounce.key),
        "recipient_domain": split(bounce.key)[1],
        "reported": bounce.reported,
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
        "counts": bounce.counts,
        "effect": bounce.effect.value,
        "counted_day": bounce.counted.day if bounce.counted else None,
        "counted_needed": bounce.counted.needed if bounce.counted else None,
        "counted_window": bounce.counted.window if bounce.counted else None,
        "stream": bounce.stream,
        "campaign": bounce.campaign,
    }


def _parcel_rows(one: Record, now: dt.datetime, hostname: str) -> Iterator[dict[str, Any]]:
    for n, parcel in enumerate(one.parcels, 1):
        message_id = f"{spell_id(one.letter_id)}.{n}@{hostname}"
        yield new_row(parcel, letter_id=one.letter_id, account=one.account, message_id=message_id, now=now)
