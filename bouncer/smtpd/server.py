"""The SMTP server: takes mail from the world, and closes without losing a letter."""

import asyncio
import datetime as dt
import functools
import logging
import socket
import ssl
from collections.abc import Callable, Sequence

from bouncer.mail.logged import without_signature
from bouncer.server import Server
from bouncer.settings.sections import SmtpSettings
from bouncer.smtpd.connection import SmtpConnection
from bouncer.smtpd.context import AddressForLog, Admit, CheckVolume, Keep, SmtpContext, make_context
from bouncer.smtpd.handler import SmtpHandler
from bouncer.smtpd.smtp_connections import SmtpConnections

AIOSMTPD_LOG = "mail.log"
"""The logger of aiosmtpd, which repeats each command as it came."""


class SmtpServer(Server[SmtpConnection]):
    """Takes mail from the world and gives it to ``keep``. Knows no store.

    ``admit(address)`` gives the mail.letter.ReturnPath, at once or awaited, or raises errors.SmtpError.
    ``check_volume(path, peer)`` raises errors.SmtpError where that path, or that client, has reached its limit of today.
    ``keep(letters)`` commits the letters durably and gives their ids, or raises and has kept nothing. ``now()`` is the time in
    UTC. ``shown(address, return_path)`` gives an address of a letter to that path in the form for the log. *name* is in the
    reply to HELP.
    Raises ConfigError where [smtp] listen or proxy_protocol cannot be read.
    """

    def __init__(
        self,
        settings: SmtpSettings,
        *,
        admit: Admit,
        check_volume: CheckVolume = lambda _path, _peer: None,
        keep: Keep,
        now: Callable[[], dt.datetime],
        address_for_log: AddressForLog = lambda address, _return_path: without_signature(address),
        tls_context: ssl.SSLContext | None = None,
        name: str = "",
    ) -> None:
        self._make_context = functools.partial(
            make_context,
            admit=admit,
            check_volume=check_volume,
            keep=keep,
            now=now,
            address_for_log=address_for_log,
            name=name,
        )
        self._context: SmtpContext = self._make_context(settings, tls_context=tls_context)
        self._prototype: SmtpConnection | None = None
        max_connections, max_per_client = settings.max_connections, settings.max_connections_per_client
        self._client_connections = SmtpConnections[SmtpConnection](max_connections, most_per_client=max_per_client)
        super().__init__(
            "[smtp] listen", settings.listen, connections=self._client_connections, accept=self._accept_connection
        )

    def renew(self, settings: SmtpSettings, tls_context: ssl.SSLContext | None) -> None:
        """Use these values for connections that begin from now on; listening addresses and connection limits stay as they are."""
        self._context = self._make_context(settings, tls_context=tls_context)
        self._prototype = None

    async def start(self, sockets: Sequence[socket.socket] = ()) -> None:
        """Listen on *sockets*, which are bound and taken over, or where the settings say; raises as ``Listener.open``."""
        logging.getLogger(AIOSMTPD_LOG).setLevel(logging.WARNING)
        await super().start(sockets)

    def _accept_connection(self) -> SmtpConnection:
        """Make the protocol of an accepted connection."""
        if self._prototype is None:
            loop = asyncio.get_running_loop()
            handler = SmtpHandler(self._context)
            self._prototype = SmtpConnection(handler, self._context, self._client_connections, loop)
        return self._prototype.accept()
