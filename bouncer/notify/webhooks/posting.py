"""Posting to an endpoint: over HTTPS, to an address that was checked, without redirects and proxies, bounded in time and octets.

The host is resolved for each try. All of its addresses must be public, or in networks that the operator allows; the connection goes
to one of the checked addresses, so that a resolver that answers otherwise the next time changes nothing. The certificate must be
for the host's name (SNI).
"""

import asyncio
import base64
import contextlib
import functools
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from bouncer import __version__
from bouncer.notify.webhooks.format import WebhookPost
from bouncer.notify.webhooks.http_connection import Headers, HttpAnswer, NoAnswer, NotConnected, PostConnection
from bouncer.policy.webhook_url import WebhookUrl, why_refused

CONNECTIONS = 4
"""Connections to one endpoint: enough for its answers to overlap, and few for a small server."""
RESOLVE_SECONDS = 5.0
"""Seconds for the addresses of a host."""
CONNECT_SECONDS = 5.0
"""Seconds for a connection, with TLS."""
POST_SECONDS = 15.0
"""Seconds for a whole try: readers answer first and work later."""
MAX_ANSWER_OCTETS = 2048
"""Octets of an answer that are read."""
MAX_ADDRESSES = 4
"""Addresses of a host that are tried, one after the other."""
_SAFE = "%/?#[]@!$&'()*+,;=:-._~"
"""Characters that stay in a path and a query (RFC 3986 section 2); ``%`` because the URL is encoded already."""
_HEADERS = {
    "Content-Type": "application/json",
    "User-Agent": f"bouncer/{__version__}",
    "Accept-Encoding": "identity",
}

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the IP addresses of a host; raises OSError."""


@dataclass(frozen=True, slots=True)
class PostResult:
    """The result of a try: the status of HTTP, or None, and the beginning of the answer, or the reason why there is none.

    *retry_after* is the answer's field of that name, empty without one.
    """

    status: int | None
    answer: str
    milliseconds: int
    retry_after: str = ""


class RefusedAddress(Exception):
    """The host has an address to which nothing may be posted; the text names none: it may be of the operator's own network."""


async def resolve_host(host: str, port: int) -> Sequence[str]:
    """Give the addresses of *host* as the system's resolver finds them; an IP address is its own."""
    with contextlib.suppress(ValueError):
        return (str(ipaddress.ip_address(host)),)
    loop = asyncio.get_running_loop()
    places = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(place[4][0]) for place in places))


class Poster:
    """Posts to one endpoint over connections of its own, which no other endpoint shares."""

    def __init__(self, url: WebhookUrl, networks: Sequence[str], *, resolve: Resolve = resolve_host) -> None:
        """*networks*: the operator's networks that may be posted to, also by plain HTTP."""
        self._url = url
        self._networks = networks
        self._resolve = resolve
        place, _, path = url.text.partition("://")[2].partition("/")
        self._target = quote(f"/{path}", safe=_SAFE).encode("ascii")
        self._headers = {**_HEADERS, "Host": place}
        self._idle: list[PostConnection] = []

    async def post(self, post: WebhookPost, credentials: str | None) -> PostResult:
        """Post once. Faults of the other side never raise."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(POST_SECONDS):
                status, answer, retry_after = await self._try(post, credentials)
        except TimeoutError:
            status, answer, retry_after = None, f"no answer within {POST_SECONDS:g} seconds", ""
        return PostResult(status, answer, int(1000 * (loop.time() - start)), retry_after)

    async def _try(self, post: WebhookPost, credentials: str | None) -> tuple[int | None, str, str]:
        try:
            addresses = await self._checked_addresses()
            answer = await self._post_to_one(addresses, self._headers_for(post, credentials), post.body)
        except TimeoutError:
            return None, f"the host was not found within {RESOLVE_SECONDS:g} seconds", ""
        except OSError:
            return None, "the host has no address", ""
        except RefusedAddress as error:
            return None, str(error), ""
        except NotConnected as error:
            return None, f"no connection: {error}", ""
        except NoAnswer as error:
            return None, f"no answer: {error}", ""
        return answer.status, answer.content.decode("utf-8", "replace"), answer.retry_after

    async def _checked_addresses(self) -> Sequence[str]:
        """Resolve the host. Raises RefusedAddress where one of the addresses may not be posted to, OSError without any."""
        async with asyncio.timeout(RESOLVE_SECONDS):
            addresses = await self._resolve(self._url.host, self._url.port)
        if not addresses:
            raise OSError
        for address in addresses:
            if why := why_refused(address, self._url.scheme, self._networks):
                raise RefusedAddress(why)
        return addresses

    async def _post_to_one(self, addresses: Sequence[str], headers: Headers, body: bytes) -> HttpAnswer:
        """Post to the first of *addresses* that can be connected to. Raises NotConnected with the last one's reason, NoAnswer."""
        connection = await self._idle_connection(addresses)
        if connection is not None:
            return await self._post_over(connection, headers, body)
        why = NotConnected("no address")
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return await self._post_over(self._new_connection(address), headers, body)
            except NotConnected as error:
                why = error
        raise why

    async def _post_over(self, connection: PostConnection, headers: Headers, body: bytes) -> HttpAnswer:
        try:
            answer = await connection.post(self._target, headers, body, most_octets=MAX_ANSWER_OCTETS)
        except BaseException:
            await connection.close()
            raise
        self._idle.append(connection)
        return answer

    async def _idle_connection(self, addresses: Sequence[str]) -> PostConnection | None:
        """Take an open connection to one of *addresses*, the one that was used last; close those that cannot be used."""
        while self._idle:
            connection = self._idle.pop()
            if connection.address in addresses and connection.is_usable:
                return connection
            await connection.close()
        return None

    def _new_connection(self, address: str) -> PostConnection:
        tls = _tls_context() if self._url.scheme == "https" else None
        return PostConnection(address, self._url.port, seconds=CONNECT_SECONDS, tls=tls, name=self._url.host)

    def _headers_for(self, post: WebhookPost, credentials: str | None) -> Headers:
        headers = {**self._headers, **post.headers}
        if credentials is not None:
            headers["Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode("ascii")
        return [(name.encode("ascii"), value.encode("ascii")) for name, value in headers.items()]

    async def close(self) -> None:
        """Close the connections."""
        while self._idle:
            await self._idle.pop().close()


@functools.cache
def _tls_context() -> ssl.SSLContext:
    """Give the context that checks certificates; made once, as loading the system's authorities takes some ten milliseconds."""
    return ssl.create_default_context()
