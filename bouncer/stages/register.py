"""Register: sends are counted before the mail goes out, and many that go out at the same time share one commit.

While one commit runs the next sends gather: the busier it is, the more share.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from bouncer.errors import StoreError
from bouncer.ports import SendBook, Sent

MOST_SENDS = 500
"""Sends of one commit: what a failing one may turn away at once."""

_Waiting = tuple[Sequence[Sent], "asyncio.Future[None]"]


class Register:
    """Counts for many callers. One that is cancelled has either not begun or is counted without anybody knowing."""

    def __init__(self, book: SendBook) -> None:
        self._book = book
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None

    async def count(self, sends: Sequence[Sent]) -> None:
        """Count *sends*, all or none, together with whoever else waits. Raises StoreError."""
        counted: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((sends, counted))
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="register")
        await counted

    async def finish(self) -> None:
        """Wait until everybody who waits has an answer."""
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        try:
            while batch := self._next_batch():
                await self._commit(batch)
        finally:
            self._running = None

    def _next_batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        room = MOST_SENDS
        while self._waiting and (not batch or len(self._waiting[0][0]) <= room):
            one = self._waiting.popleft()
            if not one[1].cancelled():
                batch.append(one)
                room -= len(one[0])
        return batch

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            await self._book.count([sent for sends, _ in batch for sent in sends])
        except StoreError as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 -- one send that cannot be counted must not cost the others theirs
            if len(batch) == 1:
                _fail(batch, error)
            for one in batch if len(batch) > 1 else ():
                await self._commit([one])
        else:
            for _, counted in batch:
                if not counted.done():
                    counted.set_result(None)


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for _, counted in batch:
        if not counted.done():
            counted.set_exception(error)
