"""The TLS handshake of a connection; the connection is counted from the moment at which it is accepted.

The event loop's own TLS servers tell a protocol of a connection when the handshake is over, so clients that never end their
handshake would not be counted. Here the connection is accepted without TLS and counted; then its socket is handed to the loop
anew, with TLS.
"""

import asyncio
import os
import socket
import ssl
from collections.abc import Callable

from bouncer.connections import Connection
from bouncer.listening import HANDSHAKE_SECONDS
from bouncer.web.http_connections import HttpConnections


class TlsOpening(asyncio.Protocol, Connection):
    """Counts itself among *connections* until the handshake ends; then the protocol that *accept* makes takes its place.

    *accept* is called with the argument ``leave``: a function that ends the counting of this object, and that the protocol calls
    before it counts itself.
    """

    def __init__(
        self,
        context: ssl.SSLContext,
        connections: HttpConnections,
        accept: Callable[..., asyncio.Protocol],
        *,
        seconds: float = HANDSHAKE_SECONDS,
    ) -> None:
        self._context = context
        self._open = connections
        self._accept = accept
        self._seconds = seconds
        self._handshake: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # streams have no other
        """Hook of asyncio: count the connection, and begin TLS; over a limit it ends at once."""
        if self._open.add(self) and self._open.count_client(self, transport.get_extra_info("peername")):
            same = socket.socket(fileno=os.dup(transport.get_extra_info("socket").fileno()))
            same.settimeout(0)  # asyncio wants a socket that does not block
            self._handshake = asyncio.get_running_loop().create_task(self._shake_hands(same))
        else:
            self._leave()
        transport.abort()  # nothing was read by it, and the connection lives on in the other socket

    @property
    def is_busy(self) -> bool:
        """No request has come yet."""
        return False

    @property
    def task(self) -> "asyncio.Task[None] | None":
        """The handshake."""
        return self._handshake

    def check_patience(self, now: float) -> None:
        """Do nothing: the handshake has a time limit of its own."""

    def hang_up(self, reply: bytes = b"") -> None:  # noqa: ARG002 -- nothing can be said before TLS
        """End the handshake, and with it the connection."""
        if self._handshake is not None:
            self._handshake.cancel()

    def _leave(self) -> None:
        self._open.remove(self)

    async def _shake_hands(self, same: socket.socket) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: self._accept(leave=self._leave),
                same,
                ssl=self._context,
                ssl_handshake_timeout=self._seconds,
            )
        except OSError:  # no TLS, no common cipher, too slow, or gone
            same.close()
        finally:
            self._leave()
