"""Webhooks: endpoints are added, listed, shown, changed, given a new secret and removed; their events are sent again."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from bouncer.errors import Conflict, InvalidValue, NotFound
from bouncer.mail.host import read_host
from bouncer.manage.api_keys import refuse_long_label
from bouncer.manage.scopes import account_scope, require_account
from bouncer.policy.records import Belief
from bouncer.policy.webhook_url import WebhookUrl, parse_webhook_url, why_refused
from bouncer.policy.webhooks import EventType
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store
from bouncer.ports.webhooks import (
    OpenWebhook,
    ReplayFilter,
    Webhook,
    WebhookAttempt,
    WebhookSecrets,
    WebhookState,
)

ID_OCTETS = 5
"""Random octets of an endpoint's id: ten digits that people can copy."""
MOST_WEBHOOKS = 20
"""Endpoints of one account: each report is an event for each of them."""
ROTATION = dt.timedelta(hours=24)
"""The time for which the former secret signs beside the new one."""


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """A new endpoint: its values as they were given, not checked yet."""

    account: str
    url: str
    format: str
    events: tuple[EventType, ...]
    belief: Belief
    secret: str = field(repr=False)
    label: str = ""


@dataclass(frozen=True, slots=True)
class WebhookChange:
    """A change of an endpoint; None leaves a value as it is. A URL without login, as lists show it, keeps user and password."""

    url: str | None = None
    events: tuple[EventType, ...] | None = None
    belief: Belief | None = None
    label: str | None = None


@dataclass(frozen=True, slots=True)
class WebhookDetails:
    """An endpoint with its last attempts, newest first."""

    webhook: Webhook
    attempts: tuple[WebhookAttempt, ...]


async def add_webhook(
    store: Store, scope: Scope, new: NewWebhook, *, octets: bytes, networks: Sequence[str], now: dt.datetime
) -> Webhook:
    """Add an endpoint, with an id made of ID_OCTETS random *octets*; gives it as it was recorded.

    Raises NotFound for an unknown account, InvalidValue for a URL that cannot be posted to and for a label that is too long, and
    Conflict where the account has the endpoint in this format already, or MOST_WEBHOOKS.
    """
    refuse_long_label(new.label)
    await require_account(store, scope, new.account)
    url = _parse_url(new.url, networks)
    present = await store.webhooks(await account_scope(store, scope, new.account))
    _refuse_more(new, url.text, [webhook for webhook in present if webhook.state is not WebhookState.ENDED])
    webhook = Webhook(
        f"wh_{octets.hex()}",
        new.account,
        url.text,
        new.format,
        new.events,
        new.belief,
        WebhookState.ACTIVE,
        now,
        label=new.label,
    )
    if not await store.add_webhook(
        scope, OpenWebhook(webhook, WebhookSecrets(new.secret, credentials=url.credentials))
    ):
        raise NotFound(f"there is no account {new.account!r}")
    return webhook


def _parse_url(url: str, networks: Sequence[str]) -> WebhookUrl:
    try:
        parsed = parse_webhook_url(url, allows_http=bool(networks))
    except ValueError as error:
        raise InvalidValue(str(error), field="url") from None
    if read_host(parsed.host) and (why := why_refused(parsed.host, parsed.scheme, networks)):
        raise InvalidValue(why, field="url")  # the addresses of a name are checked at each try
    return parsed


def _refuse_same(account: str, url: str, form: str, present: Sequence[Webhook]) -> None:
    for webhook in present:
        if (webhook.url, webhook.format) == (url, form):
            raise Conflict(f"{account} has this endpoint already: {webhook.id}", field="url")


def _refuse_more(new: NewWebhook, url: str, present: Sequence[Webhook]) -> None:
    _refuse_same(new.account, url, new.format, present)
    if len(present) >= MOST_WEBHOOKS:
        raise Conflict(f"{new.account} has {MOST_WEBHOOKS} endpoints already", field="url")


async def list_webhooks(store: Store, scope: Scope, account: str | None) -> tuple[Webhook, ...]:
    """Give the endpoints of *account*, or of all inside *scope*. Raises NotFound for an unknown account."""
    return tuple(await store.webhooks(await account_scope(store, scope, account)))


