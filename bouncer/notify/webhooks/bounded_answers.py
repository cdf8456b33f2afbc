"""The octets of an endpoint's answers, bounded: informational answers, which no library bounds, count as all others do.

Each piece is small, so that its parsing, which takes the library milliseconds, holds up nobody else.
"""

import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpcore2

MOST_OCTETS = 64 * 1024
"""Octets that are read for one POST: header fields take a few kilobytes, and of the content 2 kB count."""
PIECE_OCTETS = 4 * 1024
"""Octets that are read, and parsed, at once."""


@dataclass(slots=True)
class AnswerBound:
    """Counts the octets that may still come; shared by a connection and its streams, and reset by each POST."""

    left: int = MOST_OCTETS

    def refill(self) -> None:
        """Begin another answer."""
        self.left = MOST_OCTETS

    def count(self, octets: bytes) -> bytes:
        """Give the *octets* unchanged. Raises httpcore2.ReadError beyond the bound."""
        self.left -= len(octets)
        if self.left < 0:
            raise httpcore2.ReadError(f"more than {MOST_OCTETS} octets, and the answer is not over")
        return octets


class BoundedStream(httpcore2.AsyncNetworkStream):
    """A stream of httpcore2 that reads no more octets of an answer than its *bound* leaves, and PIECE_OCTETS at a time."""

    def __init__(self, stream: httpcore2.AsyncNetworkStream, bound: AnswerBound) -> None:
        self._stream = stream
        self._bound = bound

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ASYNC109 -- the library's name
        """Read a piece. Raises httpcore2.ReadError beyond the bound."""
        return self._bound.count(await self._stream.read(min(max_bytes, PIECE_OCTETS), timeout))

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ASYNC109 -- the library's name
        """Write *buffer*."""
        await self._stream.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the stream."""
        await self._stream.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 -- the library's name
    ) -> httpcore2.AsyncNetworkStream:
        """Begin TLS; what is read over it has the same bound."""
        return BoundedStream(await self._stream.start_tls(ssl_context, server_hostname, timeout), self._bound)

    def get_extra_info(self, info: str) -> Any:
        """Give what the library knows of the stream."""
        return self._stream.get_extra_info(info)


class BoundedBackend(httpcore2.AnyIOBackend):
    """Opens the library's streams within *bound*."""

    def __init__(self, bound: AnswerBound) -> None:
        super().__init__()
        self._bound = bound

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 -- the library's name
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        """Open a stream."""
        stream = await super().connect_tcp(host, port, timeout, local_address, socket_options)
        return BoundedStream(stream, self._bound)
