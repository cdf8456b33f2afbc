"""The SMTP commands: arguments to values, values to replies (RFC 5321 section 4.1; RFC 1870, 3207, 6152, 6531).

aiosmtpd's ``smtp_`` methods, with one difference: each answers its reply instead of sending it, or None where it has said
all there is to say.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from typing import Final, TypeAlias

from bouncer.mail.letter import Received, ReturnPath, spell_id
from bouncer.smtpd import replies
from bouncer.smtpd.data import NoLetter, read_letter
from bouncer.smtpd.envelope import Sender, read_mail, read_rcpt
from bouncer.smtpd.guests import Room, Share
from bouncer.smtpd.terms import Terms
from bouncer.smtpd.wire import Wire

MAX_HELO = 255
"""Characters; RFC 5321 section 4.5.3.1.2."""

_log = logging.getLogger(__name__)

_NO_LETTER: Final = {NoLetter.TOO_LARGE: replies.TOO_LARGE, NoLetter.NO_ROOM: replies.NO_ROOM, NoLetter.CUT_OFF: None}


class Commands(Wire):
    """One client's state between commands, and what each command does to it."""

    def __init__(self, terms: Terms, room: Room, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.terms = terms
        self.peer = ""
        """The client's IP address."""
        self.helo = ""
        self.kept = 0
        """Letters in this connection so far."""
        self.at_work = False
        """Whether it is us whom the peer waits for."""
        self._room = room
        self._set_rset_state()

    def _set_rset_state(self) -> None:
        self._sender: Sender | None = None
        self._paths: dict[str, ReturnPath] = {}

    @property
    def in_transaction(self) -> bool:
        """Between MAIL and the reply to the end of DATA."""
        return self._sender is not None

    @contextlib.contextmanager
    def _working(self) -> Iterator[None]:
        self.at_work = True
        try:
            yield
        finally:
            self.at_work = False

    async def smtp_HELO(self, argument: str) -> bytes:
        """Greet; forgets a transaction that was begun."""
        if not self._introduced(argument):
            return replies.HELO_SYNTAX
        return f"250 {self.terms.settings.hostname}\r\n".encode("ascii", "replace")

    async def smtp_EHLO(self, argument: str) -> bytes:
        """Greet and list the extensions."""
        if not self._introduced(argument):
            return replies.EHLO_SYNTAX
        return self.terms.extensions_in_tls if self.tls else self.terms.extensions

    def _introduced(self, name: str) -> bool:
        if not name or len(name) > MAX_HELO or not name.isprintable():
            return False
        self._set_rset_state()
        self.helo = name
        return True

    async def smtp_MAIL(self, argument: str) -> bytes:
        """Begin a transaction."""
        if not self.helo:
            return replies.HELO_FIRST
        if self.in_transaction:
            return replies.NESTED_MAIL
        sender = read_mail(argument, self.terms.settings.max_message)
        if isinstance(sender, bytes):
            return sender
        self._sender = sender
        return replies.SENDER_OK

    async def smtp_RCPT(self, argument: str) -> bytes:
        """Admit one return path."""
        if self._sender is None:
            return replies.MAIL_FIRST
        address = read_rcpt(argument, smtputf8=self._sender.smtputf8)
        if isinstance(address, bytes):
            return address
        path = self.terms.admit(address)
        if not isinstance(path, ReturnPath):
            with self._working():
                path = await path
        if refusal := self._too_many(self._sender):
            return refusal
        self._paths[path.address] = path
        return replies.RECIPIENT_OK

    def _too_many(self, sender: Sender) -> bytes | None:
        if not sender.reverse_path and self._paths:
            return replies.ONE_RECIPIENT
        return replies.TOO_MANY_RECIPIENTS if len(self._paths) >= self.terms.settings.max_recipients else None

    async def smtp_DATA(self, argument: str) -> bytes | None:
        """Take the letter, keep it, and only then say so."""
        if argument:
            return replies.NO_ARGUMENT
        sender, paths = self._sender, tuple(self._paths.values())
        if sender is None or not paths:
            return replies.RCPT_FIRST
        self.say(replies.GO_AHEAD)
        share = Share(self._room)
        try:
            raw = await read_letter(self, self.terms.settings.max_message, share)
            return _NO_LETTER[raw] if isinstance(raw, NoLetter) else await self._keep(raw, sender, paths)
        finally:
            share.give_back()
            self._set_rset_state()

    async def _keep(self, raw: bytes, sender: Sender, paths: Sequence[ReturnPath]) -> bytes:
        at = self.terms.now()
        letters = [
            Received(path, sender.reverse_path, self.peer, self.helo, self.tls, sender.smtputf8, at, raw)
            for path in paths
        ]
        with self._working():
            ids = await self.terms.keep(letters)
        self.kept += len(ids)
        for number, letter in zip(ids, letters, strict=True):
            _tell(number, letter)
        return b"250 2.0.0 Kept as %s\r\n" % spell_id(ids[0]).encode()

    async def smtp_RSET(self, argument: str) -> bytes:
        """Forget the transaction."""
        if argument:
            return replies.NO_ARGUMENT
        self._set_rset_state()
        return replies.RESET

    async def smtp_NOOP(self, _argument: str) -> bytes:
        """Do nothing."""
        return replies.NOTHING

    async def smtp_HELP(self, _argument: str) -> bytes:
        """Name the commands."""
        return replies.HELP

    async def smtp_VRFY(self, argument: str) -> bytes:
        """Tell nothing: only RCPT says what exists (RFC 5321 section 7.3)."""
        return replies.NOT_VERIFIED if argument else replies.VRFY_SYNTAX

    async def smtp_EXPN(self, _argument: str) -> bytes:
        """Tell nothing."""
        return replies.NOT_IMPLEMENTED

    async def smtp_QUIT(self, _argument: str) -> None:
        """Say goodbye; what was sent after QUIT is not read."""
        self.hang_up(replies.BYE)

    async def smtp_STARTTLS(self, argument: str) -> bytes | None:
        """Begin TLS and forget all that was said before (RFC 3207 section 4.2)."""
        if self.terms.tls_context is None:
            return replies.NOT_IMPLEMENTED
        if argument:
            return replies.NO_ARGUMENT
        if self.tls:
            return replies.TLS_ALREADY
        if self.octets:  # said in the clear, and would be obeyed as if said in TLS (CVE-2011-0411)
            self.hang_up(replies.TALKED_AHEAD)
            return None
        self.say(replies.TLS_READY)
        with self._working():
            if await self.start_tls(self.terms.tls_context):
                self.helo = ""
                self._set_rset_state()
        return None


Command: TypeAlias = Callable[[Commands, str], Awaitable[bytes | None]]

COMMANDS: Final[Mapping[bytes, Command]] = {
    b"EHLO": Commands.smtp_EHLO,
    b"HELO": Commands.smtp_HELO,
    b"MAIL": Commands.smtp_MAIL,
    b"RCPT": Commands.smtp_RCPT,
    b"DATA": Commands.smtp_DATA,
    b"RSET": Commands.smtp_RSET,
    b"NOOP": Commands.smtp_NOOP,
    b"QUIT": Commands.smtp_QUIT,
    b"STARTTLS": Commands.smtp_STARTTLS,
    b"VRFY": Commands.smtp_VRFY,
    b"EXPN": Commands.smtp_EXPN,
    b"HELP": Commands.smtp_HELP,
}
"""Made once, by hand: aiosmtpd finds its own by reflection for every connection, and would find AUTH."""


def _tell(number: int, letter: Received) -> None:
    if _log.isEnabledFor(logging.INFO):
        said = "kept letter=%s return_path=%.300a reverse_path=%.300a peer=%s helo=%.99a tls=%s octets=%d"
        where = (letter.return_path.address, letter.reverse_path, letter.peer, letter.helo, letter.tls)
        _log.info(said, spell_id(number), *where, len(letter.raw))
