"""Open SMTP connections: how many in all, and how many of each client."""

from collections import Counter
from dataclasses import dataclass, field

from bouncer.connections import AnyConnection, Connections
from bouncer.smtpd.memory import MemoryBudget

CROWDED_SHARE = 5
"""When connections are crowded, one client gets a fifth of its own: coming back at once does not take the place of others."""


@dataclass(slots=True)
class ClientConnections(Connections[AnyConnection]):
    """The open connections, how many of them each client has, and the memory for the letters that come by them."""

    most_per_client: int = field(kw_only=True)
    clients: Counter[str] = field(default_factory=Counter)
    budget: MemoryBudget = field(default_factory=MemoryBudget)

    def count(self, client: str) -> bool:
        """Count one more connection for *client*; False where it has too many."""
        if self.clients[client] >= self._most_now:
            return False
        self.clients[client] += 1
        return True

    @property
    def _most_now(self) -> int:
        a_client_may_have_all = self.most_per_client >= self.limit  # as a mail server in front of us
        if not self.is_crowded or a_client_may_have_all:
            return self.most_per_client
        return max(1, self.most_per_client // CROWDED_SHARE)

    def discount(self, client: str) -> None:
        """Count one connection of *client* less."""
        self.clients[client] -= 1
        if not self.clients[client]:
            del self.clients[client]
