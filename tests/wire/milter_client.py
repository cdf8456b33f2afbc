"""A mail server's side of the milter protocol, written from Sendmail's mfdef.h alone, and servers to ask through.

``MailServer`` speaks as Postfix does: it offers what Postfix offers, waits for an answer only where one is owed, and tells what was
answered. ``listeners`` opens our servers with a stage that a test decides on.
"""

import asyncio
import contextlib
import datetime as dt
import struct
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from bouncer.milter.connection import RequestConnection
from bouncer.milter.servers import make_servers
from bouncer.policy.outgoing import Outgoing, Sending
from bouncer.policy.records import ChangeSource, Suppression
from bouncer.server import Server
from bouncer.settings.sections import MilterSettings

PATIENCE = 30.0
"""Seconds after which a test that waits for the other side has failed; never reached when all is well."""
ALL_ACTIONS, ALL_STEPS = 0x1FF, 0x1FFFFF
CONNECT, HELO, MAIL, RCPT, HEADER, END_OF_HEADERS, BODY, END = b"C", b"H", b"M", b"R", b"L", b"N", b"B", b"E"
NOT_SENT = {HELO: 0x02, BODY: 0x10, END_OF_HEADERS: 0x40, b"T": 0x200}
NOT_ANSWERED = {CONNECT: 0x1000, HELO: 0x2000, MAIL: 0x4000, RCPT: 0x8000, HEADER: 0x80, END_OF_HEADERS: 0x40000}
NEWS = "news@acme.example"
HEADERS = (("From", NEWS), ("Subject", "We open"), ("Message-ID", "<1@acme.example>"))
EDITS = b"+-mhieb"
SINCE, UNTIL = dt.datetime(2026, 11, 22, tzinfo=dt.UTC), dt.datetime(2027, 11, 22, tzinfo=dt.UTC)


def frame(command: bytes, rest: bytes = b"") -> bytes:
    """Give a frame."""
    return struct.pack("!L", len(rest) + 1) + command + rest


