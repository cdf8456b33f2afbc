"""A server: it listens, checks the timeouts of its connections every second, and shuts down gracefully.

During a shutdown, a peer in the middle of a message gets its reply. A peer that is cut off before has no reply yet, so
it keeps the message and tries again, or has its own client try again.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable, Sequence
from typing import Generic

from bouncer.connections import AnyConnection, Connections
from bouncer.listening import Listener
from bouncer.unix_listening import Access


class Server(Generic[AnyConnection]):
    """Listens on the addresses *listen* of the setting *setting*: host:port, or unix:/path with the permissions *access*.

    *accept* makes the protocol of an accepted connection, which adds itself to *connections*. With *tls*, every connection is TLS
    from its first octet. Raises ConfigError if *listen* has an address that cannot be parsed.
    """

    def __init__(
        self,
        setting: str,
        listen: Sequence[str],
        *,
        connections: Connections[AnyConnection],
        accept: Callable[[], asyncio.BaseProtocol],
        access: Access | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._listener = Listener(setting, listen, access, tls)
        self._connections = connections
        self._accept = accept

    @property
    def listening(self) -> tuple[str, ...]:
        """The addresses on which it listens: host:port, with the port that the system chose for port 0, or unix:/path."""
        return self._listener.listening

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Listen on *sockets*, inherited and bound, or else on the addresses of the setting; raises as ``Listener.open``."""
        await self._listener.open(self._accept, sockets, self._tick)

    def _tick(self, now: float) -> None:
        for connection in tuple(self._connections.open):
            connection.check_time(now)

    async def drain(self, seconds: float) -> None:
        """Accept no more connections, hang up on idle peers at once, and on busy peers when they are done or after *seconds*."""
        self._connections.closing = True
        self._listener.stop()
        for connection in tuple(self._connections.open):
            if not connection.is_busy:
                connection.hang_up(connection.closing_reply)
        if not await self._connections.wait_closed(seconds):
            for connection in tuple(self._connections.open):
                connection.hang_up(connection.closing_reply)

    async def close(self) -> None:
        """Stop at once: a command that has no reply yet gets none."""
        self._connections.closing = True
        self._listener.close()
        await asyncio.gather(*(connection.cut_off() for connection in tuple(self._connections.open)))
