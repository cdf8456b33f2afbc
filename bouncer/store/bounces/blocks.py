"""The list of blocked addresses: those of proven blocks on record, each with its newest, from the oldest on.

A block suppresses nobody. Somebody who takes an address off the list leaves an entry in the audit trail, freed with the reason
``block``, and blocks before that entry are not listed any more.
"""

import datetime as dt
from collections.abc import Sequence
from functools import cache
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import Belief, Release
from bouncer.ports.address_lists import ListedAddress, ListFilter, ListPage, ListPlace
from bouncer.ports.suppressions import TrailChange
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.ids import MAX_ID, least_id
from bouncer.store.suppressions import trail as trail_entries
from bouncer.store.suppressions.keys import RECIPIENT, Keys
from bouncer.store.suppressions.listing import EARLIEST, LATEST, pattern_values
from bouncer.store.tables import bounces, trail
from bouncer.verdict.verdict import Category

RECORDED_WITHIN = dt.timedelta(minutes=1)
"""The most by which the time of a row's id is before the row's own time."""
_COLUMNS = ("id", "recipient", "recipient_key", "at", "status", "reason", "diagnostic_code", "evidence")


def list_blocks(connection: sa.Connection, account: str, criteria: ListFilter, page: ListPage) -> list[ListedAddress]:
    """Give a page of the list, oldest first."""
    since, until, pattern = criteria.since or EARLIEST, criteria.until or LATEST, criteria.pattern or ""
    prefix = clean(pattern.partition("%")[0].lower(), MAX_KEY)
    first = max(least_id(max(since - RECORDED_WITHIN, EARLIEST)), page.after.id + 1 if page.after else 0)
    values = {
        "account": account,
        "first": first,
        "last": min(least_id(until + RECORDED_WITHIN), page.before.id - 1 if page.before else MAX_ID),
        "since": since,
        "until": until,
        "limit": page.limit,
        "offset": 0 if page.before else page.offset,
    }
    query = _page(has_prefix=bool(prefix), has_pattern="%" in pattern, is_backward=page.before is not None)
    rows = connection.execute(query, {**values, **pattern_values(pattern, prefix)}).all()
    return [_listed_address(row) for row in (rows[::-1] if page.before else rows)]


def _listed_address(row: Any) -> ListedAddress:
    words = row.diagnostic_code or row.evidence or ""
    return ListedAddress(ListPlace(row.at, row.id), row.recipient, row.reason or "", row.status, words)


@cache
def _page(*, has_prefix: bool, has_pattern: bool, is_backward: bool) -> sa.Select[Any]:
    columns = bounces.c
    conditions = [
        *_blocks_of_account(sa.bindparam("account"), by_address=has_prefix),
        columns.id.between(sa.bindparam("first"), sa.bindparam("last")),
        columns.at.between(sa.bindparam("since", type_=columns.at.type), sa.bindparam("until", type_=columns.at.type)),
    ]
    if has_prefix:
        rows = bounces.alias()
        beginning = rows.c.recipient_key.between(sa.bindparam("prefix"), sa.bindparam("beyond"))
        conditions.append(columns.id.in_(sa.select(rows.c.id).where(beginning)))
    if has_pattern:
        conditions.append(columns.recipient_key.like(sa.bindparam("pattern"), escape="\\"))
    order = columns.id.desc() if is_backward else columns.id
    query = sa.select(*(columns[name] for name in _COLUMNS)).where(*conditions).order_by(order)
    return query.limit(sa.bindparam("limit", type_=sa.Integer)).offset(sa.bindparam("offset", type_=sa.Integer))


def _blocks_of_account(account: Any, *, by_address: bool) -> list[sa.ColumnElement[bool]]:
    """Select the newest proven block of each address that nobody has taken off the list since.

    *by_address*: the rows are found by their addresses. Then account and category are hidden from the query planner,
    which by their index would read all blocks of the account.
    """
    columns, newer = bounces.c, bounces.alias()
    category = sa.func.coalesce(columns.category, "") if by_address else columns.category
    is_block = (category == Category.BLOCK.value, columns.belief == Belief.PROVEN.value)
    of_address = (
        newer.c.recipient_key == columns.recipient_key,
        newer.c.id > columns.id,
        # hidden, too: or the database would read all blocks of the account for each
        sa.func.coalesce(newer.c.account, "") == columns.account,
        sa.func.coalesce(newer.c.category, "") == Category.BLOCK.value,
        newer.c.belief == Belief.PROVEN.value,
    )
    taken_off = (
        trail.c.address_key == columns.recipient_key,
        trail.c.account == columns.account,
        trail.c.change == TrailChange.FREED.value,
        trail.c.reason == Category.BLOCK.value,
        trail.c.at >= columns.at,
    )
    return [
        (sa.func.coalesce(columns.account, "") if by_address else columns.account) == account,
        *is_block,
        ~sa.exists().where(*of_address).correlate(bounces),
        ~sa.exists().where(*taken_off).correlate(bounces),
    ]


def find(connection: sa.Connection, account: str, address: str) -> ListedAddress | None:
    """Give the newest block of one address, unless it has been taken off the list since."""
    rows = _read_of_addresses(connection, account, [address])
    return _listed_address(rows[-1]) if rows else None


def _read_of_addresses(connection: sa.Connection, account: str, addresses: Sequence[str]) -> Sequence[Any]:
    keys = Keys(connection)
    of_recipients = keys.select_forms(
        account, bounces, {keys.form(account, address) for address in addresses}, RECIPIENT
    )
    query = sa.select(*(bounces.c[name] for name in _COLUMNS)).where(
        of_recipients, *_blocks_of_account(account, by_address=True)
    )
    return connection.execute(query.order_by(bounces.c.id)).all()


def take_off(connection: sa.Connection, account: str, releases: Sequence[Release]) -> int:
    """Write into the trail that addresses were freed; give the number of those that were on the list."""
    by_address = {entry.address: entry for entry in releases}
    rows = _read_of_addresses(connection, account, list(by_address))
    first = next(iter(releases), None)
    addresses = {row.recipient_key: row.recipient for row in rows}
    if first is not None:
        releases_of_rows = [
            Release(account, address, first.source, None, first.at, first.why) for address in addresses.values()
        ]
        trail_entries.note_released(connection, releases_of_rows, Category.BLOCK.value)
    return len(addresses)
