"""The client of a request: its address, also behind trusted proxies, and whether the way to it may carry a key."""

from dataclasses import dataclass

from starlette.requests import Request

from bouncer.policy.networks import is_network, is_within
from bouncer.settings.addresses import LOOPBACK
from bouncer.web.problem import ProblemError

LOCAL = "local"
"""The client of a Unix socket, which has no address."""


@dataclass(frozen=True, slots=True)
class Peers:
    """The networks of the proxies that may say who their client is."""

    proxies: tuple[str, ...]

    def client_of(self, request: Request) -> str:
        """Give the address of the client: the last one that a trusted proxy names and that is no proxy itself."""
        peer = request.client.host if request.client else LOCAL
        if not self._is_trusted(peer):
            return peer
        lines = request.headers.getlist(
            "x-forwarded-for"
        )  # a proxy may add a line of its own behind what its client sent
        parts = [part.strip() for part in ",".join(lines).split(",")]
        for address in reversed(parts):
            if not is_network(address) or "/" in address:
                break
            peer = address
            if not is_within(address, self.proxies):
                break
        return peer

    def is_secure(self, request: Request) -> bool:
        """Whether the client asks over TLS: here, or at a trusted proxy that says so (X-Forwarded-Proto)."""
        peer = request.client.host if request.client else LOCAL
        parts = request.headers.getlist("x-forwarded-proto") if self._is_trusted(peer) else []
        return "https" in (request.url.scheme, *(line.strip().lower() for line in parts[-1:]))

    def require_safe_way(self, request: Request) -> None:
        """Refuse a key that came in the clear over a network. Raises ProblemError (403)."""
        peer = request.client.host if request.client else LOCAL
        is_near = peer == LOCAL or is_within(peer, LOOPBACK)
        if request.url.scheme != "https" and not is_near and not self._is_trusted(peer):
            raise ProblemError(403, "Ask over TLS, or through a proxy that the server trusts.")

    def _is_trusted(self, peer: str) -> bool:
        return peer == LOCAL or is_within(peer, self.proxies)
