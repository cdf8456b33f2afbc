"""The SMTP door: listening, telling the time to its sessions, and closing without losing a letter."""

import asyncio
import datetime as dt
import socket
import ssl
from collections.abc import Callable, Sequence

from bouncer.errors import ConfigError
from bouncer.settings import SmtpSettings
from bouncer.smtpd import replies
from bouncer.smtpd.guests import Guests
from bouncer.smtpd.session import Session
from bouncer.smtpd.terms import Admit, Keep, make_terms

BACKLOG = 1024
"""Connections that wait to be accepted; bounces come in bursts."""
MAX_PORT = 0xFFFF
TICK_SECONDS = 1.0
"""How often limits of time are looked at; they are whole seconds."""


class SmtpDoor:
    """Takes mail from the world and gives it to ``keep``. Knows no store.

    ``admit(address)`` gives the mail.letter.ReturnPath, at once or awaited, or raises errors.Spoken; ``keep(letters)``
    commits them durably and gives their ids, or raises and has kept nothing; ``now()`` is the time in UTC. Raises
    ConfigError where [smtp] listen or proxy_protocol cannot be read.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        admit: Admit,
        keep: Keep,
        now: Callable[[], dt.datetime],
        tls_context: ssl.SSLContext | None = None,
    ) -> None:
        self._terms = make_terms(settings, admit=admit, keep=keep, now=now, tls_context=tls_context)
        self._places = tuple(map(_place, settings.listen))
        self._guests = Guests(settings)
        self._servers: list[asyncio.Server] = []
        self._ticking: asyncio.TimerHandle | None = None

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it listens, each as host:port, with the port that a 0 became."""
        return tuple(_spelt(one.getsockname()) for server in self._servers for one in server.sockets)

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Listen on *sockets*, which are bound and taken over, or where the settings say; raises OSError."""
        loop = asyncio.get_running_loop()

        def session() -> Session:
            return Session(self._terms, self._guests, loop)

        try:
            for one in sockets:
                self._servers.append(await loop.create_server(session, sock=one, backlog=BACKLOG))
            for host, port in () if sockets else self._places:
                self._servers.append(await loop.create_server(session, host, port, backlog=BACKLOG))
        except OSError:
            await self.close()
            raise
        self._tick()

    def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        for session in tuple(self._guests.inside):
            session.check_time(now)
        self._ticking = loop.call_later(TICK_SECONDS, self._tick)

    async def drain(self, seconds: float) -> None:
        """Accept no more, let open transactions come to their end for *seconds* at most, and tell all others 421."""
        self._guests.closing = True
        for server in self._servers:
            server.close()
        for session in tuple(self._guests.inside):
            if not session.in_transaction:
                session.hang_up(replies.CLOSING)
        if not await self._emptied(seconds):
            for session in tuple(self._guests.inside):
                session.hang_up(replies.CLOSING)

    async def close(self) -> None:
        """Stop at once: what is not kept yet gets no 250."""
        self._guests.closing = True
        if self._ticking is not None:
            self._ticking.cancel()
        for server in self._servers:
            server.close()
        waiting = []
        for session in tuple(self._guests.inside):
            session.transport.abort()
            if session.waiting is not None:
                session.waiting.cancel()
                waiting.append(session.waiting)
        await asyncio.gather(*waiting, return_exceptions=True)

    async def _emptied(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self._guests.all_left()
        except TimeoutError:
            return False
        return True


def _place(text: str) -> tuple[str | None, int]:
    """Read host:port; no host means every address of this machine."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > MAX_PORT:
        raise ConfigError(f"[smtp] listen: {text!r} is not host:port")
    return host.removeprefix("[").removesuffix("]") or None, int(port)


def _spelt(name: object) -> str:
    if not isinstance(name, tuple):
        return str(name)
    host, port = name[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
