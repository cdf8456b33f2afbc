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
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bouncer import __version__
from bouncer.notify.webhooks.format import WebhookPost
from bouncer.policy.networks import is_within
from bouncer.policy.public_address import is_public
from bouncer.policy.webhook_url import WebhookUrl

if TYPE_CHECKING:  # loaded when there is something to post
    import httpx2

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

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""Gives the IP addresses of a host; raises OSError."""


@dataclass(frozen=True, slots=True)
class PostResult:
    """The result of a try: the status of HTTP, or None, and the beginning of the answer, or the reason why there is none."""

    status: int | None
    answer: str
    milliseconds: int


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
        self._client: httpx2.AsyncClient | None = None

    async def post(self, post: WebhookPost, credentials: str | None) -> PostResult:
        """Post once. Faults of the other side never raise."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(POST_SECONDS):
                status, answer = await self._try(post, credentials)
        except TimeoutError:
            status, answer = None, f"no answer within {POST_SECONDS:g} seconds"
        return PostResult(status, answer, int(1000 * (loop.time() - start)))

    async def _try(self, post: WebhookPost, credentials: str | None) -> tuple[int | None, str]:
        import httpx2  # noqa: PLC0415 -- loaded when there is something to post

        try:
            addresses = await self._checked_addresses()
        except TimeoutError:
            return None, f"the host was not found within {RESOLVE_SECONDS:g} seconds"
        except OSError:
            return None, "the host has no address"
        except RefusedAddress as error:
            return None, str(error)
        headers = {**_headers(self._url, credentials), **post.headers}
        why = "no connection"
        for address in addresses[:MAX_ADDRESSES]:
            try:
                return await self._post_to(address, post.body, headers)
            except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
                why = f"no connection: {_words(error)}"
            except (httpx2.HTTPError, ValueError) as error:
                return None, f"no answer: {_words(error)}"
        return None, why

    async def _checked_addresses(self) -> Sequence[str]:
        """Resolve the host. Raises RefusedAddress where one of the addresses may not be posted to, OSError without any."""
        async with asyncio.timeout(RESOLVE_SECONDS):
            addresses = await self._resolve(self._url.host, self._url.port)
        if not addresses:
            raise OSError
        for address in addresses:
            if not is_within(address, self._networks) and not is_public(address):
                raise RefusedAddress(
                    "the host has an address that is not public, and not in [forward] webhook_networks"
                )
            if self._url.scheme == "http" and not is_within(address, self._networks):
                raise RefusedAddress("http:// is for the networks of [forward] webhook_networks")
        return addresses

    async def _post_to(self, address: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, str]:
        client, url = self._open(), self._url
        place = f"[{address}]" if ":" in address else address
        target = url.text.partition("://")[2].partition("/")[2]
        extensions = {"sni_hostname": url.host} if url.scheme == "https" else {}
        request = client.build_request(
            "POST", f"{url.scheme}://{place}:{url.port}/{target}", content=body, headers=headers, extensions=extensions
        )
        response = await client.send(request, stream=True)
        try:
            answer = b""
            async for part in response.aiter_raw():
                answer += part[: MAX_ANSWER_OCTETS - len(answer)]
                if len(answer) == MAX_ANSWER_OCTETS:
                    break
        finally:
            await response.aclose()
        return response.status_code, answer.decode("utf-8", "replace")

    def _open(self) -> "httpx2.AsyncClient":
        if self._client is None:
            import httpx2  # noqa: PLC0415 -- as above

            self._client = httpx2.AsyncClient(
                verify=_tls_context(),
                trust_env=False,
                follow_redirects=False,
                timeout=httpx2.Timeout(POST_SECONDS, connect=CONNECT_SECONDS, pool=None),
                limits=httpx2.Limits(max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS),
            )
        return self._client

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None


@functools.cache
def _tls_context() -> ssl.SSLContext:
    """Give the context that checks certificates; made once, as loading the system's authorities takes some ten milliseconds."""
    return ssl.create_default_context()


def _headers(url: WebhookUrl, credentials: str | None) -> dict[str, str]:
    place = url.text.partition("://")[2].partition("/")[0]
    headers = {
        "Host": place,
        "Content-Type": "application/json",
        "User-Agent": f"bouncer/{__version__}",
        "Accept-Encoding": "identity",
    }
    if credentials is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(credentials.encode()).decode("ascii")
    return headers


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
