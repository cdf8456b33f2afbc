"""SendGrid's event webhook settings: endpoints of the format ``sendgrid``, with an id and without."""

import secrets
from collections.abc import Awaitable, Sequence
from typing import Any

from bouncer.errors import Conflict, InvalidValue
from bouncer.manage.webhooks import (
    ID_OCTETS,
    MOST_WEBHOOKS,
    NewWebhook,
    WebhookChange,
    add_webhook,
    change_webhook,
    list_webhooks,
    open_endpoint,
    record_attempt,
    remove_webhook,
)
from bouncer.policy.webhook_url import parse_webhook_url
from bouncer.ports.webhooks import Webhook, WebhookState
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.parameters import account_of
from bouncer.web.sendgrid.webhook_values import (
    ACCOUNT_STATUS,
    FORMAT,
    WebhookToChange,
    WebhookToTest,
    events_of,
    webhook_object,
)


async def _webhooks(request: ApiRequest) -> Sequence[Webhook]:
    """Give the account's endpoints of SendGrid's format that have not ended, oldest first."""
    listed = await list_webhooks(request.store, request.scope, account_of(request))
    return [webhook for webhook in listed if webhook.format == FORMAT and webhook.state is not WebhookState.ENDED]


async def _webhook(request: ApiRequest) -> Webhook:
    """Give the endpoint with the id of the path; without one, the oldest. Raises ProblemError (404)."""
    webhooks, webhook_id = await _webhooks(request), request.parameters.get("webhook_id")
    for webhook in webhooks:
        if webhook_id in (None, webhook.id):
            return webhook
    raise ProblemError(404, "The account has no such webhook.", members={"message": "Invalid id provided."})


async def show(request: ApiRequest) -> Any:
    """Show an endpoint."""
    return await _object(request, await _webhook(request))


async def _object(request: ApiRequest, webhook: Webhook) -> dict[str, Any]:
    oldest = next(iter(await _webhooks(request)), webhook)
    key = await _public_key(request, webhook)
    shown_object = webhook_object(webhook, key, is_oldest=webhook.id == oldest.id)
    return {**shown_object, ACCOUNT_STATUS: False} if ACCOUNT_STATUS in request.parameters["include"] else shown_object


async def shown_without_id(request: ApiRequest) -> Any:
    """Show the oldest endpoint."""
    return await _without_id(request, await _webhook(request))


async def _without_id(request: ApiRequest, webhook: Webhook) -> dict[str, Any]:
    return {**await _object(request, webhook), "id": ""}


async def _public_key(request: ApiRequest, webhook: Webhook) -> str:
    from bouncer.notify.webhooks.sendgrid import SENDGRID  # noqa: PLC0415 -- cryptography, where it is needed

    return SENDGRID.show_secret((await open_endpoint(request.store, request.scope, webhook.id)).secrets.current)


async def all_shown(request: ApiRequest) -> Any:
    """Show all endpoints, oldest first."""
    webhooks = await _webhooks(request)
    return {"max_allowed": MOST_WEBHOOKS, "webhooks": [await _object(request, webhook) for webhook in webhooks]}


async def add(request: ApiRequest) -> Any:
    """Add an endpoint."""
    from bouncer.notify.webhooks.format import SECRET_OCTETS  # noqa: PLC0415 -- as above
    from bouncer.notify.webhooks.sendgrid import SENDGRID  # noqa: PLC0415 -- as above

    body: WebhookToChange = request.body
    _refuse_oauth(body)
    events = SENDGRID.events if body.enabled is not False and not body.names_events else events_of(body, (), ())
    secret = SENDGRID.make_secret(secrets.token_bytes(SECRET_OCTETS))
    label = body.friendly_name or ""
    new = NewWebhook(account_of(request), body.url or "", FORMAT, events, SENDGRID.belief, secret, label)
    octets, networks = secrets.token_bytes(ID_OCTETS), request.forward.webhook_networks
    added = add_webhook(request.store, request.scope, new, octets=octets, networks=networks, now=request.now)
    webhook = await _saying(request, new.url, added)
    return await _object(request, webhook)


