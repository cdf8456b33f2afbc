"""Routes of SendGrid's suppression lists: bounces, blocks, invalid emails, spam reports, unsubscribes."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from bouncer.manage.address_lists import (
    AddressToList,
    list_addresses,
    list_more,
    listed_address,
    take_all_off,
    take_off,
)
from bouncer.policy.address_list import AddressList
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.address_lists import ListPage
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.lists import SENDGRID_LISTS, SendGridList, filter_of, row_of
from bouncer.web.sendgrid.parameters import (
    EMAIL,
    LISTS,
    NUMBER_SCHEMA,
    ON_BEHALF_OF,
    TEXT_SCHEMA,
    account_of,
    array_of,
    object_of,
)
from bouncer.web.suppression_routes import MAX_WORDS, MOST_CHANGED, Address


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


@dataclass(frozen=True, slots=True)
class _ListAnswers:
    """The answers of the routes of one list."""

    of_list: SendGridList

    async def rows(self, request: ApiRequest) -> Any:
        page = ListPage(request.parameters["limit"], request.parameters["offset"])
        rows = await list_addresses(
            request.store,
            request.scope,
            account_of(request),
            self.of_list.listed_in,
            filter_of(request.parameters),
            page,
            now=request.now,
        )
        return [row_of(self.of_list, row) for row in rows]

    async def row(self, request: ApiRequest) -> Any:
        address = request.parameters["email"]
        row = await listed_address(
            request.store, request.scope, account_of(request), self.of_list.listed_in, address, now=request.now
        )
        return [row_of(self.of_list, row)] if row else []

    async def add(self, request: ApiRequest) -> Any:
        rows, listed_in = [_to_list(row) for row in request.body], self.of_list.listed_in
        result = await list_more(
            request.store, request.scope, account_of(request), listed_in, rows, by=request.changed_by, now=request.now
        )
        answer = {"new": result.new, "kept_out": result.kept_out}
        return {**answer, "without_effect": len(rows)} if listed_in is AddressList.BLOCKS else answer

    async def take_off(self, request: ApiRequest) -> Any:
        await _take_off(request, self.of_list.listed_in, (request.parameters["email"],))

    async def take_some_off(self, request: ApiRequest) -> Any:
        await _take_some_off(request, self.of_list.listed_in)


def _routes_of(of_list: SendGridList) -> tuple[ApiRoute, ...]:
    answers, path = _ListAnswers(of_list), f"/v3/suppression/{of_list.name}"
    schema = array_of(
        object_of(created=NUMBER_SCHEMA, email=TEXT_SCHEMA, **dict.fromkeys(of_list.members, TEXT_SCHEMA))
    )
    rows = '[{"email": "joe@example.net", "reason": "550 5.1.1 no such user"}]'
    return (
        _route("GET", path, f"List {of_list.says}, oldest first", answers.rows, schema, LISTS),
        _posting(path, of_list.listed_in, of_list.says, answers.add, rows),
        _route(
            "DELETE",
            path,
            "Take some addresses off the list, or all",
            answers.take_some_off,
            None,
            status=204,
            body=AddressesToTakeOff,
            example='{"emails": ["joe@example.net"]}',
        ),
        _route("GET", f"{path}/{{email}}", "One address of the list, or none", answers.row, schema, (EMAIL,)),
        _route(
            "DELETE", f"{path}/{{email}}", "Take one address off the list", answers.take_off, None, (EMAIL,), status=204
        ),
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
        request.store, request.scope, account_of(request), listed_in, addresses, by=request.changed_by, now=request.now
    )


async def _take_some_off(request: ApiRequest, listed_in: AddressList) -> None:
    body: AddressesToTakeOff = request.body
    if body.delete_all and body.emails is not None:
        raise ProblemError(422, "Send delete_all or emails, not both.", parameter="delete_all")
    if body.emails:
        await _take_off(request, listed_in, body.emails)
    elif body.delete_all:
        await take_all_off(
            request.store, request.scope, account_of(request), listed_in, by=request.changed_by, now=request.now
        )
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
