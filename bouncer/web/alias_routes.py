"""Routes for aliases: the operator registers return paths that need no signature; an account's own keys see its own."""

from typing import Any

import msgspec

from bouncer.manage.aliases import add_alias, list_aliases, remove_alias
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.accounts import Alias
from bouncer.web.parameter import Parameter
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example, data_of, data_schema
from bouncer.web.row_schema import row_schema
from bouncer.web.sendgrid.parameters import ADDRESS
from bouncer.web.suppression_routes import Address


class AliasToAdd(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An address in a return-path domain, and the account whose return path it becomes."""

    address: Address
    account: Address


async def _list(request: ApiRequest) -> Any:
    rows = await list_aliases(request.store, request.scope, request.parameters["account"])
    return await data_of(rows)


async def _add(request: ApiRequest) -> Any:
    body: AliasToAdd = request.body
    smtp = request.host.settings().smtp
    return to_plain(await add_alias(request.store, request.scope, body.address, body.account, smtp, now=request.now))


async def _remove(request: ApiRequest) -> Any:
    await remove_alias(request.store, request.scope, request.parameters["alias"])


_ALIAS = row_schema(Alias)
_EXAMPLE = "news@rp.example.com"

ALIAS_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/aliases",
        "The aliases: return paths that need no signature, by address",
        KeyAccess.READ,
        _list,
        data_schema(_ALIAS),
        (OF_ACCOUNT,),
        errors=(404,),
        example=Example(),
    ),
    ApiRoute(
        "POST",
        "/api/v1/aliases",
        "Register an alias of an account",
        KeyAccess.ADMIN,
        _add,
        _ALIAS,
        (),
        AliasToAdd,
        status=201,
        errors=(404,),
        operator_only=True,
        example=Example(body=f'{{"address": "{_EXAMPLE}", "account": "acme"}}'),
    ),
    ApiRoute(
        "DELETE",
        "/api/v1/aliases/{alias}",
        "Unregister an alias, or keep the address of a removed account free no longer",
        KeyAccess.ADMIN,
        _remove,
        None,
        (Parameter("alias", ADDRESS, "the whole address", _EXAMPLE, where="path"),),
        status=204,
        errors=(404,),
        operator_only=True,
        example=Example(path={"alias": _EXAMPLE}),
    ),
)
"""The routes, in the manual's order."""
