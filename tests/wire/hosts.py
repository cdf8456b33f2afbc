"""Smarthosts on loopback as they are met: slow, greylisting, away, forgetful; each remembers what it took."""

# ruff: noqa: N802, ARG002 -- aiosmtpd calls its hooks by these names, with these arguments
import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from email import message_from_bytes

from aiosmtpd.smtp import SMTP, Envelope, Session


class Host:
    """Takes everything, *seconds* after each command; what *answer* says to a recipient goes before that."""

    def __init__(self, seconds: float = 0, answer: Callable[[str], str | None] = lambda _to: None) -> None:
        self.seconds = seconds
        self.answer = answer
        self.port = 0
        self.connections = 0
        self.mails: list[tuple[str, bytes]] = []
        self.arrived = asyncio.Event()
        self.hang_up_after_data = 0
        self.begun_mails = 0
        self.begun = asyncio.Event()

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.begun_mails += 1
        self.begun.set()
        await asyncio.sleep(self.seconds)
        envelope.mail_from = address or "<>"
        return "250 2.1.0 OK"

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.seconds)
        if reply := self.answer(address):
            return reply
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await asyncio.sleep(self.seconds)
        assert isinstance(envelope.content, bytes)
        self.mails.append((envelope.rcpt_tos[0], envelope.content))
        self.arrived.set()
        if self.hang_up_after_data:
            self.hang_up_after_data -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 2.0.0 Taken"

    def message_ids(self) -> list[str]:
        return [str(message_from_bytes(octets)["Message-ID"]) for _, octets in self.mails]

    async def wait_until_begun(self, count: int) -> None:
        """Until so many mails were begun: the MAIL command came."""
        while self.begun_mails < count:
            self.begun.clear()
            await self.begun.wait()

    async def wait_for(self, count: int) -> None:
        """Until so many mails were taken."""
        while len(self.mails) < count:
            self.arrived.clear()
            await self.arrived.wait()


class _Slow(SMTP):
    """Greets and answers EHLO as late as everything else."""

    async def _handle_client(self) -> None:
        self.event_handler.connections += 1
        await asyncio.sleep(self.event_handler.seconds)
        await super()._handle_client()

    async def smtp_EHLO(self, hostname: str) -> None:
        await asyncio.sleep(self.event_handler.seconds)
        await super().smtp_EHLO(hostname)


@contextlib.asynccontextmanager
async def listening(host: Host) -> AsyncIterator[Host]:
    loop = asyncio.get_running_loop()
    connections: list[SMTP] = []

    def make() -> SMTP:
        connections.append(_Slow(host, loop=loop))
        return connections[-1]

    server = await loop.create_server(make, "127.0.0.1", host.port)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for connection in connections:
            if connection.transport is not None:
                connection.transport.abort()
