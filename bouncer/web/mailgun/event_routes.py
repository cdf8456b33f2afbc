"""Routes of Mailgun's events: what proven reports say of each recipient, page by page."""

from collections.abc import Sequence
from typing import Any

from bouncer.mail.letter import spell_id
from bouncer.manage.records import BounceWalk, walked_bounces
from bouncer.notify.webhooks.format import WebhookEvent
from bouncer.notify.webhooks.mailgun import event_data
from bouncer.policy.webhooks import event_type
from bouncer.ports.letters import BounceRow
from bouncer.web.mailgun.event_query import FILTERS, EventQuery, first_page_query, read_token
from bouncer.web.mailgun.making import mailgun_route
from bouncer.web.mailgun.paging import PAGING_SCHEMA
from bouncer.web.mailgun.parameters import account_of
from bouncer.web.parameter import Parameter, ParameterType
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.parameters import array_of, object_of

_PATH = "/v3/{domain}/events"


async def _list_first_page(request: ApiRequest) -> Any:
    return await _page(request, first_page_query(request.parameters))


async def _list_further_page(request: ApiRequest) -> Any:
    return await _page(request, read_token(request.parameters["page"]))


async def _page(request: ApiRequest, query: EventQuery) -> Any:
    name, criteria = await account_of(request), query.filter_at(request.now)
    backward = query.way in ("previous", "last")
    walk = BounceWalk(query.values["limit"], query.is_ascending is not backward, query.place)
    rows = await walked_bounces(request.store, request.scope, name, criteria, walk, now=request.now) if criteria else []
    if backward:
        rows.reverse()
    places = _places(query, walk, rows)
    list_url = request.url.partition("/events")[0] + "/events"
    urls = {way: f"{list_url}/{query.token(way, place)}" for way, place in places.items()}
    return {"items": [_event(row) for row in rows], "paging": urls}


def _places(query: EventQuery, walk: BounceWalk, rows: Sequence[BounceRow]) -> dict[str, int | None]:
    """Give the places of the pages beside a page. The previous page of an empty one begins with the row at its own place."""
    if rows or query.place is None:
        first, last = (rows[0].id, rows[-1].id) if rows else (None, None)
        return {"first": None, "next": last, "previous": first, "last": None}
    neighbour = query.place + 1 if walk.oldest_first else query.place - 1
    back = {"next": "previous", "previous": "next"}[query.way]
    return {"first": None, "next": query.place, "previous": query.place, "last": None, back: neighbour}


def _event(row: BounceRow) -> dict[str, Any]:
    kind = event_type(row.kind, row.action, row.category)
    return event_data(WebhookEvent(spell_id(row.id), kind, row.at, row.account or "", row))


_TOKEN = Parameter(
    "page",
    ParameterType({"type": "string", "minLength": 1}, lambda text: text),
    "the page, as the URLs of `paging` have it",
    "bGltaXQ9NTA",
    where="path",
)
_SCHEMA = object_of(items=array_of({"type": "object"}), paging=PAGING_SCHEMA)

EVENT_ROUTES = (
    mailgun_route(
        "GET", _PATH, "The events that proven reports tell of", _list_first_page, _SCHEMA, parameters=FILTERS
    ),
    mailgun_route(
        "GET", f"{_PATH}/{{page}}", "Another page of these events", _list_further_page, _SCHEMA, parameters=(_TOKEN,)
    ),
)
"""The routes, in the manual's order."""
