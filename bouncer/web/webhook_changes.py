"""Routes that add, change, test and remove the endpoints of webhooks, and give them new secrets."""

import secrets
from typing import Annotated, Any

import msgspec

from bouncer.manage.api_keys import MAX_LABEL
from bouncer.manage.webhooks import (
    ID_OCTETS,
    NewWebhook,
    WebhookChange,
    add_webhook,
    change_webhook,
    open_endpoint,
    record_attempt,
    remove_webhook,
    rotate_secret,
)
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import Belief
from bouncer.policy.webhook_url import MAX_URL
from bouncer.policy.webhooks import ALL_EVENTS, EventType
from bouncer.ports.webhooks import Webhook, WebhookAttempt
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example
from bouncer.web.row_schema import row_schema

# cryptography takes a tenth of a second to import, and most daemons never test an endpoint: the functions below import it.

_Url = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_URL)]
_Label = Annotated[str, msgspec.Meta(max_length=MAX_LABEL)]
_Events = Annotated[tuple[EventType, ...], msgspec.Meta(max_length=len(EventType))]


class WebhookToAdd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new endpoint; without *events* or *belief* it has those of its format."""

    url: _Url
    format: Annotated[str, msgspec.Meta(max_length=MAX_LABEL)] = "standard"
    events: _Events | None = None
    belief: Belief | None = None
    label: _Label = ""


class EndpointToChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change of an endpoint; null leaves a value as it is, and an endpoint without events gets nothing."""

    url: _Url | None = None
    events: _Events | None = None
    belief: Belief | None = None
    label: _Label | None = None


async def _add_endpoint(request: ApiRequest) -> Any:
    from bouncer.notify.webhooks.format import SECRET_OCTETS  # noqa: PLC0415 -- as above
    from bouncer.notify.webhooks.formats import known_format, refuse_impossible  # noqa: PLC0415 -- as above

    body: WebhookToAdd = request.body
    webhook_format = known_format(body.format)
    refuse_impossible(webhook_format, body.events or ())
    events = webhook_format.events if body.events is None else _sort_events(body.events)
    secret = webhook_format.make_secret(secrets.token_bytes(SECRET_OCTETS))
    new = NewWebhook(
        request.account, body.url, webhook_format.name, events, body.belief or webhook_format.belief, secret, body.label
    )
    octets, networks = secrets.token_bytes(ID_OCTETS), request.forward.webhook_networks
    added = await add_webhook(request.store, request.scope, new, octets=octets, networks=networks, now=request.now)
    return {**to_plain(added), "secret": webhook_format.show_secret(secret) if secret else None}


def _sort_events(events: tuple[EventType, ...]) -> tuple[EventType, ...]:
    return tuple(event for event in ALL_EVENTS if event in events)


async def _show_endpoint(request: ApiRequest) -> Any:
    return to_plain((await open_endpoint(request.store, request.scope, request.parameters["webhook_id"])).webhook)


async def _change_endpoint(request: ApiRequest) -> Any:
    from bouncer.notify.webhooks.formats import known_format, refuse_impossible  # noqa: PLC0415 -- as above

    body: EndpointToChange = request.body
    webhook_id = request.parameters["webhook_id"]
    open_webhook = await open_endpoint(request.store, request.scope, webhook_id)
    refuse_impossible(known_format(open_webhook.webhook.format), body.events or ())
    events = None if body.events is None else _sort_events(body.events)
    change = WebhookChange(body.url, events, body.belief, body.label)
    networks = request.forward.webhook_networks
    return to_plain(
        await change_webhook(request.store, request.scope, webhook_id, change, networks=networks, now=request.now)
    )


async def _rotate_secret(request: ApiRequest) -> Any:
    from bouncer.notify.webhooks.format import SECRET_OCTETS  # noqa: PLC0415 -- as above
    from bouncer.notify.webhooks.formats import known_format  # noqa: PLC0415 -- as above

    webhook_id = request.parameters["webhook_id"]
    webhook_format = known_format((await open_endpoint(request.store, request.scope, webhook_id)).webhook.format)
    secret = webhook_format.make_secret(secrets.token_bytes(SECRET_OCTETS))
    if not secret:
        raise ProblemError(
            422, f"The format {webhook_format.name} signs nothing: change the user and password in the URL."
        )
    until = await rotate_secret(request.store, request.scope, webhook_id, secret, now=request.now)
    return {"id": webhook_id, "secret": webhook_format.show_secret(secret), "former_until": until.isoformat()}


