"""Who is inside the SMTP door, and how much room they take: connections in all, for each client, and memory for letters."""

import asyncio
import ipaddress
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bouncer.settings import SmtpSettings
from bouncer.smtpd import replies

if TYPE_CHECKING:
    from bouncer.smtpd.session import Session

FREE = 64 * 1024
"""Octets of a letter that need no share of the room: reports are small, and must get in while large letters fill it."""
ROOM = 256 * 1024 * 1024
"""Octets of letters on their way in, all connections together; at least one of max_message fits."""
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
class Room:
    """Memory for letters on their way in, in octets."""

    left: int = ROOM


@dataclass(slots=True)
class Share:
    """One letter's part of the room."""

    room: Room
    held: int = 0

    def grow(self, size: int) -> bool:
        """Make place for a letter of *size* octets so far; False where there is none, and then nothing is held."""
        more = max(0, size - FREE) - self.held
        if more > self.room.left:
            self.give_back()
            return False
        self.room.left -= more
        self.held += more
        return True

    def give_back(self) -> None:
        """Let go of all of it."""
        self.room.left += self.held
        self.held = 0


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

    def leave(self, guest: "Session", client: str | None) -> None:
        """Forget *guest*, and one connection of *client* where it was counted."""
        self.inside.discard(guest)
        if not self.inside:
            self._empty.set()
        if client is not None:
            self.clients[client] -= 1
            if not self.clients[client]:
                del self.clients[client]

    async def all_left(self) -> None:
        """Wait until nobody is inside."""
        self._empty.clear()
        if self.inside:
            await self._empty.wait()
