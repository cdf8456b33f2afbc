"""A connection of the HTTP server: uvicorn's protocol on h11, within our limits of connections, time and memory.

uvicorn bounds the octets of a request's head and of what it reads ahead. The time that a client takes is bounded here: to send a
whole request, to take its answer, to be silent between two requests.
"""

import asyncio
import re
from collections.abc import Callable
from typing import Any

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from bouncer.connections import Connection
from bouncer.web.http_connections import CLIENT_HAS_TOO_MANY, HttpConnections
from bouncer.web.problem import MEDIA_TYPE, Problem

MOST_HEAD_OCTETS = 32 * 1024
"""Octets of request line and header fields: proxies send a few kilobytes at most."""
MOST_FIELDS = 100
"""Header fields of a request, as Apache takes them (LimitRequestFields): browsers send fifteen, and a proxy adds some. h11 and
every look-up go through them one by one, and 8,000 of four octets would be twenty times the work of a request."""
CROWDED_IDLE_SECONDS = 5.0
"""The idle timeout where more than half of the connections are taken; HTTP clients connect again by themselves."""
CROWDED_REQUEST_SECONDS = 10.0
"""The time for a whole request to come where more than half of the connections are taken: clients write theirs in one go,
and only a body of megabytes takes seconds."""
_BLANK_LINE = re.compile(rb"\n\r?\n")


class HttpConnection(H11Protocol, Connection):
    """Counts itself among *connections*; over their limit it answers 503, over that of its client 429.

    Seconds are as in the settings of [http].

    *leave* is called before the connection counts itself: it ends the count of the TLS handshake that came before.
    """

    def __init__(
        self,
        config: Config,
        state: ServerState,
        connections: HttpConnections,
        *,
        idle_seconds: float,
        request_seconds: float,
        leave: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config, state, {}, asyncio.get_running_loop())
        self.access_log = False  # uvicorn's access log has addresses, our own line for each request has none
        self._open = connections
        self._leave = leave
        self._idle_seconds = idle_seconds
        self._request_seconds = request_seconds
        self._waits_since = self.loop.time()
        self._writing_since: float | None = None
        self._is_half_closed = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own narrowing
        """Hook of asyncio: count the connection."""
        super().connection_made(transport)
        self._leave()
        if not self._open.add(self):
            self.hang_up(_encode_alone(Problem(503, "Too many connections; try again.")))
        elif not self._open.count_client(self, transport.get_extra_info("peername")):
            self.hang_up(_encode_alone(CLIENT_HAS_TOO_MANY))

    def connection_lost(self, exc: Exception | None) -> None:
        """Hook of asyncio: forget the connection."""
        self._open.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Hook of asyncio: octets of a request; those of a connection that ends are not read."""
        if self.hung_up_at is not None:
            return
        if self._is_between_requests:
            self._waits_since = self.loop.time()
        super().data_received(data)

    def handle_events(self) -> None:
        """Hook of uvicorn: read the next request, unless its head has too many fields, which are counted before h11 parses them."""
        if self.hung_up_at is None and self.conn.their_state is h11.IDLE:
            head, _ = self.conn.trailing_data
            end = _BLANK_LINE.search(head)
            if head.count(b"\n", 0, end.start() if end else len(head)) > MOST_FIELDS:
                self.hang_up(_encode_alone(Problem(431, f"A request has at most {MOST_FIELDS} header fields.")))
                return
        super().handle_events()

    def on_response_complete(self) -> None:
        """Hook of uvicorn: an answer is written; the idle timeout begins."""
        self._waits_since = self.loop.time()
        if self._open.closing:
            self.transport.close()
        super().on_response_complete()
        if self._is_half_closed and not self._is_at_work:
            self._end_half_closed()

    def eof_received(self) -> bool:  # type: ignore[override] # uvicorn's own narrowing
        """Hook of asyncio: the client sends nothing more. It gets the answers to its requests, then the end; over TLS, the end.

        A request that is cut short gets 400 (RFC 9112 section 8).
        Some clients half-close a connection behind their request (RFC 9112 section 9.6); TLS ends in both directions at once.
        """
        if self.scheme != "http" or self.hung_up_at is not None:
            return False
        self._is_half_closed = self._is_at_work
        if not self._is_half_closed:
            self._end_half_closed()
        return self._is_half_closed

    def _end_half_closed(self) -> None:
        """End the connection of a client that has all its answers but that to a request which was cut short."""
        if self._is_in_a_request:
            self.send_400_response("The request was cut short.")
        else:
            self.transport.close()

    def pause_writing(self) -> None:
        """Hook of asyncio: the client does not take its answer."""
        self._writing_since = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """Hook of asyncio: the client has taken some of its answer."""
        self._writing_since = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Hook of uvicorn: answer what is no HTTP, also in the middle of a body; *msg* is uvicorn's sentence.

        An answer that has begun is cut off: two in one would be read as one.
        """
        has_begun = not self._is_between_requests and self.cycle.response_started
        if not self._is_between_requests:  # its answer would follow this one, and nobody reads the rest of its body
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.hang_up(b"" if has_begun else _encode_alone(Problem(400, msg)))

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hook of uvicorn: there are no WebSockets here."""
        raise NotImplementedError

    @property
    def is_busy(self) -> bool:
        """Whether a request is being answered."""
        return not self._is_between_requests

    @property
    def task(self) -> "asyncio.Task[None] | None":
        """No task, since the server ends the tasks of all connections together."""
        return None

    @property
    def _is_at_work(self) -> bool:
        """Whether a request that has come whole is being answered."""
        return not self._is_between_requests and not self.cycle.more_body

    @property
    def _is_in_a_request(self) -> bool:
        """Whether a part of a request has come, and the rest has not."""
        return bool(self.conn.trailing_data[0]) if self._is_between_requests else self.cycle.more_body

    @property
    def _is_between_requests(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def check_patience(self, now: float) -> None:
        """End the connection where the client is silent, sends its request too slowly, or does not take its answer."""
        if self._writing_since is not None and now - self._writing_since > self._request_seconds:
            self.transport.abort()
        elif now - self._waits_since > self._seconds_of_client:
            self.hang_up()

    @property
    def _seconds_of_client(self) -> float:
        """Give the seconds that the client has for its present step; infinite while the server works."""
        if self._is_at_work:
            return float("inf")
        is_idle = self._is_between_requests and self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]
        usual = self._idle_seconds if is_idle else self._request_seconds
        if not self._open.is_crowded:
            return usual
        return min(usual, CROWDED_IDLE_SECONDS if is_idle else CROWDED_REQUEST_SECONDS)


def _encode_alone(problem: Problem) -> bytes:
    """Give a whole answer, after which the connection ends, for a request that has not been read."""
    body = problem.encode()
    head: list[Any] = [
        f"HTTP/1.1 {problem.status} Error",
        f"content-type: {MEDIA_TYPE}",
        f"content-length: {len(body)}",
        "connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body
