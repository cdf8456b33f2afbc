"""Routes of SendGrid's suppression lists: bounces, blocks, invalid emails, spam reports, unsubscribes."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from bouncer.manage.address_lists import (
    AddressToList,
    list_addresses,
    list_more,
    listed_address,
    shown_words,
    take_all_off,
    take_off,
)
from bouncer.policy.address_list import AddressList
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.address_lists import ListedAddress, ListFilter, ListPage
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.parameters import (
    EMAIL,
    LISTS,
    NUMBER_SCHEMA,
    ON_BEHALF_OF,
    TEXT_SCHEMA,
    account_of,
    array_of,
    object_of,
    seconds,
)
from bouncer.web.suppression_routes import MAX_WORDS, MOST_CHANGED, Address

_SECOND = dt.timedelta(seconds=1)
_MICROSECOND = dt.timedelta(microseconds=1)
_STATUS = re.compile(r"(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])", re.ASCII)
_STATUS_OF = {
    "invalid-recipient": "5.1.1",
    "recipient-moved": "5.1.6",
    "domain-takes-no-mail": "5.1.10",
    "closed-account": "5.2.1",
    "account-inactive": "5.2.1",
    "mailbox-full": "5.2.2",
    "message-too-large": "5.2.3",
    "rate-limited": "4.7.0",
}
"""By reason the status that is given where the report has none (RFC 3463, RFC 7505); clients expect one."""
_CLASS_OF = {AddressList.BOUNCES: "5.0.0", AddressList.BLOCKS: "5.7.0"}


@dataclass(frozen=True, slots=True)
class SendGridList:
    """A list: its name in paths, our list that it shows, and the members of its rows beside ``created`` and ``email``."""

    name: str
    listed_in: AddressList
    says: str
    members: Mapping[str, Callable[[ListedAddress], str]]


def _reason(row: ListedAddress) -> str:
    return shown_words(row) or row.reason


def _status(row: ListedAddress, listed_in: AddressList = AddressList.BOUNCES) -> str:
    status = row.status or ((match := _STATUS.search(row.words)) and match[0])
    return status or _STATUS_OF.get(row.reason, _CLASS_OF[listed_in])


def _block_status(row: ListedAddress) -> str:
    return _status(row, AddressList.BLOCKS)


SENDGRID_LISTS = (
    SendGridList(
        "bounces",
        AddressList.BOUNCES,
        "addresses that are suppressed because mail to them failed",
        {"reason": _reason, "status": _status},
    ),
    SendGridList(
        "blocks",
        AddressList.BLOCKS,
        "addresses whose servers refused a message, not the address",
        {"reason": _reason, "status": _block_status},
    ),
    SendGridList(
        "invalid_emails", AddressList.INVALID, "addresses that no mail can have, by form or domain", {"reason": _reason}
    ),
    SendGridList("spam_reports", AddressList.COMPLAINTS, "addresses that complained", {"ip": lambda _row: ""}),
    SendGridList("unsubscribes", AddressList.UNSUBSCRIBES, "addresses that want no mail", {}),
)
"""SendGrid's lists. The sending address of a complaint is not recorded here, so ``ip`` is empty."""


class RowToList(msgspec.Struct, frozen=True):
    """A row of a list, as a GET of SendGrid's gives it: only the address must be there."""

    email: Address
    created: Annotated[int, msgspec.Meta(ge=0, le=4_102_444_800)] | None = None
    reason: Annotated[str, msgspec.Meta(max_length=MAX_WORDS)] | None = None
    status: Annotated[str, msgspec.Meta(max_length=20)] | None = None


RowsToList = Annotated[tuple[RowToList, ...], msgspec.Meta(max_length=MOST_CHANGED)]


class AddressesToTakeOff(msgspec.Struct, frozen=True):
    """Addresses that are to be taken off a list, or all of it; never both."""

    emails: Annotated[tuple[Address, ...], msgspec.Meta(max_length=MOST_CHANGED)] | None = None
    delete_all: bool = False


def row_of(of_list: SendGridList, row: ListedAddress) -> dict[str, Any]:
    """Write a row of a list."""
    members = {name: write(row) for name, write in of_list.members.items()}
    return {"created": seconds(row.place.at), "email": row.address, **members}


def filter_of(parameters: Mapping[str, Any]) -> ListFilter:
    """Give the filter of a list's parameters; the end is the whole second."""
    end = parameters["end_time"]
    return ListFilter(parameters["start_time"], end + _SECOND - _MICROSECOND if end else None, parameters["email"])


