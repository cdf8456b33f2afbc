"""One SMTP connection, from its greeting to its end: whom it counts for, what it may ask, how long it may last."""

import asyncio
import logging
import re
from typing import Any

from bouncer.errors import Refused, Spoken, reply_to
from bouncer.logs import tell
from bouncer.mail.host import client_of, plain_host
from bouncer.smtpd import replies
from bouncer.smtpd.commands import COMMANDS, Commands
from bouncer.smtpd.data import MAX_LINE, take_line
from bouncer.smtpd.guests import Guests
from bouncer.smtpd.proxy import Malformed, read_header
from bouncer.smtpd.terms import Terms

PROXY_SECONDS = 10.0
"""For the PROXY header; its specification asks for three at least."""
LINGER_SECONDS = 10.0
"""For our last word to leave; a peer that does not take it is cut off."""
CROWDED_SECONDS = 10.0
"""In a crowded house: to the first recipient, and from one step to the next; Postfix's smtpd_timeout under stress."""
CROWDED_RATE = 500
"""In a crowded house: octets a second of a letter that its sender is waited for; Postfix's smtpd_min_data_rate."""

_HTTP = re.compile(rb"(?:CONNECT|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT|TRACE) ", re.IGNORECASE)
"""A browser's request, made to talk to us by a page or a proxy: the lines after it may be somebody's SMTP (RFC 9110 section 9)."""

_log = logging.getLogger(__name__)


class Session(Commands):
    """One connection. The door ends it by ``hang_up``, and tells it the time by ``check_time``."""

    def __init__(self, terms: Terms, guests: "Guests[Session]", loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(terms, guests.room, loop)
        self._guests = guests
        self._client: str | None = None  # as guests counts it
        self._proxied = False  # and its header has not come
        self._began = self.heard
        self._patience: float = terms.settings.idle_seconds
        self._commands = self._errors = 0
        self._put_off: str | None = None  # the cause that was logged last

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio."""
        super().connection_made(transport)
        self.address = _address(transport.get_extra_info("peername"))
        if not self._guests.enter(self):
            _log.info("turned away peer=%s: no room for more connections", self.peer)
            self.hang_up(replies.CLOSING if self._guests.closing else replies.FULL_HOUSE)
        elif self.terms.trusts(self.peer):
            self._proxied = True
            self._patience = min(self._patience, PROXY_SECONDS)
        else:
            self.welcome()

    def leave(self) -> None:
        """Be counted as gone."""
        if self.data is not None:
            self.data.share.give_back()
        if self not in self._guests.inside:
            return
        self._guests.leave(self)
        if self._client is not None:
            self._guests.discount(self._client)
        if self._errors or not self.kept:
            counts = {"commands": self._commands, "errors": self._errors, "kept": self.kept}
            ended = (self.last_word or b"by the peer").decode().strip()
            tell(_log, logging.INFO, "session", peer=self.peer, helo=self.helo, tls=self.tls, **counts, ended=ended)

    def take(self) -> bool:
        """Take a command or a letter, whichever comes next."""
        if self.data is not None:
            return self.take_letter(self.data)
        if self._proxied:
            return self._take_proxy_header()
        line = take_line(self.octets)
        if line is None:
            return False
        self.heard = self.loop.time()
        self._obey(line)
        return True

    def _take_proxy_header(self) -> bool:
        header = read_header(self.octets)
        if header is None:
            return False
        if isinstance(header, Malformed):
            _log.info("proxy peer=%s refused=%a", self.peer, header.why)
            self.hang_up()
            return False
        del self.octets[: header.length]
        self.address = header.client or self.address
        self._proxied = False
        self._patience = self.terms.settings.idle_seconds
        self.welcome()
        return True

    def welcome(self) -> None:
        """Greet who is at ``address``, unless too many are from there; a front is not counted."""
        self.is_front = self.terms.is_front(self.address)
        if not self.is_front:
            client = client_of(self.address)
            if not self._guests.count(client):
                self.hang_up(replies.TOO_MANY_OF_YOU)
                return
            self._client = client
        self.say(self.terms.greeting)

    def _obey(self, line: bytes) -> None:
        self.begin_command()
        self._commands += 1
        if _HTTP.match(line):
            self.hang_up(replies.NOT_SMTP)
            return
        if self._commands > self.terms.settings.max_commands and not self.is_front:
            self.hang_up(replies.TOO_MANY_COMMANDS)
            return
        try:
            reply = self._answer(line)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the peer gets a reply and the others are served
            self.finish(error)
        else:
            if reply is not None:
                self.reply(reply)

    def _answer(self, line: bytes) -> bytes | None:
        if len(line) > MAX_LINE:
            return replies.LINE_TOO_LONG
        if not line.endswith(b"\r\n"):
            return replies.BARE_LINE_FEED
        word, _, argument = line[:-2].partition(b" ")
        command = COMMANDS.get(word.upper())
        if command is None:
            return replies.UNKNOWN_COMMAND
        return command(self, argument.decode("utf-8", "replace").strip())

    def reply(self, reply: bytes) -> None:
        """Send *reply* to a command; the last one where there were too many errors, or the door closes."""
        self.say(reply)
        self._errors += reply.startswith(b"5")
        if self._errors >= self.terms.settings.max_errors and not self.is_front:
            self.hang_up(replies.TOO_MANY_ERRORS)
        elif self._guests.closing and not self.in_transaction:
            self.hang_up(replies.CLOSING)

    def finish(self, error: Exception) -> None:
        """Answer for *error*: what is unforeseen is told to the operator, and to the peer only that it is temporary."""
        if not isinstance(error, Spoken):
            _log.error("unforeseen peer=%s", self.peer, exc_info=error)
        elif isinstance(error, Refused):
            self.tell_refusal("refused", str(error.reply), error.cause)
        elif error.cause != self._put_off:  # it is no error of the peer's, who may ask as often as there are commands
            self._put_off = error.cause
            self.tell_refusal("put-off", str(error.reply), error.cause)
        self.reply(replies.line(str(reply_to(error))))

    def check_time(self, now: float) -> None:
        """End a conversation that lasts too long or is silent; *now* is the event loop's time."""
        if self.hung_up_at is not None:
            if now - self.hung_up_at > LINGER_SECONDS:
                self.transport.abort()
        elif self.waiting is not None:
            if self.shaking_hands and self._in_the_way(now):
                self.transport.abort()
        elif self._in_the_way(now):
            self.hang_up(replies.CROWDED)
        elif now - self.heard > self._patience:
            self.hang_up(replies.IDLE)
        elif now - self._began > self.terms.settings.session_seconds:
            self.hang_up(replies.SESSION_TOO_LONG)

    def _in_the_way(self, now: float) -> bool:
        """Whether the house is crowded and the peer, whatever it says, comes no nearer to a letter.

        That is counted over all commands (NOOP is no step), and in a letter over all of it: octet by octet buys no time.
        """
        came = self.data.octets_came if self.data else 0
        return self._guests.crowded and now - self.advanced > CROWDED_SECONDS + came / CROWDED_RATE


def _address(peername: Any) -> str:
    """Give the peer's IP address; an IPv4 one is written as such even where it came to an IPv6 socket."""
    host = peername[0] if isinstance(peername, tuple) else ""
    return plain_host(host)
