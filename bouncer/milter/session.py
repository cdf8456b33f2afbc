"""One connection of a mail server to the milter: one SMTP session of its client, message after message.

Events as libmilter's documentation names them. We ask for nothing that we do not need (no HELO, no body) and answer only where
something is decided: at the end of a message, and for each recipient where suppressed ones are refused.
"""

from collections.abc import Callable
from typing import ClassVar

from bouncer.errors import Spoken
from bouncer.milter import frames
from bouncer.milter.conversation import Conversation
from bouncer.milter.frames import Agreed, Steps
from bouncer.milter.guests import Guests
from bouncer.milter.message import Message
from bouncer.milter.terms import SUPPRESSED, Terms

LOGIN = b"{auth_authen}"
"""The macro with the name that the client proved (SASL)."""
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
        spared = frames.SPARED if self._terms.refuses else frames.SPARED | Steps.NO_ANSWER_TO_RCPT
        self._agreed = frames.negotiate(rest, spared)
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
        self._message = Message(rest.partition(b"\0")[0], login) if ours else None
        self._go_on_after(frames.MAIL)

    def _rcpt(self, rest: bytes) -> None:
        octets = rest.partition(b"\0")[0]
        if self._message is None:
            self._go_on_after(frames.RCPT)
        elif self._terms.refuses and not self._played:
            self.wait_for(self._recipient, self._message, octets)
        else:
            self._message.add_recipient(octets)
            self._go_on_after(frames.RCPT)

    async def _recipient(self, message: Message, octets: bytes) -> None:
        one = Message(message.reverse_path, message.login)
        one.add_recipient(octets)
        try:
            refused = await self._terms.stage.refuses(one.outgoing(self._queue_id))
        except Spoken as error:
            self.say(frames.reply(error.reply))
            return
        if refused:
            self.say(frames.reply(SUPPRESSED))
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
            sending = await self._terms.stage.send(message.outgoing(self._queue_id))
        except Spoken as error:
            self._end(frames.reply(error.reply))
            return
        if sending is None:
            self._end(frames.CONTINUE)
            return
        if sending.recipients:
            self._end(message.edits(sending) + frames.CONTINUE)
        else:
            self._end(frames.reply(SUPPRESSED) if self._terms.refuses and not self._played else frames.DISCARD)

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
