"""Whose a connection is: its peer's own, or that of the client for whom a mail server in front of us speaks.

A front names its client by XFORWARD, for the next letter; by XCLIENT, for the rest of the connection, which starts anew; or by
an address literal in EHLO (RFC 5321 section 4.1.3), where it can do neither, as Exim. From anybody else these say nothing.
"""

import asyncio
from types import MappingProxyType

from bouncer.mail.host import literal_host
from bouncer.smtpd import replies
from bouncer.smtpd.attributes import XCLIENT, XFORWARD, Attributes, read_attributes
from bouncer.smtpd.terms import Terms
from bouncer.smtpd.wire import Wire

_NOTHING: Attributes = MappingProxyType({})


class Fronted(Wire):
    """A connection and its client."""

    def __init__(self, terms: Terms, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.terms = terms
        self.address = ""
        """The peer's IP address, or that of the client that a proxy or XCLIENT named in its place."""
        self.greeted_as = ""
        """The argument of HELO or EHLO; empty while there was none."""
        self.is_front = False
        """Whether it may say for whom it speaks. No limit for one client holds for a front: it brings the mail of all."""
        self.forwarded: Attributes = _NOTHING
        """What XFORWARD said of the next letter's client, or of this one's."""
        self._is_forwarded_over = False

    @property
    def in_transaction(self) -> bool:
        """Between MAIL and the reply to the end of DATA."""
        raise NotImplementedError

    def welcome(self) -> None:
        """Greet who is at ``address``, or turn it away."""
        raise NotImplementedError

    def forget_all(self) -> None:
        """Forget greeting and transaction."""
        raise NotImplementedError

    @property
    def peer(self) -> str:
        """The client's IP address; the front's own where it says nothing, or that a letter began with itself."""
        if self.forwarded:
            return self.forwarded.get("ADDR") or self.address
        return (self.is_front and literal_host(self.greeted_as)) or self.address

    @property
    def helo(self) -> str:
        """How the client introduced itself; empty where the front did not say."""
        return (self.forwarded.get("HELO") or "") if self.forwarded.get("ADDR") else self.greeted_as

    @property
    def queue_id(self) -> str | None:
        """By what name the letter stands in the front's own log."""
        return self.forwarded.get("IDENT")

    def smtp_XFORWARD(self, argument: str) -> bytes:
        """Take what the front says of the next letter's client; RSET, EHLO and the letter's end forget it."""
        attributes = self._said(argument, XFORWARD)
        if isinstance(attributes, bytes):
            return attributes
        self.forwarded = {**self.forwarded, **attributes}
        return replies.TAKEN

    def smtp_XCLIENT(self, argument: str) -> bytes | None:
        """Let the connection be the client's that the front names, from its greeting on, whatever may be said by that one."""
        attributes = self._said(argument, XCLIENT)
        if isinstance(attributes, bytes):
            return attributes
        self.address = attributes.get("ADDR") or self.address
        self.forget_all()
        self.welcome()
        return None

    def _said(self, argument: str, known: tuple[str, ...]) -> Attributes | bytes:
        if not self.is_front:
            return replies.NO_FRONT
        if self.in_transaction:
            return replies.IN_TRANSACTION
        attributes = read_attributes(argument, known)
        return replies.BAD_ATTRIBUTE if attributes is None else attributes

    def forget_client(self) -> None:
        """Forget, before the next command, of whom the front spoke: the reply to this one is still that client's."""
        self._is_forwarded_over = True

    def begin_command(self) -> None:
        """Let what ended with the last command be over."""
        if self._is_forwarded_over:
            self.forwarded, self._is_forwarded_over = _NOTHING, False
