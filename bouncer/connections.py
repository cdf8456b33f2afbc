"""Open connections: the connection limit, timeouts, and the end of a connection. Shared by all servers; knows no protocol."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

CROWDED = 0.5
"""Share of the connections that may be open. When more are, patience is short while there is still room for others."""
LINGER_SECONDS = 10.0
"""Time for our last reply to leave; a peer that does not take it is disconnected."""


class Connection:
    """How a connection ends; the protocol of an accepted connection inherits from it.

    A server calls ``check_time`` every second, ``hang_up(closing_reply)`` when it closes and the peer is in the middle of nothing,
    and ``cut_off`` when it stops at once.
    """

    closing_reply: ClassVar[bytes] = b""
    """The last reply to a peer whose connection ends because the server closes."""

    transport: Any = None
    hung_up_at: float | None = None
    """The event loop's time when we ended the connection; None while we have not."""
    last_reply: bytes | None = None
    """The reply that we ended the connection with; None while we have not."""

    @property
    def is_busy(self) -> bool:
        """Whether the peer is in the middle of work that it should be able to finish, such as a letter."""
        raise NotImplementedError

    @property
    def task(self) -> "asyncio.Task[None] | None":
        """The task that works for this connection now, if there is one."""
        raise NotImplementedError

    def check_patience(self, now: float) -> None:
        """End the connection if the peer is silent for too long; *now* is the event loop's time."""
        raise NotImplementedError

    def hang_up(self, reply: bytes = b"") -> None:
        """Send *reply* as the last one, read no more, and close once it has left. Does nothing the second time."""
        if self.hung_up_at is not None or self.transport is None:
            return
        if reply:
            self.transport.write(reply)
        self.last_reply, self.hung_up_at = reply, asyncio.get_running_loop().time()
        self.transport.close()

    def check_time(self, now: float) -> None:
        """End the connection if its time is over; *now* is the event loop's time."""
        if self.hung_up_at is None:
            self.check_patience(now)
        elif now - self.hung_up_at > LINGER_SECONDS and self.transport is not None:
            self.transport.abort()

    async def cut_off(self) -> None:
        """End the connection and its work at once, without a reply."""
        task = self.task
        if self.transport is not None:
            self.transport.abort()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


AnyConnection = TypeVar("AnyConnection", bound=Connection)


@dataclass(slots=True)
class Connections(Generic[AnyConnection]):
    """The open connections of one server, *most* at once; ``closing`` once no new work is begun."""

    most: int
    open: set[AnyConnection] = field(default_factory=set)
    closing: bool = False
    _none_open: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def crowded(self) -> bool:
        """Whether so many connections are open that silent peers have to make room for others (Postfix: STRESS_README)."""
        return len(self.open) > self.most * CROWDED

    def add(self, connection: AnyConnection) -> bool:
        """Count *connection* as open; False where the limit is reached, or the server closes."""
        if self.closing or len(self.open) >= self.most:
            return False
        self.open.add(connection)
        return True

    def remove(self, connection: AnyConnection) -> None:
        """Count *connection* no more; does nothing if it is not counted."""
        self.open.discard(connection)
        if not self.open:
            self._none_open.set()

    async def wait_closed(self, seconds: float) -> bool:
        """Wait until none is open, for *seconds* at most; False where one still is."""
        self._none_open.clear()
        if self.open:
            try:
                async with asyncio.timeout(seconds):
                    await self._none_open.wait()
            except TimeoutError:
                return False
        return True
