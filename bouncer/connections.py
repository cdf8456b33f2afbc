"""Open connections: the connection limit, timeouts, and the end of a connection. Shared by all servers; knows no protocol."""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, ClassVar, Generic, TypeVar

from bouncer.mail.host import site_of

CROWDED_SHARE = 0.5
"""Share of the connection limit above which a server is crowded, and its idle timeouts are short."""
CLIENT_CROWDED_SHARE = 5
"""When connections are crowded, one client gets a fifth of its own: coming back at once does not take the place of others."""
SITE_CROWDED_SHARE = 5
"""When connections are crowded, the clients of one site, an IPv4 /24 or IPv6 /48, together get a fifth of all: a party with 254
addresses does not take the place of others."""
LINGER_SECONDS = 10.0
"""Time for our last reply to leave; a peer that does not take it is disconnected."""


class Connection:
    """Our end of a connection; the protocol of an accepted connection inherits from this class.

    A server calls ``check_time`` every second. When it closes, it calls ``hang_up(closing_reply)`` on each connection that is not
    busy; when it stops at once, it calls ``cut_off``.
    """

    closing_reply: ClassVar[bytes] = b""
    """The last reply to a peer whose connection ends because the server closes."""

    transport: Any = None
    hung_up_at: float | None = None
    """The event loop's time when we ended the connection; None before."""
    last_reply: bytes | None = None
    """The reply with which we ended the connection; None before."""

    @property
    def is_busy(self) -> bool:
        """Whether the peer is in the middle of work that it should be able to finish, such as a letter."""
        raise NotImplementedError

    @property
    def task(self) -> "asyncio.Task[None] | None":
        """The task that works for this connection now, or None."""
        raise NotImplementedError

    def check_patience(self, now: float) -> None:
        """End the connection if the peer has been silent for longer than the idle timeout; *now* is the event loop's time."""
        raise NotImplementedError

    def hang_up(self, reply: bytes = b"") -> None:
        """Send *reply* as the last reply, read no more, and close when the reply has left. A second call does nothing."""
        if self.hung_up_at is not None or self.transport is None:
            return
        if reply:
            self.transport.write(reply)
        self.last_reply, self.hung_up_at = reply, asyncio.get_running_loop().time()
        self.transport.close()

    def check_time(self, now: float) -> None:
        """End the connection if one of its timeouts is over; *now* is the event loop's time."""
        if self.hung_up_at is None:
            self.check_patience(now)
        elif now - self.hung_up_at > LINGER_SECONDS and self.transport is not None:
            self.transport.abort()

    async def cut_off(self) -> None:
        """End the connection and its work at once, without a reply."""
        task = self.task
        if self.transport is not None:
            self.transport.abort()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


AnyConnection = TypeVar("AnyConnection", bound=Connection)


@dataclass(slots=True)
class Connections(Generic[AnyConnection]):
    """The open connections of a server. *limit* is the connection limit; ``closing`` is true once no new work is accepted."""

    limit: int
    open: set[AnyConnection] = field(default_factory=set)
    closing: bool = False
    _none_open: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def is_crowded(self) -> bool:
        """Whether so many connections are open that silent peers have to make room for others (Postfix: STRESS_README)."""
        return len(self.open) > self.limit * CROWDED_SHARE

    def add(self, connection: AnyConnection) -> bool:
        """Count *connection* as open; False if the connection limit is reached, or the server closes."""
        if self.closing or len(self.open) >= self.limit:
            return False
        self.open.add(connection)
        return True

    def remove(self, connection: AnyConnection) -> None:
        """Forget *connection*; does nothing if it is not counted."""
        self.open.discard(connection)
        if not self.open:
            self._none_open.set()

    async def wait_closed(self, seconds: float) -> bool:
        """Wait until no connection is open, for *seconds* at most; False if any is still open then."""
        self._none_open.clear()
        if self.open:
            try:
                async with asyncio.timeout(seconds):
                    await self._none_open.wait()
            except TimeoutError:
                return False
        return True


@dataclass(slots=True)
class ClientConnections(Connections[AnyConnection]):
    """The open connections, and how many of them each client has: *most_per_client* at most, and all where that is the limit.

    While they are crowded, a client gets less, and all clients of a site together get a part.
    """

    most_per_client: int = field(kw_only=True)
    clients: Counter[str] = field(default_factory=Counter)
    sites: Counter[str] = field(default_factory=Counter)

    def count(self, client: str) -> bool:
        """Count one more connection for *client*, a result of ``client_of``; False where it, or its site, has too many."""
        site, most, most_of_site = site_of(client), self.most_per_client, self.limit
        a_client_may_have_all = most >= self.limit  # as a mail server in front of us
        if self.is_crowded and not a_client_may_have_all:
            most_of_site = max(most, self.limit // SITE_CROWDED_SHARE)
            most = max(1, most // CLIENT_CROWDED_SHARE)
        if self.clients[client] >= most or self.sites[site] >= most_of_site:
            return False
        self.clients[client] += 1
        self.sites[site] += 1
        return True

    def discount(self, client: str) -> None:
        """Count one connection of *client* less."""
        for counter, name in ((self.clients, client), (self.sites, site_of(client))):
            counter[name] -= 1
            if not counter[name]:
                del counter[name]