def _refuse_oauth(body: WebhookToChange) -> None:
    for name in ("oauth_client_id", "oauth_client_secret", "oauth_token_url"):
        if getattr(body, name):
            raise ProblemError(422, "There is no OAuth here: events are signed.", parameter=name)


async def _saying(request: ApiRequest, url: str, change: Awaitable[Webhook]) -> Webhook:
    """Await a change of a webhook; an error that forbids the change gets SendGrid's words."""
    try:
        return await change
    except InvalidValue as error:
        if error.field != "url":
            raise ProblemError(422, str(error), parameter="friendly_name") from None
        words = {"message": f"'{url}' is not a valid url", "help": {"reason": str(error)}}
        raise ProblemError(422, str(error), members=words) from None
    except Conflict as error:
        text = parse_webhook_url(url, allows_http=True).text
        same = next((webhook for webhook in await _webhooks(request) if webhook.url == text), None)
        if same is None:
            raise ProblemError(422, str(error)) from None
        facts = {"id": same.id, "url": same.url}
        raise ProblemError(422, f"Webhook at '{url}' already exists. {error}", members=facts) from None


async def change(request: ApiRequest) -> Any:
    """Change an endpoint."""
    return await _object(request, await _change(request))


async def changed_without_id(request: ApiRequest) -> Any:
    """Change the oldest endpoint."""
    return await _without_id(request, await _change(request))


async def _change(request: ApiRequest) -> Webhook:
    from bouncer.notify.webhooks.sendgrid import SENDGRID  # noqa: PLC0415 -- as above

    body: WebhookToChange = request.body
    _refuse_oauth(body)
    webhook = await _webhook(request)
    events = events_of(body, webhook.events, SENDGRID.events)
    change = WebhookChange(body.url, events, label=body.friendly_name)
    networks, now = request.forward.webhook_networks, request.now
    change_task = change_webhook(request.store, request.scope, webhook.id, change, networks=networks, now=now)
    return await _saying(request, body.url or "", change_task)


async def remove(request: ApiRequest) -> Any:
    """Remove an endpoint."""
    webhook = await _webhook(request)
    await remove_webhook(request.store, request.scope, webhook.id, now=request.now)


async def signing_shown(request: ApiRequest) -> Any:
    """Show the public key of an endpoint."""
    webhook = await _webhook(request)
    webhook_id = webhook.id if "webhook_id" in request.parameters else ""
    return {"id": webhook_id, "public_key": await _public_key(request, webhook)}


async def signing_changed(request: ApiRequest) -> Any:
    """Leave the signing as it is; refuse to end it."""
    if not request.body.enabled:
        raise ProblemError(422, "Events are always signed.", parameter="enabled")
    return await signing_shown(request)


async def post_test(request: ApiRequest) -> Any:
    """Post a test event to an endpoint."""
    from bouncer.notify.webhooks.trying import try_endpoint  # noqa: PLC0415 -- as above

    webhook = await _webhook_to_test(request)
    open_webhook = await open_endpoint(request.store, request.scope, webhook.id)
    attempt = await try_endpoint(open_webhook, request.forward.webhook_networks, request.now)
    await record_attempt(request.store, attempt, operator=request.forward.operator)
    if not attempt.succeeded:
        raise ProblemError(
            422, f"The webhook did not take the test: {attempt.status or attempt.answer}.", parameter="url"
        )


async def _webhook_to_test(request: ApiRequest) -> Webhook:
    """Give the endpoint with the id, or else the URL, of the body. Raises ProblemError (404)."""
    body: WebhookToTest = request.body
    url = _spell(body.url or "")
    for webhook in await _webhooks(request):
        if webhook.id == body.id or (not body.id and webhook.url == url):
            return webhook
    raise ProblemError(404, "The account has no webhook with this id or URL.")


def _spell(url: str) -> str:
    """Spell a URL as the list of endpoints does; one that no endpoint can have stays as it is."""
    try:
        return parse_webhook_url(url, allows_http=True).text
    except ValueError:
        return url
