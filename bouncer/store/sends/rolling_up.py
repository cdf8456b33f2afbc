"""Rolling up: the counts of old hours become those of days, and still older counts are deleted, step by step.

Each step is a short transaction, so that no other writer waits long. A power cut may undo the last steps: they are done again.
"""

import datetime as dt
from collections import Counter
from functools import partial

import sqlalchemy as sa

from bouncer.store.bounces import day_counts
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.rows import write_rows
from bouncer.store.sends.counts import KEY, CountKey, replace_counts
from bouncer.store.sends.messages import UNNAMED
from bouncer.store.tables import send_counts, sent_messages
from bouncer.verdict.provider import KNOWN_DOMAINS

STEP_ROWS = 500
"""Rows of a step: some ten milliseconds."""
_DAY = sa.literal(86_400_000_000, sa.BigInteger)
"""Microseconds of a day."""
_UNNAME = (
    sa.update(sent_messages)
    .where(sent_messages.c.id == sa.bindparam("_id"))
    # with a new time, by whose age the row is deleted later
    .values(sent_at=sa.bindparam("until"), recipients=(UNNAMED,), subject=None, message_id=None, path_until=None)
)
_HOUR = dt.timedelta(hours=1)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


async def roll_up(
    engine: Engine,
    *,
    now: dt.datetime,
    days_before: dt.datetime,
    messages_before: dt.datetime,
    counts_before: dt.datetime,
) -> None:
    """Merge and delete old counts, as ``ports.sends.SendCounts.roll_up`` says."""
    for step in (
        partial(_forget_messages, now=now, before=messages_before),
        partial(_forget_counts, before=counts_before),
        partial(day_counts.retire, now=now, count=STEP_ROWS),
    ):
        while await engine.write_unsynced(step):
            pass
    hour = await engine.read(_first_unmerged, days_before, _EPOCH)
    while hour is not None:
        while await engine.write_unsynced(_merge, hour):
            pass
        hour = await engine.read(_first_unmerged, days_before, hour + _HOUR)


def _forget_messages(connection: sa.Connection, now: dt.datetime, before: dt.datetime) -> bool:
    """Delete old messages; gives whether more may be left.

    A reference whose path may still be used keeps a row, without address and text, as long as the path is good: who got a
    forgotten mail holds the path of the next ones.
    """
    columns = (sent_messages.c[name] for name in ("id", "account", "reference", "path_until"))
    old = sa.select(*columns).where(sent_messages.c.sent_at < before).order_by(sent_messages.c.sent_at)
    rows = connection.execute(old.limit(STEP_ROWS)).all()
    last = {
        (row.account, row.reference): row
        for row in sorted(rows, key=lambda row: row.path_until or before)
        if row.path_until is not None and row.path_until > now
    }
    write_rows(connection, _UNNAME, [{"_id": row.id, "until": row.path_until} for row in last.values()])
    ids = {row.id for row in rows} - {row.id for row in last.values()}
    connection.execute(sa.delete(sent_messages).where(sent_messages.c.id.in_(sorted(ids))))
    return len(rows) == STEP_ROWS


def _forget_counts(connection: sa.Connection, before: dt.datetime) -> bool:
    """Delete old counts; gives whether more may be left."""
    columns = (*(send_counts.c[name] for name in KEY), send_counts.c["count"].label("total"))
    rows = connection.execute(sa.select(*columns).where(send_counts.c.hour < before).limit(STEP_ROWS)).all()
    replace_counts(connection, rows, Counter())
    return len(rows) == STEP_ROWS


def _is_unmerged() -> sa.ColumnElement[bool]:
    """Select counts that are not merged yet: those of a single hour, and those of a small domain."""
    is_hour = sa.type_coerce(send_counts.c.hour, sa.BigInteger) % _DAY != 0
    return sa.or_(is_hour, sa.and_(send_counts.c.domain != "", send_counts.c.domain.not_in(sorted(KNOWN_DOMAINS))))


def _first_unmerged(connection: sa.Connection, before: dt.datetime, after: dt.datetime) -> dt.datetime | None:
    """Give the first hour from *after* on, and before *before*, with counts that are to be merged."""
    in_time = sa.and_(send_counts.c.hour >= after, send_counts.c.hour < before)
    hours = sa.select(send_counts.c.hour).where(in_time, _is_unmerged()).order_by(send_counts.c.hour).limit(1)
    return connection.scalar(hours)


def _merge(connection: sa.Connection, hour: dt.datetime) -> bool:
    """Merge counts of an hour into those of its day, and of small domains into one; gives whether more may be left."""
    columns = (*(send_counts.c[name] for name in KEY), send_counts.c["count"].label("total"))
    rows = connection.execute(
        sa.select(*columns).where(send_counts.c.hour == hour, _is_unmerged()).limit(STEP_ROWS)
    ).all()
    day = hour.replace(hour=0, minute=0, second=0, microsecond=0)
    counts = Counter[CountKey]()
    for row in rows:
        domain = row.domain if row.domain in KNOWN_DOMAINS else ""
        counts[row.account, day, row.campaign, row.stream, domain, row.what] += row.total
    replace_counts(connection, rows, counts)
    return len(rows) == STEP_ROWS
