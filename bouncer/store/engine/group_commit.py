"""What many want of the store at the same time shares one commit, and so one fsync (law 1: 250 means kept).

While one commit runs the next callers gather: the busier it is, the more share. What one of them is wrong about must not cost the
others theirs: then each gets a commit of its own.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bouncer.errors import StoreError

Request = TypeVar("Request")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[Request, Result]):
    """One caller, and what it waits for."""

    wanted: Request
    given: asyncio.Future[Result]


class GroupCommit(Generic[Request, Result]):
    """Does what many callers want. One that is cancelled has either not begun or is done without anybody knowing.

    *commit* does what several want, all or nothing, and gives each one's answer; *share* says how much of a commit, of which
    1 is all, what one wants may take: a bound on what a failing commit turns away, and on what one holds in memory.
    """

    def __init__(
        self, commit: Callable[[list[Request]], Awaitable[Sequence[Result]]], share: Callable[[Request], float]
    ) -> None:
        self._commit = commit
        self._share = share
        self._waiting: deque[_Waiting[Request, Result]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def do(self, wanted: Request) -> Result:
        """Do it, together with whatever else waits; committed when this returns. Raises StoreError."""
        one: _Waiting[Request, Result] = _Waiting(wanted, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="together")
        return await one.given

    async def finish(self) -> None:
        """Wait until everybody who waits has an answer."""
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        try:
            while batch := self._next_batch():
                await self._answer(batch)
        finally:
            self._running = None

    def _next_batch(self) -> list[_Waiting[Request, Result]]:
        batch: list[_Waiting[Request, Result]] = []
        room = 1.0
        while self._waiting and (not batch or self._share(self._waiting[0].wanted) <= room):
            one = self._waiting.popleft()
            if not one.given.cancelled():
                batch.append(one)
                room -= self._share(one.wanted)
        return batch

    async def _answer(self, batch: list[_Waiting[Request, Result]]) -> None:
        try:
            given = await self._commit([one.wanted for one in batch])
        except StoreError as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 -- whatever it is, whoever wanted it hears of it
            if len(batch) == 1:
                return _fail(batch, error)
            for one in batch:
                await self._answer([one])
        else:
            for one, answer in zip(batch, given, strict=True):
                if not one.given.done():
                    one.given.set_result(answer)


def _fail(batch: list[_Waiting[Request, Result]], error: Exception) -> None:
    for one in batch:
        if not one.given.done():
            one.given.set_exception(error)
