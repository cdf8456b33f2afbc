"""Moments that only a wrong clock can have written: they lie further ahead than anything is ever planned.

While a clock is years ahead, leases, retries, digests, rate limits, sessions, links and answers to named requests are dated by it.
When it is set right, a mail would wait for years, and a link would be good for as long. So these moments are brought back.
"""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from bouncer.policy.records import EntryState, LetterState
from bouncer.policy.sign_in import LINK_LASTS
from bouncer.store.tables import (
    api_answers,
    buckets,
    letters,
    outbox,
    presences,
    sessions,
    shares,
    sign_in_links,
    webhooks,
)

LEASED_AT_MOST = dt.timedelta(hours=6)
"""Twice the longest lease, that of a mail. After a clock was an hour ahead, no mail under way is leased a second time."""
PLANNED_AT_MOST = dt.timedelta(days=9)
"""A weekly digest is planned a week ahead, and quiet hours add less than a day; the longest wait between tries is as long."""
EMPTY_AT_MOST = dt.timedelta(days=1)
"""A token bucket (rate limit) is full again after some hours."""
SAME_TIME = dt.timedelta(minutes=1)
"""Clocks of machines that serve one store differ by less: an entry that was made later than this was made by a wrong clock."""
TOLERANCE = dt.timedelta(hours=1)
"""Clocks of several machines differ by seconds, and people set them by an hour."""


def bring_back(connection: sa.Connection, *, now: dt.datetime) -> int:
    """Set moments that a clock wrote while it was ahead to *now*, and end the sessions and links of that time.

    Gives the number of rows.
    """
    return sum(connection.execute(statement).rowcount for statement in _statements(now))


def _statements(now: dt.datetime) -> Iterator[sa.Update | sa.Delete]:
    waiting = outbox.c.state == EntryState.WAITING
    yield _lease_of(letters, letters.c.state == LetterState.KEPT, now)
    yield _lease_of(outbox, waiting, now)
    of_then = sa.or_(outbox.c.created_at > now + SAME_TIME, outbox.c.due > now + PLANNED_AT_MOST)
    yield sa.update(outbox).where(waiting, outbox.c.due > now, of_then).values(due=now, turn=now)
    yield sa.update(outbox).where(outbox.c.state == EntryState.HELD, outbox.c.due > now, of_then).values(due=now)
    yield sa.update(buckets).where(buckets.c.full_at > now + EMPTY_AT_MOST).values(full_at=now)
    yield sa.update(webhooks).where(webhooks.c.ends_told_until > now + TOLERANCE).values(ends_told_until=now)
    is_of_future = sa.or_(sessions.c.begun_at > now + TOLERANCE, sessions.c.seen_at > now + TOLERANCE)
    yield sa.delete(sessions).where(is_of_future)
    yield sa.delete(sign_in_links).where(sign_in_links.c.until > now + LINK_LASTS + TOLERANCE)
    yield sa.delete(shares).where(shares.c.made_at > now + TOLERANCE)
    yield sa.update(api_answers).where(api_answers.c.made_at > now + TOLERANCE).values(made_at=now)
    yield sa.delete(presences).where(presences.c.seen_at > now + TOLERANCE)


def _lease_of(table: sa.Table, waits: sa.ColumnElement[bool], now: dt.datetime) -> sa.Update:
    return sa.update(table).where(waits, table.c.leased_until > now + LEASED_AT_MOST).values(leased_until=None)
