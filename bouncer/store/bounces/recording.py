"""Recording: the rows that follow from letters that were read (law 3: one commit)."""

import dataclasses
import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.mail.former import parse_former_name
from bouncer.mail.letter import spell_id
from bouncer.ndr.taught_form import form_id_of
from bouncer.policy.account_events import is_of_suppression
from bouncer.policy.records import Effect, LetterState, NewEntry, Record, Release, Suppression
from bouncer.ports.letters import PendingDecision
from bouncer.ports.scope import Scope
from bouncer.store.bounces import returned_args
from bouncer.store.bounces.bounce_columns import bounce_rows
from bouncer.store.bounces.foreseeing import Foreseen, decide
from bouncer.store.bounces.ledger import Ledger
from bouncer.store.engine.ids import Numbering
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import write_rows
from bouncer.store.letters import unread
from bouncer.store.letters.letters import is_inside
from bouncer.store.outbox.buckets import mark_failing
from bouncer.store.outbox.rows import add_rows, new_row
from bouncer.store.sends import counts
from bouncer.store.suppressions import suppressions
from bouncer.store.suppressions.keys import Keys
from bouncer.store.tables import bounces, letters

AddressKey = tuple[str, str]
"""An account, and an address in the account's comparable form."""

OCTETS_OF_RECORD = 8192
"""Octets that the record of a letter takes, with its part of the indexes: about twice that of an ordinary report."""
_REPLACEABLE = (LetterState.READ, LetterState.SHUNTED)


def record(
    connection: sa.Connection,
    cases: Sequence[PendingDecision],
    *,
    now: dt.datetime,
    hostname: str,
    numbering: Numbering,
    foreseen: Foreseen | None = None,
) -> list[Record]:
    """Decide on the letters that are still kept and write the consequences; gives them.

    *foreseen*: decisions that were made beforehand; they count if the history is still the same.
    """
    account_of = _find_in_state(connection, [case.letter_id for case in cases], (LetterState.KEPT,))
    leased_cases = [
        case for letter_id, case in {case.letter_id: case for case in cases}.items() if letter_id in account_of
    ]
    if not leased_cases:
        return []
    ledger = Ledger(connection, leased_cases, now=now)
    records = [
        record
        for record in decide(ledger, leased_cases, foreseen)
        if _is_still_of(account_of[record.letter_id], record.account)
    ]
    if not records:
        return []
    _write_letters(connection, records, now)
    write_rows(connection, _ADD_BOUNCE, [row for record in records for row in bounce_rows(record, now, numbering)])
    _write_consequences(connection, records, ledger.keys)
    ledger.write(connection)
    mark_failing(connection, [owner for record in records for owner in record.failing], now=now)
    counts.count_outcomes(connection, [outcome for record in records for outcome in record.counts])
    entries = [row for record in records for row in _entry_rows(record, now, hostname)]
    add_rows(connection, entries)
    return records


def preview(connection: sa.Connection, scope: Scope, case: PendingDecision, *, now: dt.datetime) -> Record | None:
    """Decide as ``record`` does, and write nothing; None for a letter outside an account's *scope*."""
    return _decide_record(connection, case, now) if is_inside(connection, scope, case.letter_id) else None


def _decide_record(connection: sa.Connection, case: PendingDecision, now: dt.datetime) -> Record:
    """Decide; the use of the letter's token was counted when the letter came."""
    history = Ledger(connection, [case], now=now).history(case.query)
    return case.decide(dataclasses.replace(history, uses=0))


def rerecord(
    connection: sa.Connection, scope: Scope, case: PendingDecision, *, now: dt.datetime, numbering: Numbering
) -> None:
    """Replace the record of a letter that is read or shunted; its bounces keep their numbers and times."""
    existing = _find_in_state(connection, [case.letter_id], _REPLACEABLE)
    if not existing or not scope.covers(existing[case.letter_id]):
        return
    of_letter = bounces.c.letter_id == case.letter_id
    before = connection.execute(
        sa.select(bounces.c.id, bounces.c.at, bounces.c.suppressed, bounces.c.suppressed_until)
        .where(of_letter)
        .order_by(bounces.c.id)
    ).all()
    connection.execute(sa.delete(bounces).where(of_letter))
    record = _decide_record(connection, case, now)
    _write_letters(connection, [record], now)
    rows = list(bounce_rows(record, now, numbering))
    for row in rows:
        row["changed"] = row["id"]
    for row, earlier_row in zip(rows, before, strict=False):
        row.update(id=earlier_row.id, at=earlier_row.at)
        if earlier_row.suppressed and not row["suppressed"]:  # the earlier suppression stays a fact
            row.update(suppressed=True, suppressed_until=earlier_row.suppressed_until, effect=Effect.SUPPRESSED.value)
    write_rows(connection, _ADD_BOUNCE, rows)
    suppressions.add(connection, record.suppressions, tells=False)
    changes = [entry for entry in record.entries if is_of_suppression(entry)]
    add_rows(connection, [_event_row(entry, record, now) for entry in changes])
    if record.unread is None:
        unread.drop_entries(connection, record.letter_id, now)


