"""The comparable forms of many addresses that a program sends at once, beside all else that the event loop does."""

import asyncio
from collections.abc import Iterable, Mapping

from bouncer.mail.address import comparable

COMPARED_AT_ONCE = 25
"""Addresses beyond ASCII that are made comparable in one turn of the event loop: each takes up to a fifth of a millisecond."""


async def comparable_forms(addresses: Iterable[str]) -> Mapping[str, str]:
    """Map addresses to their comparable forms; others have their turns meanwhile, since domains beyond ASCII take long."""
    forms, dear = dict[str, str](), 0
    for address in addresses:
        forms[address] = comparable(address)
        dear += not address.isascii()
        if dear == COMPARED_AT_ONCE:
            dear = 0
            await asyncio.sleep(0)
    return forms
