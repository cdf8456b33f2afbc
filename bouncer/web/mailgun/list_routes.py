"""Routes of Mailgun's suppression lists: bounces, complaints, unsubscribes."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

import msgspec

from bouncer.manage.address_lists import (
    AddressToList,
    list_more,
    listed_address,
    merged_lists,
    shown_words,
    take_all_off,
    take_off,
)
from bouncer.policy.address_list import AddressList
from bouncer.ports.address_lists import ListedAddress, ListFilter
from bouncer.web.mailgun.file_import import ListFile, import_file
from bouncer.web.mailgun.making import mailgun_route
from bouncer.web.mailgun.paging import PAGING, PAGING_SCHEMA, ends_of, page_of, paging
from bouncer.web.mailgun.parameters import (
    ADDRESS_IN_PATH,
    account_of,
    message_with,
    read_time,
    spell_time,
)
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest, ApiRoute
from bouncer.web.sendgrid.parameters import TEXT_SCHEMA, array_of, object_of
from bouncer.web.suppression_routes import MAX_WORDS, MOST_CHANGED, Address

_ALL = "*"
"""Mailgun's tag for mail of every tag."""
_REPLY_CODE = re.compile(r"[245][0-9]{2}(?![0-9.])", re.ASCII)

Words = Annotated[str, msgspec.Meta(max_length=MAX_WORDS)]
Short = Annotated[str, msgspec.Meta(max_length=100)]
Code = Short | Annotated[int, msgspec.Meta(ge=0, le=999)]
"""Mailgun's examples have a text; its client for TypeScript takes a number alone (mailgun.js, Types/Suppressions)."""


@dataclass(frozen=True, slots=True)
class MailgunList:
    """A list: its name in paths, our lists that it shows (new addresses go on the first), its rows' members beside the address."""

    name: str
    lists: tuple[AddressList, ...]
    says: str
    members: Mapping[str, Callable[[ListedAddress], str | list[str]]]


def _reply_code(row: ListedAddress) -> str:
    """Give the three digits of the server's reply (RFC 5321 section 4.2); where it has none, those of the status's class."""
    if match := _REPLY_CODE.match(row.words):
        return match[0]
    return "450" if (row.status or "5").startswith("4") else "550"


def _spell_creation(row: ListedAddress) -> str:
    return spell_time(row.place.at)


MAILGUN_LISTS = (
    MailgunList(
        "bounces",
        (AddressList.BOUNCES, AddressList.INVALID),
        "addresses that are suppressed because mail to them failed",
        {"code": _reply_code, "error": lambda row: shown_words(row) or row.reason, "created_at": _spell_creation},
    ),
    MailgunList("complaints", (AddressList.COMPLAINTS,), "addresses that complained", {"created_at": _spell_creation}),
    MailgunList(
        "unsubscribes",
        (AddressList.UNSUBSCRIBES,),
        "addresses that want no mail",
        {"tags": lambda _row: [_ALL], "created_at": _spell_creation},
    ),
)
"""Mailgun's lists; an address that no mail can have is a bounce there."""


class MailgunRow(msgspec.Struct, frozen=True):
    """A row of a list, as Mailgun's clients send it: only the address must be there. Its tags must be `*`, which is all mail."""

    address: Address
    code: Code = ""
    error: Words = ""
    created_at: Short = ""
    tag: Short = _ALL
    tags: Annotated[tuple[Short, ...], msgspec.Meta(max_length=MOST_CHANGED)] | Short = _ALL


RowOrRows = MailgunRow | Annotated[tuple[MailgunRow, ...], msgspec.Meta(min_length=1, max_length=MOST_CHANGED)]


def _row(of_list: MailgunList, row: ListedAddress) -> dict[str, Any]:
    return {"address": row.address, **{name: write(row) for name, write in of_list.members.items()}}


async def _find(request: ApiRequest, of_list: MailgunList, address: str) -> ListedAddress | None:
    name = await account_of(request)
    for listed_in in of_list.lists:
        if row := await listed_address(request.store, request.scope, name, listed_in, address, now=request.now):
            return row
    return None


async def _list(request: ApiRequest, of_list: MailgunList) -> Any:
    name = await account_of(request)
    page = await page_of(request, lambda address: _find(request, of_list, address))
    criteria = ListFilter(pattern=request.parameters["term"])
    rows = await merged_lists(request.store, request.scope, name, of_list.lists, criteria, page, now=request.now)
    return {"items": [_row(of_list, row) for row in rows], "paging": paging(request, ends_of(rows))}


