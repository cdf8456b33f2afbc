"""Waiting for a state that no event tells of, since another process, a thread or a server's own end brings it about: bounded."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")
LOOK_SECONDS = 0.01
"""Seconds between two looks."""
PATIENCE_SECONDS = 60.0
"""Seconds until the state is there, however busy the machine is; a test has five times as many."""


async def until(look: Callable[[], Found], seconds: float = PATIENCE_SECONDS) -> Found:
    """Wait until *look* gives something true, and give that; raises TimeoutError."""
    async with asyncio.timeout(seconds):
        while not (answer := look()):  # noqa: ASYNC110 -- there is no event for it
            await asyncio.sleep(LOOK_SECONDS)
    return answer


async def until_awaited(look: Callable[[], Awaitable[Found]], seconds: float = PATIENCE_SECONDS) -> Found:
    """Wait as ``until`` does, for a *look* that is awaited."""
    async with asyncio.timeout(seconds):
        while not (answer := await look()):  # noqa: ASYNC110 -- there is no event for it
            await asyncio.sleep(LOOK_SECONDS)
    return answer


def wait_until(look: Callable[[], Found], seconds: float = PATIENCE_SECONDS) -> Found:
    """Wait as ``until`` does, without an event loop."""
    deadline = time.monotonic() + seconds
    while not (answer := look()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"not within {seconds:g} s")
        time.sleep(LOOK_SECONDS)
    return answer
