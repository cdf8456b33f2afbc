"""Register: sends are counted before the mail goes out, and many that go out at the same time share one commit.

While one commit runs the next sends gather: the busier it is, the more share, so that the wait for a disk is one for all. With
many clients commits keep a small distance too, because mail servers want the same processor and the same disk.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

from bouncer.errors import StoreError
from bouncer.ports import SendBook, Sent

MOST_SENDS = 500
"""Sends of one commit: what a failing one may turn away at once."""

DISTANCE_SECONDS = 0.0004
"""Between two commits, for each client: a mail server takes several times as long for one mail of each."""
MOST_DISTANCE_SECONDS = 0.02
"""However many clients there are."""

_Waiting = tuple[Sequence[Sent], "asyncio.Future[None]"]


class Register:
    """Counts for many callers. One that is cancelled has either not begun or is counted without anybody knowing.

    ``clients()`` says how many there may be at this moment.
    """

    def __init__(self, book: SendBook, clients: Callable[[], int] = lambda: 1) -> None:
        self._book = book
        self._clients = clients
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None
        self._met = self._begun = float(
            "-inf"
        )  # when two sends last met, when a commit last began; the event loop's time

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
                await asyncio.sleep(min(self._clients() * DISTANCE_SECONDS, MOST_DISTANCE_SECONDS))
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
