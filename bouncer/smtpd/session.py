"""One SMTP connection, from its greeting to its end: whom it counts for, what it may ask, how long it may last.

The loop of commands is aiosmtpd's ``_handle_client``, on our own reading of lines; every reply passes through it once.
"""

import asyncio
import logging
from typing import Any

from bouncer.errors import Spoken, reply_to
from bouncer.smtpd import replies
from bouncer.smtpd.commands import COMMANDS, Commands
from bouncer.smtpd.guests import Guests, client_of
from bouncer.smtpd.proxy import Malformed, read_header
from bouncer.smtpd.terms import Terms
from bouncer.smtpd.wire import MAX_LINE

PROXY_SECONDS = 10.0
"""For the PROXY header; its specification asks for three at least."""
LINGER_SECONDS = 10.0
"""For our last word to leave; a peer that does not take it is cut off."""

_log = logging.getLogger(__name__)


class Session(Commands):
    """One connection. The door ends it by ``hang_up``, and asks it the time by ``check_time``."""

    def __init__(self, terms: Terms, guests: Guests, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(terms, guests.room, loop)
        self.guests = guests
        self.conversation: asyncio.Task[None] | None = None
        self._client: str | None = None  # as guests counts it
        self._began = self.heard
        self._patience: float = terms.settings.idle_seconds
        self._commands = self._errors = 0
        self._proxied = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hook of asyncio."""
        super().connection_made(transport)
        self.peer = _address(transport.get_extra_info("peername"))
        if refusal := self.guests.enter(self):
            self.hang_up(refusal)
            return
        self._proxied = self.terms.trusts(self.peer)
        if self._proxied:
            self._patience = min(self._patience, PROXY_SECONDS)
        else:
            self._welcome()
        self.conversation = self.loop.create_task(self._handle_client())

    def connection_lost(self, error: Exception | None) -> None:
        """Hook of asyncio."""
        super().connection_lost(error)
        self._leave()

    async def _handle_client(self) -> None:
        try:
            if self._proxied and await self._meet_proxy():
                self._welcome()
            while (line := await self.line()) is not None:
                await self._obey(line)
        finally:
            self.conversation = None
            self.transport.close()
            self._leave()

    async def _meet_proxy(self) -> bool:
        while (header := read_header(self.octets)) is None:
            if not await self.more():
                return False
        if isinstance(header, Malformed):
            _log.info("proxy peer=%s refused=%a", self.peer, header.why)
            self.hang_up()
            return False
        del self.octets[: header.length]
        self.peer = header.client or self.peer
        self._patience = self.terms.settings.idle_seconds
        return True

    def _welcome(self) -> None:
        client = client_of(self.peer)
        if refusal := self.guests.name(client):
            self.hang_up(refusal)
            return
        self._client = client
        self.say(self.terms.greeting)

    def _leave(self) -> None:
        """Be counted as gone, once nobody is connected and nothing is being kept."""
        if self.conversation is not None or not self.gone or self not in self.guests.inside:
            return
        self.guests.leave(self, self._client)
        if not self.kept or self._errors:
            said = "session peer=%s helo=%.99a tls=%s commands=%d errors=%d kept=%d ended=%a"
            ended = (self.last_word or b"by the peer").decode().strip()
            _log.info(said, self.peer, self.helo, self.tls, self._commands, self._errors, self.kept, ended)

    async def _obey(self, line: bytes) -> None:
        self._commands += 1
        if self.guests.closing and not self.in_transaction:
            self.hang_up(replies.CLOSING)
            return
        if self._commands > self.terms.settings.max_commands:
            self.hang_up(replies.TOO_MANY_COMMANDS)
            return
        try:
            reply = await self._answer(line)
        except Exception as error:  # noqa: BLE001 -- whatever it is, the peer gets a reply and the others are served
            reply = replies.line(await self.handle_exception(error))
        self.heard = self.loop.time()
        if reply is not None:
            self._reply(reply)

    async def _answer(self, line: bytes) -> bytes | None:
        if len(line) > MAX_LINE:
            return replies.LINE_TOO_LONG
        if not line.endswith(b"\r\n"):
            return replies.BARE_LINE_FEED
        word, _, argument = line[:-2].partition(b" ")
        command = COMMANDS.get(word.upper())
        if command is None:
            return replies.UNKNOWN_COMMAND
        return await command(self, argument.decode("utf-8", "replace").strip())

    def _reply(self, reply: bytes) -> None:
        self.say(reply)
        self._errors += reply.startswith(b"5")
        if self._errors >= self.terms.settings.max_errors:
            self.hang_up(replies.TOO_MANY_ERRORS)
        elif self.guests.closing and not self.in_transaction:
            self.hang_up(replies.CLOSING)

    async def handle_exception(self, error: Exception) -> str:
        """Hook of aiosmtpd: what is unforeseen is told to the operator, and to the peer only that it is temporary."""
        if not isinstance(error, Spoken):
            _log.error("unforeseen peer=%s", self.peer, exc_info=error)
        return str(reply_to(error))

    def check_time(self, now: float) -> None:
        """End a conversation that lasts too long or is silent; *now* is the event loop's time."""
        if self.hung_up_at is not None:
            if now - self.hung_up_at > LINGER_SECONDS:
                self.transport.abort()
        elif self.at_work:
            return
        elif now - self.heard > self._patience:
            self.hang_up(replies.IDLE)
        elif now - self._began > self.terms.settings.session_seconds:
            self.hang_up(replies.SESSION_TOO_LONG)


def _address(peername: Any) -> str:
    """Give the peer's IP address; an IPv4 one is written as such even where it came to an IPv6 socket."""
    host = peername[0] if isinstance(peername, tuple) else ""
    return host.removeprefix("::ffff:") if "." in host else host
