"""Attempts to post events: recorded many at a time, with what follows for the endpoint, and forgotten after some days."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from bouncer.policy.records import NO_ACCOUNT, EntryKind, EntryState, NewEntry
from bouncer.policy.webhooks import GIVE_UP
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.ports.webhooks import Webhook, WebhookAttempt, WebhookState
from bouncer.store.accounts import directory_version
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.engine.rows import write_rows
from bouncer.store.outbox.rows import new_row
from bouncer.store.tables import accounts, outbox, webhook_attempts, webhooks
from bouncer.store.webhooks import endpoints

MAX_ANSWER = 2048
"""Characters of an answer that are kept: enough for any message of an error."""

_ADD = sa.insert(webhook_attempts)
_CHANGE = sa.update(webhooks).where(webhooks.c.id == sa.bindparam("webhook"))
_OWNERS = sa.select(accounts.c.owners).where(accounts.c.name == sa.bindparam("account"), accounts.c.forwarding)
"""The query for an account's owners; no row for an account that wants no mail."""
_LISTED = (
    sa.select(webhook_attempts)
    .where(webhook_attempts.c.webhook == sa.bindparam("webhook"), webhook_attempts.c.id < sa.bindparam("before"))
    .order_by(webhook_attempts.c.id.desc())
    .limit(sa.bindparam("count"))
)
_OLD = (
    sa.select(webhook_attempts.c.id)
    .where(webhook_attempts.c.at < sa.bindparam("before"))
    .order_by(webhook_attempts.c.at)
    .limit(sa.bindparam("count"))
)


def record(
    connection: sa.Connection,
    attempts: Sequence[WebhookAttempt],
    message_id: Callable[[dt.datetime], str],
    operator: str | None,
) -> None:
    """Insert the attempts, and write what follows for their endpoints; *message_id* makes the Message-ID of a mail.

    *operator* is told of an endpoint whose account has no owners.
    """
    write_rows(connection, _ADD, [_row(attempt) for attempt in attempts])
    for webhook_id in sorted({attempt.webhook for attempt in attempts}):
        webhook = endpoints.one_for_change(connection, webhook_id)
        if webhook is not None:
            stopped = _follow(connection, webhook, [entry for entry in attempts if entry.webhook == webhook_id])
            if stopped is not None:
                _tell(connection, stopped, attempts[-1].at, message_id, operator)


def _row(attempt: WebhookAttempt) -> dict[str, object]:
    row = {field.name: getattr(attempt, field.name) for field in dataclasses.fields(attempt) if field.name != "id"}
    return {**row, "answer": attempt.answer[:MAX_ANSWER]}


def _follow(connection: sa.Connection, webhook: Webhook, attempts: Sequence[WebhookAttempt]) -> Webhook | None:
    """Change an endpoint by its attempts; if it gets no events any more, end those that wait, and give the endpoint."""
    changed = webhook
    for attempt in attempts:
        changed = apply_attempt(changed, attempt)
    names = ("state", "failing_since", "last_at", "last_status", "last_answer")
    change = {name: getattr(changed, name) for name in names}
    write_rows(connection, _CHANGE, [{"webhook": webhook.id, **change, "state": changed.state.value}])
    if changed.state is webhook.state:
        return None
    now = attempts[-1].at
    directory_version.renew(connection, now)
    if changed.state is WebhookState.ACTIVE:
        return None
    end = EntryState.DROPPED if changed.state is WebhookState.ENDED else EntryState.GIVEN_UP
    endpoints.end_waiting(connection, webhook.id, end, now)
    return changed


def apply_attempt(webhook: Webhook, attempt: WebhookAttempt) -> Webhook:
    """Give the endpoint as it is after *attempt*. One success is enough for it to be active."""
    since = None if attempt.succeeded else webhook.failing_since or attempt.at
    return dataclasses.replace(
        webhook,
        state=_state_after(webhook.state, attempt, since),
        failing_since=since,
        last_at=attempt.at,
        last_status=attempt.status,
        last_answer=attempt.answer[:MAX_ANSWER],
    )


def _state_after(state: WebhookState, attempt: WebhookAttempt, since: dt.datetime | None) -> WebhookState:
    if attempt.is_gone or state is WebhookState.ENDED:
        return WebhookState.ENDED
    if since is None:
        return WebhookState.ACTIVE
    return WebhookState.RESTING if attempt.at - since >= GIVE_UP else state


def _tell(
    connection: sa.Connection,
    webhook: Webhook,
    now: dt.datetime,
    message_id: Callable[[dt.datetime], str],
    operator: str | None,
) -> None:
    """Add a mail to each owner about an endpoint that gets nothing any more; without owners, to the operator."""
    since = (webhook.failing_since or now).isoformat(timespec="seconds")
    facts = (webhook.state, webhook.id, since, str(webhook.last_status or ""), webhook.url, webhook.account)
    owners = connection.scalar(_OWNERS, {"account": webhook.account})
    if owners is None:
        return
    addresses = owners or ((operator,) if operator else ())
    for address in dict.fromkeys(addresses):
        entry = NewEntry(EntryKind.ENDPOINT, address, "\n".join(facts), account=None if owners else NO_ACCOUNT)
        row = new_row(entry, letter_id=None, account=webhook.account, message_id=message_id(now), now=now)
        connection.execute(sa.insert(outbox).values(row))


def list_attempts(connection: sa.Connection, scope: Scope, webhook_id: str, page: Page) -> list[WebhookAttempt]:
    """List the attempts of an endpoint, newest first."""
    if endpoints.find(connection, scope, webhook_id) is None:
        return []
    bind_values = {"webhook": webhook_id, "before": page.before or MAX_ID, "count": page.limit}
    rows = connection.execute(_LISTED, bind_values)
    return [
        WebhookAttempt(row.webhook, row.event, row.at, row.status, row.answer, row.milliseconds, row.id) for row in rows
    ]


def delete_attempts(connection: sa.Connection, *, before: dt.datetime, count: int) -> int:
    """Delete the oldest attempts."""
    ids = connection.scalars(_OLD, {"before": before, "count": count}).all()
    if not ids:
        return 0
    return connection.execute(sa.delete(webhook_attempts).where(webhook_attempts.c.id.in_(ids))).rowcount