@dataclass
class Answered:
    """The result of a message: the last answer, its text, the edits before it; and who was refused."""

    last: bytes = b""
    text: str = ""
    edits: list[tuple[bytes, bytes]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def edits_by(self, command: bytes) -> list[bytes]:
        """The edits of one kind."""
        return [rest for edit_command, rest in self.edits if edit_command == command]


class MailServer:
    """One connection to a milter."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self.steps = self.actions = 0
        self.macros = b""

    @classmethod
    async def connect(cls, address: str) -> "MailServer":
        """Connect, and nothing more."""
        host, _, port = address.rpartition(":")
        return cls(*await asyncio.open_connection(host, int(port)))

    async def negotiate(self, version: int = 6, actions: int = ALL_ACTIONS, steps: int = ALL_STEPS) -> None:
        """Offer, and take what is chosen."""
        self.send(frame(b"O", struct.pack("!LLL", version, actions, steps)))
        command, rest = await self.hear()
        assert command == b"O"
        _, self.actions, self.steps = struct.unpack_from("!LLL", rest)
        self.macros = rest[12:]
        assert not self.steps & ~steps
        assert not self.actions & ~actions

    def send(self, octets: bytes) -> None:
        """Send octets."""
        self.writer.write(octets)

    async def hear(self) -> tuple[bytes, bytes]:
        """Hear one frame; two times nothing at the end of the connection."""
        async with asyncio.timeout(PATIENCE):
            try:
                head = await self.reader.readexactly(5)
                rest = await self.reader.readexactly(struct.unpack("!L", head[:4])[0] - 1)
            except (asyncio.IncompleteReadError, ConnectionError):
                return b"", b""
        return head[4:], rest

    async def tell(self, command: bytes, rest: bytes = b"") -> tuple[bytes, bytes]:
        """Tell an event; give the answer, or "c" where none is owed."""
        if self.steps & NOT_SENT.get(command, 0):
            return b"c", b""
        self.send(frame(command, rest))
        if self.steps & NOT_ANSWERED.get(command, 0):
            return b"c", b""
        return await self.hear()

    async def message(
        self,
        recipients: Sequence[str],
        *,
        sender: str = NEWS,
        login: str = "",
        parameters: str = "",
        headers: Sequence[tuple[str, str]] = HEADERS,
    ) -> Answered:
        """Play one message through."""
        answered = Answered()
        name = b"{auth_authen}\0" + login.encode() + b"\0" if login else b""
        self.send(frame(b"D", b"M{mail_addr}\0" + sender.encode() + b"\0" + name))
        assert (await self.tell(MAIL, f"<{sender}>\0{parameters}\0".encode()))[0] == b"c"
        for recipient in recipients:
            last, rest = await self.tell(RCPT, f"<{recipient}>".encode() + b"\0")
            if last != b"c":
                answered.refused.append(recipient)
                answered.last, answered.text = last, rest.decode().rstrip("\0")
        if len(answered.refused) == len(recipients):
            self.send(frame(b"A"))
            return answered
        for key, value in headers:
            await self.tell(HEADER, key.encode() + b"\0" + value.encode() + b"\0")
        for command in (END_OF_HEADERS, BODY):
            await self.tell(command, b"Hello\r\n" if command == BODY else b"")
        self.send(frame(b"D", b"Ei\x004XyZ\0") + frame(END))
        await self._hear_verdict(answered)
        return answered

    async def _hear_verdict(self, answered: Answered) -> None:
        while True:
            command, rest = await self.hear()
            if not command or command not in EDITS:
                answered.last, answered.text = command, rest.decode().rstrip("\0")
                return
            answered.edits.append((command, rest))

    def close(self) -> None:
        """Go without a word."""
        self.writer.close()


@dataclass
class Stage:
    """Decides what a test wants: who is suppressed, what is signed; remembers what it was asked."""

    gone_addresses: frozenset[str] = frozenset()
    drops: bool = False
    fault: Exception | None = None
    mails: list[Outgoing] = field(default_factory=list)
    asked_at_rcpt: list[Outgoing] = field(default_factory=list)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.let_go.set()

    async def _wait(self) -> None:
        self.arrived.set()
        await self.let_go.wait()
        if self.fault is not None:
            raise self.fault

    async def send(self, mail: Outgoing, *, can_refuse: bool = True) -> Sending | None:
        """Sign for acme, whatever it is."""
        self.mails.append(mail)
        await self._wait()
        if not mail.reverse_path.endswith("@acme.example"):
            return None
        staying = tuple(recipient for recipient in mail.recipients if recipient not in self.gone_addresses)
        dropped = tuple(recipient for recipient in mail.recipients if recipient in self.gone_addresses)
        mark = ("X-Bouncer-Return-Path", "<acme-m@rp.example.com>") if len(staying) > 1 else None
        path = "acme-m@rp.example.com" if staying else None
        refused = can_refuse and not staying and not self.drops
        return Sending("acme", staying, dropped, path, mark, refused=suppressed(dropped[0]) if refused else None)

    async def refusal(self, mail: Outgoing, *, can_drop: bool) -> Suppression | None:
        """Say whether the recipient is among those who are gone; where the account drops them, that is left for later."""
        self.asked_at_rcpt.append(mail)
        await self._wait()
        is_refused = mail.recipients[0] in self.gone_addresses and not (can_drop and self.drops)
        return suppressed(mail.recipients[0]) if is_refused else None

    async def suppression(self, account: str, address: str) -> Suppression | None:
        """Say so for acme."""
        await self._wait()
        return suppressed(address) if account == "acme" and address in self.gone_addresses else None

    async def takes(self, address: str) -> bool:
        """Take mail for acme's return path alone."""
        await self._wait()
        return address == "acme@rp.example.com"


def suppressed(address: str) -> Suppression:
    """A suppression of acme's."""
    return Suppression("acme", address, "invalid-recipient", ChangeSource.BOUNCE, None, SINCE, UNTIL)


@dataclass
class Opened:
    """Our servers, open, and who came through them."""

    listeners: dict[str, Server[RequestConnection]]
    inside: list[MailServer] = field(default_factory=list)

    async def connect(self, listener: str = "milter") -> MailServer:
        """Connect to a server, and nothing more."""
        self.inside.append(await MailServer.connect(self.listeners[listener].listening[0]))
        return self.inside[-1]

    async def server(self, *, client: str = "127.0.0.1", port: int = 40000, **offer: int) -> MailServer:
        """Connect to the milter, negotiate and tell of a client."""
        server = await self.connect()
        await server.negotiate(**offer)
        family = b"6" if ":" in client else b"4"
        await server.tell(CONNECT, b"host.example\0" + family + struct.pack("!H", port) + client.encode() + b"\0")
        return server


@contextlib.asynccontextmanager
async def listeners(stage: Any, **settings: Any) -> AsyncIterator[Opened]:
    """Open all three servers on ports of their own."""
    anywhere = ("127.0.0.1:0",)
    servers = Opened(make_servers(MilterSettings(anywhere, anywhere, anywhere, **settings), stage, stage.takes))
    try:
        for listener in servers.listeners.values():
            await listener.start()
        yield servers
    finally:
        for server in servers.inside:
            server.close()
        for listener in servers.listeners.values():
            await listener.close()