async def _entry(request: ApiRequest, of_list: MailgunList) -> Any:
    row = await _find(request, of_list, request.parameters["address"])
    if row is None:
        raise _problem_not_listed(of_list)
    return _row(of_list, row)


def _problem_not_listed(of_list: MailgunList) -> ProblemError:
    return ProblemError(404, f"Address not found in {of_list.name} table")


async def _taken_off(request: ApiRequest, of_list: MailgunList) -> Any:
    name, address, count = await account_of(request), request.parameters["address"], 0
    for listed_in in of_list.lists:
        count += await take_off(
            request.store, request.scope, name, listed_in, (address,), by=request.changed_by, now=request.now
        )
    if not count:
        raise _problem_not_listed(of_list)
    return {"message": f"The address has been removed from the {of_list.name} table", "address": address}


async def _import(request: ApiRequest, of_list: MailgunList) -> Any:
    return await import_file(request, of_list.lists[0])


async def _empty_list(request: ApiRequest, of_list: MailgunList) -> Any:
    name = await account_of(request)
    for listed_in in of_list.lists:
        await take_all_off(request.store, request.scope, name, listed_in, by=request.changed_by, now=request.now)
    return {"message": f"All addresses have been removed from the {of_list.name} table"}


async def _add(request: ApiRequest, of_list: MailgunList) -> Any:
    name = await account_of(request)
    rows = request.body if isinstance(request.body, tuple) else (request.body,)
    added = [_to_list(row) for row in rows]
    await list_more(request.store, request.scope, name, of_list.lists[0], added, by=request.changed_by, now=request.now)
    if not isinstance(request.body, tuple):
        return {"message": f"Address has been added to the {of_list.name} table", "address": request.body.address}
    return {"message": f"{len(rows)} addresses have been added to the {of_list.name} table"}


def _to_list(row: MailgunRow) -> AddressToList:
    tags = row.tags if isinstance(row.tags, tuple) else (row.tags,)
    if {row.tag or _ALL, *(tags or (_ALL,))} != {_ALL}:
        words = "A wish about the mail of one tag is none for all mail: suppress the address for a stream, by /api/v1."
        raise ProblemError(422, words, parameter="tags")
    code = str(row.code or "")
    words = row.error if not code or row.error.startswith(code) else f"{code} {row.error}".strip()
    return AddressToList(row.address, read_time(row.created_at), words)


def _routes_of(of_list: MailgunList) -> tuple[ApiRoute, ...]:
    path, says = f"/v3/{{domain}}/{of_list.name}", of_list.says
    texts = {name: array_of(TEXT_SCHEMA) if name == "tags" else TEXT_SCHEMA for name in of_list.members}
    row = object_of(address=TEXT_SCHEMA, **texts)
    page = object_of(items=array_of(row), paging=PAGING_SCHEMA)
    message, about = message_with(), message_with(address=TEXT_SCHEMA)
    rows, file = '[{"address": "jane@example.org"}]', '{"file": "YWRkcmVzcwpqb2VAZXhhbXBsZS5uZXQK"}'
    entry = f"{path}/{{address}}"

    def route(
        method: str, at: str, words: str, answer: Callable[[ApiRequest, MailgunList], Any], schema: Any, **options: Any
    ) -> ApiRoute:
        async def bound(request: ApiRequest) -> Any:
            return await answer(request, of_list)

        return mailgun_route(method, at, words, bound, schema, **options)

    return (
        route("GET", path, f"List {says}, oldest first", _list, page, parameters=PAGING),
        route(
            "POST", path, f"Add up to 1,000 addresses to the list: {says}", _add, about, body=RowOrRows, example=rows
        ),
        route(
            "POST",
            f"{path}/import",
            "Add the addresses of a CSV file to the list",
            _import,
            message,
            body=ListFile,
            example=file,
        ),
        route("GET", entry, "One address of the list", _entry, row, parameters=(ADDRESS_IN_PATH,)),
        route("DELETE", entry, "Take one address off the list", _taken_off, about, parameters=(ADDRESS_IN_PATH,)),
        route("DELETE", path, "Take all addresses off the list", _empty_list, message),
    )


LIST_ROUTES = tuple(route for of_list in MAILGUN_LISTS for route in _routes_of(of_list))
"""The routes, in the manual's order."""
