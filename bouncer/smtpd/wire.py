"""Octets in, replies out: one TCP connection of an SMTP client (RFC 5321 sections 2.3.7, 2.3.8; RFC 2920).

A subclass of aiosmtpd's protocol that leaves out what costs aiosmtpd most of its time (``make bench`` measures it):

* the tables of commands and hooks, which aiosmtpd finds by reflection anew for every connection;
* StreamReader and the task that waits for it: here what came is read in the very call that brings it, and only what has
  to wait (keeping a letter, a TLS handshake) becomes a task;
* a timer that is set anew for every command.
"""

import asyncio
import logging
import ssl
from asyncio.streams import FlowControlMixin
from collections.abc import Coroutine
from typing import Any

from aiosmtpd.smtp import SMTP

HIGH_WATER = 64 * 1024
"""Octets that a client may send ahead while it has to wait for us; then its socket is left to fill up."""
HANDSHAKE_SECONDS = 60.0
"""For the TLS handshake; asyncio's own default."""

_log = logging.getLogger(__name__)


class Wire(SMTP):
    """One connection. Never raises for what the peer sends or for its going away."""

    _paused: bool  # FlowControlMixin's: the peer does not take what we say
    _connection_lost: bool  # FlowControlMixin's

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        FlowControlMixin.__init__(self, loop)  # not SMTP's own: that is where the tables are made
        self.loop = loop
        self.transport: Any = None
        self.octets = bytearray()
        """What came and was not read yet; ``take`` takes it from the front."""
        self.heard = loop.time()
        """When the peer last said something whole: a command, or a piece of a letter."""
        self.tls: str | None = None
        """Protocol and cipher, once TLS is on."""
        self.last_word: bytes | None = None
        """What we said when it was us who ended it."""
        self.hung_up_at: float | None = None
        self.waiting: asyncio.Task[None] | None = None
        """What the peer has to wait for; nothing of it is read meanwhile."""
        self.shaking_hands = False
        """Whether what is waited for is the peer itself, in the TLS handshake."""
        self._half_closed = False
        self._reading_stopped = False

    def take(self) -> bool:
        """Read one whole thing from the front of ``octets`` and act on it; False where that needs more octets."""
        raise NotImplementedError

    def finish(self, error: Exception) -> None:
        """Answer for *error*, which something that was waited for raised."""
        raise NotImplementedError

    def leave(self) -> None:
        """Let go of everything: nobody is connected, and nothing is waited for."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio."""
        if self.hung_up_at is not None:
            return
        self.octets += data
        self.go_on()
        if len(self.octets) > HIGH_WATER and self._held_up and not self._reading_stopped:
            self._reading_stopped = True
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Hook of asyncio: what came before is still answered, which TLS does not allow."""
        self._half_closed = True
        self.go_on()
        return self.tls is None

    def resume_writing(self) -> None:
        """Hook of asyncio: the peer takes our replies again."""
        super().resume_writing()
        self.go_on()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 -- why it ended changes nothing
        """Hook of asyncio."""
        self._connection_lost = True
        self._half_closed = True
        self.octets.clear()
        if self.waiting is None:
            self.leave()

    @property
    def gone(self) -> bool:
        """Whether the connection is no more."""
        return self._connection_lost

    @property
    def _held_up(self) -> bool:
        return self.waiting is not None or self._paused

    def go_on(self) -> None:
        """Read what came, as far as it is whole and nobody has to wait."""
        while not self._held_up and self.hung_up_at is None and self.take():
            pass
        if self._held_up or self.hung_up_at is not None:
            return
        if self._half_closed:
            self.hang_up()
        elif self._reading_stopped:
            self._reading_stopped = False
            self.transport.resume_reading()

    def wait_for(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work* before anything else is read."""
        self.waiting = self.loop.create_task(self._wait(work))

    async def _wait(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except Exception as error:  # noqa: BLE001 -- whatever it is, the peer gets a reply and the others are served
            self.finish(error)
        finally:
            self.waiting = None
            if self.gone:
                self.leave()
        self.go_on()

    def say(self, reply: bytes) -> None:
        """Send *reply*, unless nobody is there any more."""
        if not self._connection_lost and self.hung_up_at is None:
            self.transport.write(reply)

    def hang_up(self, reply: bytes = b"") -> None:
        """Send *reply* as the last word and read no more."""
        if self.hung_up_at is None:
            if reply:
                self.say(reply)
            self.last_word, self.hung_up_at = reply, self.loop.time()
            self.octets.clear()
            self.transport.close()

    async def shake_hands(self, context: ssl.SSLContext) -> None:
        """Begin TLS, at once; where that fails the connection is at its end."""
        self.shaking_hands = True
        try:
            self.transport = await self.loop.start_tls(
                self.transport, self, context, server_side=True, ssl_handshake_timeout=HANDSHAKE_SECONDS
            )
        except OSError as error:  # ssl.SSLError and connection errors are among them
            _log.info("handshake failed=%.200a", str(error))
            self.hang_up()
            return
        finally:
            self.shaking_hands = False
        tls = self.transport.get_extra_info("ssl_object") if self.transport else None
        if tls is None:  # cut off amid the handshake, of which only the TLS layer was told
            self.connection_lost(None)
            return
        self.tls = f"{tls.version()} {tls.cipher()[0]}"
