"""Undoing an import: the addresses that it suppressed are free again, part by part.

Every entry of the trail that an import of a file wrote has the import's time and source, and the trail keeps all entries of a
suppressed address. So the trail says of each row whether its address was suppressed before, and whether anything changed since.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.policy.account_events import MAX_CHANGES, SuppressionChange, bulk_event
from bouncer.policy.records import ChangeSource, Release
from bouncer.policy.webhooks import OF_SUPPRESSIONS, EventType
from bouncer.ports.imports import ImportUndoing, RecordedImport
from bouncer.ports.suppressions import TrailChange
from bouncer.store.engine.values import in_parts
from bouncer.store.suppressions import trail as trail_entries
from bouncer.store.tables import imports, suppressions, trail
from bouncer.store.webhooks.telling import endpoints_for, tell


@dataclass(frozen=True, slots=True)
class UndonePart:
    """The progress of one part: the last entry of the trail that was looked at, and the counts of the part."""

    last: int
    count: int  # entries that were looked at
    freed: int
    stay: int


def list_imports(connection: sa.Connection, account: str, since: dt.datetime, limit: int) -> list[RecordedImport]:
    """Give an account's imports of files, newest first."""
    columns = (imports.c.name.label("id"), *(imports.c[name] for name in ("account", "at", "why", "new", "undone_at")))
    query = sa.select(*columns).where(imports.c.account == account, imports.c.at >= since)
    rows = connection.execute(query.order_by(imports.c.at.desc()).limit(limit)).mappings()
    return [RecordedImport(**row) for row in rows]


def find(connection: sa.Connection, order: ImportUndoing) -> dt.datetime | None:
    """Give the time of an import, which its entries of the trail have; None where the account has no such import."""
    query = sa.select(imports.c.at).where(imports.c.name == order.id, imports.c.account == order.account)
    return connection.scalar(query)


def undo_part(
    connection: sa.Connection, order: ImportUndoing, at: dt.datetime, after: int, count: int, earlier: int
) -> UndonePart:
    """Free what the *count* entries behind *after* suppressed; *earlier* addresses were freed by the parts before."""
    entries = connection.execute(_entries(order.account, at, after, count)).all()
    if not entries:
        return UndonePart(after, 0, 0, 0)
    added = [entry for entry in entries if entry.suppression is not None and not entry.was_suppressed]
    for ids in in_parts([entry.suppression for entry in added]):
        connection.execute(sa.delete(suppressions).where(suppressions.c.id.in_(ids)))
    released = [
        (
            entry.address_key,
            Release(order.account, entry.address, order.source, None, order.at, order.why, entry.stream),
        )
        for entry in added
        if entry.until is None or entry.until > order.at
    ]
    trail_entries.note_released(connection, [release for _, release in released])
    _tell(connection, order, released, earlier)
    stay = sum(entry.stands for entry in entries) - len(added)
    return UndonePart(entries[-1].id, len(entries), len(released), stay)


def note_undone(connection: sa.Connection, order: ImportUndoing) -> None:
    """Write that an import is undone."""
    connection.execute(sa.update(imports).where(imports.c.name == order.id).values(undone_at=order.at))


def _entries(account: str, at: dt.datetime, after: int, count: int) -> sa.Select[Any]:
    """Select entries of an import, each with its suppression, where that is as the import left it."""
    these = (
        sa.select(*(trail.c[name] for name in ("id", "account", "address", "address_key", "stream", "until", "at")))
        .where(trail.c.at == at, trail.c.id > after, trail.c.account == account)
        .where(trail.c.change == TrailChange.SUPPRESSED.value, trail.c.source == ChangeSource.IMPORT.value)
        .order_by(trail.c.id)
        .limit(count)
        .subquery()
    )
    is_same_key = [suppressions.c[name] == these.c[name] for name in ("account", "address_key", "stream")]
    suppression_id = sa.select(suppressions.c.id).where(*is_same_key).correlate(these).scalar_subquery()
    later_entries = trail.alias("later")
    is_changed = sa.exists().where(
        *_is_same_address(later_entries, these), later_entries.c.id > these.c.id, later_entries.c.at != these.c.at
    )
    return sa.select(
        *(these.c[name] for name in ("id", "address", "address_key", "stream", "until")),
        sa.case((is_changed.correlate(these), None), else_=suppression_id).label("suppression"),
        suppression_id.is_not(None).label("stands"),
        _was_suppressed(these).label("was_suppressed"),
    ).order_by(these.c.id)


def _is_same_address(entries: sa.FromClause, these: sa.FromClause) -> tuple[sa.ColumnElement[bool], ...]:
    return entries.c.address_key == these.c.address_key, entries.c.account == these.c.account


def _was_suppressed(these: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether the address was suppressed when the import came: an earlier entry says so, and none after it frees it."""
    before, freed = trail.alias("before"), trail.alias("freed")
    is_freed = sa.exists().where(
        *_is_same_address(freed, before),
        freed.c.id > before.c.id,
        freed.c.id < these.c.id,
        freed.c.change.in_([TrailChange.FREED.value, TrailChange.ALLOWED.value]),
        freed.c.stream.in_(("", before.c.stream)),
    )
    return (
        sa.exists()
        .where(
            *_is_same_address(before, these),
            before.c.id < these.c.id,
            before.c.at != these.c.at,
            before.c.stream == these.c.stream,
            before.c.change == TrailChange.SUPPRESSED.value,
            sa.or_(before.c.until.is_(None), before.c.until > these.c.at),
            ~is_freed.correlate(before, these),
        )
        .correlate(these)
    )


def _tell(
    connection: sa.Connection, order: ImportUndoing, released: Sequence[tuple[str, Release]], earlier: int
) -> None:
    """Tell webhooks of addresses that are free: of MAX_CHANGES singly, then once of their number."""
    if not released or earlier > MAX_CHANGES:
        return
    endpoints = endpoints_for(connection, {order.account}, *OF_SUPPRESSIONS, EventType.SUPPRESSION_BULK)
    if not endpoints:
        return
    room = MAX_CHANGES - earlier
    events = [SuppressionChange(release, form).event for form, release in released[:room]]
    if len(released) > room:
        total = earlier + len(released)
        events.append(bulk_event(order.at, EventType.SUPPRESSION_RELEASED, order.source.value, total, order.why))
    tell(connection, endpoints, ((order.account, event) for event in events), now=order.at)
