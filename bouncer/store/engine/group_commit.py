"""Group commit: requests that arrive during a commit share the next one, and so one fsync (law 1: 250 means kept).

The busier the store is, the more requests share a commit. If a batch fails by one request's fault, each request is retried alone,
so that the others succeed.
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
    """One caller's request, and the future of its result."""

    request: Request
    result: asyncio.Future[Result]


class GroupCommit(Generic[Request, Result]):
    """Commits requests in batches. A cancelled request is dropped before its commit, or committed with its result discarded.

    *commit* executes a batch, all or nothing, and gives each request's result. *share* gives the fraction of a commit (0 to 1) that
    a request fills: it bounds the requests that a failing commit refuses, and the memory of a batch. Before each batch
    *gather_seconds* pass, for requests that nobody waits for.
    """

    def __init__(
        self,
        commit: Callable[[list[Request]], Awaitable[Sequence[Result]]],
        share: Callable[[Request], float],
        *,
        gather_seconds: float = 0.0,
    ) -> None:
        self._commit = commit
        self._share = share
        self._gather_seconds = gather_seconds
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
                if self._gather_seconds:
                    await asyncio.sleep(self._gather_seconds)
                if batch := self._next_batch():
                    await self._answer(batch)
        finally:
            self._running = None

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
