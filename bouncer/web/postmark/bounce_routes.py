"""Routes of Postmark's bounces."""

from collections.abc import Awaitable, Callable
from typing import Any

from bouncer.policy.api_key import KeyAccess
from bouncer.policy.postmark_types import POSTMARK_TYPES
from bouncer.web.parameter import MOMENT, TEXT, Parameter
from bouncer.web.postmark.bounce_rows import BOUNCE_SCHEMA
from bouncer.web.postmark.bounces import activate, bounce, dump, list_bounces, statistics, tags
from bouncer.web.postmark.form import POSTMARK_FORM
from bouncer.web.postmark.parameters import ANY_FLAG, BOUNCE_ID, END, any_case
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.parameters import (
    MAX_OFFSET,
    NUMBER_SCHEMA,
    TEXT_SCHEMA,
    array_of,
    object_of,
    whole_number,
)

MOST_BOUNCES = 500
"""Bounces of one page: Postmark's own limit."""

_FILTERS = (
    Parameter("count", whole_number(1, MOST_BOUNCES, MOST_BOUNCES), "bounces of a page", "50", default=MOST_BOUNCES),
    Parameter("offset", whole_number(0, MAX_OFFSET, 0), "newer bounces before the page", "0", default=0),
    Parameter("type", any_case(entry.name for entry in POSTMARK_TYPES), "only bounces of this type", "HardBounce"),
    Parameter(
        "inactive", ANY_FLAG, "true: only where mail to the address is stopped now; false: only where not", "true"
    ),
    Parameter("emailfilter", TEXT, "only bounces of this address", "jane@example.org"),
    Parameter("tag", TEXT, "only bounces of this campaign", "march"),
    Parameter("messageid", TEXT, "only bounces of the message with this Message-ID", "m1@acme.example"),
    Parameter("fromdate", MOMENT, "only from this day or time on, UTC", "2026-03-01"),
    Parameter("todate", END, "only up to this day or time, UTC", "2026-11-30"),
    Parameter("messagestream", TEXT, "only bounces of this stream; `outbound` for mail of none", "outbound"),
)


def _route(
    method: str,
    path: str,
    says: str,
    answer: Callable[[ApiRequest], Awaitable[Any]],
    schema: Any,
    parameters: tuple[Parameter, ...] = (),
) -> ApiRoute:
    return ApiRoute(
        method,
        path,
        says,
        KeyAccess.READ if method == "GET" else KeyAccess.WRITE,
        answer,
        schema,
        parameters,
        errors=(404, 409),
        example=Example(path={BOUNCE_ID.name: BOUNCE_ID.example} if BOUNCE_ID in parameters else {}),
        form=POSTMARK_FORM,
    )


_ONE = "/bounces/{bounce_id}"
_STATISTICS = object_of(
    InactiveMails=NUMBER_SCHEMA,
    Bounces=array_of(
        {
            "type": "object",
            "properties": {"Name": TEXT_SCHEMA, "Count": NUMBER_SCHEMA, "Type": TEXT_SCHEMA},
            "required": ["Name", "Count"],
        }
    ),
)
_CONTENT = object_of(**BOUNCE_SCHEMA["properties"], Content=TEXT_SCHEMA)
_ACTIVATED = object_of(Message=TEXT_SCHEMA, Bounce=BOUNCE_SCHEMA)

BOUNCE_ROUTES = (
    _route(
        "GET",
        "/bounces",
        "Proven failures and complaints, newest first",
        list_bounces,
        object_of(TotalCount=NUMBER_SCHEMA, Bounces=array_of(BOUNCE_SCHEMA)),
        _FILTERS,
    ),
    _route("GET", "/bounces/tags", "The campaigns of mail that failed", tags, array_of(TEXT_SCHEMA)),
    _route("GET", _ONE, "One bounce, with the beginning of its letter", bounce, _CONTENT, (BOUNCE_ID,)),
    _route("GET", f"{_ONE}/dump", "The letter of a bounce as text", dump, object_of(Body=TEXT_SCHEMA), (BOUNCE_ID,)),
    _route("PUT", f"{_ONE}/activate", "Let mail go to the address again", activate, _ACTIVATED, (BOUNCE_ID,)),
    _route("GET", "/deliverystats", "Bounces by type, and suppressions", statistics, _STATISTICS),
)
"""The routes, in the manual's order."""