def _routes_of(of_list: SendGridList) -> tuple[ApiRoute, ...]:
    listed_in, path = of_list.listed_in, f"/v3/suppression/{of_list.name}"

    async def answer_list(request: ApiRequest) -> Any:
        page = ListPage(request.parameters["limit"], request.parameters["offset"])
        criteria = filter_of(request.parameters)
        rows = await list_addresses(
            request.store, request.scope, account_of(request), listed_in, criteria, page, now=request.now
        )
        return [row_of(of_list, row) for row in rows]

    async def entry(request: ApiRequest) -> Any:
        address = request.parameters["email"]
        row = await listed_address(
            request.store, request.scope, account_of(request), listed_in, address, now=request.now
        )
        return [row_of(of_list, row)] if row else []

    async def added(request: ApiRequest) -> Any:
        rows = [_to_list(row) for row in request.body]
        result = await list_more(
            request.store, request.scope, account_of(request), listed_in, rows, by=request.by, now=request.now
        )
        answer = {"new": result.new, "kept_out": result.kept_out}
        return {**answer, "without_effect": len(rows)} if listed_in is AddressList.BLOCKS else answer

    async def taken_off(request: ApiRequest) -> Any:
        await _take_off(request, listed_in, (request.parameters["email"],))

    async def some_taken_off(request: ApiRequest) -> Any:
        await _take_some_off(request, listed_in)

    schema = array_of(
        object_of(created=NUMBER_SCHEMA, email=TEXT_SCHEMA, **dict.fromkeys(of_list.members, TEXT_SCHEMA))
    )
    rows = '[{"email": "joe@example.net", "reason": "550 5.1.1 no such user"}]'
    return (
        _route("GET", path, f"List {of_list.says}, oldest first", answer_list, schema, LISTS),
        _posting(path, listed_in, of_list.says, added, rows),
        _route(
            "DELETE",
            path,
            "Take some addresses off the list, or all",
            some_taken_off,
            None,
            status=204,
            body=AddressesToTakeOff,
            example='{"emails": ["joe@example.net"]}',
        ),
        _route("GET", f"{path}/{{email}}", "One address of the list, or none", entry, schema, (EMAIL,)),
        _route("DELETE", f"{path}/{{email}}", "Take one address off the list", taken_off, None, (EMAIL,), status=204),
    )


def _posting(
    path: str, listed_in: AddressList, says: str, answer: Callable[[ApiRequest], Any], example: str
) -> ApiRoute:
    """Make the route that adds rows. Blocks are taken and have no effect, so that a program can copy all lists alike."""
    if listed_in is AddressList.BLOCKS:
        words = "Take up to 1,000 blocks of another service, which stop no mail: nothing changes"
        return _route("POST", path, words, answer, _PASSED_OVER, status=201, body=RowsToList, example=example)
    words = f"Add up to 1,000 addresses to the list: {says}"
    return _route("POST", path, words, answer, _ADDED, status=201, body=RowsToList, example=example)


_ADDED = object_of(new=NUMBER_SCHEMA, kept_out=NUMBER_SCHEMA)
_PASSED_OVER = object_of(new=NUMBER_SCHEMA, kept_out=NUMBER_SCHEMA, without_effect=NUMBER_SCHEMA)


def _to_list(row: RowToList) -> AddressToList:
    status, reason = row.status or "", row.reason or ""
    words = reason if status in reason else f"{status} {reason}".strip()
    at = None if row.created is None else dt.datetime.fromtimestamp(row.created, dt.UTC)
    return AddressToList(row.email, at, words)


async def _take_off(request: ApiRequest, listed_in: AddressList, addresses: tuple[str, ...]) -> None:
    await take_off(
        request.store, request.scope, account_of(request), listed_in, addresses, by=request.by, now=request.now
    )


async def _take_some_off(request: ApiRequest, listed_in: AddressList) -> None:
    body: AddressesToTakeOff = request.body
    if body.delete_all and body.emails is not None:
        raise ProblemError(422, "Send delete_all or emails, not both.", parameter="delete_all")
    if body.emails:
        await _take_off(request, listed_in, body.emails)
    elif body.delete_all:
        await take_all_off(request.store, request.scope, account_of(request), listed_in, by=request.by, now=request.now)
    else:
        raise ProblemError(422, "Send delete_all, or some emails.", parameter="emails")


def _route(
    method: str,
    path: str,
    says: str,
    answer: Callable[[ApiRequest], Any],
    schema: dict[str, Any] | None,
    parameters: tuple[Any, ...] = (),
    *,
    status: int = 200,
    body: Any = None,
    example: str = "",
) -> ApiRoute:
    access = KeyAccess.READ if method == "GET" else KeyAccess.WRITE
    named_example = {"email": EMAIL.example} if EMAIL in parameters else {}
    return ApiRoute(
        method,
        path,
        says,
        access,
        answer,
        schema,
        (ON_BEHALF_OF, *parameters),
        body,
        status,
        errors=(404,),
        example=Example(body=example, path=named_example),
        form=SENDGRID_FORM,
    )


LIST_ROUTES = tuple(route for of_list in SENDGRID_LISTS for route in _routes_of(of_list))
"""The routes, in the manual's order."""
