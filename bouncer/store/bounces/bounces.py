"""Bounces in the store, in the form for lists and notices: one recipient's row joined with its letter's."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.compose.notice import Earlier
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.ports.scope import Scope
from bouncer.store.engine.ids import MAX_ID, least_id
from bouncer.store.scoping import scope_conditions
from bouncer.store.suppressions.keys import RECIPIENT, Keys, key
from bouncer.store.tables import bounces, letters

_OF_LETTER = {
    "kind": "kind",
    "reporting_mta": "reporting_mta",
    "arrival_date": "arrival_date",
    "message_id": "original_message_id",
    "subject": "original_subject",
    "original_from": "original_from",
    "original_date": "original_date",
}
"""Fields of a BounceRow that come from the letter's row, with their columns."""
_COLUMNS: tuple[sa.ColumnElement[Any], ...] = tuple(
    letters.c[_OF_LETTER[name]].label(name) if name in _OF_LETTER else bounces.c[name]
    for name in BounceRow.__dataclass_fields__
)
_ROWS = sa.select(*_COLUMNS).select_from(bounces.join(letters, letters.c.id == bounces.c.letter_id))

EARLIER_OF = 20
"""Recipients of one report whose history is looked up: a notice shows no more."""
MOST_EARLIER = 1000
"""Reports that a history counts at most: an address may have any number."""


def listed(connection: sa.Connection, scope: Scope, which: BounceFilter, page: Page) -> list[BounceRow]:
    """List bounces inside *scope*, newest first."""
    query = _ROWS.where(
        bounces.c.id < (MAX_ID if page.before is None else page.before), *_conditions(connection, scope, which)
    )
    rows = connection.execute(query.order_by(bounces.c.id.desc()).limit(page.limit))
    return [_bounce(row) for row in rows.mappings()]


def _bounce(row: sa.RowMapping) -> BounceRow:
    read = {"kind": Kind(row["kind"]), "action": Action(row["action"]), "belief": Belief(row["belief"])}
    return BounceRow(**{**row, **read})


def of_letters(connection: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[BounceRow, ...]]:
    """Give all bounces of some letters, by letter, in the letter's order."""
    result = connection.execute(_ROWS.where(bounces.c.letter_id.in_(ids)).order_by(bounces.c.id))
    by_letter: dict[int, list[BounceRow]] = {}
    for row in result.mappings():
        by_letter.setdefault(row["letter_id"], []).append(_bounce(row))
    return {letter_id: tuple(rows) for letter_id, rows in by_letter.items()}


def _counting_earlier() -> sa.Select[int, dt.datetime, dt.datetime]:
    """Count an address's reports before a bounce, with first and last time; compiled once, since that takes longer than running."""
    before = (
        sa.select(bounces.c.at)
        .where(
            bounces.c.recipient_key == sa.bindparam("about"), bounces.c.account.is_not_distinct_from(sa.bindparam("of"))
        )
        .where(bounces.c.id < sa.bindparam("newest"))
        .order_by(bounces.c.id.desc())
        .limit(MOST_EARLIER)
        .subquery()
    )
    return sa.select(sa.func.count(), sa.func.min(before.c.at), sa.func.max(before.c.at))


_COUNTING_EARLIER = _counting_earlier()


def earlier(connection: sa.Connection, report: Sequence[BounceRow]) -> dict[str, Earlier]:
    """Give the earlier reports about the addresses of one report, by recipient; of a report on many, about the first few."""
    histories = {}
    for bounce in report[:EARLIER_OF]:
        asked = {"about": key(bounce.recipient), "of": bounce.account, "newest": report[0].id}
        count, first, last = connection.execute(_COUNTING_EARLIER, asked).one()
        if count:
            histories[bounce.recipient] = Earlier(count, first, last)
    return histories


def _about(keys: Keys, account: str | None, recipient: str) -> sa.ColumnElement[bool]:
    """Select the bounces of a recipient, as *account* compares addresses; by the exact address where *account* is None."""
    if account is None:
        return bounces.c.recipient_key == key(recipient)
    return keys.among(account, bounces, [keys.form(account, recipient)], RECIPIENT)


def _conditions(connection: sa.Connection, scope: Scope, which: BounceFilter) -> list[sa.ColumnElement[bool]]:
    conditions = list(scope_conditions(scope, bounces.c.account))
    if which.recipient is not None:
        conditions.append(_about(Keys(connection), scope.account, which.recipient))
    if which.category is not None:
        conditions.append(bounces.c.category == which.category)
    if which.letter_id is not None:
        conditions.append(bounces.c.letter_id == which.letter_id)
    if which.since is not None:
        # ids are in order of time: with them the index ends the search, the time alone would not
        conditions += [bounces.c.id >= least_id(which.since), bounces.c.at >= which.since]
    return conditions
