"""A real server on a loopback port with a small keeper, and a client that speaks SMTP to it octet by octet."""

import asyncio
import contextlib
import datetime as dt
import re
import ssl
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bouncer.errors import Refused
from bouncer.mail.letter import PathKind, Received, ReturnPath
from bouncer.settings.sections import SmtpSettings
from bouncer.smtpd.server import SmtpServer

NOW = dt.datetime(2026, 2, 3, 4, 5, 6, tzinfo=dt.UTC)
PATIENCE = 30.0
"""Seconds after which a test that waits for the other side has failed; never reached when all is well."""
REPLY = re.compile(rb"[2-5]\d\d[ -][ -~]*\r\n")
WITHOUT_STATUS = re.compile(
    rb"(220 \S+ ESMTP|354 |250[ -](localhost|[A-Z0-9]+( [A-Z0-9]+)*)\r|501 Syntax: (EHLO|HELO) )"
)
WITH_STATUS = re.compile(rb"([2-5])\d\d[ -]\1\.\d{1,3}\.\d{1,3} \S")


@dataclass
class Keeper:
    """Keeps letters in a list; says what a test wants it to say."""

    letters: list[Received] = field(default_factory=list)
    fault: Exception | None = None
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    called: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.let_go.set()

    async def keep(self, letters: Sequence[Received]) -> list[int]:
        """Keep, once a test has let go."""
        self.called.set()
        await self.let_go.wait()
        if self.fault is not None:
            raise self.fault
        first = len(self.letters) + 1
        self.letters += letters
        return list(range(first, first + len(letters)))

    @property
    def raws(self) -> list[bytes]:
        """The octets of what was kept."""
        return [letter.raw for letter in self.letters]

    @staticmethod
    def admit(address: str) -> ReturnPath:
        """Admit acme@, its signed paths, jané@ and b1@ to b200@ of rp.example.com, and postmaster."""
        local, _, domain = address.rpartition("@")
        if address.lower() == "postmaster":
            return ReturnPath(address, PathKind.OPERATOR)
        if domain.lower() != "rp.example.com":
            raise Refused.foreign_domain()
        if local == "bug":
            raise ZeroDivisionError("a bug of ours: /etc/secret")
        if not re.fullmatch(r"acme(-[a-z2-7]{20}-.*)?|jané|b\d{1,3}", local):
            raise Refused.unknown_path()
        return ReturnPath(address, PathKind.ALIAS, "acme")


class Client:
    """Speaks and listens; every reply that it hears is checked to be one of SMTP."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    @classmethod
    async def connect(cls, address: str, *, source: str = "127.0.0.1", **how: Any) -> "Client":
        """Connect; the greeting is still to be heard."""
        host, _, port = address.rpartition(":")
        return cls(*await asyncio.open_connection(host, int(port), local_addr=(source, 0), limit=1 << 20, **how))

    async def hear(self) -> bytes:
        """Hear one reply, all of its lines; empty at the end of the connection."""
        lines = b""
        while True:
            async with asyncio.timeout(PATIENCE):
                try:
                    line = await self.reader.readline()
                except ConnectionError:
                    return b""
            if not line:
                return lines
            assert REPLY.fullmatch(line), line
            assert WITHOUT_STATUS.match(line) or WITH_STATUS.match(line), line
            lines += line
            if line[3:4] == b" ":
                return lines

    async def say(self, octets: bytes) -> None:
        """Send *octets* as they are; a connection that the server ends meanwhile is no fault."""
        with contextlib.suppress(ConnectionError):
            self.writer.write(octets)
            async with asyncio.timeout(PATIENCE):
                await self.writer.drain()

    async def ask(self, command: str) -> bytes:
        """Send one command and hear its reply."""
        await self.say(command.encode() + b"\r\n")
        return await self.hear()

    async def open(self, sender: str = "<>", *recipients: str) -> None:
        """Get as far as the 354 of DATA."""
        assert (await self.hear()).startswith(b"220 ")
        for command in ("EHLO client.example.net", f"MAIL FROM:{sender}"):
            assert (await self.ask(command)).startswith(b"250"), command
        for recipient in recipients or ("acme@rp.example.com",):
            assert (await self.ask(f"RCPT TO:<{recipient}>")).startswith(b"250 2.1.5")
        assert (await self.ask("DATA")).startswith(b"354 ")

    async def hear_all(self) -> list[bytes]:
        """Hear replies till the server ends the connection."""
        replies = []
        while reply := await self.hear():
            replies.append(reply)
        return replies

    async def close(self) -> None:
        """Go away without a word."""
        self.writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self.writer.wait_closed()


@dataclass
class Place:
    """A server that is open, its keeper, and clients who are all gone at the end."""

    smtp_server: SmtpServer
    keeper: Keeper
    clients: list[Client] = field(default_factory=list)

    async def client(self, **how: Any) -> Client:
        """Let one more client connect."""
        self.clients.append(await Client.connect(self.smtp_server.listening[0], **how))
        return self.clients[-1]


@contextlib.asynccontextmanager
async def open_server(*, tls: ssl.SSLContext | None = None, **settings: Any) -> AsyncIterator[Place]:
    """Open a server with these settings of [smtp], and close it at the end."""
    keeper = Keeper()
    chosen = {"listen": ("127.0.0.1:0",), "domains": ("rp.example.com",), **settings}
    listener = SmtpServer(
        SmtpSettings(**chosen), admit=keeper.admit, keep=keeper.keep, now=lambda: NOW, tls_context=tls
    )
    await listener.start()
    place = Place(listener, keeper)
    try:
        yield place
    finally:
        for client in place.clients:
            await client.close()
        keeper.let_go.set()
        await listener.close()
