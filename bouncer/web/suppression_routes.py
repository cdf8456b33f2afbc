"""Routes for suppressions: list, check, add and free. A change is in force at once, also in the milter."""

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from bouncer.manage.change_values import ChangedBy, comparable_forms
from bouncer.manage.scopes import require_account
from bouncer.manage.suppressing import (
    CheckedAddress,
    CheckedStreams,
    SuppressedAddress,
    SuppressionOrder,
    all_streams,
    check_many,
    check_streams,
    list_suppressions,
    release_addresses,
    suppress_addresses,
)
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import MAX_STREAM, Suppression
from bouncer.ports.letters import Page
from bouncer.web.parameter import MAX_TEXT, convert_to_utc
from bouncer.web.problem import ProblemError
from bouncer.web.route import OF_ACCOUNT, PAGES, ApiRequest, ApiRoute, Example, data_schema, page_of, page_schema
from bouncer.web.row_schema import row_schema

MOST_CHECKED = 10_000
"""Addresses of one check: a mailing list in a hundred calls, each a tenth of a second."""
MOST_CHANGED = 1000
"""Addresses of one change: some share a commit, and other writers write in between."""
MOST_STREAMS = 20
"""Streams of one check: more than a sender has, and with 10,000 addresses some megabytes of an answer."""
MAX_WORDS = 500
"""Characters of a reason."""

Address = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
Reason = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_WORDS)]
Stream = Annotated[str, msgspec.Meta(max_length=MAX_STREAM)]


class AddressesToCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses that mail is to go to; *stream* is that of the mail, null asks for mail of any stream."""

    addresses: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_CHECKED)]
    stream: Stream | None = None


class StreamsToCheck(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses that mail of several streams is to go to."""

    addresses: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_CHECKED)]
    streams: Annotated[tuple[Stream, ...], msgspec.Meta(max_length=MOST_STREAMS)] = ()


class AddressesToSuppress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses that mail must not go to: why, until when (null: until removed), for which stream (empty: all mail)."""

    addresses: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_CHANGED)]
    reason: Reason = "manual"
    until: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
    stream: Stream = ""


class AddressesToFree(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses that mail may go to again, and the reason, which the trail keeps.

    *stream*: only the suppression for this stream is lifted (empty: the one for all mail); null: every one.
    """

    addresses: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_CHANGED)]
    reason: Reason
    stream: Stream | None = None


class UnsuppressedAddress(msgspec.Struct, frozen=True):
    """A CheckedAddress that is not suppressed, as most are, in the form that is made and written fastest."""

    address: str
    suppressed: bool = False
    reason: None = None
    since: None = None
    until: None = None


class UnstoppedAddress(msgspec.Struct, frozen=True):
    """A CheckedStreams without suppressions, in the same form."""

    address: str
    may_send: Mapping[str, bool]
    suppressions: tuple[()] = ()


async def _list(request: ApiRequest) -> Any:
    page = Page(request.parameters["limit"], request.parameters["cursor"])
    account = request.parameters["account"]
    rows = await list_suppressions(request.store, request.scope, account, now=request.now, page=page)
    return page_of([to_plain(row) for _, row in rows], page.limit, rows[-1][0] if rows else None)


async def _check(request: ApiRequest) -> Any:
    await require_account(request.store, request.scope, request.account)
    body: AddressesToCheck = request.body
    forms = await comparable_forms(body.addresses)
    hits = await check_many(request.store, request.scope, request.account, forms, stream=body.stream, now=request.now)
    return {
        "data": [
            to_plain(hits[address]) if address in hits else UnsuppressedAddress(forms[address])
            for address in body.addresses
        ]
    }


async def _checked_streams(request: ApiRequest) -> Any:
    body: StreamsToCheck = request.body
    forms = await comparable_forms(body.addresses)
    stopped = await check_streams(request.store, request.scope, request.account, forms, body.streams, now=request.now)
    names = all_streams(body.streams)
    return {
        "data": [
            to_plain(stopped[address]) if address in stopped else UnstoppedAddress(forms[address], names)
            for address in body.addresses
        ]
    }


async def _suppress(request: ApiRequest) -> Any:
    body: AddressesToSuppress = request.body
    if body.until is not None and body.until <= request.now:
        raise ProblemError(422, "until is in the past.", parameter="until")
    order = SuppressionOrder(body.reason, body.until and convert_to_utc(body.until, "until"), body.stream)
    rows = await suppress_addresses(
        request.store, request.scope, request.account, body.addresses, order, by=request.changed_by, now=request.now
    )
    return {"data": [to_plain(row) for row in rows]}


async def _free_addresses(request: ApiRequest) -> Any:
    body: AddressesToFree = request.body
    by = ChangedBy(request.changed_by.source, f"{body.reason}; {request.changed_by.words}")
    freed = await release_addresses(
        request.store, request.scope, request.account, body.addresses, by=by, now=request.now, stream=body.stream
    )
    rows = zip(body.addresses, freed, strict=True)
    return {"data": [{"address": address, "freed": was_suppressed} for address, was_suppressed in rows]}


_FREED = {
    "type": "object",
    "properties": {"address": {"type": "string"}, "freed": {"type": "boolean"}},
    "required": ["address", "freed"],
}

SUPPRESSION_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/suppressions",
        "The addresses that mail must not go to now, newest first",
        KeyAccess.READ,
        _list,
        page_schema(row_schema(Suppression)),
        (OF_ACCOUNT, *PAGES),
        errors=(404,),
        example=Example("limit=50"),
    ),
    ApiRoute(
        "POST",
        "/api/v1/suppressions",
        "Suppress up to 1,000 addresses, each by itself",
        KeyAccess.WRITE,
        _suppress,
        data_schema(row_schema(SuppressedAddress)),
        (OF_ACCOUNT,),
        AddressesToSuppress,
        errors=(404,),
        example=Example(body='{"addresses": ["jane@example.org"], "reason": "asked by phone"}'),
    ),
    ApiRoute(
        "POST",
        "/api/v1/suppressions/check",
        "Say of up to 10,000 addresses which are suppressed, why and until when",
        KeyAccess.READ,
        _check,
        data_schema(row_schema(CheckedAddress)),
        (OF_ACCOUNT,),
        AddressesToCheck,
        errors=(404,),
        example=Example(body='{"addresses": ["jane@example.org", "joe@example.net"]}'),
    ),
    ApiRoute(
        "POST",
        "/api/v1/suppressions/check-streams",
        "Say of up to 10,000 addresses whether mail of each stream may go to them, and by what not and until when",
        KeyAccess.READ,
        _checked_streams,
        data_schema(row_schema(CheckedStreams)),
        (OF_ACCOUNT,),
        StreamsToCheck,
        errors=(404,),
        example=Example(body='{"addresses": ["jane@example.org"], "streams": ["news", "receipts"]}'),
    ),
    ApiRoute(
        "POST",
        "/api/v1/suppressions/free",
        "Let mail go to up to 1,000 addresses again",
        KeyAccess.WRITE,
        _free_addresses,
        data_schema(_FREED),
        (OF_ACCOUNT,),
        AddressesToFree,
        errors=(404,),
        example=Example(body='{"addresses": ["jane@example.org"], "reason": "her mailbox works again"}'),
    ),
)
"""The routes, in the manual's order."""
