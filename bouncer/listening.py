"""Listening: the addresses and sockets of a server, and its tick each second. Independent of the protocol."""

import asyncio
import errno
import os
import socket
import ssl
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bouncer.errors import BouncerError, ConfigError, ListenError
from bouncer.settings.addresses import UNIX, host_port, socket_path
from bouncer.unix_listening import Access, BoundPath

BACKLOG = 1024
"""Connections that wait to be accepted: bounces come in bursts, and a mail server opens a connection for each of its clients."""
HANDSHAKE_SECONDS = 10.0
"""Seconds for a TLS handshake: three round trips, also of a slow client."""
TICK_SECONDS = 1.0
"""Seconds between two checks of the timeouts, which are whole seconds."""


class Listener:
    """Listens on the addresses *listen* of the *setting*: host:port, or unix:/path with the permissions of *access*.

    With *tls*, every connection begins with a TLS handshake. Raises ConfigError for an address that is neither.
    """

    def __init__(
        self, setting: str, listen: Sequence[str], access: Access | None = None, tls: ssl.SSLContext | None = None
    ) -> None:
        self._tls = tls
        self._setting = setting
        self._access = access or Access()
        try:
            self._addresses = [socket_path(text) or host_port(text) for text in listen]
        except ValueError as error:
            raise ConfigError(f"{setting}: {error}") from None
        self._servers: list[asyncio.Server] = []
        self._paths: list[BoundPath] = []
        self._ticking: asyncio.TimerHandle | None = None

    @property
    def listening(self) -> tuple[str, ...]:
        """The addresses that it listens on: host:port, with the real port in place of a 0, or unix:/path."""
        return tuple(socket_name_text(bound.getsockname()) for server in self._servers for bound in server.sockets)

    async def open(
        self,
        begin: Callable[[], asyncio.BaseProtocol],
        sockets: Sequence[socket.socket],
        tick: Callable[[float], None],
    ) -> None:
        """Listen on *sockets*, which are bound already and belong to this object from now on; without any, on the addresses.

        *begin* makes the protocol of a connection; *tick* is called with the event loop's time every second until ``close``.
        Raises ConfigError for an address that is not of this machine, or not allowed to this user, ListenError for an address
        in use, OSError for a fault of one of *sockets*.
        """
        try:
            for bound in sockets:
                self._servers.append(await _serve(begin, bound, self._tls))
            for address in () if sockets else self._addresses:
                self._servers.append(await self._open(begin, address))
        except (OSError, BouncerError):
            self.close()
            raise
        self._tick(tick)

    async def _open(self, begin: Callable[[], asyncio.BaseProtocol], address: Path | tuple[str, int]) -> asyncio.Server:
        if isinstance(address, Path):
            bound = BoundPath.open(self._setting, address, self._access, backlog=BACKLOG)
            self._paths.append(bound)
            return await _serve(begin, bound.socket, self._tls)
        host, port = address
        try:  # no host: every address of this machine
            return await asyncio.get_running_loop().create_server(
                begin, host or None, port, backlog=BACKLOG, **_handshake(self._tls)
            )
        except OSError as error:
            raise listen_error(self._setting, host_port_text(host, port), error) from error

    def _tick(self, tick: Callable[[float], None]) -> None:
        loop = asyncio.get_running_loop()
        tick(loop.time())
        self._ticking = loop.call_later(TICK_SECONDS, self._tick, tick)

    def stop(self) -> None:
        """Accept no more connections; the tick goes on for the open ones."""
        for server in self._servers:
            server.close()
        for bound in self._paths:
            bound.remove()
        self._paths.clear()

    def close(self) -> None:
        """Accept no more connections, and stop the tick."""
        if self._ticking is not None:
            self._ticking.cancel()
        self.stop()


def listen_error(setting: str, address: str, error: OSError) -> BouncerError:
    """Make the error for an address of the setting *setting* that cannot be listened on: the cause, and the remedy."""
    if error.errno == errno.EADDRINUSE:
        remedy = "stop it (ss -ltnp says which it is), or name another port"
        return ListenError(f"{setting}: {address} is in use, another program listens there; {remedy}")
    if isinstance(error, socket.gaierror):
        return ConfigError(
            f"{setting}: {address}: no such host is known ({error.strerror}); name an address of this machine"
        )
    if error.errno == errno.EADDRNOTAVAIL:
        return ConfigError(
            f"{setting}: {address} is no address of this machine; name one that it has (ip address lists them)"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        remedy = "name a port from 1024 on, or let systemd open it (systemd/bouncer.socket)"
        return ConfigError(f"{setting}: this user may not listen on {address}; {remedy}")
    why = os.strerror(error.errno) if error.errno else str(error)
    return ConfigError(f"{setting}: nobody can listen on {address}: {why}")


def host_port_text(host: str, port: int) -> str:
    """Spell an address as the settings do: host:port, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def _serve(
    begin: Callable[[], asyncio.BaseProtocol], bound: socket.socket, tls: ssl.SSLContext | None
) -> asyncio.Server:
    """Accept connections on a bound socket."""
    loop = asyncio.get_running_loop()
    if bound.family == socket.AF_UNIX:
        return await loop.create_unix_server(begin, sock=bound, backlog=BACKLOG, **_handshake(tls))
    return await loop.create_server(begin, sock=bound, backlog=BACKLOG, **_handshake(tls))


def _handshake(tls: ssl.SSLContext | None) -> dict[str, Any]:
    """Give the arguments that a server with TLS needs; the event loop takes a timeout with TLS only."""
    return {"ssl": tls, "ssl_handshake_timeout": HANDSHAKE_SECONDS} if tls else {}


def socket_name_text(name: object) -> str:
    """Spell a result of ``getsockname``: host:port, or unix: and the path of a socket in the file system."""
    if not isinstance(name, tuple):
        return f"{UNIX}{name}"
    host, port = name[:2]
    return host_port_text(host, port)
