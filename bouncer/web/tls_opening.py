"""The TLS handshake of a connection, which counts as a connection from its first octet.

asyncio's own servers tell a protocol of a connection when the handshake is over, so that clients that never end theirs would count
nowhere. Here the connection is accepted and counted first, and TLS is begun on it.
"""

import asyncio
import ssl
from collections.abc import Callable

from bouncer.connections import Connection, Connections
from bouncer.listening import HANDSHAKE_SECONDS


class TlsOpening(asyncio.Protocol, Connection):
    """Counts itself among *connections* until the handshake ends; then the protocol that *accept* makes takes its place."""

    def __init__(
        self,
        context: ssl.SSLContext,
        connections: Connections[Connection],
        accept: Callable[[], asyncio.Protocol],
        *,
        seconds: float = HANDSHAKE_SECONDS,
    ) -> None:
        self._context = context
        self._open = connections
        self._accept = accept
        self._seconds = seconds
        self._early = b""
        self._is_lost = False
        self._handshake: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # streams have no other
        """Hook of asyncio: count the connection, and begin TLS; over the limit it ends at once."""
        self.transport = transport
        if not self._open.add(self):
            transport.abort()
            return
        transport.pause_reading()  # the first octet is TLS's
        self._handshake = asyncio.get_running_loop().create_task(self._shake_hands(transport))

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio: octets of a request that came together with the end of the handshake."""
        self._early += data

    def connection_lost(self, _error: Exception | None) -> None:
        """Hook of asyncio: forget the connection."""
        self._is_lost = True
        self._open.remove(self)

    @property
    def is_busy(self) -> bool:
        """No request has come yet."""
        return False

    @property
    def task(self) -> "asyncio.Task[None] | None":
        """The handshake."""
        return self._handshake

    def check_patience(self, now: float) -> None:
        """The handshake has a time limit of its own."""

    async def _shake_hands(self, transport: asyncio.Transport) -> None:
        loop = asyncio.get_running_loop()
        try:
            secure = await loop.start_tls(
                transport, self, self._context, server_side=True, ssl_handshake_timeout=self._seconds
            )
        except OSError:  # no TLS, no common cipher, too slow, or gone
            transport.abort()
            return
        finally:
            self._open.remove(self)
        if self._is_lost or secure is None:
            return
        protocol = self._accept()
        secure.set_protocol(protocol)
        protocol.connection_made(secure)
        if self._early:
            protocol.data_received(self._early)
