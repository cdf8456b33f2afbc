"""One connection of a mail server to the milter: one SMTP session of its client, message after message.

Events as libmilter's documentation names them. We ask for nothing that we do not need (no HELO, no body) and answer only where
something is decided: for each recipient of a mail of ours, and at the end of the message.
"""

from collections.abc import Callable
from typing import ClassVar

from bouncer.compose.refusal import refusal
from bouncer.errors import Spoken
from bouncer.milter import frames
from bouncer.milter.conversation import Conversation
from bouncer.milter.frames import Agreed
from bouncer.milter.guests import Guests
from bouncer.milter.message import Message
from bouncer.milter.terms import Terms

LOGIN = b"{auth_authen}"
"""The macro with the name that the client proved (SASL)."""
SMTPUTF8 = b"SMTPUTF8"
"""The parameter of MAIL by which a client says that it understands more than ASCII (RFC 6531 section 3.4)."""
QUEUE_ID = b"i"
"""The macro with the message's name in the mail server's log; Sendmail knows it at MAIL, Postfix later."""


class MilterSession(Conversation):
    """One connection."""

    def __init__(self, guests: Guests[Conversation], terms: Terms) -> None:
        super().__init__(guests)
        self._terms = terms
        self._agreed: Agreed | None = None
        self._trusted = self._played = False
        self._login = ""
        self._queue_id: str | None = None
        self._message: Message | None = None

    @property
    def busy(self) -> bool:
        """In the middle of a message."""
        return self._message is not None or super().busy

    def take(self) -> bool:
        """Take one frame and act on it."""
        found = frames.take_frame(self.octets)
        if found is None:
            return False
        command, rest = found
        if self._agreed is None and command != frames.NEGOTIATE:
            raise ValueError("no negotiation")
        event = self._EVENTS.get(command)
        if event is not None:
            event(self, rest)
        elif command in frames.UNASKED:
            self.say(frames.CONTINUE)
        else:
            raise ValueError(f"an unknown command, {command}")
        return True

    def stumbled(self) -> None:
        """Answer as the operator chose for such a case."""
        self._message = None
        self.say(frames.TEMPFAIL if self._terms.closed else frames.CONTINUE)

    def _negotiate(self, rest: bytes) -> None:
        self._agreed = frames.negotiate(rest, frames.SPARED)
        if self._agreed is None:
            raise ValueError("a mail server that lets no milter change senders and recipients")
        self.say(self._agreed.answer)

    def _macros(self, rest: bytes) -> None:
        command, known = frames.macros(
            rest
        )  # none, where Postfix says so before an event: then nobody logged in, either
        if command == frames.MAIL:
            self._login = known.get(LOGIN, b"").decode("utf-8", "replace")
        self._queue_id = known.get(QUEUE_ID, b"").decode("ascii", "replace") or self._queue_id

    def _connect(self, rest: bytes) -> None:
        address, port = frames.client(rest)
        self._trusted = address == "local" or self._terms.trusts(address)
        self._played = not port  # Postfix plays the events of mail that came by sendmail(1); it cannot refuse there
        self._go_on_after(frames.CONNECT)

    def _mail(self, rest: bytes) -> None:
        login, self._login = self._login, ""  # it was told for this MAIL; the next one's is told anew
        ours = self._trusted or login
        path, _, parameters = rest.partition(b"\0")
        utf8 = SMTPUTF8 in parameters.upper().split(b"\0")
        self._message = Message(path, login, utf8=utf8) if ours else None
        self._go_on_after(frames.MAIL)

    def _rcpt(self, rest: bytes) -> None:
        octets = rest.partition(b"\0")[0]
        if self._message is None:
            self._go_on_after(frames.RCPT)
        elif self._played:
            self._message.add_recipient(octets)
            self._go_on_after(frames.RCPT)
        else:
            self._message.check_room()  # here, where it ends the connection
            self.wait_for(self._recipient, self._message, octets)

    async def _recipient(self, message: Message, octets: bytes) -> None:
        alone = Message(message.reverse_path, message.login)
        address = alone.add_recipient(octets)
        try:
            found = await self._terms.stage.refusal(alone.outgoing(self._queue_id), can_drop=True)
        except Spoken as error:
            self.say(frames.reply(error.reply))
            return
        if found is not None:
            self.say(frames.reply(refusal(found, address, utf8=message.utf8)))
        else:
            message.add_recipient(octets)
            self._go_on_after(frames.RCPT)

    def _header(self, rest: bytes) -> None:
        if self._message is not None:
            self._message.add_header(rest, self._terms.headers)
        self._go_on_after(frames.HEADER)

    def _end_of_message(self, _rest: bytes) -> None:
        message = self._message
        if message is None or not message.recipients:
            self._message = None
            self.say(frames.CONTINUE)
        else:
            self.wait_for(self._decide, message)

    async def _decide(self, message: Message) -> None:
        try:
            sending = await self._terms.stage.send(message.outgoing(self._queue_id), can_refuse=not self._played)
        except Spoken as error:
            self._end(frames.reply(error.reply))
            return
        if sending is None:
            self._end(frames.CONTINUE)
            return
        if sending.recipients:
            self._end(message.edits(sending) + frames.CONTINUE)
        elif sending.refused is not None:
            self._end(frames.reply(refusal(sending.refused, sending.dropped[0], utf8=message.utf8)))
        else:
            self._end(frames.DISCARD)

    def _end(self, answer: bytes) -> None:
        self._message = None
        self.say(answer)

    def _abort(self, _rest: bytes) -> None:
        self._message, self._login = None, ""

    def _quit(self, _rest: bytes) -> None:
        self._message = None
        self.hang_up()

    def _quit_for_next(self, _rest: bytes) -> None:
        self._message, self._login = None, ""
        self._trusted = self._played = False

    def _go_on_after(self, command: int) -> None:
        """Answer an event that changes nothing, where the mail server waits for an answer."""
        if self._agreed is not None and command not in self._agreed.unanswered:
            self.say(frames.CONTINUE)

    _EVENTS: ClassVar[dict[int, Callable[["MilterSession", bytes], None]]] = {
        frames.NEGOTIATE: _negotiate,
        frames.MACROS: _macros,
        frames.CONNECT: _connect,
        frames.MAIL: _mail,
        frames.RCPT: _rcpt,
        frames.HEADER: _header,
        frames.END_OF_MESSAGE: _end_of_message,
        frames.ABORT: _abort,
        frames.QUIT: _quit,
        frames.QUIT_FOR_NEXT: _quit_for_next,
    }
