"""An account's lists of addresses in the store, from the oldest address on.

A page after an offset passes over the entries of an index, without the rows; the page that follows one that was read lately passes
over nothing (``places``). A pattern that begins with plain characters finds its addresses by the index of addresses, where few
begin so. For any other the list is read in its order until the page is full: to its end where less fits.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from bouncer.policy.address_list import AddressList, list_of
from bouncer.ports.address_lists import ListedAddress, ListFilter, ListPage, ListPlace
from bouncer.store.engine.columns import MAX_KEY, clean, microseconds
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.engine.values import in_parts
from bouncer.store.erasures import suppression_digests
from bouncer.store.suppressions.keys import Keys
from bouncer.store.tables import bounces, suppressions

EARLIEST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)
"""Bounds of the times of rows: ids cannot hold times outside of them."""
_MICROSECOND = dt.timedelta(microseconds=1)
_AFTER_ALL = "\U0010ffff"
"""The last code point: a prefix with it sorts behind all addresses that have the prefix."""

FEW = 50_000
"""Addresses that are picked out of an index and put in the list's order: some 40 milliseconds."""
_BEGINNING = (
    sa.select(suppressions.c.address_key)
    .where(
        suppressions.c.account == sa.bindparam("account"),
        suppressions.c.address_key >= sa.bindparam("prefix"),
        suppressions.c.address_key < sa.bindparam("beyond"),
    )
    .limit(sa.bindparam("most", type_=sa.Integer))
)
_COUNT_BEGINNING = sa.select(sa.func.count()).select_from(_BEGINNING.subquery())

_LISTED = ("id", "address", "address_key", "since", "reason", "letter_id", "why")


def list_addresses(
    connection: sa.Connection,
    account: str,
    listed_in: AddressList,
    criteria: ListFilter,
    page: ListPage,
    *,
    now: dt.datetime,
) -> list[ListedAddress]:
    """Give a page of a list of suppressions, oldest first."""
    pattern = criteria.pattern or ""
    prefix = clean(pattern.partition("%")[0].lower(), MAX_KEY)
    by_index = bool(prefix) and _are_few(connection, account, prefix)
    has_pattern = "%" in pattern or bool(prefix and not by_index)
    query = _page(has_prefix=by_index, has_pattern=has_pattern, is_backward=page.before is not None)
    place = _last_place(criteria, page.before) if page.before else first_place(criteria, page)
    rows = connection.execute(
        query,
        {
            "account": account,
            "listed_in": listed_in.value,
            "at": microseconds(place.at),
            "id": place.id,
            **({"from": criteria.since or EARLIEST} if page.before else {"until": criteria.until or LATEST}),
            "now": now,
            "limit": page.limit,
            "offset": 0 if page.before else page.offset,
            **({"prefix": prefix, "beyond": prefix + _AFTER_ALL} if by_index else {}),
            **({"pattern": like(pattern)} if has_pattern else {}),
        },
    ).all()
    return _with_reports(connection, rows[::-1] if page.before else rows)


def _are_few(connection: sa.Connection, account: str, prefix: str) -> bool:
    """Whether an account has at most FEW addresses that begin with *prefix*."""
    values = {"account": account, "prefix": prefix, "beyond": prefix + _AFTER_ALL, "most": FEW + 1}
    return (connection.scalar(_COUNT_BEGINNING, values) or 0) <= FEW


def first_place(criteria: ListFilter, page: ListPage) -> ListPlace:
    """Give the place behind which a page begins."""
    start = ListPlace((criteria.since or EARLIEST) - _MICROSECOND, MAX_ID)
    if page.after is None or (page.after.at, page.after.id) < (start.at, start.id):
        return start
    return page.after


def _last_place(criteria: ListFilter, before: ListPlace) -> ListPlace:
    """Give the place in front of which a page ends."""
    end = ListPlace(criteria.until or LATEST, MAX_ID)
    return min(end, before, key=lambda place: (place.at, place.id))


def pattern_values(pattern: str, prefix: str) -> dict[str, str]:
    """Give the values of the parameters in the conditions on an address: its prefix, and its pattern of LIKE."""
    values = {"prefix": prefix, "beyond": prefix + _AFTER_ALL} if prefix else {}
    return {**values, "pattern": like(pattern)} if "%" in pattern else values


def like(pattern: str) -> str:
    """Give the pattern of LIKE for a beginning in which only ``%`` is special."""
    plain = clean(pattern.lower(), MAX_KEY)
    for special in ("\\", "_"):
        plain = plain.replace(special, "\\" + special)
    return plain + "%"