async def open_endpoint(store: Store, scope: Scope, webhook_id: str) -> OpenWebhook:
    """Give an endpoint with its secrets, for a try. Raises NotFound."""
    open_webhook = await store.webhook(scope, webhook_id)
    if open_webhook is None:
        raise NotFound(f"there is no webhook {webhook_id!r}")
    return open_webhook


async def show_webhook(
    store: Store, scope: Scope, webhook_id: str, *, attempts: int, before: int | None = None
) -> WebhookDetails:
    """Give an endpoint with its last *attempts*, or those before the attempt with the id *before*. Raises NotFound."""
    open_webhook = await open_endpoint(store, scope, webhook_id)
    page = Page(attempts, before)
    return WebhookDetails(open_webhook.webhook, tuple(await store.webhook_attempts(scope, webhook_id, page)))


async def change_webhook(
    store: Store, scope: Scope, webhook_id: str, change: WebhookChange, *, networks: Sequence[str], now: dt.datetime
) -> Webhook:
    """Change an endpoint; gives it as it is now.

    Raises NotFound, and as ``add_webhook`` for a URL that cannot be posted to or that the account has already, and for a label.
    """
    refuse_long_label(change.label or "")
    open_webhook = await open_endpoint(store, scope, webhook_id)
    if change.url not in (None, open_webhook.webhook.url):
        open_webhook = await _move_endpoint(store, scope, open_webhook, _parse_url(change.url or "", networks))
    choices = {"events": change.events, "belief": change.belief, "label": change.label}
    changes: dict[str, Any] = {name: value for name, value in choices.items() if value is not None}
    open_webhook = replace(open_webhook, webhook=replace(open_webhook.webhook, **changes))
    if not await store.change_webhook(scope, open_webhook, now=now):
        raise NotFound(f"there is no webhook {webhook_id!r}")
    return open_webhook.webhook


async def _move_endpoint(store: Store, scope: Scope, open_webhook: OpenWebhook, url: WebhookUrl) -> OpenWebhook:
    """Give an endpoint at another URL, with the user and password of that URL."""
    webhook = open_webhook.webhook
    present = await store.webhooks(await account_scope(store, scope, webhook.account))
    others = [other for other in present if other.id != webhook.id and other.state is not WebhookState.ENDED]
    _refuse_same(webhook.account, url.text, webhook.format, others)
    secrets_held = replace(open_webhook.secrets, credentials=url.credentials)
    return OpenWebhook(replace(webhook, url=url.text), secrets_held)


async def rotate_secret(store: Store, scope: Scope, webhook_id: str, secret: str, *, now: dt.datetime) -> dt.datetime:
    """Make *secret* the present secret; give the time until which the former one signs beside it. Raises NotFound."""
    until = now + ROTATION
    if not await store.change_webhook_secret(scope, webhook_id, secret, former_until=until):
        raise NotFound(f"there is no webhook {webhook_id!r}")
    return until


async def record_attempt(store: Store, attempt: WebhookAttempt, *, operator: str | None) -> None:
    """Record a try that a person made; one that succeeded wakes a resting endpoint.

    Where the endpoint ended and its account has no owners, a mail tells *operator*.
    """
    await store.record_webhook_attempt(attempt, operator=operator)


async def replay_events(
    store: Store, scope: Scope, webhook_id: str, criteria: ReplayFilter, *, now: dt.datetime
) -> int:
    """Send events again, under the ids that they had; gives their number. A resting endpoint becomes active, where there are any.

    Raises NotFound, Conflict for an endpoint that ended, and InvalidValue for a time that ends before it begins.
    """
    if criteria.since and criteria.until and criteria.until <= criteria.since:
        raise InvalidValue("until must be later than since", field="until")
    open_webhook = await open_endpoint(store, scope, webhook_id)
    if open_webhook.webhook.state is WebhookState.ENDED:
        raise Conflict(f"{webhook_id} said that it is gone (410): add it again", field="webhook")
    return await store.replay_webhook(scope, webhook_id, criteria, now=now)


async def remove_webhook(store: Store, scope: Scope, webhook_id: str, *, now: dt.datetime) -> None:
    """Remove an endpoint; events that wait for it are dropped. Raises NotFound."""
    if not await store.remove_webhook(scope, webhook_id, now=now):
        raise NotFound(f"there is no webhook {webhook_id!r}")
