"""Lists of letters by filters, newest first or oldest first. All functions run in the caller's transaction.

A filter by reports looks at EXAMINED letters for each page, and no more: then its work is bounded, however few match.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.policy.records import LetterState
from bouncer.ports.letters import BounceFilter, LetterFilter, LetterRow, Page
from bouncer.ports.record_lists import ChangePage, LetterPage
from bouncer.ports.scope import Scope
from bouncer.store.bounces.about_message import is_about
from bouncer.store.bounces.filtering import residual_conditions, select_recipient
from bouncer.store.engine.ids import MAX_ID, least_id
from bouncer.store.scoping import scope_checks, scope_conditions, without_index
from bouncer.store.suppressions.keys import Keys
from bouncer.store.tables import bounces, letters

EXAMINED = 500
"""Letters that one page looks at, each with its bounces: some ten milliseconds."""

_LISTED = (
    letters.c.id.label("letter_id"),
    letters.c.state,
    letters.c.kind,
    letters.c.dialect,
    letters.c.account,
    letters.c.return_path,
    letters.c.reverse_path,
    letters.c.peer,
    letters.c.received_at,
    letters.c.octets,
    letters.c.note,
    letters.c.left_octets,
    letters.c.unread,
    letters.c.written_by,
    letters.c.subject,
    letters.c.beginning,
)


def page(connection: sa.Connection, scope: Scope, criteria: LetterFilter, page_request: Page) -> LetterPage:
    """Give a page of letters inside *scope*, newest first."""
    span, order = _span(criteria, _end_of(criteria, page_request.before)), _Order(sa.desc, sa.func.min)
    rows, place = _choose(connection, scope, criteria, span, order, page_request.limit)
    return LetterPage(rows, place)


def oldest_first(
    connection: sa.Connection, scope: Scope, criteria: LetterFilter, page_request: ChangePage
) -> LetterPage:
    """Give a page of letters inside *scope*, oldest first, of those before which none waits to be read."""
    ends = (_end_of(criteria, None), least_id(page_request.settled), _first_waiting(connection, scope))
    end = min(end for end in ends if end is not None)
    span = [*_span(criteria, end), letters.c.id > page_request.after]
    rows, place = _choose(connection, scope, criteria, span, _Order(sa.asc, sa.func.max), page_request.limit)
    last = rows[-1].letter_id if rows else page_request.after
    return LetterPage(rows, last if place is None else place)


def _first_waiting(connection: sa.Connection, scope: Scope) -> int | None:
    """Give the id of the oldest letter that is not read yet and may be of *scope*: without an account, its reading tells whose."""
    is_kept = letters.c.state == LetterState.KEPT
    account = letters.c.account
    owners = [sa.true()] if scope.account is None else [account == scope.account, account.is_(None), account == ""]
    first = [sa.select(letters.c.id).where(is_kept, owner).order_by(letters.c.id).limit(1) for owner in owners]
    ids = connection.execute(sa.select(*(query.scalar_subquery() for query in first))).one()
    return min((number for number in ids if number is not None), default=None)


@dataclass(frozen=True, slots=True)
class _Order:
    """An order of ids, and the function that gives the last one of several."""

    by: Callable[[sa.ColumnElement[int]], sa.UnaryExpression[int]]
    last: Callable[[sa.ColumnElement[int]], sa.ColumnElement[int]]


def _choose(
    connection: sa.Connection,
    scope: Scope,
    criteria: LetterFilter,
    span: Sequence[sa.ColumnElement[bool]],
    order: _Order,
    limit: int,
) -> tuple[list[LetterRow], int | None]:
    """Give up to *limit* letters of a span in an order, and the id behind which there may be more; None where there are none."""
    report = criteria.reporting
    query = sa.select(*_LISTED).where(*span, *_conditions(connection, scope, criteria)).order_by(order.by(letters.c.id))
    if report is None or not _has_residual(report):
        rows = [_listed_row(row) for row in connection.execute(query.limit(limit)).mappings()]
        return rows, rows[-1].letter_id if len(rows) == limit else None
    of_letter = bounces.c.letter_id == letters.c.id
    # not EXISTS, for which PostgreSQL may read all bounces once
    first = sa.select(bounces.c.id).where(of_letter, *residual_conditions(bounces, report)).correlate(letters).limit(1)
    fits = first.scalar_subquery().is_not(None).label("fits")
    some = query.add_columns(fits).limit(EXAMINED).subquery()
    fitting = sa.select(some).where(some.c.fits).order_by(order.by(some.c.letter_id)).limit(limit)
    rows = [_listed_row(row) for row in connection.execute(fitting).mappings()]
    if len(rows) == limit:
        return rows, rows[-1].letter_id
    count, last = connection.execute(sa.select(sa.func.count(), order.last(some.c.letter_id))).one()
    return rows, last if count == EXAMINED else None


def _has_residual(criteria: BounceFilter) -> bool:
    """Whether the filter has conditions that no index serves, so that letters have to be read; an index finds a recipient."""
    names = ("category", "domain", "provider", "reason", "status", "belief", "campaign", "stream")
    return bool(criteria.outcomes) or any(getattr(criteria, name) is not None for name in names)


def _span(criteria: LetterFilter, end: int) -> list[sa.ColumnElement[bool]]:
    """Bound the ids, which are in order of time, to the millisecond; each side once, for an index ends at one bound."""
    return [letters.c.id < end, *([] if criteria.since is None else [letters.c.id >= least_id(criteria.since)])]


def _end_of(criteria: LetterFilter, before: int | None) -> int:
    ends = [
        MAX_ID,
        *([] if before is None else [before]),
        *([] if criteria.before is None else [least_id(criteria.before)]),
    ]
    return min(ends)


def _conditions(connection: sa.Connection, scope: Scope, criteria: LetterFilter) -> list[sa.ColumnElement[bool]]:
    """Give a condition for each field of the filter that is set; an address, a message or that it is unread chooses the index."""
    narrow = list[sa.ColumnElement[bool]]()
    if criteria.reporting is not None and criteria.reporting.recipient is not None:
        names_recipient = select_recipient(Keys(connection), scope.account, criteria.reporting.recipient)
        narrow.append(letters.c.id.in_(sa.select(bounces.c.letter_id).where(names_recipient)))
    if criteria.message_id is not None:
        narrow.append(is_about(connection, letters.c.id, criteria.message_id))
    # the index of an account's unread letters has the form of the checks
    conditions = [*narrow, *(scope_checks if narrow or criteria.unread else scope_conditions)(scope, letters.c.account)]
    if criteria.state is not None:
        conditions.append((without_index(letters.c.state) if criteria.unread else letters.c.state) == criteria.state)
    return [*conditions, *_conditions_on_each(criteria)]


def _conditions_on_each(criteria: LetterFilter) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions that no index serves, except the one about letters that a person has to see."""
    if criteria.path_kind is not None:
        yield letters.c.path_kind == criteria.path_kind
    if criteria.unread:
        yield letters.c.unread.is_not(None)


def _listed_row(row: sa.RowMapping) -> LetterRow:
    columns = {name: row[name] for name in LetterRow.__dataclass_fields__}
    return LetterRow(**{**columns, "state": LetterState(row["state"])})
