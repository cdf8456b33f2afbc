"""Open SMTP connections: how many in all, how many of each client, and the memory for their letters."""

from dataclasses import dataclass, field

from bouncer.connections import AnyConnection, ClientConnections
from bouncer.smtpd.memory import MemoryBudget


@dataclass(slots=True)
class SmtpConnections(ClientConnections[AnyConnection]):
    """The open connections, how many of them each client has, and the memory for the letters that come by them."""

    budget: MemoryBudget = field(default_factory=MemoryBudget)
