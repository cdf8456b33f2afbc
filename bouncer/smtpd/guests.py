"""Who is inside the SMTP door: connections in all, and for each client."""

import asyncio
import ipaddress
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bouncer.settings import SmtpSettings
from bouncer.smtpd import replies
from bouncer.smtpd.room import Room

if TYPE_CHECKING:
    from bouncer.smtpd.session import Session

CLIENT_PREFIX = 64
"""Bits of an IPv6 address that make one client: a host gets that many addresses for nothing (RFC 6177)."""


def client_of(address: str) -> str:
    """Give the client that *address* counts for."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], CLIENT_PREFIX), strict=False))
    except ValueError:
        return address


@dataclass(slots=True)
class Guests:
    """The connections that are open; ``closing`` once no new work is begun."""

    settings: SmtpSettings
    inside: "set[Session]" = field(default_factory=set)
    clients: Counter[str] = field(default_factory=Counter)
    room: Room = field(default_factory=Room)
    closing: bool = False
    _empty: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self, guest: "Session") -> bytes | None:
        """Let *guest* in; the reply that turns it away where it cannot come."""
        if len(self.inside) >= self.settings.max_connections:
            return replies.FULL_HOUSE
        self.inside.add(guest)
        return None

    def name(self, client: str) -> bytes | None:
        """Count one more connection for *client*; the reply that turns it away where it has too many."""
        if self.clients[client] >= self.settings.max_connections_per_client:
            return replies.TOO_MANY_OF_YOU
        self.clients[client] += 1
        return None

    def leave(self, guest: "Session", client: str | None) -> bool:
        """Forget *guest*, and one connection of *client* where it was counted; False where it was never inside."""
        if guest not in self.inside:
            return False
        self.inside.discard(guest)
        if not self.inside:
            self._empty.set()
        if client is not None:
            self.clients[client] -= 1
            if not self.clients[client]:
                del self.clients[client]
        return True

    async def all_left(self) -> None:
        """Wait until nobody is inside."""
        self._empty.clear()
        if self.inside:
            await self._empty.wait()
