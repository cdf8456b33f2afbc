"""Long lists in turns of the event loop."""

import asyncio

import pytest

from bouncer import turns
from bouncer.turns import map_in_turns


async def test_others_have_their_turns_after_so_many_values(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(turns, "MANY", 2)
    values = list[int]()

    def note(value: int) -> int:
        values.append(value)
        return -value

    task = asyncio.create_task(map_in_turns(note, [1, 2, 3, 4, 5]))
    await asyncio.sleep(0)

    assert values == [1, 2]
    assert await task == [-1, -2, -3, -4, -5]
    assert await map_in_turns(note, []) == []
