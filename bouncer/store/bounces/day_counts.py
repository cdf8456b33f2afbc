"""Counts of one day: letters with a token, the addresses that they reported, and a provider's blocks of an account.

They are deleted after two days.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable
from functools import cache

import sqlalchemy as sa

from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.engine import Insert, insert_of
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.engine.rows import write_rows
from bouncer.store.engine.values import in_parts
from bouncer.store.tables import day_counts

TOKEN, BLOCK, TOLD = "token", "block", "told"
KEPT_DAYS = 2
"""Days that are kept: letters may be read a day after they came."""

Subject = tuple[str, str]  # kind, subject


def uses_of(token: str, *, by_own_server: bool) -> Subject:
    """Name the count of letters with a token. The account's own servers have another count, which strangers cannot use up."""
    return TOKEN, f"{token} own" if by_own_server else token


def blocks_by(account: str, provider: str) -> Subject:
    """Give the subject by which one provider's blocks of one account's mail are counted."""
    return BLOCK, f"{account} {provider}"


def reports_about(token: str, form: str) -> Subject:
    """Give the subject by which the reports are counted that a token for several recipients brought about one address, *form*."""
    return TOLD, clean(f"{token} {form}", MAX_KEY)


def reported_addresses(token: str) -> Subject:
    """Give the subject by which the distinct addresses are counted that a token for several recipients brought reports about."""
    return TOLD, token


def counts_of(connection: sa.Connection, subjects: Iterable[Subject], day: int) -> Counter[Subject]:
    """Give the counts of *day*."""
    counts = Counter[Subject]()
    names = sorted({subject for _, subject in subjects})
    for some in in_parts(names):
        for kind, subject, count in fetch_rows(connection, _COUNTS, {"day": day, "subjects": some}):
            counts[kind, subject] = count
    return counts


_COUNTS = sa.select(day_counts.c.what, day_counts.c.subject, day_counts.c["count"]).where(
    day_counts.c.what.in_((TOKEN, BLOCK, TOLD)),  # with it the subject is found in the index
    day_counts.c.subject.in_(sa.bindparam("subjects", expanding=True)),
    day_counts.c.day == sa.bindparam("day"),
)


def add(connection: sa.Connection, counts: Counter[Subject], day: int) -> None:
    """Add *counts* to those of *day*."""
    rows = [{"what": kind, "subject": name, "day": day, "count": n} for (kind, name), n in counts.items()]
    write_rows(connection, _insert_statement(insert_of(connection)), rows)


@cache
def _insert_statement(insert: Insert) -> sa.Insert:
    statement = insert(day_counts)
    added = {"count": day_counts.c.count + statement.excluded["count"]}
    return statement.on_conflict_do_update(index_elements=["what", "subject", "day"], set_=added)


def retire(connection: sa.Connection, *, now: dt.datetime, count: int) -> bool:
    """Delete up to *count* counts of days that are over; gives whether more may be left."""
    rows = connection.execute(_OVER, {"day": day_of(now) - KEPT_DAYS, "most": count}).all()
    write_rows(connection, _DELETE, [{"_what": kind, "_subject": name, "_day": day} for kind, name, day in rows])
    return len(rows) == count


_KEY = (day_counts.c.what, day_counts.c.subject, day_counts.c.day)
_OVER = sa.select(*_KEY).where(day_counts.c.day < sa.bindparam("day")).limit(sa.bindparam("most"))
_DELETE = sa.delete(day_counts).where(*(column == sa.bindparam(f"_{column.name}") for column in _KEY))


def day_of(moment: dt.datetime) -> int:
    """Give the number of days since 1970-01-01, UTC."""
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)).days
