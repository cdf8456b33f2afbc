"""Counts open HTTP connections: all together, and those of each client, also of a client behind a trusted proxy.

A proxy has connections for many clients, one after the other. So its connections are not counted for a client; a request through it
counts for the client that it names, as long as the request is answered. Meanwhile it holds a connection of ours, so a client
behind a proxy holds no more of them than a client without one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bouncer.connections import ClientConnections, Connection
from bouncer.mail.host import client_of
from bouncer.policy.networks import is_within
from bouncer.web.busy_page import crowded_page, wants_page
from bouncer.web.encoding import problem_response
from bouncer.web.form import OWN
from bouncer.web.peer import LOCAL, Peers
from bouncer.web.problem import Problem

CLIENT_HAS_TOO_MANY = Problem(429, "Too many connections from this address; close some, or try again later.")
"""The answer to a client that has as many connections as one may have."""


@dataclass(slots=True)
class HttpConnections(ClientConnections[Connection]):
    """The open connections. Clients in *uncounted* networks have no bound of their own: this machine, and the proxies."""

    uncounted: Sequence[str] = ()
    _client_of: dict[Connection, str] = field(default_factory=dict)

    def count_client(self, connection: Connection, peername: object) -> bool:
        """Count *connection* for its client, by the socket's *peername*; False where the client has too many.

        A site that has IPv6 has more addresses than it can use, so its network is one client (``client_of``).
        """
        address = str(peername[0]) if isinstance(peername, tuple) else LOCAL
        if self.is_uncounted(address):
            return True
        client = client_of(address)
        if not self.count(client):
            return False
        self._client_of[connection] = client
        return True

    def remove(self, connection: Connection) -> None:
        """Forget *connection*, for its client, too; does nothing if it is not counted."""
        if client := self._client_of.pop(connection, None):
            self.discount(client)
        ClientConnections.remove(self, connection)

    def is_uncounted(self, address: str) -> bool:
        """Whether the client at *address* has no bound of its own."""
        return address == LOCAL or is_within(address, self.uncounted)


class BoundedRequests:
    """The application, with a limit on the requests of one client behind a trusted proxy that are answered at the same time."""

    def __init__(self, application: ASGIApp, connections: HttpConnections, peers: Peers) -> None:
        self._application = application
        self._connections = connections
        self._peers = peers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        client = self._client_behind_proxy(scope)
        if client is None:
            await self._application(scope, receive, send)
        elif self._connections.count(client):
            try:
                await self._application(scope, receive, send)
            finally:
                self._connections.discount(client)
        else:
            await _refusal(Request(scope))(scope, receive, send)

    def _client_behind_proxy(self, scope: Scope) -> str | None:
        """Give the client that a trusted proxy names; None where the client's own connection is counted, or nothing is."""
        request = Request(scope)
        address = self._peers.client_of(request)
        is_peer = request.client is not None and request.client.host == address
        return None if is_peer or self._connections.is_uncounted(address) else client_of(address)


def _refusal(request: Request) -> Response:
    if wants_page(request):
        return crowded_page(request, CLIENT_HAS_TOO_MANY)
    return problem_response(CLIENT_HAS_TOO_MANY, {}, OWN, 0.0)
