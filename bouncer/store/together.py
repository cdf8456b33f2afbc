"""Small pieces of work that come at the same time share one transaction, and so one fsync: the marks of parcels.

While one transaction runs the next pieces gather. What one of them is wrong about must not cost the others theirs: then
each gets a transaction of its own.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.store.engine import Engine

MOST = 200
"""Pieces of one transaction: whoever keeps a letter waits no longer than they take."""

Work = Callable[[sa.Connection], None]


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    work: Work
    done: asyncio.Future[None]


class Together:
    """Does the work of many callers. One that is cancelled has either not begun or is done without anybody knowing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._waiting: deque[_Waiting] = deque()
        self._running: asyncio.Task[None] | None = None

    async def do(self, work: Work) -> None:
        """Do *work*, together with whatever else waits; on the disk when this returns. Raises StoreError."""
        one = _Waiting(work, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._running is None:
            self._running = asyncio.create_task(self._run(), name="together")
        await one.done

    async def finish(self) -> None:
        """Wait until everybody who waits has an answer."""
        if self._running is not None:
            await self._running

    async def _run(self) -> None:
        try:
            while self._waiting:
                batch = [self._waiting.popleft() for _ in range(min(MOST, len(self._waiting)))]
                await self._commit([one for one in batch if not one.done.cancelled()])
        finally:
            self._running = None

    async def _commit(self, batch: list[_Waiting]) -> None:
        try:
            await self._engine.write(_do, [one.work for one in batch])
        except StoreError as error:
            _fail(batch, error)
        except Exception as error:  # noqa: BLE001 -- whatever it is, whoever asked for it hears of it
            if len(batch) == 1:
                return _fail(batch, error)
            for one in batch:
                await self._commit([one])
        else:
            for one in batch:
                if not one.done.done():
                    one.done.set_result(None)


def _do(connection: sa.Connection, works: list[Work]) -> None:
    for work in works:
        work(connection)


def _fail(batch: list[_Waiting], error: Exception) -> None:
    for one in batch:
        if not one.done.done():
            one.done.set_exception(error)
