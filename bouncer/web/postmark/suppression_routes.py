"""Postmark's suppressions of a message stream: read whole, added to, and deleted. Message streams are our streams."""

import datetime as dt
from collections.abc import Callable
from typing import Annotated, Any

import msgspec

from bouncer.errors import InvalidValue
from bouncer.manage.suppressing import (
    SuppressionOrder,
    SuppressOutcome,
    export_suppressions,
    release_addresses,
    suppress_addresses,
)
from bouncer.policy.address_list import is_wish
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.postmark.form import POSTMARK_FORM
from bouncer.web.postmark.parameters import OUTBOUND, account_of, any_case, stream_of
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.parameters import DAY, TEXT_SCHEMA, array_of, object_of
from bouncer.web.suppression_routes import MOST_CHANGED, Address

MOST_DUMPED = 50_000
"""Suppressions of one dump: some ten megabytes. A longer list is exported by /api/v1/exports."""
_DAY = dt.timedelta(days=1)
_WORDS = ("HardBounce", "SpamComplaint", "ManualSuppression")
_ORIGINS = ("Recipient", "Customer", "Admin")
_COMPLAINT, _WISH = "complaint", "unsubscribe"


_STREAM = Parameter("stream", TEXT, "the stream; `outbound` for mail of none", OUTBOUND, where="path")
_FILTERS = (
    Parameter("suppressionreason", any_case(_WORDS), "only suppressions for this reason", "HardBounce"),
    Parameter("origin", any_case(_ORIGINS), "only suppressions of this origin", "Recipient"),
    Parameter("emailaddress", TEXT, "only this address", "jane@example.org"),
    Parameter("fromdate", DAY, "only from this day on", "2026-03-01"),
    Parameter("todate", DAY, "only up to this day", "2026-11-30"),
)


class PostmarkAddress(msgspec.Struct, frozen=True, rename="pascal"):
    """An address of a list."""

    email_address: Address


class PostmarkAddresses(msgspec.Struct, frozen=True, rename="pascal"):
    """Addresses that are to be suppressed, or freed."""

    suppressions: Annotated[tuple[PostmarkAddress, ...], msgspec.Meta(min_length=1, max_length=MOST_CHANGED)]


def _own_stream(request: ApiRequest) -> str:
    return stream_of(request.parameters["stream"])


async def _dump(request: ApiRequest) -> Any:
    stops, stream = dict[str, Suppression](), _own_stream(request)
    async for page in export_suppressions(request.store, request.scope, account_of(request), now=request.now):
        for entry in page:
            if entry.stream in ("", stream) and _fits(request, entry) and _is_wider(entry, stops.get(entry.address)):
                stops[entry.address] = entry
        if len(stops) > MOST_DUMPED:
            words = f"The list has more than {MOST_DUMPED} suppressions: ask by days, or for /api/v1/exports."
            raise ProblemError(422, words)
    return {"Suppressions": [_row(entry) for entry in stops.values()]}


def _is_wider(entry: Suppression, other: Suppression | None) -> bool:
    """Whether *entry* is to be shown of an address: of two suppressions, the one for all mail."""
    return other is None or (other.stream != "" and not entry.stream)


def _fits(request: ApiRequest, entry: Suppression) -> bool:
    parameters = request.parameters
    since, until, address = parameters["fromdate"], parameters["todate"], parameters["emailaddress"]
    return (
        parameters["suppressionreason"] in (None, _word(entry))
        and parameters["origin"] in (None, _origin(entry))
        and (address is None or address.lower() == entry.address.lower())
        and (since is None or entry.since >= since)
        and (until is None or entry.since < until + _DAY)
    )


def _word(entry: Suppression) -> str:
    if not is_wish(entry.reason):
        return "HardBounce"
    return "SpamComplaint" if entry.reason == _COMPLAINT else "ManualSuppression"


def _origin(entry: Suppression) -> str:
    return "Recipient" if entry.source is ChangeSource.BOUNCE else "Customer"


