"""The SMTP door: listening, telling the time to its sessions, and closing without losing a letter."""

import asyncio
import datetime as dt
import functools
import socket
import ssl
from collections.abc import Callable, Sequence

from bouncer.listening import Listener
from bouncer.mail.logged import unsigned
from bouncer.settings import SmtpSettings
from bouncer.smtpd import replies
from bouncer.smtpd.guests import Guests
from bouncer.smtpd.session import Session
from bouncer.smtpd.terms import Admit, Complain, Keep, Shown, make_terms


class SmtpDoor:
    """Takes mail from the world and gives it to ``keep``. Knows no store.

    ``admit(address)`` gives the mail.letter.ReturnPath, at once or awaited, or raises errors.Spoken; ``complain(path, peer)``
    raises errors.Spoken where that path, or that client, is to send no more for now; ``keep(letters)``
    commits them durably and gives their ids, or raises and has kept nothing; ``now()`` is the time in UTC; ``shown(address,
    return_path)`` words an address of a letter to that path for the log; *name* is told to who asks for HELP.
    Raises ConfigError where [smtp] listen or proxy_protocol cannot be read.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        admit: Admit,
        complain: Complain = lambda _path, _peer: None,
        keep: Keep,
        now: Callable[[], dt.datetime],
        shown: Shown = lambda address, _return_path: unsigned(address),
        tls_context: ssl.SSLContext | None = None,
        name: str = "",
    ) -> None:
        self._make_terms = functools.partial(
            make_terms, admit=admit, complain=complain, keep=keep, now=now, shown=shown, name=name
        )
        self._terms = self._make_terms(settings, tls_context=tls_context)
        self._listener = Listener("[smtp] listen", settings.listen)
        most, each = settings.max_connections, settings.max_connections_per_client
        self._guests = Guests[Session](most, most_per_client=each)

    def renew(self, settings: SmtpSettings, tls_context: ssl.SSLContext | None) -> None:
        """Let connections that begin from now on be held by these; where it listens, and how many, stays as it is."""
        self._terms = self._make_terms(settings, tls_context=tls_context)

    @property
    def listening(self) -> tuple[str, ...]:
        """Where it listens, each as host:port, with the port that a 0 became."""
        return self._listener.listening

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Listen on *sockets*, which are bound and taken over, or where the settings say; raises as ``Listener.open``."""
        loop = asyncio.get_running_loop()

        def session() -> Session:
            return Session(self._terms, self._guests, loop)

        await self._listener.open(session, sockets, self._tick)

    def _tick(self, now: float) -> None:
        for session in tuple(self._guests.inside):
            session.check_time(now)

    async def drain(self, seconds: float) -> None:
        """Accept no more, let open transactions come to their end for *seconds* at most, and tell all others 421."""
        self._guests.closing = True
        self._listener.stop()
        for session in tuple(self._guests.inside):
            if not session.in_transaction:
                session.hang_up(replies.CLOSING)
        if not await self._guests.all_left(seconds):
            for session in tuple(self._guests.inside):
                session.hang_up(replies.CLOSING)

    async def close(self) -> None:
        """Stop at once: what is not kept yet gets no 250."""
        self._guests.closing = True
        self._listener.close()
        waiting = []
        for session in tuple(self._guests.inside):
            session.transport.abort()
            if session.waiting is not None:
                session.waiting.cancel()
                waiting.append(session.waiting)
        await asyncio.gather(*waiting, return_exceptions=True)
