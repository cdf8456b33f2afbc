"""Lists of letters, newest first, by filters. All functions run in the caller's transaction.

A filter by reports looks at EXAMINED letters for each page, and no more: then its work is bounded, however few match.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import LetterState
from bouncer.ports.letters import BounceFilter, LetterFilter, LetterRow, Page
from bouncer.ports.record_lists import LetterPage
from bouncer.ports.scope import Scope
from bouncer.store.bounces.filtering import about_recipient, letters_about, residual
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


def page(connection: sa.Connection, scope: Scope, which: LetterFilter, page_request: Page) -> LetterPage:
    """Give a page of letters inside *scope*."""
    report = which.reporting
    if which.unread and scope.account is not None and report is None and which.message_id is None:
        query = _unread_of_account(scope.account, which, page_request)
    else:
        span = _span(which, page_request.before)
        query = _newest(sa.select(*_LISTED).where(*span, *_conditions(connection, scope, which)))
    if report is None or not _has_residual(report):
        rows = [_listed_row(row) for row in connection.execute(query.limit(page_request.limit)).mappings()]
        return LetterPage(rows, rows[-1].letter_id if len(rows) == page_request.limit else None)
    of_letter = bounces.c.letter_id == letters.c.id
    # not EXISTS, for which PostgreSQL may read all bounces once
    first = sa.select(bounces.c.id).where(of_letter, *residual(bounces, report)).correlate(letters).limit(1)
    fits = first.scalar_subquery().is_not(None).label("fits")
    some = query.add_columns(fits).limit(EXAMINED).subquery()
    fitting = sa.select(some).where(some.c.fits).order_by(some.c.letter_id.desc()).limit(page_request.limit)
    rows = [_listed_row(row) for row in connection.execute(fitting).mappings()]
    if len(rows) == page_request.limit:
        return LetterPage(rows, rows[-1].letter_id)
    count, last = connection.execute(sa.select(sa.func.count(), sa.func.min(some.c.letter_id))).one()
    return LetterPage(rows, last if count == EXAMINED else None)


def _newest(query: sa.Select[Any]) -> sa.Select[Any]:
    return query.order_by(letters.c.id.desc())


def _unread_of_account(account: str, which: LetterFilter, page_request: Page) -> sa.Select[Any]:
    """Select those that a person has to see by places in the index of the account's.

    With the account and the id as conditions of their own PostgreSQL, which expects an account to have its share everywhere, may
    read those of all accounts.
    """
    least = 0 if which.since is None else least_id(which.since)
    end = _end_of(which, page_request.before)
    place, columns = sa.tuple_(letters.c.account, letters.c.id), (letters.c.account.type, letters.c.id.type)
    first, beyond = (sa.tuple_(account, number, types=columns) for number in (least, end))
    query = sa.select(*_LISTED).where(place >= first, place < beyond, *_of_each(which))
    if which.state is not None:
        query = query.where(without_index(letters.c.state) == which.state)
    return query.order_by(letters.c.account.desc(), letters.c.id.desc())


def _has_residual(which: BounceFilter) -> bool:
    """Whether letters have to be looked at: by the recipient alone they are found."""
    names = ("category", "domain", "provider", "reason", "status", "belief", "campaign", "stream")
    return bool(which.outcomes) or any(getattr(which, name) is not None for name in names)


def _span(which: LetterFilter, before: int | None) -> list[sa.ColumnElement[bool]]:
    """Bound the ids, which are in order of time, to the millisecond; each side once, for an index ends at one bound."""
    end = _end_of(which, before)
    return [letters.c.id < end, *([] if which.since is None else [letters.c.id >= least_id(which.since)])]


def _end_of(which: LetterFilter, before: int | None) -> int:
    ends = [MAX_ID, *([] if before is None else [before]), *([] if which.before is None else [least_id(which.before)])]
    return min(ends)


def _conditions(connection: sa.Connection, scope: Scope, which: LetterFilter) -> list[sa.ColumnElement[bool]]:
    """Give a condition for each field of the filter that is set; an address or a message chooses the index."""
    narrow = list[sa.ColumnElement[bool]]()
    if which.reporting is not None and which.reporting.recipient is not None:
        names_recipient = about_recipient(Keys(connection), scope.account, which.reporting.recipient)
        narrow.append(letters.c.id.in_(sa.select(bounces.c.letter_id).where(names_recipient)))
    if which.message_id is not None:
        narrow.append(letters.c.id.in_(letters_about(which.message_id)))
    conditions = [*narrow, *(scope_checks if narrow else scope_conditions)(scope, letters.c.account)]
    if which.state is not None:
        conditions.append(letters.c.state == which.state)
    return [*conditions, *_of_each(which)]


def _of_each(which: LetterFilter) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions for which no index is read, but for that of letters that a person has to see."""
    if which.path_kind is not None:
        yield letters.c.path_kind == which.path_kind
    if which.unread:
        yield letters.c.unread.is_not(None)


def _listed_row(row: sa.RowMapping) -> LetterRow:
    columns = {name: row[name] for name in LetterRow.__dataclass_fields__}
    return LetterRow(**{**columns, "state": LetterState(row["state"])})
