"""Routes for signed return paths: made for mails, and checked."""

import datetime as dt
from typing import Annotated, Any

import msgspec

from bouncer.clock import DAY_SECONDS
from bouncer.manage.return_paths import PathOrder, VerifiedPath, sign_paths, verify_paths
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.web.parameter import MAX_TEXT
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example, data_schema
from bouncer.web.row_schema import row_schema
from bouncer.web.spelling import REFERENCE
from bouncer.web.suppression_routes import Address

MOST_PATHS = 1000
"""Return paths of one request: signed or checked in some ten milliseconds."""
MOST_DAYS = 3650
"""Days that a path may be good for, as in the settings."""


class PathsToSign(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Recipients that get a path each: for which domain (null: the first), for how long, with which word of the sender."""

    recipients: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_PATHS)]
    reference: Annotated[str, REFERENCE.bounds()] | None = None
    domain: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)] | None = None
    days: Annotated[int, msgspec.Meta(ge=1, le=MOST_DAYS)] | None = None
    hashed: bool = False


class PathsToVerify(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Return paths as they were found in mails."""

    paths: Annotated[
        tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=2 * MAX_TEXT)], ...],
        msgspec.Meta(min_length=1, max_length=MOST_PATHS),
    ]


async def _sign(request: ApiRequest) -> Any:
    body: PathsToSign = request.body
    settings = request.host.settings()
    order = PathOrder(body.days or settings.tokens.expire_days, body.domain, body.reference, body.hashed)
    paths = await sign_paths(
        request.store,
        request.scope,
        request.account,
        body.recipients,
        order,
        settings.smtp,
        request.host.keys(),
        today=_day(request.now),
    )
    rows = zip(body.recipients, paths, strict=True)
    return {"data": [{"recipient": recipient, "return_path": path} for recipient, path in rows]}


async def _verify(request: ApiRequest) -> Any:
    smtp, keys = request.host.settings().smtp, request.host.keys()
    rows = await verify_paths(request.store, request.scope, request.body.paths, smtp, keys, today=_day(request.now))
    return {"data": [to_plain(row) for row in rows]}


def _day(moment: dt.datetime) -> int:
    return int(moment.timestamp()) // DAY_SECONDS


_SIGNED = {
    "type": "object",
    "properties": {"recipient": {"type": "string"}, "return_path": {"type": "string"}},
    "required": ["recipient", "return_path"],
}

RETURN_PATH_ROUTES = (
    ApiRoute(
        "POST",
        "/api/v1/return-paths",
        "Sign a return path for one mail to each of up to 1,000 recipients",
        KeyAccess.WRITE,
        _sign,
        data_schema(_SIGNED),
        (OF_ACCOUNT,),
        PathsToSign,
        errors=(404, 409),
        example=Example(body='{"recipients": ["jane@example.org"], "reference": "march"}'),
    ),
    ApiRoute(
        "POST",
        "/api/v1/return-paths/verify",
        "Say of up to 1,000 return paths whether they are signed by us, for whom, and until which day",
        KeyAccess.READ,
        _verify,
        data_schema(row_schema(VerifiedPath)),
        (),
        PathsToVerify,
        example=Example(body='{"paths": ["acme-2bxinljced7whvha6fmz-jane=example.org@rp.example.com"]}'),
    ),
)
"""The routes, in the manual's order."""
