"""STARTTLS (RFC 3207): aiosmtpd's, with the refusals that it lacks."""

# ruff: noqa: N802 -- aiosmtpd finds its commands by these names

import asyncio
import logging
from typing import Any

from aiosmtpd.smtp import TLSSetupException, syntax

from bouncer.smtpd import replies
from bouncer.smtpd.protocol import SmtpProtocol

_log = logging.getLogger(__name__)


class StarttlsProtocol(SmtpProtocol):
    """A connection that TLS can begin in."""

    _original_transport: Any

    @syntax("STARTTLS", when="tls_context")
    async def smtp_STARTTLS(self, arg: str | None) -> None:
        """Refuse a second TLS, and commands that were sent ahead of it, which would be obeyed as if TLS protected them.

        aiosmtpd drops those (CVE-2011-0411), and the peer waits for replies that never come.
        """
        assert self.session is not None
        if self.tls_context is None:
            await self.push(replies.NOT_IMPLEMENTED)
        elif self.session.ssl is not None and not arg:
            await self.push(replies.TLS_ALREADY)
        elif self.octets and not arg:
            await self.push(replies.SENT_AHEAD)
        else:
            await self._begin_tls(arg)

    async def _begin_tls(self, arg: str | None) -> None:
        assert self.session is not None
        self.is_shaking_hands = not arg
        if not arg:
            self.forget_all()
        try:
            await super().smtp_STARTTLS(arg)
        finally:
            self.is_shaking_hands = False
        if not arg and self.session.ssl is None:  # cut off amid the handshake; only the TLS layer was told
            self.connection_lost(None)

    async def handle_exception(self, error: Exception) -> str:
        """Tell the log of a handshake that failed; aiosmtpd closes the connection, and sends no reply."""
        if isinstance(error, TLSSetupException):
            _log.info("handshake failed=%.200a", str(error.__cause__))
            return ""
        return await super().handle_exception(error)

    def eof_received(self) -> bool:
        """Answer commands that came before the peer shut its side, where aiosmtpd ends at once: some clients do so.

        TLS does not allow it.
        """
        asyncio.StreamReaderProtocol.eof_received(self)
        return self.session is not None and self.session.ssl is None
