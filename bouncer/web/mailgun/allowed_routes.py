"""Routes of Mailgun's whitelists: our allow-list, whose entries are addresses and domains, in order."""

from typing import Annotated, Any

import msgspec

from bouncer.manage.allowing import allow_addresses, disallow_addresses, list_allowed
from bouncer.ports.suppressions import Allowed
from bouncer.web.mailgun.making import mailgun_route
from bouncer.web.mailgun.paging import PAGING, PAGING_SCHEMA, paging
from bouncer.web.mailgun.parameters import ADDRESS_IN_PATH, account_of, message_with, spell_time
from bouncer.web.parameter import MAX_TEXT
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.parameters import TEXT_SCHEMA, array_of, object_of
from bouncer.web.suppression_routes import MAX_WORDS

_PATH = "/v3/{domain}/whitelists"
_PAGES = tuple(parameter for parameter in PAGING if parameter.name not in ("place", "term"))
_UNKNOWN = "Address/Domain not found in allowlists table"

Name = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]


class MailgunEntry(msgspec.Struct, frozen=True):
    """An entry: an address, or a domain."""

    address: Name = ""
    domain: Name = ""
    reason: Annotated[str, msgspec.Meta(max_length=MAX_WORDS)] = ""


def _entry_of(value: str) -> str:
    return value if "@" in value else f"@{value}"


def _item(row: Allowed) -> dict[str, str]:
    is_domain = row.address.startswith("@")
    kind, value = ("domain" if is_domain else "address"), row.address.removeprefix("@")
    return {"type": kind, "value": value, "reason": row.why, "createdAt": spell_time(row.at)}


async def _rows(request: ApiRequest) -> list[Allowed]:
    return await list_allowed(request.store, request.scope, await account_of(request))


async def _list(request: ApiRequest) -> Any:
    rows, limit, address = await _rows(request), request.parameters["limit"], request.parameters["address"]
    word = request.parameters["page"]
    entry = _entry_of(address).lower() if address else ""
    if word == "last":
        rows = rows[-limit:]
    elif word == "previous" and address:
        rows = [row for row in rows if row.address < entry][-limit:]
    elif word == "next" and address:
        rows = [row for row in rows if row.address > entry][:limit]
    items = [_item(row) for row in rows[:limit]]
    ends = [(item["value"], None) for item in (items[0], items[-1])] if items else ()
    return {"items": items, "paging": paging(request, ends)}


async def _entry(request: ApiRequest) -> Any:
    entry = _entry_of(request.parameters["address"]).lower()
    for row in await _rows(request):
        if row.address.lower() == entry:
            return _item(row)
    raise ProblemError(404, _UNKNOWN)


async def _add(request: ApiRequest) -> Any:
    body: MailgunEntry = request.body
    if bool(body.address) == bool(body.domain) or body.address.startswith("@") or "@" in body.domain:
        raise ProblemError(422, "Send an address or a domain.", parameter="address")
    name, entry = await account_of(request), body.address or f"@{body.domain}"
    await allow_addresses(
        request.store, request.scope, name, (entry,), why=body.reason, by=request.changed_by, now=request.now
    )
    kind = "domain" if entry.startswith("@") else "address"
    words = "Address/Domain has been added to the whitelists table"
    return {"message": words, "type": kind, "value": entry.removeprefix("@")}


async def _remove(request: ApiRequest) -> Any:
    value = request.parameters["address"]
    if not any(await _disallow(request, [_entry_of(value)])):
        raise ProblemError(404, _UNKNOWN)
    return {"message": "Address/Domain has been removed from the whitelists table", "value": value}


async def _empty_list(request: ApiRequest) -> Any:
    await _disallow(request, [row.address for row in await _rows(request)])
    return {"message": "All addresses and domains have been removed from the whitelists table"}


async def _disallow(request: ApiRequest, entries: list[str]) -> list[bool]:
    name = await account_of(request)
    return await disallow_addresses(request.store, request.scope, name, entries, by=request.changed_by, now=request.now)


_ITEM = object_of(type=TEXT_SCHEMA, value=TEXT_SCHEMA, reason=TEXT_SCHEMA, createdAt=TEXT_SCHEMA)
_PAGE = object_of(items=array_of(_ITEM), paging=PAGING_SCHEMA)
_ONE = f"{_PATH}/{{address}}"
_NEW = '{"address": "jane@example.org", "reason": "our partner"}'
_DONE = message_with(value=TEXT_SCHEMA)

ALLOWED_ROUTES = (
    mailgun_route(
        "GET", _PATH, "List the allow-list: what is never suppressed, in order", _list, _PAGE, parameters=_PAGES
    ),
    mailgun_route("POST", _PATH, "Never suppress an address or a domain", _add, _DONE, body=MailgunEntry, example=_NEW),
    mailgun_route("GET", _ONE, "One entry of the allow-list", _entry, _ITEM, parameters=(ADDRESS_IN_PATH,)),
    mailgun_route("DELETE", _ONE, "Take one entry off the allow-list", _remove, _DONE, parameters=(ADDRESS_IN_PATH,)),
    mailgun_route("DELETE", _PATH, "Empty the allow-list", _empty_list, message_with()),
)
"""The routes, in the manual's order."""
