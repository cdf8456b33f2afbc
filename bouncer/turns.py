"""Long lists that are worked through in several turns of the event loop, so that whoever else is served does not wait for all."""

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeVar

MANY = 500
"""Values of one turn: some milliseconds, for a row of a list that is made for a program."""

Value = TypeVar("Value")
Result = TypeVar("Result")


async def map_in_turns(change: Callable[[Value], Result], values: Sequence[Value]) -> list[Result]:
    """Give the result of *change*, which takes some microseconds, for each of *values*; others have their turns after MANY."""
    results: list[Result] = []
    for begin in range(0, len(values), MANY):
        if begin:
            await asyncio.sleep(0)
        results += map(change, values[begin : begin + MANY])
    return results
