"""Routes for webhooks: the endpoints of accounts, their attempts, and replays of events; ``webhook_changes`` has the changes."""

import datetime as dt
from typing import Annotated, Any

import msgspec

from bouncer.manage.webhooks import list_webhooks, replay_events, show_webhook
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.webhooks import ReplayFilter
from bouncer.web.parameter import LIMIT, MAX_TEXT, USUAL_LIMIT, Parameter, convert_to_utc
from bouncer.web.problem import ProblemError
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example, data_schema
from bouncer.web.webhook_changes import ATTEMPT_SCHEMA, CHANGE_ROUTES, NAMED, WEBHOOK_ID, WEBHOOK_SCHEMA

_Moment = Annotated[dt.datetime, msgspec.Meta(tz=True)]


class EventsToReplay(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Events that are to be posted again: the one with this id, those from *since* on and before *until*, those that failed.

    Together they narrow one another; at least one must be there.
    """

    event: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)] | None = None
    since: _Moment | None = None
    until: _Moment | None = None
    failed: bool = False


async def _list(request: ApiRequest) -> Any:
    rows = await list_webhooks(request.store, request.scope, request.parameters["account"])
    return {"data": [to_plain(row) for row in rows]}


async def _attempts(request: ApiRequest) -> Any:
    parameters = request.parameters
    details = await show_webhook(request.store, request.scope, parameters["webhook_id"], attempts=parameters["limit"])
    return {"data": [to_plain(row) for row in details.attempts]}


async def _replay(request: ApiRequest) -> Any:
    body: EventsToReplay = request.body
    if not (body.event or body.since or body.until or body.failed):
        raise ProblemError(422, "Say which events: event, since, until or failed.", parameter="event")
    since, until = (
        body.since and convert_to_utc(body.since, "since"),
        body.until and convert_to_utc(body.until, "until"),
    )
    criteria = ReplayFilter(body.event, since, until, body.failed)
    webhook_id = request.parameters["webhook_id"]
    count = await replay_events(request.store, request.scope, webhook_id, criteria, now=request.now)
    return {"replayed": count}


WEBHOOK_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/webhooks",
        "The endpoints of webhooks, without their secrets, each with its state and last answer",
        KeyAccess.ADMIN,
        _list,
        data_schema(WEBHOOK_SCHEMA),
        (OF_ACCOUNT,),
        errors=(404,),
        example=Example(),
    ),
    *CHANGE_ROUTES,
    ApiRoute(
        "GET",
        "/api/v1/webhooks/{webhook_id}/attempts",
        "The attempts of the last 14 days to post to an endpoint, newest first",
        KeyAccess.ADMIN,
        _attempts,
        data_schema(ATTEMPT_SCHEMA),
        (WEBHOOK_ID, Parameter("limit", LIMIT, "attempts, the newest", "50", default=USUAL_LIMIT)),
        errors=(404,),
        example=Example(path=NAMED),
    ),
    ApiRoute(
        "POST",
        "/api/v1/webhooks/{webhook_id}/replay",
        "Post events again, oldest first, under their ids: one, those of a time, or those that failed",
        KeyAccess.ADMIN,
        _replay,
        {"type": "object", "properties": {"replayed": {"type": "integer"}}, "required": ["replayed"]},
        (WEBHOOK_ID,),
        EventsToReplay,
        errors=(404,),
        example=Example(body='{"since": "2026-11-01T00:00:00Z", "until": "2026-11-02T00:00:00Z"}', path=NAMED),
    ),
)
"""The routes, in the manual's order."""
