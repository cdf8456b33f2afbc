"""Routes of SendGrid's mail settings: forwarding of bounces and complaints, the address whitelist, the purge of bounces."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec

from bouncer.manage.allowing import allow_addresses, disallow_addresses, entries_by_form, list_allowed
from bouncer.manage.forwarding import Forwarded, change_forwarding, forwarding_of
from bouncer.manage.scopes import known_account
from bouncer.policy.api_key import KeyAccess
from bouncer.web.parameter import MAX_TEXT
from bouncer.web.problem import ProblemError, naming
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.parameters import (
    LISTS,
    ON_BEHALF_OF,
    TEXT_SCHEMA,
    account_of,
    array_of,
    object_of,
)
from bouncer.web.suppression_routes import MOST_CHANGED, Address

MOST_OWNERS = 100
"""Addresses in one setting of a forwarding: each gets a copy of every notice."""
_FLAG_SCHEMA = {"type": "boolean"}
_NULLABLE_NUMBER = {"type": ["integer", "null"]}
_PATH = "/v3/mail_settings"


class ForwardingToChange(msgspec.Struct, frozen=True):
    """A forwarding: on or off, and its addresses with commas between them.

    A member that is left out stays as it is, and so do the addresses where *email* has none: clients that only switch send "",
    and the owners sign in and are warned by the same addresses.
    """

    enabled: bool | None = None
    email: Annotated[str, msgspec.Meta(max_length=MOST_OWNERS * MAX_TEXT)] | None = None


class WhitelistToChange(msgspec.Struct, frozen=True):
    """The allow-list: *list* replaces all of it. It is always in force."""

    enabled: bool | None = None
    list: Annotated[tuple[Address, ...], msgspec.Meta(max_length=MOST_CHANGED)] | None = None


class PurgeToChange(msgspec.Struct, frozen=True):
    """The days after which bounces are purged; here each suppression has an end of its own."""

    enabled: bool | None = None
    soft_bounces: int | None = None
    hard_bounces: int | None = None


def _forwarding_routes(name: str, topics: Forwarded, says: str) -> tuple[ApiRoute, ApiRoute]:
    async def show_setting(request: ApiRequest) -> Any:
        listed_entries = await forwarding_of(request.store, request.scope, account_of(request), topics)
        return {"enabled": listed_entries.enabled, "email": ",".join(listed_entries.owners) or None}

    async def put_forwarding(request: ApiRequest) -> Any:
        body: ForwardingToChange = request.body
        owners = tuple(part.strip() for part in (body.email or "").split(",") if part.strip()) or None
        if owners is not None and len(owners) > MOST_OWNERS:
            raise ProblemError(422, f"Name at most {MOST_OWNERS} addresses.", parameter="email")
        with naming("email"):
            listed_entries = await change_forwarding(
                request.store,
                request.scope,
                account_of(request),
                topics,
                enabled=body.enabled,
                owners=owners,
                by=request.changed_by,
                now=request.now,
            )
        return {"enabled": listed_entries.enabled, "email": ",".join(listed_entries.owners) or None}

    schema = object_of(enabled=_FLAG_SCHEMA, email={"type": ["string", "null"]})
    example = '{"enabled": true, "email": "ann@example.com"}'
    return _setting(name, says, show_setting, put_forwarding, schema, ForwardingToChange, example, KeyAccess.ADMIN)


async def _list_whitelist(request: ApiRequest) -> Any:
    rows = await list_allowed(request.store, request.scope, account_of(request))
    return {"enabled": True, "list": [row.address.removeprefix("@") for row in rows]}


async def _changed_whitelist(request: ApiRequest) -> Any:
    body: WhitelistToChange = request.body
    if body.enabled is False:
        raise ProblemError(422, "The list is always in force: send an empty list instead.", parameter="enabled")
    if body.list is not None:
        await _replace_whitelist(request, tuple(map(_entry, body.list)))
    return await _list_whitelist(request)


def _entry(text: str) -> str:
    return text if "@" in text else f"@{text}"


async def _replace_whitelist(request: ApiRequest, entries: tuple[str, ...]) -> None:
    name, store, scope, by, now = account_of(request), request.store, request.scope, request.changed_by, request.now
    account = await known_account(store, scope, name)
    wanted_entries = await entries_by_form(account, entries)
    rows = await list_allowed(store, scope, name)
    listed_entries = await entries_by_form(account, (row.address for row in rows))
    added = [entry for form, entry in wanted_entries.items() if form not in listed_entries]
    removed = [entry for form, entry in listed_entries.items() if form not in wanted_entries]
    with naming("list"):
        await allow_addresses(store, scope, name, added, why="", by=by, now=now)
    await disallow_addresses(store, scope, name, removed, by=by, now=now)


async def _purge(request: ApiRequest) -> Any:
    # raises NotFound for an unknown account
    await forwarding_of(request.store, request.scope, account_of(request), Forwarded.BOUNCES)
    return {"enabled": False, "soft_bounces": None, "hard_bounces": None}


async def _changed_purge(request: ApiRequest) -> Any:
    body: PurgeToChange = request.body
    days = {"soft_bounces": body.soft_bounces, "hard_bounces": body.hard_bounces}
    names = ["enabled"] * bool(body.enabled) + [name for name, value in days.items() if value is not None]
    if names:
        raise ProblemError(
            422, "Each suppression has an end of its own: there is nothing to purge.", parameter=names[0]
        )
    return await _purge(request)


async def _list_settings(request: ApiRequest) -> Any:
    name = account_of(request)
    bounces = await forwarding_of(request.store, request.scope, name, Forwarded.BOUNCES)
    complaints = await forwarding_of(request.store, request.scope, name, Forwarded.COMPLAINTS)
    rows = [
        ("address_whitelist", "Address Whitelist", True, "Addresses and domains that are never suppressed"),
        ("bounce_purge", "Bounce Purge", False, "Each suppression has an end of its own"),
        ("forward_bounce", "Forward Bounce", bounces.enabled, "Reports are forwarded to the account's owners"),
        ("forward_spam", "Forward Spam", complaints.enabled, "Complaints are forwarded to the account's owners"),
    ]
    first, limit = request.parameters["offset"], request.parameters["limit"]
    names = ("name", "title", "enabled", "description")
    return {"result": [dict(zip(names, row, strict=True)) for row in rows[first : first + limit]]}


def _setting(
    name: str,
    says: str,
    show_setting: Callable[[ApiRequest], Awaitable[Any]],
    changed: Callable[[ApiRequest], Awaitable[Any]],
    schema: dict[str, Any],
    body: type,
    example: str,
    access: KeyAccess,
) -> tuple[ApiRoute, ApiRoute]:
    path = f"{_PATH}/{name}"
    return (
        ApiRoute(
            "GET",
            path,
            f"Show {says}",
            KeyAccess.READ,
            show_setting,
            schema,
            (ON_BEHALF_OF,),
            errors=(404,),
            example=Example(),
            form=SENDGRID_FORM,
        ),
        ApiRoute(
            "PATCH",
            path,
            f"Change {says}",
            access,
            changed,
            schema,
            (ON_BEHALF_OF,),
            body,
            errors=(404,),
            example=Example(body=example),
            form=SENDGRID_FORM,
        ),
    )


_ROW = object_of(name=TEXT_SCHEMA, title=TEXT_SCHEMA, enabled=_FLAG_SCHEMA, description=TEXT_SCHEMA)

MAIL_SETTINGS_ROUTES: tuple[ApiRoute, ...] = (
    ApiRoute(
        "GET",
        _PATH,
        "List the mail settings",
        KeyAccess.READ,
        _list_settings,
        object_of(result=array_of(_ROW)),
        (ON_BEHALF_OF, *(parameter for parameter in LISTS if parameter.name in ("limit", "offset"))),
        errors=(404,),
        example=Example(),
        form=SENDGRID_FORM,
    ),
    *_forwarding_routes("forward_bounce", Forwarded.BOUNCES, "the forwarding of reports to the owners"),
    *_forwarding_routes("forward_spam", Forwarded.COMPLAINTS, "the forwarding of complaints to the owners"),
    *_setting(
        "address_whitelist",
        "the allow-list",
        _list_whitelist,
        _changed_whitelist,
        object_of(enabled=_FLAG_SCHEMA, list=array_of(TEXT_SCHEMA)),
        WhitelistToChange,
        '{"enabled": true, "list": ["ann@friend.example", "partner.example"]}',
        KeyAccess.WRITE,
    ),
    *_setting(
        "bounce_purge",
        "the purge of bounces, which is always off",
        _purge,
        _changed_purge,
        object_of(enabled=_FLAG_SCHEMA, soft_bounces=_NULLABLE_NUMBER, hard_bounces=_NULLABLE_NUMBER),
        PurgeToChange,
        '{"enabled": false}',
        KeyAccess.WRITE,
    ),
)
"""The routes, in the manual's order."""
