"""One connection of a mail server that asks us: octets in, answers out, one question after the other.

What came is read in the very call that brings it; only what has to wait for the store becomes a task, and then nothing more
is read. Bounds: what may be sent ahead, how long a question may take to arrive, how long silence may last.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from bouncer.milter.guests import Guests

HIGH_WATER = 64 * 1024
"""Octets that a peer may send ahead while it waits for us; then its socket is left to fill up."""
ANSWER_SECONDS = 30.0
"""For our own work on one question; Postfix waits at least as long for any answer (milter_command_timeout)."""
LINGER_SECONDS = 10.0
"""For our last word to leave."""

QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux alone has it."""

_log = logging.getLogger(__name__)


class Conversation(asyncio.Protocol):
    """One connection. Never raises for what the peer sends or for its going away."""

    def __init__(self, guests: "Guests[Conversation]") -> None:
        self.guests = guests
        self.octets = bytearray()
        self.waiting: asyncio.Task[None] | None = None
        self.peer = ""
        self._hear()
        self.asked = False
        """Whether a whole question ever came."""
        self._transport: Any = None
        self._socket: Any = None
        self._closed_at: float | None = None
        self._reading_stopped = self._writing_stopped = False

    def take(self) -> bool:
        """Read one whole thing from the front of ``octets`` and act on it; False where that needs more octets.

        Raises ValueError for what is no question at all: the connection ends.
        """
        raise NotImplementedError

    @property
    def busy(self) -> bool:
        """Whether the peer is in the middle of something that it should get to finish."""
        return self.waiting is not None

    def stumbled(self) -> None:
        """Answer for work that went wrong in a way that nobody foresaw, or took too long."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio."""
        self._transport = transport
        bound = transport.get_extra_info("socket")
        self._socket = (
            bound if bound is not None and bound.family != socket.AF_UNIX else None
        )  # what is told it is TCP's
        self.peer = str(transport.get_extra_info("peername") or "local")
        if not self.guests.enter(self):
            _log.warning("turned away peer=%s: no room for more connections", self.peer)
            self.hang_up()

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio."""
        if self._closed_at is not None:
            return
        self._acknowledge()
        if not self.octets:
            self._hear()
        self.octets += data
        self.go_on()
        if len(self.octets) > HIGH_WATER and self._held_up and not self._reading_stopped:
            self._reading_stopped = True
            self._transport.pause_reading()

    def _acknowledge(self) -> None:
        """Tell the peer's kernel at once that its octets came (tcp(7), TCP_QUICKACK), and not in 40 ms.

        What we do not answer would be acknowledged late, and until then its small writes are held back (RFC 9293 section 3.7.4).
        """
        if self._socket is not None and QUICKACK is not None:
            with contextlib.suppress(OSError):  # the connection is gone: data_received is followed by connection_lost
                self._socket.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)

    def pause_writing(self) -> None:
        """Hook of asyncio: the peer does not take what we say."""
        self._writing_stopped = True

    def resume_writing(self) -> None:
        """Hook of asyncio."""
        self._writing_stopped = False
        self.go_on()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 -- why it ended changes nothing
        """Hook of asyncio."""
        self._closed_at = self._closed_at or asyncio.get_running_loop().time()
        self.octets.clear()
        if self.waiting is not None:
            self.waiting.cancel()
        self.guests.leave(self)

    @property
    def _held_up(self) -> bool:
        return self.waiting is not None or self._writing_stopped

    def go_on(self) -> None:
        """Read what came, as far as it is whole and nobody has to wait."""
        heard = False
        try:
            while self.waiting is None and not self._writing_stopped and self._closed_at is None and self.take():
                heard = True
        except ValueError as error:
            _log.info("not understood peer=%s: %s", self.peer, error)
            self.hang_up()
        if heard:
            self.asked = True
            self._hear()
        if self._closed_at is not None or self._held_up:
            return
        if self.guests.closing and not self.busy:
            self.hang_up()
        elif self._reading_stopped:
            self._reading_stopped = False
            self._transport.resume_reading()

    def say(self, answer: bytes) -> None:
        """Send *answer*."""
        if self._closed_at is None:
            self._transport.write(answer)

    def wait_for(self, work: Callable[..., Awaitable[None]], *words: object) -> None:
        """Read no more until *work* is done with *words*, which ends with an answer."""
        self.waiting = asyncio.get_running_loop().create_task(self._work(work, words))

    async def _work(self, work: Callable[..., Awaitable[None]], words: tuple[object, ...]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await work(*words)
        except Exception:  # noqa: BLE001 -- whatever it is, the peer gets an answer and the others are served
            _log.exception("stumbled over a question of %s", self.peer)
            self.stumbled()
        finally:
            self.waiting = None
        self._hear()
        self.go_on()

    def _hear(self) -> None:
        self.heard = asyncio.get_running_loop().time()

    def hang_up(self) -> None:
        """Say nothing more, and close when what was said has left."""
        if self._closed_at is None:
            self._closed_at = asyncio.get_running_loop().time()
            self._transport.close()

    def check_time(self, now: float) -> None:
        """End a conversation that is silent for too long; *now* is the event loop's time."""
        if self._closed_at is not None:
            if now - self._closed_at > LINGER_SECONDS:
                self._transport.abort()
        elif self.waiting is None:
            unfinished = bool(self.octets) or self._writing_stopped or not self.asked
            if now - self.heard > self.guests.patience(unfinished=unfinished):
                _log.info("silent peer=%s", self.peer)
                self.hang_up()

    async def cut_off(self) -> None:
        """End at once."""
        self._transport.abort()
        if self.waiting is not None:
            self.waiting.cancel()
            await asyncio.gather(self.waiting, return_exceptions=True)
