"""A door that mail servers ask through: listening, telling the time to its conversations, closing without a lost message.

While it closes, whoever is in the middle of a message gets its answer; who is cut off before has not been told that the message may
go, so the mail server keeps it or asks its client to come again.
"""

import asyncio
import socket
from collections.abc import Callable, Sequence

from bouncer.errors import ConfigError
from bouncer.milter.conversation import Conversation
from bouncer.milter.guests import Guests

BACKLOG = 1024
"""Connections that wait to be accepted: a mail server opens one for each of its clients."""
TICK_SECONDS = 1.0
"""How often limits of time are looked at."""
MAX_PORT = 0xFFFF


class Door:
    """Listens for one kind of conversation. Raises ConfigError where *listen*, the setting *named*, cannot be read."""

    def __init__(
        self, named: str, listen: Sequence[str], *, guests: Guests, begin: Callable[[Guests], Conversation]
    ) -> None:
        self._places = [_place(named, one) for one in listen]
        self._guests = guests
        self._begin = begin
        self._servers: list[asyncio.Server] = []
        self._ticking: asyncio.TimerHandle | None = None

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it listens, each as host:port, with the port that a 0 became."""
        return tuple(_spelt(one.getsockname()) for server in self._servers for one in server.sockets)

    @property
    def clients(self) -> int:
        """How many are connected."""
        return len(self._guests.inside)

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Listen on *sockets*, which are bound and taken over, or where the settings say; raises OSError."""
        loop = asyncio.get_running_loop()

        def begin() -> Conversation:
            return self._begin(self._guests)

        try:
            for one in sockets:
                self._servers.append(await loop.create_server(begin, sock=one, backlog=BACKLOG))
            for host, port in () if sockets else self._places:
                self._servers.append(await loop.create_server(begin, host, port, backlog=BACKLOG))
        except OSError:
            await self.close()
            raise
        self._tick()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for one in tuple(self._guests.inside):
            one.check_time(now)
        self._ticking = loop.call_later(TICK_SECONDS, self._tick)

    async def drain(self, seconds: float) -> None:
        """Accept no more, let open messages come to their answer for *seconds* at most, and end all others."""
        self._guests.closing = True
        for server in self._servers:
            server.close()
        for one in tuple(self._guests.inside):
            if not one.busy:
                one.hang_up()
        try:
            async with asyncio.timeout(seconds):
                await self._guests.all_left()
        except TimeoutError:
            for one in tuple(self._guests.inside):
                one.hang_up()

    async def close(self) -> None:
        """Stop at once: what has no answer yet gets none."""
        self._guests.closing = True
        if self._ticking is not None:
            self._ticking.cancel()
        for server in self._servers:
            server.close()
        await asyncio.gather(*(one.cut_off() for one in tuple(self._guests.inside)))


def _place(named: str, text: str) -> tuple[str | None, int]:
    """Read host:port; no host means every address of this machine."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > MAX_PORT:
        raise ConfigError(f"{named}: {text!r} is not host:port")
    return host.removeprefix("[").removesuffix("]") or None, int(port)


def _spelt(name: object) -> str:
    if not isinstance(name, tuple):
        return str(name)
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
