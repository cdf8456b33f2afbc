"""One connection of a mail server that asks us: octets in, answers out, one request after the other.

What came is read in the very call that brings it; only what has to wait for the store becomes a task, and then nothing more
is read. Bounds: what may be sent ahead, how long a request may take to arrive, how long silence may last.
"""

import asyncio
import contextlib
import logging
import socket
from collections.abc import Awaitable, Callable
from typing import Any

from bouncer.connections import Connection, Connections
from bouncer.milter.context import MilterContext

HIGH_WATER = 64 * 1024
"""Octets that a peer may send ahead while it waits for us; then its socket is left to fill up."""
ANSWER_SECONDS = 30.0
"""For our own work on one request; Postfix waits at least as long for any answer (milter_command_timeout)."""

QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""Linux alone has it."""

_log = logging.getLogger(__name__)


class RequestConnection(Connection, asyncio.Protocol):
    """One connection. Never raises for what the peer sends or for its going away."""

    def __init__(self, connections: "Connections[RequestConnection]", context: MilterContext) -> None:
        self.connections = connections
        self.context = context
        self.octets = bytearray()
        self.waiting: asyncio.Task[None] | None = None
        self.peer = ""
        self._note_time()
        self.asked = False
        """Whether a whole request ever came."""
        self._socket: Any = None
        self._reading_stopped = self._writing_stopped = False

    def take(self) -> bool:
        """Read one whole request from the front of ``octets`` and act on it; False where that needs more octets.

        Raises ValueError for what is no request at all: the connection ends.
        """
        raise NotImplementedError

    @property
    def is_busy(self) -> bool:
        """Whether the peer waits for an answer."""
        return self.waiting is not None

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task that works on a request, if there is one."""
        return self.waiting

    def fail(self) -> None:
        """Answer for work that failed in a way that nobody foresaw, or took too long."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio."""
        self.transport = transport
        accepted = transport.get_extra_info("socket")
        is_tcp = accepted is not None and accepted.family != socket.AF_UNIX
        self._socket = accepted if is_tcp else None  # its option is TCP's
        self.peer = str(transport.get_extra_info("peername") or "local")
        if not self.connections.add(self):
            _log.warning("turned away peer=%s: no room for more connections", self.peer)
            self.hang_up()

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio."""
        if self.hung_up_at is not None:
            return
        self._acknowledge()
        if not self.octets:
            self._note_time()
        self.octets += data
        self.resume()
        if len(self.octets) > HIGH_WATER and self._held_up and not self._reading_stopped:
            self._reading_stopped = True
            self.transport.pause_reading()

    def _acknowledge(self) -> None:
        """Tell the peer's kernel at once that its octets came (tcp(7), TCP_QUICKACK), and not in 40 ms.

        What we do not answer would be acknowledged late, and until then its small writes are held back (RFC 9293 section 3.7.4).
        """
        if self._socket is not None and QUICKACK is not None:
            with contextlib.suppress(OSError):  # the connection is gone: data_received is followed by connection_lost
                self._socket.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)

    def pause_writing(self) -> None:
        """Hook of asyncio: the peer does not take our answers."""
        self._writing_stopped = True

    def resume_writing(self) -> None:
        """Hook of asyncio."""
        self._writing_stopped = False
        self.resume()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 -- why it ended changes nothing
        """Hook of asyncio."""
        self.hung_up_at = self.hung_up_at or asyncio.get_running_loop().time()
        self.octets.clear()
        if self.waiting is not None:
            self.waiting.cancel()
        self.connections.remove(self)

    @property
    def _held_up(self) -> bool:
        return self.waiting is not None or self._writing_stopped

    def resume(self) -> None:
        """Read what came, as far as it is whole and nobody has to wait."""
        heard = False
        try:
            while self.waiting is None and not self._writing_stopped and self.hung_up_at is None and self.take():
                heard = True
        except ValueError as error:
            _log.info("not understood peer=%s: %s", self.peer, error)
            self.hang_up()
        if heard:
            self.asked = True
            self._note_time()
        if self.hung_up_at is not None or self._held_up:
            return
        if self.connections.closing and not self.is_busy:
            self.hang_up()
        elif self._reading_stopped:
            self._reading_stopped = False
            self.transport.resume_reading()

    def answer(self, answer: bytes) -> None:
        """Send *answer*."""
        if self.hung_up_at is None:
            self.transport.write(answer)

    def wait_for(self, work: Callable[..., Awaitable[None]], *arguments: object) -> None:
        """Read no more until *work* is done with *arguments*, which ends with an answer."""
        self.waiting = asyncio.get_running_loop().create_task(self._work(work, arguments))

    async def _work(self, work: Callable[..., Awaitable[None]], arguments: tuple[object, ...]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await work(*arguments)
        except Exception:  # noqa: BLE001 -- whatever it is, the peer gets an answer and the others are served
            _log.exception("stumbled over a question of %s", self.peer)
            self.fail()
        finally:
            self.waiting = None
        self._note_time()
        self.resume()

    def _note_time(self) -> None:
        self.heard = asyncio.get_running_loop().time()

    def check_patience(self, now: float) -> None:
        """End a connection that is silent for too long; *now* is the event loop's time."""
        if self.waiting is None:
            unfinished = bool(self.octets) or self._writing_stopped or not self.asked
            if now - self.heard > self.context.patience(crowded=self.connections.crowded, unfinished=unfinished):
                _log.info("silent peer=%s", self.peer)
                self.hang_up()
