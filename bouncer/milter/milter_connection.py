"""One connection of a mail server to the milter: one SMTP session of its client, message after message.

The events have the names of libmilter's documentation. We ask for no events that we do not need (no HELO, no body), and answer
only events that need a decision: each recipient of a mail of ours, and the end of the message.
"""

from collections.abc import Callable
from typing import ClassVar

from bouncer.compose.refusal import refusal
from bouncer.connections import Connections
from bouncer.errors import SmtpError
from bouncer.milter import frames
from bouncer.milter.connection import RequestConnection
from bouncer.milter.context import MilterContext
from bouncer.milter.frames import Negotiated
from bouncer.milter.message import MilterMessage

LOGIN = b"{auth_authen}"
"""The macro with the name that the client proved (SASL)."""
SMTPUTF8 = b"SMTPUTF8"
"""The parameter of MAIL by which a client accepts replies beyond ASCII (RFC 6531 section 3.4)."""
QUEUE_ID = b"i"
"""The macro with the message's name in the mail server's log; Sendmail knows it at MAIL, Postfix later."""


class MilterConnection(RequestConnection):
    """One connection to the milter."""

    def __init__(self, connections: Connections[RequestConnection], context: MilterContext) -> None:
        super().__init__(connections, context)
        self._negotiated: Negotiated | None = None
        self._is_trusted = self._is_replayed = False
        self._login = ""
        self._queue_id: str | None = None
        self._message: MilterMessage | None = None

    @property
    def is_busy(self) -> bool:
        """Whether a message is under way, or the peer waits for an answer."""
        return self._message is not None or super().is_busy

    def take(self) -> bool:
        """Remove one frame from ``octets`` and handle it."""
        frame = frames.take_frame(self.octets)
        if frame is None:
            return False
        command, payload = frame
        if self._negotiated is None and command != frames.NEGOTIATE:
            raise ValueError("no negotiation")
        event = self._EVENTS.get(command)
        if event is not None:
            event(self, payload)
        elif command in frames.UNNEEDED_COMMANDS:
            self.answer(frames.CONTINUE)
        else:
            raise ValueError(f"an unknown command, {command}")
        return True

    def fail(self) -> None:
        """Send TEMPFAIL or CONTINUE, as the operator chose."""
        self._message = None
        self.answer(frames.TEMPFAIL if self.context.closed else frames.CONTINUE)

    def _negotiate(self, payload: bytes) -> None:
        self._negotiated = frames.negotiate(payload, frames.UNNEEDED_STEPS)
        if self._negotiated is None:
            raise ValueError("a mail server that lets no milter change senders and recipients")
        self.answer(self._negotiated.answer)

    def _macros(self, payload: bytes) -> None:
        # Postfix sends an empty frame before an event without macros: then the client has no login, either
        command, values = frames.parse_macros(payload)
        if command == frames.MAIL:
            self._forget_message()  # one whose end was never told
            self._login = values.get(LOGIN, b"").decode("utf-8", "replace")
        self._queue_id = values.get(QUEUE_ID, b"").decode("ascii", "replace") or self._queue_id

    def _connect(self, payload: bytes) -> None:
        address, port = frames.parse_client(payload)
        self._is_trusted = address == "local" or self.context.trusts(address)
        # for mail of sendmail(1), Postfix replays the events after the fact, and cannot refuse
        self._is_replayed = not port
        self._continue_after(frames.CONNECT)

    def _mail(self, payload: bytes) -> None:
        login, self._login = self._login, ""  # the macros come anew with each MAIL
        is_ours = self._is_trusted or login
        path, _, parameters = payload.partition(b"\0")
        utf8 = SMTPUTF8 in parameters.upper().split(b"\0")
        self._message = MilterMessage(path, login, utf8=utf8) if is_ours else None
        self._continue_after(frames.MAIL)

    def _rcpt(self, payload: bytes) -> None:
        octets = payload.partition(b"\0")[0]
        if self._message is None:
            self._continue_after(frames.RCPT)
        elif self._is_replayed:
            self._message.add_recipient(octets)
            self._continue_after(frames.RCPT)
        else:
            self._message.check_room()  # here, so that its ValueError ends the connection
            self.wait_for(self._recipient, self._message, octets)

    async def _recipient(self, message: MilterMessage, octets: bytes) -> None:
        single = MilterMessage(message.reverse_path, message.login)
        address = single.add_recipient(octets)
        try:
            suppression = await self.context.stage.refusal(single.outgoing(self._queue_id), can_drop=True)
        except SmtpError as error:
            self.answer(frames.reply_frame(error.reply))
            return
        if suppression is not None:
            self.answer(frames.reply_frame(refusal(suppression, address, utf8=message.utf8)))
        else:
            message.add_recipient(octets)
            self._continue_after(frames.RCPT)

    def _header(self, payload: bytes) -> None:
        if self._message is not None:
            self._message.add_header(payload, self.context.headers)
        self._continue_after(frames.HEADER)

    def _end_of_message(self, _payload: bytes) -> None:
        message = self._message
        if message is None or not message.recipients:
            self._end(frames.CONTINUE)
        else:
            self.wait_for(self._decide, message)

    async def _decide(self, message: MilterMessage) -> None:
        try:
            sending = await self.context.stage.send(message.outgoing(self._queue_id), can_refuse=not self._is_replayed)
        except SmtpError as error:
            self._end(frames.reply_frame(error.reply))
            return
        if sending is None:
            self._end(frames.CONTINUE)
            return
        if sending.recipients:
            self._end(message.edits(sending) + frames.CONTINUE)
        elif sending.refused is not None:
            self._end(frames.reply_frame(refusal(sending.refused, sending.dropped[0], utf8=message.utf8)))
        else:
            self._end(frames.DISCARD)

    def _end(self, answer: bytes) -> None:
        self._forget_message()
        self.answer(answer)

    def _forget_message(self) -> None:
        """Forget the message and what macros told of it: nothing of it holds for the next one."""
        self._message, self._login, self._queue_id = None, "", None

    def _abort(self, _payload: bytes) -> None:
        self._forget_message()

    def _quit(self, _payload: bytes) -> None:
        self._message = None
        self.hang_up()

    def _quit_for_next(self, _payload: bytes) -> None:
        self._forget_message()
        self._is_trusted = self._is_replayed = False

    def _continue_after(self, command: int) -> None:
        """Answer CONTINUE to an event, where the mail server waits for an answer."""
        if self._negotiated is not None and command not in self._negotiated.unanswered:
            self.answer(frames.CONTINUE)

    _EVENTS: ClassVar[dict[int, Callable[["MilterConnection", bytes], None]]] = {
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
