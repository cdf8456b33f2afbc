"""Who is inside the SMTP door: connections in all, and for each client."""

from collections import Counter
from dataclasses import dataclass, field

from bouncer import listening
from bouncer.listening import Guest
from bouncer.smtpd.room import Room

CROWDED_SHARE = 5
"""In a crowded house one client gets a fifth of its connections: who comes back at once does not take the place of others."""


@dataclass(slots=True)
class Guests(listening.Guests[Guest]):
    """The connections that are open, and how many of them each client has."""

    most_per_client: int = field(kw_only=True)
    clients: Counter[str] = field(default_factory=Counter)
    room: Room = field(default_factory=Room)

    def count(self, client: str) -> bool:
        """Count one more connection for *client*; False where it has too many."""
        if self.clients[client] >= self._most_now:
            return False
        self.clients[client] += 1
        return True

    @property
    def _most_now(self) -> int:
        if (
            not self.crowded or self.most_per_client >= self.most
        ):  # one client may be all there is: a mail server in front
            return self.most_per_client
        return max(1, self.most_per_client // CROWDED_SHARE)

    def discount(self, client: str) -> None:
        """Count one connection of *client* less."""
        self.clients[client] -= 1
        if not self.clients[client]:
            del self.clients[client]
