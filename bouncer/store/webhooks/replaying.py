"""Replays: events of an endpoint are sent again under their ids."""

import datetime as dt
from collections.abc import Iterator

import sqlalchemy as sa

from bouncer.policy.account_events import id_of_time
from bouncer.policy.records import EntryState
from bouncer.policy.webhooks import CHANNEL
from bouncer.ports.scope import Scope
from bouncer.ports.webhooks import ReplayFilter, WebhookState
from bouncer.store.outbox.outbox import AT_A_TIME
from bouncer.store.tables import outbox
from bouncer.store.webhooks import endpoints

_ENDED = (EntryState.SENT, EntryState.GIVEN_UP, EntryState.DROPPED)
_WAITS = outbox.c.state == EntryState.WAITING
_MAY_LEAVE = sa.or_(outbox.c.state.in_(_ENDED), _WAITS)
_FAILED = sa.or_(outbox.c.state == EntryState.GIVEN_UP, sa.and_(_WAITS, outbox.c.last_error.is_not(None)))


def replay_some(
    connection: sa.Connection, scope: Scope, webhook_id: str, criteria: ReplayFilter, *, after: int, now: dt.datetime
) -> tuple[int, int | None]:
    """Put the next AT_A_TIME of the chosen events after the id *after* back into the queue, oldest first.

    Gives their number, and the last id; None where there were none.
    """
    endpoint = endpoints.find(connection, scope, webhook_id)
    if endpoint is None or endpoint.webhook.state is WebhookState.ENDED:
        return 0, None
    query = sa.select(outbox.c.id).where(outbox.c.id > after, *_choose_events(webhook_id, criteria, now))
    ids = connection.scalars(query.order_by(outbox.c.id).limit(AT_A_TIME)).all()
    if not ids:
        return 0, None
    if endpoint.webhook.state is WebhookState.RESTING:
        endpoints.make_active(connection, webhook_id, now)
    connection.execute(sa.update(outbox).where(outbox.c.id.in_(ids)).values(_leaving(now)))
    return len(ids), ids[-1]


def _leaving(now: dt.datetime) -> dict[str, object]:
    """Give the changes that let an event leave now; its retry period begins anew."""
    return {
        "state": EntryState.WAITING.value,
        "due": now,
        "turn": now,
        "created_at": now,
        "attempts": 0,
        "leased_until": None,
        "ended_at": None,
    }


def _choose_events(webhook_id: str, criteria: ReplayFilter, now: dt.datetime) -> Iterator[sa.ColumnElement[bool]]:
    """Give the conditions of the chosen events; one that is leased leaves at this moment."""
    yield outbox.c.recipient_key.is_not(None)
    yield outbox.c.destination == webhook_id
    yield outbox.c.channel == CHANNEL
    yield _FAILED if criteria.only_failed else _MAY_LEAVE
    yield sa.or_(~_WAITS, outbox.c.leased_until.is_(None), outbox.c.leased_until <= now)
    if criteria.event is not None:
        yield outbox.c.event == criteria.event
    if criteria.since is not None:
        yield outbox.c.event >= id_of_time(criteria.since)
    if criteria.until is not None:
        yield outbox.c.event < id_of_time(criteria.until)
