"""The route that erases a person's addresses."""

from typing import Annotated, Any

import msgspec

from bouncer.manage.erasing import MOST_ERASED, erase_addresses
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.ports.erasures import Erasure
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example
from bouncer.web.row_schema import row_schema
from bouncer.web.suppression_routes import Address


class AddressesToErase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Addresses that are to be erased; *keep_suppressed*: whether mail that is refused now is still refused."""

    addresses: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_ERASED)]
    keep_suppressed: bool = True


async def _erase(request: ApiRequest) -> Any:
    body: AddressesToErase = request.body
    result = await erase_addresses(
        request.store,
        request.scope,
        request.parameters["account"],
        body.addresses,
        by=request.changed_by,
        now=request.now,
        keeps_suppressions=body.keep_suppressed,
    )
    return to_plain(result)


ERASURE_ROUTES = (
    ApiRoute(
        "POST",
        "/api/v1/erasures",
        "Erase all that names up to 100 addresses; mail to them that is refused now is still refused",
        KeyAccess.ADMIN,
        _erase,
        row_schema(Erasure),
        (OF_ACCOUNT,),
        AddressesToErase,
        errors=(404,),
        example=Example(body='{"addresses": ["joe@example.net"]}'),
    ),
)
"""The routes, in the manual's order."""
