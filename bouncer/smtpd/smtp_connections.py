"""Open SMTP connections: how many in all, how many of each client, the memory for their letters, and the pace of refusals."""

import asyncio
from dataclasses import dataclass, field

from bouncer.connections import AnyConnection, ClientConnections
from bouncer.smtpd.error_pace import ErrorPace
from bouncer.smtpd.memory import MemoryBudget


@dataclass(slots=True)
class SmtpConnections(ClientConnections[AnyConnection]):
    """The open connections, how many of them each client has, and what they share: memory for letters, the pace of refusals."""

    budget: MemoryBudget = field(default_factory=MemoryBudget)
    error_pace: ErrorPace = field(default_factory=ErrorPace)

    async def wait_for_refusal(self, client: str | None, per_second: int) -> bool:
        """Wait for the turn of a refusal to *client* (``ErrorPace``); gives whether it waited. None, a front, never waits."""
        if client is None:
            return False
        pause = self.error_pace.pause(client, per_second, asyncio.get_running_loop().time())
        if pause:
            await asyncio.sleep(pause)
        return pause > 0
