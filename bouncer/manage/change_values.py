"""Values that changes of suppressions share: their author, their stream, their addresses, and how many of them are one commit.

Others have their turn between two such commits, and while many addresses are compared.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bouncer.errors import InvalidValue
from bouncer.mail.address import comparable
from bouncer.policy.records import MAX_STREAM, ChangeSource, is_possible_stream

CHANGED_AT_ONCE = 40
"""Values that are changed at the same time: enough for several commits of the store, so that it always has a next one to begin."""
COMPARED_AT_ONCE = 25
"""Addresses beyond ASCII that are made comparable in one turn of the event loop: each takes up to a fifth of a millisecond."""
ASCII_AT_ONCE = 500
"""Addresses in ASCII of one turn: each takes some microseconds."""

Value = TypeVar("Value")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class ChangedBy:
    """The author of a change, for the audit trail: the kind of program, and words."""

    source: ChangeSource
    words: str


def checked_stream(text: str) -> str:
    """Give the name of a stream. Raises InvalidValue for one that no mail can have: it would suppress nobody."""
    if not is_possible_stream(text):
        raise InvalidValue(
            f"a stream has {MAX_STREAM} octets at most, no NUL, and no blank at its ends", field="stream"
        )
    return text


async def change_many(values: Sequence[Value], change: Callable[[Value], Awaitable[Result]]) -> list[Result]:
    """Give the result of *change* for each of *values*, in their order. Raises the first error; what was changed stays changed."""
    results: list[Result] = []
    for begin in range(0, len(values), CHANGED_AT_ONCE):
        results += await asyncio.gather(*map(change, values[begin : begin + CHANGED_AT_ONCE]))
    return results


async def comparable_forms(addresses: Iterable[str]) -> Mapping[str, str]:
    """Map addresses to their comparable forms; other tasks get turns in between, as a domain beyond ASCII takes long."""
    forms, share = dict[str, str](), 0.0
    for address in addresses:
        forms[address] = comparable(address)
        share += 1 / (ASCII_AT_ONCE if address.isascii() else COMPARED_AT_ONCE)
        if share >= 1:
            share = 0.0
            await asyncio.sleep(0)
    return forms