@cache
def _page(*, has_prefix: bool, has_pattern: bool, is_backward: bool) -> sa.Select[Any] | sa.CompoundSelect[Any]:
    """Build the query for a page. The rows of its first moment are a part of their own.

    An import lists any number of addresses at one moment; by a comparison of pairs, SQLite would read all of them for each page.
    """
    columns = suppressions.c
    at, place = sa.bindparam("at", type_=sa.BigInteger), sa.bindparam("id", type_=sa.BigInteger)
    since = sa.type_coerce(columns.since, sa.BigInteger)
    conditions = _conditions(has_prefix=has_prefix, has_pattern=has_pattern, is_backward=is_backward)
    query = sa.select(*(columns[name] for name in _LISTED))
    at_same_moment, at_other_moments = (
        (columns.id < place, since < at) if is_backward else (columns.id > place, since > at)
    )
    both_parts = sa.union_all(
        query.where(*conditions, since == at, at_same_moment), query.where(*conditions, at_other_moments)
    )
    order = both_parts.selected_columns.since, both_parts.selected_columns.id
    ordered = both_parts.order_by(*(column.desc() if is_backward else column for column in order))
    return ordered.limit(sa.bindparam("limit", type_=sa.Integer)).offset(sa.bindparam("offset", type_=sa.Integer))


def _conditions(*, has_prefix: bool, has_pattern: bool, is_backward: bool) -> list[sa.ColumnElement[bool]]:
    columns = suppressions.c
    conditions = [
        columns.account == sa.bindparam("account"),
        (listed_in_column() if has_prefix else columns.listed_in) == sa.bindparam("listed_in"),
        _bound(is_backward=is_backward),
        sa.or_(columns.until.is_(None), columns.until > sa.bindparam("now", type_=columns.until.type)),
    ]
    if has_prefix:
        rows = suppressions.alias()
        keys = rows.c.address_key
        beginning = keys >= sa.bindparam("prefix"), keys < sa.bindparam("beyond")
        of_account = rows.c.account == sa.bindparam("account")
        conditions.append(columns.id.in_(sa.select(rows.c.id).where(of_account, *beginning)))
    if has_pattern:
        conditions.append(columns.address_key.like(sa.bindparam("pattern"), escape="\\"))
    return conditions


def _bound(*, is_backward: bool) -> sa.ColumnElement[bool]:
    """Bound the times of rows where a page ends; the place where it begins bounds the other side, by the index."""
    since = suppressions.c.since
    if is_backward:
        return since >= sa.bindparam("from", type_=since.type)
    return since <= sa.bindparam("until", type_=since.type)


def listed_in_column() -> sa.ColumnElement[str]:
    """Give the list of a row, hidden from the query planner, which would take its index and read the whole list."""
    return sa.func.coalesce(suppressions.c.listed_in, "")


def find(
    connection: sa.Connection, account: str, listed_in: AddressList, address: str, *, now: dt.datetime
) -> ListedAddress | None:
    """Give one address of a list of suppressions, in whichever of its spellings; an erased one, too."""
    keys = Keys(connection)
    columns = suppressions.c
    query = sa.select(*(columns[name] for name in _LISTED)).where(
        columns.account == account,
        keys.select_forms(account, suppressions, [keys.form(account, address)]),
        listed_in_column() == listed_in.value,
        sa.or_(columns.until.is_(None), columns.until > now),
    )
    entries = _with_reports(connection, connection.execute(query.order_by(columns.since, columns.id).limit(1)).all())
    return entries[0] if entries else _find_erased(connection, keys, account, listed_in, address, now)


def _find_erased(
    connection: sa.Connection, keys: Keys, account: str, listed_in: AddressList, address: str, now: dt.datetime
) -> ListedAddress | None:
    """Give an erased address whose suppression holds on, and would be on the list."""
    form, folds = keys.form(account, address), keys.folds(account)
    for suppressed in suppression_digests.look_up(connection, account, [form], folds=folds, now=now).get(form, ()):
        if list_of(suppressed.reason, suppressed.stream) == listed_in:
            return ListedAddress(ListPlace(suppressed.since, MAX_ID), address, suppressed.reason, None, suppressed.why)
    return None


def _with_reports(connection: sa.Connection, rows: Sequence[Any]) -> list[ListedAddress]:
    """Make the values of rows, with what the letters of their suppressions report."""
    reports = _reports(connection, sorted({row.letter_id for row in rows if row.letter_id is not None}))
    return [_listed_address(row, reports.get((row.letter_id, row.address_key))) for row in rows]


def _listed_address(row: Any, report: Any) -> ListedAddress:
    words = (report.diagnostic_code or report.evidence) if report else None
    status = report.status if report else None
    return ListedAddress(ListPlace(row.since, row.id), row.address, row.reason, status, words or row.why)


def _reports(connection: sa.Connection, letters: Sequence[int]) -> dict[tuple[int, str], Any]:
    reports = dict[tuple[int, str], Any]()
    for some in in_parts(letters):
        for row in connection.execute(_REPORTS, {"letters": some}):
            reports[row.letter_id, row.recipient_key] = row
    return reports


_REPORTS = sa.select(
    *(bounces.c[name] for name in ("letter_id", "recipient_key", "status", "diagnostic_code", "evidence"))
).where(bounces.c.letter_id.in_(sa.bindparam("letters", expanding=True)))
