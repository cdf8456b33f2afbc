"""A connection to an endpoint that takes one POST after the other, by HTTP/1.1: h11 speaks it over asyncio's streams.

It goes to the IP address that it is given and to no other: it knows no redirects, no proxies, no cookies, no environment. A general
client would take five times as long for a POST, and that time would be most of what an event costs.
"""

import asyncio
import contextlib
import os
import ssl
from collections.abc import Sequence
from dataclasses import dataclass

import h11

KEPT_SECONDS = 4.0
"""Seconds for which an idle connection is kept: many servers close theirs after 5, and a POST must not meet that moment."""
MOST_READ_OCTETS = 64 * 1024
"""Octets that are read at once."""

Headers = Sequence[tuple[bytes, bytes]]


class NotConnected(Exception):
    """There is no connection; the text says why, and names no address."""


class NoAnswer(Exception):
    """There is no answer, or none that is HTTP; the text says why."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The status, and the beginning of the content."""

    status: int
    content: bytes


class PostConnection:
    """An open connection; one POST at a time."""

    def __init__(self, address: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.address = address
        self._reader = reader
        self._writer = writer
        self._h11 = h11.Connection(h11.CLIENT)
        self._idle_since = 0.0

    async def post(self, target: bytes, headers: Headers, body: bytes, *, most_octets: int) -> HttpAnswer:
        """Post once, and read *most_octets* of the answer. Raises NoAnswer.

        The connection is closed, unless the whole answer was read and the server keeps it open.
        """
        try:
            return await self._exchange(target, headers, body, most_octets)
        except OSError as error:
            raise NoAnswer(words_of(error)) from error
        except h11.ProtocolError as error:
            raise NoAnswer(str(error)) from error
        finally:
            self._end_exchange()

    async def _exchange(self, target: bytes, headers: Headers, body: bytes, most_octets: int) -> HttpAnswer:
        length = (b"Content-Length", b"%d" % len(body))
        request = h11.Request(method=b"POST", target=target, headers=[*headers, length])
        parts = (self._h11.send(event) for event in (request, h11.Data(data=body), h11.EndOfMessage()))
        self._writer.write(b"".join(part for part in parts if part))  # a server may answer before it has read all
        while not isinstance(event := await self._next_event(), h11.Response):
            pass  # 1xx: the answer is still to come
        content = b""
        while len(content) < most_octets and isinstance(part := await self._next_event(), h11.Data):
            content += part.data[: most_octets - len(content)]
        return HttpAnswer(event.status_code, content)

    async def _next_event(self) -> object:
        while (event := self._h11.next_event()) is h11.NEED_DATA:
            octets = await self._reader.read(MOST_READ_OCTETS)
            if not octets and self._h11.their_state is h11.SEND_RESPONSE:
                raise NoAnswer("the server closed the connection")
            self._h11.receive_data(octets)
        return event

    def _end_exchange(self) -> None:
        """Get ready for the next POST, or close."""
        try:
            self._h11.start_next_cycle()
            self._idle_since = asyncio.get_running_loop().time()
        except h11.ProtocolError:
            self.close()

    def is_usable(self, now: float) -> bool:
        """Whether a POST may go over it; *now* is the event loop's time."""
        is_open = not (self._reader.at_eof() or self._writer.is_closing() or self._h11.trailing_data[0])
        return is_open and now - self._idle_since < KEPT_SECONDS

    def close(self) -> None:
        """Close at once: nothing that is under way matters any more."""
        self._writer.transport.abort()


async def open_connection(
    address: str, port: int, *, seconds: float, tls: ssl.SSLContext | None = None, name: str | None = None
) -> PostConnection:
    """Connect to an IP address within *seconds*; with *tls* the certificate must be for *name*. Raises NotConnected."""
    try:
        async with asyncio.timeout(seconds):
            reader, writer = await asyncio.open_connection(
                address, port, ssl=tls, server_hostname=name if tls else None, limit=MOST_READ_OCTETS
            )
    except TimeoutError:
        raise NotConnected(f"none within {seconds:g} seconds") from None
    except OSError as error:
        raise NotConnected(words_of(error)) from error
    return PostConnection(address, reader, writer)


def words_of(error: OSError) -> str:
    """Give an error's words without the address, which may be of the operator's own network."""
    if not isinstance(error, ssl.SSLError) and error.errno:
        with contextlib.suppress(ValueError, OverflowError):
            return os.strerror(error.errno)
    return str(error) or type(error).__name__