def _row(entry: Suppression) -> dict[str, str]:
    created = entry.since.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    reason, origin = _word(entry), _origin(entry)
    return {"EmailAddress": entry.address, "SuppressionReason": reason, "Origin": origin, "CreatedAt": created}


async def _add(request: ApiRequest) -> Any:
    name = account_of(request)
    order = SuppressionOrder(_WISH, stream=_own_stream(request))
    rows = []
    for address in _addresses(request):
        try:
            (result,) = await suppress_addresses(
                request.store, request.scope, name, (address,), order, by=request.changed_by, now=request.now
            )
        except InvalidValue as error:
            rows.append(_result(address, "Failed", str(error)))
            continue
        if result.outcome is SuppressOutcome.ON_ALLOW_LIST:
            rows.append(_result(address, "Failed", f"{result.entry} is on the allow-list."))
        else:
            rows.append(_result(address, "Suppressed"))
    return {"Suppressions": rows}


async def _delete(request: ApiRequest) -> Any:
    name, stream, rows = account_of(request), _own_stream(request), []
    for address in _addresses(request):
        await release_addresses(
            request.store, request.scope, name, (address,), by=request.changed_by, now=request.now, stream=stream
        )
        rows.append(await _deletion_result(request, address, stream))
    return {"Suppressions": rows}


async def _deletion_result(request: ApiRequest, address: str, stream: str) -> dict[str, str | None]:
    """Say whether mail of the stream goes to the address now; it does not where a suppression stops all mail to the address."""
    in_force = await request.store.suppressions_of_address(request.scope, account_of(request), address, now=request.now)
    if stream and any(not entry.stream for entry in in_force):
        words = f"All mail to it is stopped: delete it from {OUTBOUND}, too."
        return _result(address, "Failed", words)
    return _result(address, "Deleted")


def _addresses(request: ApiRequest) -> list[str]:
    return [entry.email_address for entry in request.body.suppressions]


def _result(address: str, status: str, words: str | None = None) -> dict[str, str | None]:
    return {"EmailAddress": address, "Status": status, "Message": words}


_NULLABLE = {"type": ["string", "null"]}
_RESULTS = object_of(Suppressions=array_of(object_of(EmailAddress=TEXT_SCHEMA, Status=TEXT_SCHEMA, Message=_NULLABLE)))
_MEMBERS = ("EmailAddress", "SuppressionReason", "Origin", "CreatedAt")
_DUMP = object_of(Suppressions=array_of(object_of(**dict.fromkeys(_MEMBERS, TEXT_SCHEMA))))
_PATH = "/message-streams/{stream}/suppressions"
_EXAMPLE = '{"Suppressions": [{"EmailAddress": "joe@example.net"}]}'


def _route(
    method: str,
    path: str,
    says: str,
    answer: Callable[[ApiRequest], Any],
    schema: Any,
    *,
    parameters: tuple[Parameter, ...] = (),
    body: Any = None,
) -> ApiRoute:
    return ApiRoute(
        method,
        path,
        says,
        KeyAccess.READ if method == "GET" else KeyAccess.WRITE,
        answer,
        schema,
        (_STREAM, *parameters),
        body,
        errors=(404,),
        example=Example(body=_EXAMPLE if body else "", path={"stream": OUTBOUND}),
        form=POSTMARK_FORM,
    )


SUPPRESSION_ROUTES = (
    _route("GET", f"{_PATH}/dump", "The suppressions that stop mail of a stream", _dump, _DUMP, parameters=_FILTERS),
    _route(
        "POST",
        _PATH,
        "Suppress up to 1,000 addresses for a stream, each by itself",
        _add,
        _RESULTS,
        body=PostmarkAddresses,
    ),
    _route(
        "POST",
        f"{_PATH}/delete",
        "Let mail of a stream go to up to 1,000 addresses again",
        _delete,
        _RESULTS,
        body=PostmarkAddresses,
    ),
)
"""The routes, in the manual's order."""
