"""Routes for the allow-list: addresses and domains that are never suppressed, whatever is reported."""

from typing import Annotated, Any

import msgspec

from bouncer.manage.allowing import allow_addresses, disallow_addresses, list_allowed
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.suppressions import Allowed
from bouncer.web.problem import naming
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example, data_of, data_schema
from bouncer.web.row_schema import row_schema
from bouncer.web.suppression_routes import MAX_WORDS, MOST_CHANGED, Address

Entries = Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_CHANGED)]


class EntriesToAllow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries that are to be added, addresses or domains as ``@example.org``, and the reason, which the list shows."""

    entries: Entries
    reason: Annotated[str, msgspec.Meta(max_length=MAX_WORDS)] = ""


class EntriesToDisallow(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Entries that are to be taken off."""

    entries: Entries


async def _list(request: ApiRequest) -> Any:
    rows = await list_allowed(request.store, request.scope, request.parameters["account"])
    return await data_of(rows)


async def _allow(request: ApiRequest) -> Any:
    body: EntriesToAllow = request.body
    name, by, now = request.account, request.changed_by, request.now
    with naming("entries"):
        added = await allow_addresses(request.store, request.scope, name, body.entries, why=body.reason, by=by, now=now)
    rows = zip(body.entries, added, strict=True)
    return {"data": [{"entry": entry, "added": is_new} for entry, is_new in rows]}


async def _disallow(request: ApiRequest) -> Any:
    entries = request.body.entries
    name, by, now = request.account, request.changed_by, request.now
    with naming("entries"):
        removed = await disallow_addresses(request.store, request.scope, name, entries, by=by, now=now)
    return {"data": [{"entry": entry, "removed": was_on} for entry, was_on in zip(entries, removed, strict=True)]}


def _result(name: str) -> dict[str, Any]:
    properties = {"entry": {"type": "string"}, name: {"type": "boolean"}}
    return {"type": "object", "properties": properties, "required": list(properties)}


ALLOW_LIST_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/allow-list",
        "The addresses and domains that are never suppressed, in order",
        KeyAccess.READ,
        _list,
        data_schema(row_schema(Allowed)),
        (OF_ACCOUNT,),
        errors=(404,),
        example=Example(),
    ),
    ApiRoute(
        "POST",
        "/api/v1/allow-list",
        "Add up to 1,000 addresses or domains, and lift their suppressions",
        KeyAccess.WRITE,
        _allow,
        data_schema(_result("added")),
        (OF_ACCOUNT,),
        EntriesToAllow,
        errors=(404,),
        example=Example(body='{"entries": ["ann@friend.example", "@partner.example"], "reason": "our partner"}'),
    ),
    ApiRoute(
        "POST",
        "/api/v1/allow-list/remove",
        "Take up to 1,000 entries off the allow-list",
        KeyAccess.WRITE,
        _disallow,
        data_schema(_result("removed")),
        (OF_ACCOUNT,),
        EntriesToDisallow,
        errors=(404,),
        example=Example(body='{"entries": ["@partner.example"]}'),
    ),
)
"""The routes, in the manual's order."""
