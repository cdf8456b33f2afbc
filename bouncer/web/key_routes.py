"""Routes for API keys: what an administrator's key manages, within its own scope."""

import secrets
from typing import Annotated, Any

import msgspec

from bouncer.manage.api_keys import MAX_LABEL, list_keys, make_key, revoke_key
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KEY_OCTETS, KeyAccess
from bouncer.ports.api_keys import ApiKey
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example, data_schema
from bouncer.web.row_schema import row_schema


class KeyToMake(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A key that is to be made: what it may do, and a note which program has it."""

    access: KeyAccess = KeyAccess.READ
    label: Annotated[str, msgspec.Meta(max_length=MAX_LABEL)] = ""


async def _list(request: ApiRequest) -> Any:
    rows = await list_keys(request.store, request.scope, request.parameters["account"])
    return {"data": [to_plain(row) for row in rows]}


async def _make(request: ApiRequest) -> Any:
    name = request.parameters["account"] or request.key.account
    octets = secrets.token_bytes(KEY_OCTETS)
    body: KeyToMake = request.body
    new_key = await make_key(
        request.store, request.scope, name, body.access, body.label, octets=octets, now=request.now
    )
    return {**to_plain(new_key.key), "key": new_key.secret}


async def _revoke(request: ApiRequest) -> Any:
    await revoke_key(request.store, request.scope, request.parameters["key_id"])


_KEY = row_schema(ApiKey)
_MADE = {
    **_KEY,
    "properties": {**_KEY["properties"], "key": {"type": "string"}},
    "required": [*_KEY["required"], "key"],
}

KEY_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/keys",
        "The API keys, without their secrets, oldest first",
        KeyAccess.ADMIN,
        _list,
        data_schema(_KEY),
        (OF_ACCOUNT,),
        errors=(404,),
        example=Example(),
    ),
    ApiRoute(
        "POST",
        "/api/v1/keys",
        "Make an API key; only this answer shows it",
        KeyAccess.ADMIN,
        _make,
        _MADE,
        (OF_ACCOUNT,),
        KeyToMake,
        status=201,
        shows_secret=True,
        errors=(404, 409),
        example=Example(body='{"access": "write", "label": "the shop"}'),
    ),
    ApiRoute(
        "DELETE",
        "/api/v1/keys/{key_id}",
        "Revoke an API key; its next request is refused",
        KeyAccess.ADMIN,
        _revoke,
        None,
        (Parameter("key_id", TEXT, "the id, as lists show it", "5f0c1f3d9a7b", where="path"),),
        status=204,
        errors=(404,),
        example=Example(path={"key_id": "5f0c1f3d9a7b"}),
    ),
)
"""The routes, in the manual's order."""
