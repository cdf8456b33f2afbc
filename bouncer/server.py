"""A server: it listens, looks at the time limits of its connections every second, and closes without cutting off open work.

While it closes, a peer in the middle of a message gets its answer. A peer that is cut off before has not been told that the message
was taken or may go, so the mail server keeps it or asks its client to come again.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Generic

from bouncer.connections import AnyConnection, Connections
from bouncer.listening import Listener
from bouncer.unix_listening import Access


class Server(Generic[AnyConnection]):
    """Listens where *listen*, the setting *setting*, says: host:port, or unix:/path for those whom *access* lets in.

    *accept* makes the protocol of an accepted connection, which counts itself in *connections*. Raises ConfigError where *listen*
    cannot be read.
    """

    def __init__(
        self,
        setting: str,
        listen: Sequence[str],
        *,
        connections: Connections[AnyConnection],
        accept: Callable[[], asyncio.BaseProtocol],
        access: Access | None = None,
    ) -> None:
        self._listener = Listener(setting, listen, access)
        self._connections = connections
        self._accept = accept

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it listens, each as host:port, with the port that a 0 became, or unix:/path."""
        return self._listener.listening

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Listen on *sockets*, which are bound and taken over, or where the settings say; raises as ``Listener.open``."""
        await self._listener.open(self._accept, sockets, self._tick)

    def _tick(self, now: float) -> None:
        for connection in tuple(self._connections.open):
            connection.check_time(now)

    async def drain(self, seconds: float) -> None:
        """Accept no more, let peers finish what they are in the middle of for *seconds* at most, and hang up on all others."""
        self._connections.closing = True
        self._listener.stop()
        for connection in tuple(self._connections.open):
            if not connection.is_busy:
                connection.hang_up(connection.closing_reply)
        if not await self._connections.wait_closed(seconds):
            for connection in tuple(self._connections.open):
                connection.hang_up(connection.closing_reply)

    async def close(self) -> None:
        """Stop at once: what has no reply yet gets none."""
        self._connections.closing = True
        self._listener.close()
        await asyncio.gather(*(connection.cut_off() for connection in tuple(self._connections.open)))
