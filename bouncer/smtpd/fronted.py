"""Connections of a proxy or of a mail server in front of us: they name their own client. Any other peer is the client itself."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from aiosmtpd.proxy_protocol import ProxyData
from aiosmtpd.smtp import syntax

from bouncer.smtpd import replies
from bouncer.smtpd.attributes import XCLIENT, XFORWARD, Attributes, read_attributes
from bouncer.smtpd.context import SmtpContext
from bouncer.smtpd.handler import SmtpHandler
from bouncer.smtpd.protocol import replace_surrogates
from bouncer.smtpd.proxy import Malformed, read_header
from bouncer.smtpd.starttls import StarttlsProtocol

PROXY_SECONDS = 10.0
"""Seconds to wait for the PROXY header; its specification asks for three at least."""

_log = logging.getLogger(__name__)


class FrontedProtocol(StarttlsProtocol):
    """A connection that may come from a proxy (PROXY protocol) or from a mail server in front of us (XFORWARD, XCLIENT)."""

    def __init__(self, handler: SmtpHandler, context: SmtpContext, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(handler, context, loop)
        self.is_proxied = False
        """Whether the peer is a proxy that must name its client."""
        self.patience: float = context.settings.idle_seconds
        """Seconds that the peer may be silent now."""

    def count_client(self) -> bool:
        """Count the connection for its client; False where the client has too many, and then the connection was ended."""
        raise NotImplementedError

    def _handle_client(self) -> Coroutine[Any, Any, None]:
        """Begin aiosmtpd's session, after the PROXY header where the peer is a trusted proxy.

        aiosmtpd asks all peers for a PROXY header or none, and takes ports and addresses that the specification rules out.
        """
        return self._handle_proxied() if self.is_proxied else super()._handle_client()

    async def _handle_proxied(self) -> None:
        if await self._read_proxy_header() and self.count_client():
            await super()._handle_client()

    async def _read_proxy_header(self) -> bool:
        self.patience = min(self.patience, PROXY_SECONDS)
        while (header := read_header(self.octets)) is None:
            if not await self._reader.wait_for_more():
                return False
        if isinstance(header, Malformed):
            _log.info("proxy peer=%s refused=%a", self.client.peer, header.why)
            return False
        del self.octets[: header.length]
        self.patience = self.context.settings.idle_seconds
        self._reset_timeout()
        proxy_data = ProxyData(version=None)
        proxy_data.src_addr = header.client  # type: ignore[misc] # an attrs class, which mypy misreads
        return bool(await self._call_handler_hook("PROXY", proxy_data))

    @syntax("XFORWARD attributes")
    async def smtp_XFORWARD(self, arg: str | None) -> None:
        """Take the attributes of the next letter's client; RSET, EHLO and the end of the letter discard them."""
        attributes = self._attributes(arg, XFORWARD)
        if isinstance(attributes, str):
            await self.push(attributes)
        else:
            self.client.forward(attributes)
            await self.push(replies.ATTRIBUTES_TAKEN)

    @syntax("XCLIENT attributes")
    async def smtp_XCLIENT(self, arg: str | None) -> None:
        """Make the connection that of the client which the front names, and begin it anew with a greeting."""
        attributes = self._attributes(arg, XCLIENT)
        if isinstance(attributes, str):
            await self.push(attributes)
            return
        self.client.address = attributes.get("ADDR") or self.client.address
        self.forget_all()
        if self.count_client():
            await self.push(f"220 {self.hostname} {self.__ident__}")

    def _attributes(self, argument: str | None, attribute_names: tuple[str, ...]) -> Attributes | str:
        if not self.client.is_front:
            return replies.NOT_A_FRONT
        if self.in_transaction:
            return replies.IN_TRANSACTION
        attributes = read_attributes(replace_surrogates(argument or ""), attribute_names)
        return replies.BAD_ATTRIBUTE if attributes is None else attributes
