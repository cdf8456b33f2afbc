"""A connection to an endpoint that takes one POST after the other, by HTTP/1.1: one of httpcore2, the core of httpx2.

It goes to the IP address that it is given and to no other. A client of httpx2, which also knows redirects, proxies, cookies and the
environment, takes twice the time of the processor for a POST, which would be most of the cost of an event.
"""

import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded when there is something to post
    import httpcore2

KEPT_SECONDS = 4.0
"""Seconds for which an idle connection is kept: many servers close theirs after 5, and a POST must not meet that moment."""

Headers = Sequence[tuple[bytes, bytes]]


class NotConnected(Exception):
    """There is no connection; the text says why, and names no address."""


class NoAnswer(Exception):
    """There is no answer, or none that is HTTP; the text says why."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """The status, the beginning of the content, and the field Retry-After, empty without one."""

    status: int
    content: bytes
    retry_after: str = ""


class PostConnection:
    """A connection that opens with its first POST; one POST at a time."""

    def __init__(
        self, address: str, port: int, *, seconds: float, tls: ssl.SSLContext | None = None, name: str = ""
    ) -> None:
        """*seconds*: for connecting to *address*; with *tls* the certificate must be for *name*."""
        import httpcore2  # noqa: PLC0415 -- loaded when there is something to post

        from bouncer.notify.webhooks.bounded_answers import AnswerBound, BoundedBackend  # noqa: PLC0415 -- as above

        self._bound = AnswerBound()
        self.address = address
        self._origin = httpcore2.Origin(b"http" if tls is None else b"https", address.encode("ascii"), port)
        self._connection = httpcore2.AsyncHTTPConnection(
            self._origin, tls, keepalive_expiry=KEPT_SECONDS, network_backend=BoundedBackend(self._bound)
        )
        self._extensions = {"timeout": {"connect": seconds}, "sni_hostname": name}

    async def post(self, target: bytes, headers: Headers, body: bytes, *, most_octets: int) -> HttpAnswer:
        """Post once, and read *most_octets* of the answer. Raises NotConnected, NoAnswer.

        The connection is closed, unless the whole answer was read and the server keeps it open.
        """
        import httpcore2  # noqa: PLC0415 -- as above

        try:
            return await self._exchange(self._url(target), headers, body, most_octets)
        except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
            raise NotConnected(_words(error)) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.TimeoutException) as error:
            raise NoAnswer(_words(error)) from error
        except Exception as error:  # of a connection that is reset as soon as it is there, the library finds no socket
            raise NoAnswer(type(error).__name__) from error

    def _url(self, target: bytes) -> "httpcore2.URL":
        import httpcore2  # noqa: PLC0415 -- as above

        origin = self._origin
        return httpcore2.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)

    async def _exchange(self, url: "httpcore2.URL", headers: Headers, body: bytes, most_octets: int) -> HttpAnswer:
        self._bound.refill()
        headers = [*headers, (b"Content-Length", b"%d" % len(body))]
        stream = self._connection.stream("POST", url, headers=headers, content=body, extensions=self._extensions)
        async with stream as response:
            content = b""
            async for part in response.aiter_stream():
                content += part[: most_octets - len(content)]
                if len(content) == most_octets:
                    break
            return HttpAnswer(response.status, content, _retry_after(response.headers))

    @property
    def is_usable(self) -> bool:
        """Whether another POST may go over it."""
        return self._connection.is_available() and not self._connection.has_expired()

    async def close(self) -> None:
        """Close the connection."""
        await self._connection.aclose()


def _retry_after(headers: Headers) -> str:
    return next((value.decode("latin-1") for name, value in headers if name.lower() == b"retry-after"), "")


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
