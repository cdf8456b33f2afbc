"""Listening: the addresses and sockets of a server, and its tick of time. Knows no protocol."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable, Sequence
from pathlib import Path

from bouncer.errors import BouncerError, ConfigError, ListenError
from bouncer.settings.addresses import UNIX, host_port, socket_path
from bouncer.unix_listening import Access, BoundPath

BACKLOG = 1024
"""Connections that wait to be accepted: bounces come in bursts, and a mail server opens one for each of its clients."""
TICK_SECONDS = 1.0
"""How often limits of time are looked at; they are whole seconds."""


class Listener:
    """Listens where *listen*, the setting *named*, says: each host:port, or unix:/path for those whom *access* lets in.

    Raises ConfigError where that cannot be read.
    """

    def __init__(self, named: str, listen: Sequence[str], access: Access | None = None) -> None:
        self._named = named
        self._access = access or Access()
        try:
            self._places = [socket_path(text) or host_port(text) for text in listen]
        except ValueError as error:
            raise ConfigError(f"{named}: {error}") from None
        self._servers: list[asyncio.Server] = []
        self._paths: list[BoundPath] = []
        self._ticking: asyncio.TimerHandle | None = None

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it listens, each as host:port, with the port that a 0 became, or unix:/path."""
        return tuple(spelled_name(bound.getsockname()) for server in self._servers for bound in server.sockets)

    async def open(
        self,
        begin: Callable[[], asyncio.BaseProtocol],
        sockets: Sequence[socket.socket],
        tick: Callable[[float], None],
    ) -> None:
        """Listen on *sockets*, which are bound and taken over, or else where the settings say.

        Raises ConfigError for an address that is not this machine's, or not this user's, ListenError for one that is in use;
        OSError for what is wrong with one of *sockets*. *begin* makes the protocol of a connection; *tick* is told the event
        loop's time every second until ``close``.
        """
        try:
            for bound in sockets:
                self._servers.append(await _served(begin, bound))
            for address in () if sockets else self._places:
                self._servers.append(await self._open(begin, address))
        except (OSError, BouncerError):
            self.close()
            raise
        self._tick(tick)

    async def _open(self, begin: Callable[[], asyncio.BaseProtocol], address: Path | tuple[str, int]) -> asyncio.Server:
        if isinstance(address, Path):
            bound = BoundPath.open(self._named, address, self._access, backlog=BACKLOG)
            self._paths.append(bound)
            return await _served(begin, bound.socket)
        host, port = address
        try:  # no host: every address of this machine
            return await asyncio.get_running_loop().create_server(begin, host or None, port, backlog=BACKLOG)
        except OSError as error:
            raise cannot_listen(self._named, spelled(host, port), error) from error

    def _tick(self, tick: Callable[[float], None]) -> None:
        loop = asyncio.get_running_loop()
        tick(loop.time())
        self._ticking = loop.call_later(TICK_SECONDS, self._tick, tick)

    def stop(self) -> None:
        """Accept no more; time goes on for those inside."""
        for server in self._servers:
            server.close()
        for bound in self._paths:
            bound.remove()
        self._paths.clear()

    def close(self) -> None:
        """Accept no more, and let time stand still."""
        if self._ticking is not None:
            self._ticking.cancel()
        self.stop()


def cannot_listen(named: str, where: str, error: OSError) -> BouncerError:
    """Say why nobody can listen at *where*, an address of the setting *named*, and what to do about it."""
    if error.errno == errno.EADDRINUSE:
        remedy = "stop it (ss -ltnp says which it is), or name another port"
        return ListenError(f"{named}: {where} is in use, another program listens there; {remedy}")
    if isinstance(error, socket.gaierror):
        return ConfigError(
            f"{named}: {where}: no such host is known ({error.strerror}); name an address of this machine"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return ConfigError(
            f"{named}: {where} is no address of this machine; name one that it has (ip address lists them)"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        remedy = "name a port from 1024 on, or let systemd open it (systemd/bouncer.socket)"
        return ConfigError(f"{named}: this user may not listen on {where}; {remedy}")
    why = os.strerror(error.errno) if error.errno else str(error)
    return ConfigError(f"{named}: nobody can listen on {where}: {why}")


def spelled(host: str, port: int) -> str:
    """Spell an address as the settings do: host:port, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _served(begin: Callable[[], asyncio.BaseProtocol], bound: socket.socket) -> asyncio.Server:
    """Accept connections on a socket that is bound."""
    loop = asyncio.get_running_loop()
    if bound.family == socket.AF_UNIX:
        return await loop.create_unix_server(begin, sock=bound, backlog=BACKLOG)
    return await loop.create_server(begin, sock=bound, backlog=BACKLOG)


def spelled_name(name: object) -> str:
    """Spell what ``getsockname`` gives: host:port, or unix: and the path of a socket in the file system."""
    if not isinstance(name, tuple):
        return f"{UNIX}{name}"
    host, port = name[:2]
    return spelled(host, port)
