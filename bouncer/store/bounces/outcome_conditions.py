"""Conditions on the outcomes of recipients: the kind of event, and whether mail to the recipient is stopped now."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence

import sqlalchemy as sa

from bouncer.policy.outcome_kinds import OutcomeKind
from bouncer.policy.webhooks import EventType
from bouncer.store.tables import bounces, letters, suppressions
from bouncer.verdict.verdict import Category

Condition = sa.ColumnElement[bool]
_FAILURES = {EventType.BOUNCE, EventType.BLOCK, EventType.DEFERRAL}


def select_outcomes(rows: sa.FromClause, kinds: Sequence[OutcomeKind]) -> Condition:
    """Select the bounces of *rows* that are of one of *kinds*, as ``policy.webhooks.event_type`` has them."""
    failures = [kind for kind in kinds if kind.event in _FAILURES]
    if {kind.event for kind in failures if not kind.reasons} == _FAILURES:  # shorter: every failure
        return sa.or_(_select_failed(rows), *(_select_kind(rows, kind) for kind in kinds if kind not in failures))
    return sa.or_(*(_select_kind(rows, kind) for kind in kinds))


def _select_kind(rows: sa.FromClause, kind: OutcomeKind) -> Condition:
    is_event = _EVENTS[kind.event](rows)
    if not kind.reasons:
        return is_event
    reason = sa.func.coalesce(rows.c.reason, "")
    among = reason.in_(sorted(kind.reasons))
    return sa.and_(is_event, ~among if kind.is_without else among)


def _select_failed(rows: sa.FromClause) -> Condition:
    return rows.c.action == "failed"


def _select_category(rows: sa.FromClause, category: Category) -> Condition:
    return sa.and_(_select_failed(rows), sa.func.coalesce(rows.c.category, "") == category.value)


def _deferral(rows: sa.FromClause) -> Condition:
    others = (Category.HARD.value, Category.BLOCK.value)
    return sa.and_(_select_failed(rows), sa.func.coalesce(rows.c.category, "").not_in(others))


def _select_kind_of_letter(rows: sa.FromClause, kind: str) -> Condition:
    kind_of_letter = sa.select(letters.c.kind).where(letters.c.id == rows.c.letter_id).correlate(rows)
    return sa.and_(rows.c.action != "failed", kind_of_letter.scalar_subquery() == kind)


def _select_delivered(rows: sa.FromClause) -> Condition:
    wishes = (EventType.COMPLAINT.value, EventType.UNSUBSCRIBE.value)
    kind_of_letter = sa.select(letters.c.kind).where(letters.c.id == rows.c.letter_id).correlate(rows)
    arrived = rows.c.action.not_in(("failed", "delayed"))
    return sa.and_(arrived, kind_of_letter.scalar_subquery().not_in(wishes))


_EVENTS: Mapping[EventType, Callable[[sa.FromClause], Condition]] = {
    EventType.BOUNCE: lambda rows: _select_category(rows, Category.HARD),
    EventType.BLOCK: lambda rows: _select_category(rows, Category.BLOCK),
    EventType.DEFERRAL: _deferral,
    EventType.DELAY: lambda rows: rows.c.action == "delayed",
    EventType.COMPLAINT: lambda rows: _select_kind_of_letter(rows, EventType.COMPLAINT.value),
    EventType.UNSUBSCRIBE: lambda rows: _select_kind_of_letter(rows, EventType.UNSUBSCRIBE.value),
    EventType.DELIVERED: _select_delivered,
}
"""By type of event the condition on a row of ``bounces``; no index is taken for it."""


def is_stopped(folds: bool, now: dt.datetime) -> Condition:
    """Whether mail of a bounce's stream to its recipient is stopped at *now*; *folds*: the account folds Gmail's addresses."""
    stopped = _suppression(suppressions.c.address_key == bounces.c.recipient_key, now)
    if not folds:
        return stopped
    return sa.or_(stopped, _suppression(suppressions.c.address_folded == bounces.c.recipient_folded, now))


def _suppression(is_about: Condition, now: dt.datetime) -> Condition:
    return (
        sa.exists()
        .where(
            suppressions.c.account == bounces.c.account,
            is_about,
            suppressions.c.stream.in_(["", bounces.c.stream]),
            sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now),
        )
        .correlate(bounces)
    )
