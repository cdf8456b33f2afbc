"""Routes of the global suppressions (asm): addresses that want no mail at all."""

from typing import Annotated, Any

import msgspec

from bouncer.manage.address_lists import AddressToList, list_more, listed_address, take_off
from bouncer.policy.address_list import AddressList
from bouncer.policy.api_key import KeyAccess
from bouncer.web.problem import naming
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.parameters import EMAIL, ON_BEHALF_OF, TEXT_SCHEMA, account_of, array_of, object_of
from bouncer.web.suppression_routes import MOST_CHANGED, Address

_PATH = "/v3/asm/suppressions/global"


class GlobalSuppressions(msgspec.Struct, frozen=True):
    """Addresses that want no mail."""

    recipient_emails: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_CHANGED)]


async def _add(request: ApiRequest) -> Any:
    emails = request.body.recipient_emails
    rows = [AddressToList(address) for address in emails]
    name, kind = account_of(request), AddressList.UNSUBSCRIBES
    with naming("recipient_emails"):
        await list_more(request.store, request.scope, name, kind, rows, by=request.changed_by, now=request.now)
    return {"recipient_emails": list(emails)}


async def _entry(request: ApiRequest) -> Any:
    name, address = account_of(request), request.parameters["email"]
    row = await listed_address(request.store, request.scope, name, AddressList.UNSUBSCRIBES, address, now=request.now)
    return {"recipient_email": row.address} if row else {}


async def _taken_off(request: ApiRequest) -> Any:
    name, addresses = account_of(request), (request.parameters["email"],)
    await take_off(
        request.store, request.scope, name, AddressList.UNSUBSCRIBES, addresses, by=request.changed_by, now=request.now
    )


_EXAMPLE = Example(path={"email": EMAIL.example})

GLOBAL_ROUTES = (
    ApiRoute(
        "POST",
        _PATH,
        "Add up to 1,000 addresses that want no mail",
        KeyAccess.WRITE,
        _add,
        object_of(recipient_emails=array_of(TEXT_SCHEMA)),
        (ON_BEHALF_OF,),
        GlobalSuppressions,
        201,
        errors=(404,),
        example=Example(body='{"recipient_emails": ["joe@example.net"]}'),
        form=SENDGRID_FORM,
    ),
    ApiRoute(
        "GET",
        f"{_PATH}/{{email}}",
        "The address, where it wants no mail; else an empty object",
        KeyAccess.READ,
        _entry,
        {"type": "object", "properties": {"recipient_email": TEXT_SCHEMA}},
        (ON_BEHALF_OF, EMAIL),
        errors=(404,),
        example=_EXAMPLE,
        form=SENDGRID_FORM,
    ),
    ApiRoute(
        "DELETE",
        f"{_PATH}/{{email}}",
        "Let mail go to the address again",
        KeyAccess.WRITE,
        _taken_off,
        None,
        (ON_BEHALF_OF, EMAIL),
        status=204,
        errors=(404,),
        example=_EXAMPLE,
        form=SENDGRID_FORM,
    ),
)
"""The routes, in the manual's order."""
