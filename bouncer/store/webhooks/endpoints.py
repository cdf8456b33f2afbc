"""Endpoints of webhooks in the store."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.policy.records import Belief, EntryState
from bouncer.policy.webhooks import CHANNEL, Endpoint, EventType
from bouncer.ports.scope import Scope
from bouncer.ports.webhooks import OpenWebhook, Webhook, WebhookSecrets, WebhookState
from bouncer.store.accounts import directory_version
from bouncer.store.scoping import scope_conditions
from bouncer.store.tables import accounts, outbox, webhooks

_ID = webhooks.c.id == sa.bindparam("webhook")
_ONE = sa.select(webhooks).where(_ID)
_NOT_ENDED = sa.select(webhooks).where(webhooks.c.state != WebhookState.ENDED).order_by(webhooks.c.id)
_ADD = sa.insert(webhooks)


def endpoints_by_account(connection: sa.Connection) -> dict[str, tuple[Endpoint, ...]]:
    """Give the endpoints that get events, by account."""
    endpoints: dict[str, tuple[Endpoint, ...]] = {}
    for row in connection.execute(_NOT_ENDED):
        endpoints[row.account] = (*endpoints.get(row.account, ()), endpoint_of(row))
    return endpoints


def endpoint_of(row: Any) -> Endpoint:
    """Make the value of a row, as far as it decides which events are recorded."""
    return Endpoint(row.id, _events(row.events), Belief(row.belief), row.state == WebhookState.RESTING)


def _events(names: Sequence[str]) -> tuple[EventType, ...]:
    """Read recorded types of events; those of a later version are ignored."""
    return tuple(EventType(name) for name in names if name in set(EventType))


def add(connection: sa.Connection, added: OpenWebhook) -> bool:
    """Add an endpoint; False where its account is unknown."""
    webhook, secrets = added.webhook, added.secrets
    account_exists = sa.select(accounts.c.name).where(accounts.c.name == webhook.account)
    if connection.scalar(account_exists) is None:
        return False
    row = {
        "id": webhook.id,
        "account": webhook.account,
        "url": webhook.url,
        "format": webhook.format,
        "events": tuple(event.value for event in webhook.events),
        "belief": webhook.belief.value,
        "state": webhook.state.value,
        "created_at": webhook.created_at,
        "secret": secrets.current,
        "credentials": secrets.credentials,
        "label": webhook.label,
    }
    connection.execute(_ADD, row)
    directory_version.renew(connection, webhook.created_at)
    return True


def list_endpoints(connection: sa.Connection, scope: Scope) -> list[Webhook]:
    """List endpoints by account and age."""
    query = sa.select(webhooks).where(*scope_conditions(scope, webhooks.c.account))
    ordered = query.order_by(webhooks.c.account, webhooks.c.created_at, webhooks.c.id)
    return [_webhook(row) for row in connection.execute(ordered)]


def find(connection: sa.Connection, scope: Scope, webhook_id: str) -> OpenWebhook | None:
    """Give one endpoint with its secrets."""
    row = connection.execute(_ONE, {"webhook": webhook_id}).one_or_none()
    if row is None or not scope.covers(row.account):
        return None
    secrets = WebhookSecrets(row.secret, row.former_secret, row.former_until, row.credentials)
    return OpenWebhook(_webhook(row), secrets)


def _webhook(row: Any) -> Webhook:
    return Webhook(
        row.id,
        row.account,
        row.url,
        row.format,
        _events(row.events),
        Belief(row.belief),
        WebhookState(row.state),
        row.created_at,
        row.failing_since,
        row.last_at,
        row.last_status,
        row.last_answer,
        row.label,
    )


def change_secret(
    connection: sa.Connection, scope: Scope, webhook_id: str, secret: str, *, former_until: dt.datetime
) -> bool:
    """Make *secret* the present one, and the one before the former."""
    change = {"secret": secret, "former_secret": webhooks.c.secret, "former_until": former_until}
    where = sa.and_(webhooks.c.id == webhook_id, *scope_conditions(scope, webhooks.c.account))
    return connection.execute(sa.update(webhooks).where(where).values(change)).rowcount > 0


def change(connection: sa.Connection, scope: Scope, changed: OpenWebhook, *, now: dt.datetime) -> bool:
    """Change an endpoint's URL, credentials, events, belief and label."""
    webhook = changed.webhook
    values = {
        "url": webhook.url,
        "credentials": changed.secrets.credentials,
        "events": tuple(event.value for event in webhook.events),
        "belief": webhook.belief.value,
        "label": webhook.label,
    }
    where = sa.and_(webhooks.c.id == webhook.id, *scope_conditions(scope, webhooks.c.account))
    if not connection.execute(sa.update(webhooks).where(where).values(values)).rowcount:
        return False
    directory_version.renew(connection, now)
    return True


def remove(connection: sa.Connection, scope: Scope, webhook_id: str, *, now: dt.datetime) -> bool:
    """Delete an endpoint, and drop the events that wait for it."""
    where = sa.and_(webhooks.c.id == webhook_id, *scope_conditions(scope, webhooks.c.account))
    if not connection.execute(sa.delete(webhooks).where(where)).rowcount:
        return False
    end_waiting(connection, webhook_id, EntryState.DROPPED, now)
    directory_version.renew(connection, now)
    return True


_END_WAITING = (
    sa.update(outbox)
    .where(
        outbox.c.recipient_key.is_not(None),
        outbox.c.channel == CHANNEL,
        outbox.c.destination == sa.bindparam("webhook"),
        outbox.c.state == EntryState.WAITING,
    )
    .values(state=sa.bindparam("end"), ended_at=sa.bindparam("at"))
)


def end_waiting(connection: sa.Connection, webhook_id: str, state: EntryState, now: dt.datetime) -> None:
    """Put the events that wait for an endpoint into *state*, which is an end."""
    connection.execute(_END_WAITING, {"webhook": webhook_id, "end": state.value, "at": now})


_FOR_CHANGE = _ONE.with_for_update()


def one_for_change(connection: sa.Connection, webhook_id: str) -> Webhook | None:
    """Give one endpoint, locked for a change by this transaction."""
    row = connection.execute(_FOR_CHANGE, {"webhook": webhook_id}).one_or_none()
    return None if row is None else _webhook(row)


def make_active(connection: sa.Connection, webhook_id: str, now: dt.datetime) -> None:
    """Let an endpoint get events again; the time in which it may fail begins anew."""
    change = {"state": WebhookState.ACTIVE.value, "failing_since": None}
    connection.execute(sa.update(webhooks).where(webhooks.c.id == webhook_id).values(change))
    directory_version.renew(connection, now)