async def _test_endpoint(request: ApiRequest) -> Any:
    from bouncer.notify.webhooks.trying import try_endpoint  # noqa: PLC0415 -- as above

    open_webhook = await open_endpoint(request.store, request.scope, request.parameters["webhook_id"])
    attempt = await try_endpoint(open_webhook, request.forward.webhook_networks, request.now)
    await record_attempt(request.store, attempt, operator=request.forward.operator)
    return {**to_plain(attempt), "taken": attempt.succeeded}


async def _remove_endpoint(request: ApiRequest) -> Any:
    await remove_webhook(request.store, request.scope, request.parameters["webhook_id"], now=request.now)


def _with(row: dict[str, Any], **members: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of *row* with these members beside its own."""
    return {**row, "properties": {**row["properties"], **members}, "required": [*row["required"], *members]}


WEBHOOK_ID = Parameter("webhook_id", TEXT, "the id, as lists show it", "wh_0123456789", where="path")
NAMED = {"webhook_id": WEBHOOK_ID.example}
WEBHOOK_SCHEMA = row_schema(Webhook)
ATTEMPT_SCHEMA = row_schema(WebhookAttempt)
_ONE = "/api/v1/webhooks/{webhook_id}"
_TEXT = {"type": "string"}
_NEW_SECRET = {
    "type": "object",
    "properties": {"id": _TEXT, "secret": _TEXT, "former_until": {**_TEXT, "format": "date-time"}},
    "required": ["id", "secret", "former_until"],
}


def _endpoint_route(
    method: str, path: str, says: str, answer: Any, schema: Any, body: Any = None, example: str = "", **others: Any
) -> ApiRoute:
    path_example = Example(body=example, path=NAMED)
    return ApiRoute(
        method,
        path,
        says,
        KeyAccess.ADMIN,
        answer,
        schema,
        (WEBHOOK_ID,),
        body,
        errors=(404,),
        example=path_example,
        **others,
    )


CHANGE_ROUTES = (
    ApiRoute(
        "POST",
        "/api/v1/webhooks",
        "Post an account's events to a URL from now on; only this answer shows the secret that they are signed with",
        KeyAccess.ADMIN,
        _add_endpoint,
        _with(WEBHOOK_SCHEMA, secret={"type": ["string", "null"]}),
        (OF_ACCOUNT,),
        WebhookToAdd,
        status=201,
        shows_secret=True,
        errors=(404,),
        example=Example(body='{"url": "https://app.example.com/bounces", "events": ["bounce", "complaint"]}'),
    ),
    _endpoint_route(
        "GET", _ONE, "An endpoint, without its secrets, with its state and last answer", _show_endpoint, WEBHOOK_SCHEMA
    ),
    _endpoint_route(
        "PATCH",
        _ONE,
        "Change the URL, the events, the least belief or the label of an endpoint",
        _change_endpoint,
        WEBHOOK_SCHEMA,
        EndpointToChange,
        '{"events": ["bounce"], "belief": "proven"}',
    ),
    _endpoint_route(
        "POST",
        f"{_ONE}/rotate",
        "Give an endpoint a new secret, which only this answer shows; the one before signs beside it for 24 hours",
        _rotate_secret,
        _NEW_SECRET,
        shows_secret=True,
    ),
    _endpoint_route(
        "POST",
        f"{_ONE}/test",
        "Post a test event now, and show the answer; a resting endpoint that takes it gets events again",
        _test_endpoint,
        _with(ATTEMPT_SCHEMA, taken={"type": "boolean"}),
    ),
    _endpoint_route(
        "DELETE", _ONE, "Remove an endpoint; events that wait for it are dropped", _remove_endpoint, None, status=204
    ),
)
"""The routes, in the manual's order."""
