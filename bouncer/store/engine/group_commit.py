"""Group commit: requests that arrive during a commit share the next one, and so one fsync (law 1: 250 means kept).

The busier the store is, the more requests share a commit. If a batch fails by one request's fault, each request is retried alone,
so that the others succeed.

Where commits are quick, a request arrives more often between two commits than during one. Then each would have a commit of its
own, with an fsync and two changes of thread; so requests are gathered for a moment while several come at the same time.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bouncer.errors import StoreError

SEVERAL = 1.3
"""Requests of a batch on average from which on several callers come at the same time: those of a single caller, which come one
after another, are batches of 1."""
NEW_PART = 1 / 8
"""Part of the newest batch in the average: after some fifteen batches of 1 it is below SEVERAL again."""

Request = TypeVar("Request")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting(Generic[Request, Result]):
    """One caller's request, and the future of its result."""

    request: Request
    result: asyncio.Future[Result]


class RecentSizes:
    """The average number of requests of the last batches."""

    def __init__(self) -> None:
        self._mean = 1.0

    def note(self, size: int) -> None:
        """Note the size of a new batch."""
        self._mean += NEW_PART * (size - self._mean)

    def are_several(self) -> bool:
        """Whether several callers have come at the same time of late."""
        return self._mean >= SEVERAL


class GroupCommit(Generic[Request, Result]):
    """Commits requests in batches. A cancelled request is dropped before its commit, or committed with its result discarded.

    *commit* executes a batch, all or nothing, and gives each request's result. *share* gives the fraction of a commit (0 to 1) that
    a request fills: it bounds the requests that a failing commit refuses, and the memory of a batch. Before each batch
    *gather_seconds* pass, for requests that nobody waits for; *several_seconds* where several callers have come at the same
    time of late, so that a single one waits for nothing.
    """

    def __init__(
        self,
        commit: Callable[[list[Request]], Awaitable[Sequence[Result]]],
        share: Callable[[Request], float],
        *,
        gather_seconds: float = 0.0,
        several_seconds: float = 0.0,
    ) -> None:
        self._commit = commit
        self._share = share
        self._gather_seconds = gather_seconds
        self._several_seconds = several_seconds
        self._sizes = RecentSizes()
        self._waiting: deque[_Waiting[Request, Result]] = deque()
        self._running: asyncio.Task[None] | None = None

    async def submit(self, request: Request) -> Result:
        """Execute *request* in the next batch; it is committed when this returns. Raises StoreError, or the request's own error."""
        caller: _Waiting[Request, Result] = _Waiting(request, asyncio.get_running_loop().create_future())
        self._waiting.append(caller)
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="group-commit")
        return await caller.result

    async def finish(self) -> None:
        """Wait until every request has a result."""
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        try:
            while self._waiting:
                if seconds := self._seconds_to_gather():
                    await asyncio.sleep(seconds)
                if batch := self._next_batch():
                    self._sizes.note(len(batch))
                    await self._answer(batch)
        finally:
            self._running = None

    def _seconds_to_gather(self) -> float:
        return self._several_seconds if self._several_seconds and self._sizes.are_several() else self._gather_seconds

    def _next_batch(self) -> list[_Waiting[Request, Result]]:
        batch: list[_Waiting[Request, Result]] = []
        room = 1.0
        while self._waiting and (not batch or self._share(self._waiting[0].request) <= room):
            caller = self._waiting.popleft()
            if not caller.result.cancelled():
                batch.append(caller)
                room -= self._share(caller.request)
        return batch

    async def _answer(self, batch: list[_Waiting[Request, Result]]) -> None:
        try:
            results = await self._commit([caller.request for caller in batch])
        except StoreError as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 -- any error goes to the callers of the failing requests
            if len(batch) == 1:
                return _fail(batch, error)
            for caller in batch:
                await self._answer([caller])
        else:
            for caller, answer in zip(batch, results, strict=True):
                if not caller.result.done():
                    caller.result.set_result(answer)


def _fail(batch: list[_Waiting[Request, Result]], error: Exception) -> None:
    for caller in batch:
        if not caller.result.done():
            caller.result.set_exception(error)
