"""Listening: what every door does with its addresses and sockets, and its tick of time. Knows no protocol."""

import asyncio
import socket
from collections.abc import Callable, Sequence

from bouncer.errors import ConfigError

BACKLOG = 1024
"""Connections that wait to be accepted: bounces come in bursts, and a mail server opens one for each of its clients."""
MAX_PORT = 0xFFFF
TICK_SECONDS = 1.0
"""How often limits of time are looked at; they are whole seconds."""


class Listener:
    """Listens where *listen*, the setting *named*, says: each host:port. Raises ConfigError where that cannot be read."""

    def __init__(self, named: str, listen: Sequence[str]) -> None:
        self._places = [_place(named, one) for one in listen]
        self._servers: list[asyncio.Server] = []
        self._ticking: asyncio.TimerHandle | None = None

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it listens, each as host:port, with the port that a 0 became."""
        return tuple(_spelt(one.getsockname()) for server in self._servers for one in server.sockets)

    async def open(
        self,
        begin: Callable[[], asyncio.BaseProtocol],
        sockets: Sequence[socket.socket],
        tick: Callable[[float], None],
    ) -> None:
        """Listen on *sockets*, which are bound and taken over, or else where the settings say; raises OSError.

        *begin* makes the protocol of a connection; *tick* is told the event loop's time every second until ``close``.
        """
        loop = asyncio.get_running_loop()
        try:
            for one in sockets:
                self._servers.append(await loop.create_server(begin, sock=one, backlog=BACKLOG))
            for host, port in () if sockets else self._places:
                self._servers.append(await loop.create_server(begin, host, port, backlog=BACKLOG))
        except OSError:
            self.close()
            raise
        self._tick(tick)

    def _tick(self, tick: Callable[[float], None]) -> None:
        loop = asyncio.get_running_loop()
        tick(loop.time())
        self._ticking = loop.call_later(TICK_SECONDS, self._tick, tick)

    def stop(self) -> None:
        """Accept no more; time goes on for those inside."""
        for server in self._servers:
            server.close()

    def close(self) -> None:
        """Accept no more, and let time stand still."""
        if self._ticking is not None:
            self._ticking.cancel()
        self.stop()


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
