"""One connection of a mail server: octets in, answers out, one request after the other.

``data_received`` handles requests at once, as many as are one turn. Only a request that has to wait for the store becomes a task,
and until its end no other request is handled. Limits: octets that are sent ahead, requests in one turn, the time for a request to
arrive, the time of silence (idle timeout).
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
"""Octets that a peer may send ahead while it waits for us; from there on its socket is not read (flow control)."""
MOST_AT_ONCE = 50
"""Requests in one turn, before other connections have theirs: some tenths of a millisecond where none has to wait."""
ANSWER_SECONDS = 30.0
"""The timeout for our own work on one request; Postfix waits at least as long for any answer (milter_command_timeout)."""

QUICKACK: int | None = getattr(socket, "TCP_QUICKACK", None)
"""The socket option, which Linux alone has."""

_log = logging.getLogger(__name__)


class RequestConnection(Connection, asyncio.Protocol):
    """One connection. Nothing that the peer sends makes it raise, nor does the loss of the connection."""

    def __init__(self, connections: "Connections[RequestConnection]", context: MilterContext) -> None:
        self.connections = connections
        self.context = context
        self.octets = bytearray()
        self.waiting: asyncio.Task[None] | None = None
        self.peer = ""
        self._note_time()
        self.has_requested = False
        """Whether at least one whole request came."""
        self._socket: Any = None
        self._reading_stopped = self._writing_stopped = False
        self._awaits_turn = False
        """Whether requests are left for the next turn of the event loop."""

    def take(self) -> bool:
        """Remove one whole request from the front of ``octets`` and handle it; False where it is not whole yet.

        Raises ValueError for octets that are no request: the connection ends.
        """
        raise NotImplementedError

    @property
    def is_busy(self) -> bool:
        """Whether the peer waits for an answer."""
        return self.waiting is not None or self._awaits_turn

    @property
    def task(self) -> asyncio.Task[None] | None:
        """The task that handles a request; None where none waits."""
        return self.waiting

    def fail(self) -> None:
        """Send the answer to a request whose handling raised an unforeseen error, or timed out."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio: count the connection, or end it where there is no room for more."""
        self.transport = transport
        accepted = transport.get_extra_info("socket")
        is_tcp = accepted is not None and accepted.family != socket.AF_UNIX
        self._socket = accepted if is_tcp else None  # TCP_QUICKACK is for TCP only
        self.peer = str(transport.get_extra_info("peername") or "local")
        if not self.connections.add(self):
            _log.warning("turned away peer=%s: no room for more connections", self.peer)
            self.hang_up()

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio: answer what is whole; the peer is read no further while more than HIGH_WATER octets wait."""
        if self.hung_up_at is not None:
            return
        self._acknowledge()
        if not self.octets:
            self._note_time()
        self.octets += data
        self.resume()
        if len(self.octets) > HIGH_WATER and self._is_blocked and not self._reading_stopped:
            self._reading_stopped = True
            self.transport.pause_reading()

    def _acknowledge(self) -> None:
        """Acknowledge the octets at once (tcp(7), TCP_QUICKACK), and not after 40 ms.

        Requests without an answer would be acknowledged late, and until then the peer's kernel holds back its small writes
        (Nagle's algorithm, RFC 9293 section 3.7.4).
        """
        if self._socket is not None and QUICKACK is not None:
            with contextlib.suppress(OSError):  # the connection is gone: connection_lost follows
                self._socket.setsockopt(socket.IPPROTO_TCP, QUICKACK, 1)

    def pause_writing(self) -> None:
        """Hook of asyncio: the peer does not read our answers."""
        self._writing_stopped = True

    def resume_writing(self) -> None:
        """Hook of asyncio: the peer reads our answers again, so its next requests are answered."""
        self._writing_stopped = False
        self.resume()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 -- the cause changes nothing
        """Hook of asyncio: forget the connection and the octets that wait; work that is under way is cancelled."""
        self.hung_up_at = self.hung_up_at or asyncio.get_running_loop().time()
        self.octets.clear()
        if self.waiting is not None:
            self.waiting.cancel()
        self.connections.remove(self)

    @property
    def _is_blocked(self) -> bool:
        return self.waiting is not None or self._writing_stopped or self._awaits_turn

    def _take_turn(self) -> None:
        self._awaits_turn = False
        self.resume()

    def resume(self) -> None:
        """Handle the whole requests that came, until one waits or others have their turn; then hang up or read on, as is due."""
        count = 0
        try:
            while not self._is_blocked and self.hung_up_at is None and self.take():
                count += 1
                if count == MOST_AT_ONCE:
                    self._awaits_turn = True
                    asyncio.get_running_loop().call_soon(self._take_turn)
        except ValueError as error:
            _log.info("not understood peer=%s: %s", self.peer, error)
            self.hang_up()
        if count:
            self.has_requested = True
            self._note_time()
        if self.hung_up_at is not None or self._is_blocked:
            return
        if self.connections.closing and not self.is_busy:
            self.hang_up()
        elif self._reading_stopped:
            self._reading_stopped = False
            self.transport.resume_reading()

    def answer(self, answer: bytes) -> None:
        """Send *answer*, unless the connection ended."""
        if self.hung_up_at is None:
            self.transport.write(answer)

    def wait_for(self, work: Callable[..., Awaitable[None]], *arguments: object) -> None:
        """Start *work* with *arguments*, which sends the answer; handle no other request until its end."""
        self.waiting = asyncio.get_running_loop().create_task(self._work(work, arguments))

    async def _work(self, work: Callable[..., Awaitable[None]], arguments: tuple[object, ...]) -> None:
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await work(*arguments)
        except Exception:  # noqa: BLE001 -- after any error the peer gets an answer, and other peers are served
            _log.exception("stumbled over a question of %s", self.peer)
            self.fail()
        finally:
            self.waiting = None
        self._note_time()
        self.resume()

    def _note_time(self) -> None:
        self.last_heard_at = asyncio.get_running_loop().time()

    def check_patience(self, now: float) -> None:
        """Hang up where the peer was silent for too long; *now* is the event loop's time."""
        if self.waiting is None:
            unfinished = bool(self.octets) or self._writing_stopped or not self.has_requested
            if now - self.last_heard_at > self.context.patience(
                crowded=self.connections.is_crowded, unfinished=unfinished
            ):
                _log.info("silent peer=%s", self.peer)
                self.hang_up()
