"""Work: whether anything in the store waits for the process that records and delivers."""

import datetime as dt

import sqlalchemy as sa

from bouncer.policy.records import EntryState, LetterState
from bouncer.ports.webhooks import WebhookState
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.tables import letters, outbox, suppressions, webhooks

_NOW: sa.BindParameter[dt.datetime] = sa.bindparam("now")
_SINCE: sa.BindParameter[dt.datetime] = sa.bindparam("since")
_FOUND = sa.literal(1).label("found")
_KEPT = sa.select(_FOUND).where(letters.c.state == LetterState.KEPT).limit(1)
_DUE = sa.select(_FOUND).where(outbox.c.state.in_((EntryState.WAITING, EntryState.HELD)), outbox.c.due <= _NOW).limit(1)
_ENDED = (
    sa.select(_FOUND)
    .select_from(webhooks.join(suppressions, suppressions.c.account == webhooks.c.account))
    .where(webhooks.c.state != WebhookState.ENDED, suppressions.c.until > _SINCE, suppressions.c.until <= _NOW)
    .limit(1)
)
_WORK = sa.union_all(*(sa.select(query.subquery().c.found) for query in (_KEPT, _DUE, _ENDED)))


def has_work(connection: sa.Connection, *, now: dt.datetime, since: dt.datetime) -> bool:
    """Say whether a letter is kept, an entry is due, or a suppression has ended since *since* that webhooks may be told of."""
    return bool(fetch_rows(connection, _WORK, {"now": now, "since": since}))
