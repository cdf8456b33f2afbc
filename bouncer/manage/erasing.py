"""Erasing a person's addresses: all that names them, while suppressions in force hold on."""

import datetime as dt
from collections.abc import Sequence

from bouncer.errors import InvalidValue
from bouncer.mail.address import is_plausible
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.scopes import recorded_scope
from bouncer.ports.erasures import Erasure, ErasureOrder
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

MOST_ERASED = 100
"""Addresses of one erasure: all are looked for at once in the texts of every letter."""


async def erase_addresses(
    store: Store,
    scope: Scope,
    name: str | None,
    addresses: Sequence[str],
    *,
    by: ChangedBy,
    now: dt.datetime,
    keeps_suppressions: bool = True,
) -> Erasure:
    """Erase up to MOST_ERASED *addresses* of the account *name*, a removed one too, or of all inside *scope*.

    With *keeps_suppressions* mail to them is still refused where it is refused now. Raises NotFound for an unknown account,
    InvalidValue for a malformed address or too many; then nothing is erased.
    """
    if len(addresses) > MOST_ERASED:
        raise InvalidValue(f"more than {MOST_ERASED} addresses at once", field="addresses")
    for address in addresses:
        if not is_plausible(address):
            raise InvalidValue(f"{address!r} is no mail address", field="addresses")
    inside = await recorded_scope(store, scope, name)
    return await store.erase(inside, ErasureOrder(addresses, by.source, by.words, now, keeps_suppressions))
