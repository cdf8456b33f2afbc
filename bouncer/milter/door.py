"""A door that mail servers ask through: listening, telling the time to its conversations, closing without a lost message.

While it closes, whoever is in the middle of a message gets its answer; who is cut off before has not been told that the message may
go, so the mail server keeps it or asks its client to come again.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence

from bouncer.listening import Listener
from bouncer.milter.conversation import Conversation
from bouncer.milter.guests import Guests
from bouncer.unix_listening import Access


class Door:
    """Listens for one kind of conversation; at paths, for those whom *access* lets in.

    Raises ConfigError where *listen*, the setting *named*, cannot be read.
    """

    def __init__(
        self,
        named: str,
        listen: Sequence[str],
        *,
        guests: Guests[Conversation],
        begin: Callable[[Guests[Conversation]], Conversation],
        access: Access | None = None,
    ) -> None:
        self._listener = Listener(named, listen, access)
        self._guests = guests
        self._begin = begin

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it listens, each as host:port, with the port that a 0 became, or unix:/path."""
        return self._listener.listening

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Listen on *sockets*, which are bound and taken over, or where the settings say; raises as ``Listener.open``."""
        await self._listener.open(lambda: self._begin(self._guests), sockets, self._tick)

    def _tick(self, now: float) -> None:
        for one in tuple(self._guests.inside):
            one.check_time(now)

    async def drain(self, seconds: float) -> None:
        """Accept no more, let open messages come to their answer for *seconds* at most, and end all others."""
        self._guests.closing = True
        self._listener.stop()
        for one in tuple(self._guests.inside):
            if not one.busy:
                one.hang_up()
        if not await self._guests.all_left(seconds):
            for one in tuple(self._guests.inside):
                one.hang_up()

    async def close(self) -> None:
        """Stop at once: what has no answer yet gets none."""
        self._guests.closing = True
        self._listener.close()
        await asyncio.gather(*(one.cut_off() for one in tuple(self._guests.inside)))
