"""The SMTP commands: arguments to values, values to replies (RFC 5321 section 4.1; RFC 1870, 3207, 6152, 6531).

aiosmtpd's ``smtp_`` methods, with one difference: each answers its reply instead of sending it, so that all replies pass
one place. One that has to wait answers None and ``wait_for``s what replies later.
"""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable, Mapping
from typing import Final, TypeAlias

from bouncer.logs import tell
from bouncer.mail.address import comparable
from bouncer.mail.letter import Received, ReturnPath, spell_id
from bouncer.smtpd import replies
from bouncer.smtpd.data import Data, NoLetter
from bouncer.smtpd.envelope import Sender, read_mail, read_rcpt
from bouncer.smtpd.fronted import Fronted
from bouncer.smtpd.room import Room, Share
from bouncer.smtpd.terms import Terms

MAX_HELO = 255
"""Characters; RFC 5321 section 4.5.3.1.2."""

_log = logging.getLogger(__name__)

_NO_LETTER: Final = {NoLetter.TOO_LARGE: replies.TOO_LARGE, NoLetter.NO_ROOM: replies.NO_ROOM}


class Commands(Fronted):
    """What one client has said so far, and what each command does to that."""

    def __init__(self, terms: Terms, room: Room, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(terms, loop)
        self.asked_for = ""
        """The forward-path of the last RCPT that was asked about."""
        self.kept = 0
        """Letters in this connection so far."""
        self.advanced = self.heard
        """When the peer last came nearer to a letter: connected, had its first recipient accepted, began or ended a letter."""
        self._is_nearer = False
        self.data: Data | None = None
        """The letter that is on its way in, between 354 and the end of DATA."""
        self._room = room
        self._set_rset_state()

    def reply(self, reply: bytes) -> None:
        """Send *reply* to a command, and count it."""
        raise NotImplementedError

    def _set_rset_state(self) -> None:
        self.forget_client()
        self._sender: Sender | None = None
        self._paths: dict[str, ReturnPath] = {}  # by the address in comparable form

    @property
    def in_transaction(self) -> bool:
        """Between MAIL and the reply to the end of DATA."""
        return self._sender is not None

    def smtp_HELO(self, argument: str) -> bytes:
        """Greet; forgets a transaction that was begun."""
        if not self._introduced(argument):
            return replies.HELO_SYNTAX
        return f"250 {self.terms.settings.hostname}\r\n".encode("ascii", "replace")

    def smtp_EHLO(self, argument: str) -> bytes:
        """Greet and list the extensions."""
        if not self._introduced(argument):
            return replies.EHLO_SYNTAX
        return self.terms.extensions(starttls=not self.tls, front=self.is_front)

    def _introduced(self, name: str) -> bool:
        if not name or len(name) > MAX_HELO or not name.isprintable():
            return False
        self._set_rset_state()
        self.greeted_as = name
        return True

    def forget_all(self) -> None:
        """Forget greeting and transaction."""
        self.greeted_as = ""
        self._set_rset_state()

    def smtp_MAIL(self, argument: str) -> bytes:
        """Begin a transaction."""
        if not self.greeted_as:
            return replies.HELO_FIRST
        if self._sender is not None:
            return replies.NESTED_MAIL
        sender = read_mail(argument, self.terms.settings.max_message)
        if isinstance(sender, bytes):
            return sender
        self._sender = sender
        return replies.SENDER_OK

    def smtp_RCPT(self, argument: str) -> bytes | None:
        """Admit one return path."""
        sender = self._sender
        if sender is None:
            return replies.MAIL_FIRST
        address = read_rcpt(argument, smtputf8=sender.smtputf8)
        if isinstance(address, bytes):
            self.asked_for = argument
            self.tell_refusal("refused", address.decode().strip(), "no-address")
            return address
        self.asked_for = address
        path = self.terms.admit(address)
        if isinstance(path, ReturnPath):
            return self._admitted(path, sender)
        self.wait_for(self._admit_later(path, sender))
        return None

    async def _admit_later(self, path: Awaitable[ReturnPath], sender: Sender) -> None:
        self.reply(self._admitted(await path, sender))

    def _admitted(self, path: ReturnPath, sender: Sender) -> bytes:
        mailbox = comparable(path.address)
        if mailbox in self._paths:  # said again: it gets one copy
            return replies.RECIPIENT_OK
        if self._paths and not sender.reverse_path:
            return replies.ONE_RECIPIENT
        if len(self._paths) >= self.terms.settings.max_recipients:
            return replies.TOO_MANY_RECIPIENTS
        self.terms.complain(path, self.peer)
        self._paths[mailbox] = path
        if not self._is_nearer:  # once for each letter: to reset and name it again buys no time
            self._is_nearer, self.advanced = True, self.loop.time()
        return replies.RECIPIENT_OK

    def smtp_DATA(self, argument: str) -> bytes:
        """Make ready for the letter."""
        if argument:
            return replies.NO_ARGUMENT
        if not self._paths:
            return replies.RCPT_FIRST
        self.advanced = self.loop.time()
        self.data = Data(self.octets, self.terms.settings.max_message, Share(self._room))
        return replies.GO_AHEAD

    def take_letter(self, data: Data) -> bool:
        """Take the letter when its end has come, keep it, and only then say so."""
        self.heard = self.loop.time()
        raw = data.take()
        if raw is None:
            return False
        self.data = None
        if isinstance(raw, NoLetter):
            self._forget(data.share)
            self.reply(_NO_LETTER[raw])
        else:
            self.wait_for(self._keep(raw, data.share))
        return True

    async def _keep(self, raw: bytes, share: Share) -> None:
        letters = self._received(raw)
        try:
            ids = await self.terms.keep(letters)
        finally:
            self._forget(share)
        self.kept += len(ids)
        names = [spell_id(number) for number in ids]
        for name, letter in zip(names, letters, strict=True):
            self._tell(name, letter)
        self.reply(b"250 2.0.0 Kept as %s\r\n" % names[0].encode())

    def tell_refusal(self, event: str, said: str, cause: str | None) -> None:
        """Log why the recipient that was asked for, or its letter, is not taken."""
        path = self.terms.shown(self.asked_for, self.asked_for)
        tell(_log, logging.INFO, event, return_path=path, cause=cause, said=said, peer=self.peer, helo=self.helo)

    def _tell(self, name: str, letter: Received) -> None:
        if not _log.isEnabledFor(logging.INFO):
            return
        path, shown = letter.return_path, self.terms.shown
        to = {"account": path.account, "path": path.kind.value, "return_path": shown(path.address, path.address)}
        by = {"reverse_path": shown(letter.reverse_path, path.address), "peer": letter.peer, "helo": letter.helo}
        octets = len(letter.raw)
        tell(_log, logging.INFO, "kept", letter=name, **to, **by, tls=letter.tls, octets=octets, queue_id=self.queue_id)

    def _received(self, raw: bytes) -> list[Received]:
        assert self._sender is not None
        sender, smtputf8, at = self._sender.reverse_path, self._sender.smtputf8, self.terms.now()
        return [
            Received(path, sender, self.peer, self.helo, self.tls, smtputf8, at, raw) for path in self._paths.values()
        ]

    def _forget(self, share: Share) -> None:
        self._is_nearer, self.advanced = False, self.loop.time()
        share.give_back()
        self._set_rset_state()

    def smtp_RSET(self, argument: str) -> bytes:
        """Forget the transaction."""
        if argument:
            return replies.NO_ARGUMENT
        self._set_rset_state()
        return replies.RESET

    def smtp_NOOP(self, _argument: str) -> bytes:
        """Do nothing."""
        return replies.NOTHING

    def smtp_HELP(self, _argument: str) -> bytes:
        """Name the commands."""
        return self.terms.help_reply

    def smtp_VRFY(self, argument: str) -> bytes:
        """Tell nothing: only RCPT says what exists (RFC 5321 section 7.3)."""
        return replies.NOT_VERIFIED if argument else replies.VRFY_SYNTAX

    def smtp_EXPN(self, _argument: str) -> bytes:  # type: ignore[override] # answers its reply, as all here
        """Tell nothing."""
        return replies.NOT_IMPLEMENTED

    def smtp_QUIT(self, _argument: str) -> None:
        """Say goodbye; what was sent after QUIT is not read."""
        self.hang_up(replies.BYE)

    def smtp_STARTTLS(self, argument: str) -> bytes | None:
        """Begin TLS and forget all that was said before (RFC 3207 section 4.2)."""
        if self.terms.tls_context is None:
            return replies.NOT_IMPLEMENTED
        if argument:
            return replies.NO_ARGUMENT
        if self.tls:
            return replies.TLS_ALREADY
        self.wait_for(self._start_tls(self.terms.tls_context))
        return None

    async def _start_tls(self, context: ssl.SSLContext) -> None:
        if self.octets:  # said in the clear, and would be obeyed as if said in TLS (CVE-2011-0411)
            self.hang_up(replies.TALKED_AHEAD)
            return
        self.forget_all()
        self.say(replies.TLS_READY)
        await self.shake_hands(context)  # which hears all that comes from now on


Command: TypeAlias = Callable[[Commands, str], bytes | None]

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
    b"XFORWARD": Commands.smtp_XFORWARD,
    b"XCLIENT": Commands.smtp_XCLIENT,
}
"""Made once, by hand: aiosmtpd finds its own by reflection for every connection, and would find AUTH."""
