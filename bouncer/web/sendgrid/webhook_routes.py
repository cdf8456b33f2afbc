"""Routes of SendGrid's event webhook settings."""

from collections.abc import Awaitable, Callable
from typing import Any

from bouncer.policy.api_key import KeyAccess
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.parameters import NAMES, NUMBER_SCHEMA, ON_BEHALF_OF, array_of, object_of
from bouncer.web.sendgrid.webhook_values import (
    ACCOUNT_STATUS,
    SIGNING_SCHEMA,
    WEBHOOK_SCHEMA,
    SigningToChange,
    WebhookToChange,
    WebhookToTest,
)
from bouncer.web.sendgrid.webhooks import (
    add,
    all_shown,
    change,
    changed_without_id,
    post_test,
    remove,
    show,
    shown_without_id,
    signing_changed,
    signing_shown,
)

_PATH = "/v3/user/webhooks/event"
_SETTINGS = f"{_PATH}/settings"


def _route(
    method: str,
    path: str,
    says: str,
    answer: Callable[[ApiRequest], Awaitable[Any]],
    schema: dict[str, Any] | None,
    *,
    body: Any = None,
    example: str = "",
    status: int = 200,
) -> ApiRoute:
    path_parameters = (_WEBHOOK_ID,) if "{webhook_id}" in path else ()
    query = (_INCLUDE,) if schema in (WEBHOOK_SCHEMA, _LIST) else ()
    return ApiRoute(
        method,
        path,
        says,
        KeyAccess.ADMIN,
        answer,
        schema,
        (ON_BEHALF_OF, *path_parameters, *query),
        body,
        status,
        errors=(404,),
        example=Example(body=example, path={"webhook_id": "wh_0123456789"} if path_parameters else {}),
        form=SENDGRID_FORM,
    )


_WEBHOOK_ID = Parameter("webhook_id", TEXT, "the id, as the list shows it", "wh_0123456789", where="path")
_INCLUDE = Parameter(
    "include", NAMES, f"{ACCOUNT_STATUS}: show that flag, too, which is always false", ACCOUNT_STATUS, default=()
)
_LIST = object_of(max_allowed=NUMBER_SCHEMA, webhooks=array_of(WEBHOOK_SCHEMA))
_NEW = '{"url": "https://app.example.com/sendgrid", "enabled": true, "bounce": true, "spam_report": true}'
_FEWER = '{"enabled": true, "spam_report": false}'
_SIGNED = '{"enabled": true}'
_ONE = f"{_SETTINGS}/{{webhook_id}}"

WEBHOOK_ROUTES = (
    _route(
        "POST",
        _SETTINGS,
        "Add an event webhook",
        add,
        WEBHOOK_SCHEMA,
        body=WebhookToChange,
        example=_NEW,
        status=201,
    ),
    _route("GET", f"{_SETTINGS}/all", "List the event webhooks, oldest first", all_shown, _LIST),
    _route("GET", _SETTINGS, "Show the oldest event webhook", shown_without_id, WEBHOOK_SCHEMA),
    _route(
        "PATCH",
        _SETTINGS,
        "Change the oldest event webhook",
        changed_without_id,
        WEBHOOK_SCHEMA,
        body=WebhookToChange,
        example=_FEWER,
    ),
    _route(
        "GET", f"{_SETTINGS}/signed", "Show the public key of the oldest event webhook", signing_shown, SIGNING_SCHEMA
    ),
    _route(
        "PATCH",
        f"{_SETTINGS}/signed",
        "Change nothing, and show the public key: events are always signed",
        signing_changed,
        SIGNING_SCHEMA,
        body=SigningToChange,
        example=_SIGNED,
    ),
    _route(
        "GET", f"{_SETTINGS}/signed/{{webhook_id}}", "Show an event webhook's public key", signing_shown, SIGNING_SCHEMA
    ),
    _route(
        "PATCH",
        f"{_SETTINGS}/signed/{{webhook_id}}",
        "Change nothing, and show the public key: events are always signed",
        signing_changed,
        SIGNING_SCHEMA,
        body=SigningToChange,
        example=_SIGNED,
    ),
    _route("GET", _ONE, "Show an event webhook", show, WEBHOOK_SCHEMA),
    _route("PATCH", _ONE, "Change an event webhook", change, WEBHOOK_SCHEMA, body=WebhookToChange, example=_FEWER),
    _route(
        "POST",
        f"{_PATH}/test",
        "Post a test event",
        post_test,
        None,
        body=WebhookToTest,
        example='{"id": "wh_0123456789"}',
        status=204,
    ),
    _route("DELETE", _ONE, "Remove an event webhook", remove, None, status=204),
)
"""The routes, in the manual's order."""