def _write_consequences(connection: sa.Connection, records: Sequence[Record], keys: Keys) -> None:
    """Suppress and release, for each address in the order of the letters."""
    added, released = defaultdict[AddressKey, list[Suppression]](list), dict[AddressKey, Release]()
    for record in records:
        for suppression in record.suppressions:
            key = suppression.account, keys.form(suppression.account, suppression.address)
            if key in released:
                _write_changes(connection, added, released, keys)
            added[key].append(suppression)
        for release in record.releases:
            key = release.account, keys.form(release.account, release.address)
            if key in added or key in released:
                _write_changes(connection, added, released, keys)
            released[key] = release
    _write_changes(connection, added, released, keys)


def _write_changes(
    connection: sa.Connection,
    added: dict[AddressKey, list[Suppression]],
    released: dict[AddressKey, Release],
    keys: Keys,
) -> None:
    """Write changes of different addresses, in any order, and clear *added* and *released*."""
    of_all = [suppression for of_address in added.values() for suppression in of_address]
    suppressions.add(connection, of_all, keys, tells=False)  # the records' own entries tell of them
    suppressions.release_each(connection, list(released.values()), keys, tells=False)
    added.clear()
    released.clear()


def _find_in_state(
    connection: sa.Connection, ids: Sequence[int], states: Sequence[LetterState]
) -> dict[int, str | None]:
    """Give the letters in *ids* that are in one of *states*, each with its account."""
    return {row.id: row.account for row in fetch_rows(connection, _IN_STATE, {"ids": ids, "states": states})}


_IN_STATE = (
    sa.select(letters.c.id, letters.c.account)
    .where(
        letters.c.id.in_(sa.bindparam("ids", expanding=True)),
        letters.c.state.in_(sa.bindparam("states", expanding=True)),
    )
    .with_for_update()
)


def _is_still_of(kept_for: str | None, account: str | None) -> bool:
    """Whether the letter still belongs to the account for which it was read; if not, the account was removed meanwhile.

    The letter is then read again, as one of a former account.
    """
    return kept_for == account or not kept_for or parse_former_name(kept_for) is None


_DESCRIBE_LETTER = sa.update(letters).where(letters.c.id == sa.bindparam("letter_id"))
_ADD_BOUNCE = sa.insert(bounces)


def _write_letters(connection: sa.Connection, records: Sequence[Record], now: dt.datetime) -> None:
    write_rows(connection, _DESCRIBE_LETTER, [_letter_row(record, now) for record in records])


def _letter_row(record: Record, now: dt.datetime) -> dict[str, Any]:
    reading, original = record.reading, record.reading.original
    return {
        "letter_id": record.letter_id,
        "state": record.state.value,
        "leased_until": None,
        "client_key": None,
        "path_key": None,
        "account": record.account,
        "recorded_at": now,
        "kind": record.kind.value,
        "dialect": reading.dialect,
        "taught_rule": form_id_of(reading.dialect),
        "note": record.note,
        "reporting_mta": reading.reporting_mta,
        "arrival_date": reading.arrival_date,
        "original_envelope_id": reading.original_envelope_id,
        "original_message_id": original.message_id,
        "original_subject": original.subject,
        "original_from": original.from_,
        "original_to": original.to,
        "original_date": original.date,
        "custom_args": returned_args.lines_of(record),
        **unread.columns(record),
    }


def _event_row(entry: NewEntry, record: Record, now: dt.datetime) -> dict[str, Any]:
    message_id = entry.event
    return new_row(entry, letter_id=record.letter_id, account=record.account, message_id=message_id, now=now)


def _entry_rows(record: Record, now: dt.datetime, hostname: str) -> Iterator[dict[str, Any]]:
    for n, entry in enumerate(record.entries, 1):
        message_id = f"{spell_id(record.letter_id)}.{n}@{hostname}"
        yield new_row(entry, letter_id=record.letter_id, account=record.account, message_id=message_id, now=now)
