"""Who is connected to a door of mail servers, how many may be, and whether it is closing."""

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bouncer.milter.conversation import Conversation


@dataclass(slots=True)
class Guests:
    """The connections that are open; ``closing`` once no new work is begun."""

    most: int
    idle_seconds: float
    inside: "set[Conversation]" = field(default_factory=set)
    closing: bool = False
    _empty: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self, guest: "Conversation") -> bool:
        """Let *guest* in; False where there is no room."""
        if self.closing or len(self.inside) >= self.most:
            return False
        self.inside.add(guest)
        return True

    def leave(self, guest: "Conversation") -> None:
        """Forget *guest*."""
        self.inside.discard(guest)
        if not self.inside:
            self._empty.set()

    async def all_left(self) -> None:
        """Wait until nobody is inside."""
        self._empty.clear()
        if self.inside:
            await self._empty.wait()
