"""Bounces in the store, in the form for lists and notices: one recipient's row joined with its letter's."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa

from bouncer.compose.notice import Earlier
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.ports.record_lists import BouncePage, ChangePage
from bouncer.ports.scope import Scope
from bouncer.store.bounces import returned_args
from bouncer.store.bounces.built_once import is_narrow, make_newest_query
from bouncer.store.bounces.filtering import (
    Span,
    changed_bounces,
    chosen_ids,
    conditions,
    end_id_of,
    is_indexed,
    least_id_of,
    new_bounces,
    oldest_bounces,
)
from bouncer.store.engine.ids import MAX_ID, least_id
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.suppressions.keys import Keys, key
from bouncer.store.tables import bounces, letters

_OF_LETTER = {
    "kind": "kind",
    "reporting_mta": "reporting_mta",
    "arrival_date": "arrival_date",
    "message_id": "original_message_id",
    "subject": "original_subject",
    "original_from": "original_from",
    "original_date": "original_date",
    "custom_args": "custom_args",
}
"""Fields of a BounceRow that come from the letter's row, with their columns."""
_OF_BOUNCE = {"own_lines": "said"}
"""Fields of a BounceRow whose columns have another name."""
_COLUMNS: tuple[sa.ColumnElement[Any], ...] = tuple(
    letters.c[_OF_LETTER[name]].label(name) if name in _OF_LETTER else bounces.c[_OF_BOUNCE.get(name, name)].label(name)
    for name in BounceRow.__dataclass_fields__
)
_WORDS: tuple[tuple[int, Mapping[str, StrEnum]], ...] = tuple(
    (list(BounceRow.__dataclass_fields__).index(name), {word.value: word for word in words})
    for name, words in (("kind", Kind), ("action", Action), ("belief", Belief))
)
"""The columns that are words of a list, by place, each with its words."""
_ARGS_AT, _BELIEF_AT = (list(BounceRow.__dataclass_fields__).index(name) for name in ("custom_args", "belief"))
_ROWS = sa.select(*_COLUMNS).select_from(bounces.join(letters, letters.c.id == bounces.c.letter_id))

EARLIER_OF = 20
"""Recipients of one report whose history is looked up: a notice shows no more."""
MOST_EARLIER = 1000
"""Reports that a history counts at most: an address may have any number."""


def page(
    connection: sa.Connection, scope: Scope, criteria: BounceFilter, page_request: Page, keys: Keys | None = None
) -> BouncePage:
    """Give a page of bounces inside *scope*, newest first. *keys* as in ``suppressions.add``."""
    last_id, limit = MAX_ID if page_request.before is None else page_request.before, page_request.limit
    span = Span(least_id_of(criteria), min(last_id, end_id_of(criteria)))
    if is_narrow(criteria):
        query, values = make_newest_query(_ROWS, keys or Keys(connection), scope, criteria, span)
        rows = [_bounce(row) for row in fetch_rows(connection, query, {**values, "limit": limit})]
        return BouncePage(rows, rows[-1].id if len(rows) == limit else None)
    return _page(connection, scope, criteria, span, limit)


def changes(connection: sa.Connection, scope: Scope, criteria: BounceFilter, page_request: ChangePage) -> BouncePage:
    """Give a page of new and changed bounces inside *scope*, oldest first; the id of its last change is always given."""
    span = Span(
        max(page_request.after + 1, least_id_of(criteria)), min(least_id(page_request.settled), end_id_of(criteria))
    )
    parts = [choose(connection, scope, criteria, span, page_request.limit) for choose in (new_bounces, changed_bounces)]
    end = min((part.end for part in parts if part.is_more), default=max(part.end for part in parts))
    by_change = sorted((change, number) for part in parts for change, number in part.by_change.items() if change <= end)
    chosen = by_change[: page_request.limit]
    rows = read_in_order(connection, [number for _, number in chosen])
    return BouncePage(rows, chosen[-1][0] if len(by_change) > page_request.limit else max(end, page_request.after))


def oldest_first(
    connection: sa.Connection, scope: Scope, criteria: BounceFilter, page_request: ChangePage
) -> BouncePage:
    """Give a page of bounces inside *scope*, oldest first, each at the place where it was recorded."""
    span = Span(
        max(page_request.after + 1, least_id_of(criteria)), min(least_id(page_request.settled), end_id_of(criteria))
    )
    part = oldest_bounces(connection, scope, criteria, span, page_request.limit)
    return BouncePage(read_in_order(connection, sorted(part.by_change)), part.end if part.is_more else None)


def _page(connection: sa.Connection, scope: Scope, criteria: BounceFilter, span: Span, limit: int) -> BouncePage:
    if is_indexed(criteria):
        query = _ROWS.where(*span.conditions(), *conditions(connection, scope, criteria))
        rows = [_bounce(row) for row in connection.execute(query.order_by(bounces.c.id.desc()).limit(limit))]
        return BouncePage(rows, rows[-1].id if len(rows) == limit else None)
    chosen = chosen_ids(connection, scope, criteria, span, limit)
    return BouncePage(read_in_order(connection, chosen.ids), chosen.next)


def read_in_order(connection: sa.Connection, numbers: Sequence[int]) -> list[BounceRow]:
    """Give the bounces with these ids, in their order; without those that are gone."""
    by_id = {
        row.id: _bounce(row)
        for ids in in_parts(numbers)
        for row in connection.execute(_ROWS.where(bounces.c.id.in_(ids)))
    }
    return [by_id[number] for number in numbers if number in by_id]


def _bounce(row: Sequence[Any]) -> BounceRow:
    values = list(row)
    for place, words in _WORDS:
        values[place] = words[values[place]]
    values[_ARGS_AT] = returned_args.parse_lines(row[_ARGS_AT], values[_BELIEF_AT])
    return BounceRow(*values)


def read_of_letters(connection: sa.Connection, ids: Sequence[int]) -> dict[int, tuple[BounceRow, ...]]:
    """Give all bounces of some letters, by letter, in the letter's order."""
    by_letter: dict[int, list[BounceRow]] = {}
    for row in fetch_rows(connection, _OF_LETTERS, {"ids": ids}):
        by_letter.setdefault(row.letter_id, []).append(_bounce(row))
    return {letter_id: tuple(rows) for letter_id, rows in by_letter.items()}


_OF_LETTERS = _ROWS.where(bounces.c.letter_id.in_(sa.bindparam("ids", expanding=True))).order_by(bounces.c.id)


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


def find_earlier(connection: sa.Connection, report: Sequence[BounceRow]) -> dict[str, Earlier]:
    """Give the earlier reports about the addresses of one report, by recipient; of a report on many, about the first few."""
    histories = {}
    for bounce in report[:EARLIER_OF]:
        bind_values = {"about": key(bounce.recipient), "of": bounce.account, "newest": report[0].id}
        count, first, last_id = connection.execute(_COUNTING_EARLIER, bind_values).one()
        if count:
            histories[bounce.recipient] = Earlier(count, first, last_id)
    return histories
