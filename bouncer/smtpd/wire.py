"""Octets in, lines out: what an SMTP session reads from and writes to (RFC 5321 sections 2.3.7, 2.3.8).

A subclass of aiosmtpd's protocol that leaves out what costs aiosmtpd most of its time (``make bench`` measures it):

* the tables of commands and hooks, which aiosmtpd finds by reflection anew for every connection;
* StreamReader, its line reading, and a timer that is set anew for every command.
"""

import asyncio
import logging
import ssl
from asyncio.streams import FlowControlMixin
from collections.abc import Awaitable, Callable
from typing import Any

from aiosmtpd.smtp import SMTP

MAX_LINE = 2048
"""Octets of a command line; RFC 5321 asks for 512 plus what extensions add, and long signed paths are real."""
HIGH_WATER = 64 * 1024
"""Octets that a client may send ahead while nobody reads them; then its socket is left to fill up."""
HANDSHAKE_SECONDS = 60.0
"""For the TLS handshake; asyncio's own default."""

_log = logging.getLogger(__name__)


class Wire(SMTP):
    """One connection's octets. Never raises for what the peer sends or for its going away."""

    _paused: bool  # FlowControlMixin's: the peer does not take what we say
    _connection_lost: bool
    _drain_helper: Callable[[], Awaitable[None]]

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        FlowControlMixin.__init__(self, loop)  # not SMTP's own: that is where the tables are made
        self.loop = loop
        self.transport: Any = None
        self.heard = loop.time()
        """When the peer last said something whole: a command, or a piece of a letter."""
        self.octets = bytearray()
        """What came and was not read yet; readers take it from the front."""
        self.last_word: bytes | None = None
        """What we said when it was us who ended it."""
        self.hung_up_at: float | None = None
        self.tls: str | None = None
        """Protocol and cipher, once TLS is on."""
        self._waiter: asyncio.Future[None] | None = None
        self._ended = False
        self._reading_stopped = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio."""
        if self._ended:
            return
        self.octets += data
        if self._waiter is not None:
            self._wake()
        elif len(self.octets) > HIGH_WATER and not self._reading_stopped:
            self._reading_stopped = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Hook of asyncio: what came before is still answered, which TLS does not allow."""
        self._end()
        return self.tls is None

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 -- why it ended changes nothing
        """Hook of asyncio."""
        FlowControlMixin.connection_lost(self, None)
        self._end()

    @property
    def gone(self) -> bool:
        """Whether the connection is no more."""
        return self._connection_lost

    def say(self, reply: bytes) -> None:
        """Send *reply*, unless nobody is there any more."""
        if not self._connection_lost and not self.transport.is_closing():
            self.transport.write(reply)

    def hang_up(self, reply: bytes = b"") -> None:
        """Send *reply* as the last word and read no more."""
        if self.hung_up_at is None:
            self.say(reply)
            self.last_word, self.hung_up_at = reply, self.loop.time()
        self.octets.clear()
        self._end()
        self.transport.close()

    def _end(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def more(self) -> bool:
        """Wait until the peer has sent more; False when it will not."""
        if self._paused and not self._connection_lost:
            await self._drain_helper()  # no more work for a peer that does not take our replies
        if self._ended:
            return False
        if self._reading_stopped:
            self._reading_stopped = False
            self.transport.resume_reading()
        had = len(self.octets)
        self._waiter = self.loop.create_future()
        await self._waiter
        self._waiter = None
        return len(self.octets) > had

    async def start_tls(self, context: ssl.SSLContext) -> bool:
        """Shake hands; False where that failed, and then the connection is at its end."""
        try:
            self.transport = await self.loop.start_tls(
                self.transport, self, context, server_side=True, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        except OSError as error:  # ssl.SSLError and connection errors are among them
            _log.info("handshake failed=%.200a", str(error))
            self.hang_up()
            return False
        tls = self.transport.get_extra_info("ssl_object")
        self.tls = f"{tls.version()} {tls.cipher()[0]}"
        return True

    async def line(self) -> bytes | None:
        """Take the next line with its end; longer than MAX_LINE where it was too long; None when there are no more."""
        octets = self.octets
        seen = 0
        while (end := octets.find(b"\n", seen)) < 0:
            del octets[MAX_LINE + 1 :]  # the rest of a line that is too long already
            seen = len(octets)
            if not await self.more():
                return None
        line = bytes(octets[: end + 1])
        del octets[: end + 1]
        return line
