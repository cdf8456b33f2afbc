"""One SMTP connection from its greeting to its end: its connection limit, its limits of commands and errors, its timeouts."""

# ruff: noqa: N802 -- aiosmtpd finds its commands by these names

import asyncio
import logging
from typing import AnyStr, ClassVar, Final

from aiosmtpd.smtp import syntax

from bouncer.connections import Connection
from bouncer.logs import log_event
from bouncer.mail.host import client_of
from bouncer.smtpd import replies
from bouncer.smtpd.client import SmtpClient, peer_address
from bouncer.smtpd.context import SmtpContext
from bouncer.smtpd.data import Data, NoLetter, take_line
from bouncer.smtpd.fronted import FrontedProtocol
from bouncer.smtpd.handler import SmtpHandler
from bouncer.smtpd.lines import refuse_line
from bouncer.smtpd.memory import Reservation
from bouncer.smtpd.smtp_connections import SmtpConnections

CROWDED_SECONDS = 10.0
"""Seconds to the first recipient, and from step to step, when connections are crowded; Postfix's smtpd_timeout under stress."""
CROWDED_RATE = 500
"""Octets a second that a letter must at least come at, when connections are crowded; Postfix's smtpd_min_data_rate."""
RETRY_SECONDS = 1.0
"""Seconds until the next look, when a connection's time ends during our own work on its letter."""

_NO_LETTER: Final = {NoLetter.TOO_LARGE: replies.TOO_LARGE, NoLetter.NO_MEMORY: replies.NO_MEMORY}

_log = logging.getLogger(__name__)


class SmtpConnection(Connection, FrontedProtocol):
    """One SMTP connection, within our limits of time and octets. It never raises for what the peer sends, or where it hangs up."""

    closing_reply: ClassVar[bytes] = f"{replies.CLOSING}\r\n".encode()

    def __init__(
        self,
        handler: SmtpHandler,
        context: SmtpContext,
        connections: "SmtpConnections[SmtpConnection]",
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        super().__init__(handler, context, loop)
        self.connections = connections
        self.read_at = 0.0
        """When the peer last sent something whole: a command, or a piece of a letter."""
        self.progress_at = 0.0
        """When the peer last came nearer to a letter: connected, had its first recipient accepted, began or ended a letter."""
        self._counted_client: str | None = None
        self._has_recipient, self._command_count, self._error_count = False, 0, 0
        self._data: Data | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Apply the connection limits before aiosmtpd begins a session, which it does for every peer."""
        if self._original_transport is not None:  # TLS is on: a new session, and the same connection
            super().connection_made(transport)
            return
        self.transport = transport
        self.client = SmtpClient(peer_address(transport.get_extra_info("peername")))
        if not self.connections.add(self):
            _log.info("turned away peer=%s: no room for more connections", self.client.peer)
            self._end(replies.CLOSING if self.connections.closing else replies.TOO_MANY_CONNECTIONS)
            return
        self.progress_at = self.loop.time()
        self.is_proxied = self.context.trusts(self.client.address)
        if not (self.is_proxied or self.count_client()):
            return
        super().connection_made(transport)
        assert self._handler_coroutine is not None
        self._handler_coroutine.add_done_callback(self._session_ended)

    def connection_lost(self, error: Exception | None) -> None:
        """Let a letter that is being kept be kept: aiosmtpd cancels the session's task at whatever point it is."""
        if self.session is None or self._connection_lost:  # refused at the limit, or called twice
            self.transport = None
            self._leave()
            return
        task = self._handler_coroutine
        assert task is not None
        if self.is_keeping:
            self._handler_coroutine = self._closed  # type: ignore[assignment] # done when it is cancelled in place of the task
        super().connection_lost(error)
        self._handler_coroutine = task
        if task.done():
            self._leave()

    def _session_ended(self, task: "asyncio.Task[None]") -> None:
        if not task.cancelled() and (error := task.exception()) and not isinstance(error, ConnectionError):
            _log.error("unforeseen peer=%s", self.client.peer, exc_info=error)
        if self._connection_lost:
            self._leave()
        elif self.hung_up_at is None:
            self.hang_up()

    def _leave(self) -> None:
        """Count the connection as closed, once, and log it if it had errors or brought no letter."""
        if self not in self.connections.open:
            return
        self.connections.remove(self)
        self.client.forget()  # the connection that ends is the front's own
        if self._counted_client is not None:
            self.connections.discount(self._counted_client)
        if self._error_count or not self._kept_count:
            about = {"peer": self.client.peer, "helo": self.client.helo, "tls": self.client.tls}
            counts = {"commands": self._command_count, "errors": self._error_count, "kept": self._kept_count}
            reply = self.last_reply or b"by the peer"
            log_event(_log, logging.INFO, "session", **about, **counts, ended=reply.decode().strip())

    @property
    def task(self) -> "asyncio.Task[None] | None":
        """The task of the session."""
        return self._handler_coroutine

    @property
    def is_busy(self) -> bool:
        """Whether a transaction is open."""
        return self.in_transaction

    def _end(self, reply: str) -> None:
        self.hang_up(f"{reply}\r\n".encode())

    def count_client(self) -> bool:
        """Count the connection for its client; False, after a 421, where the client has too many. A front is not counted."""
        address = self.client.address
        self.client.is_front = self.context.is_front(address)
        if not self.client.is_front:
            if not self.connections.count(client_of(address)):
                self._end(replies.TOO_MANY_OF_CLIENT)
                return False
            self._counted_client = client_of(address)
        return True

    async def next_line(self) -> bytes:
        """Give aiosmtpd's loop the next command line; lines that aiosmtpd would answer without an enhanced status code stop here.

        These are lines that are too long (RFC 5321 section 4.5.3.1.4), lines that end in a bare LF, which aiosmtpd obeys (section
        2.3.8), and unknown commands, of which aiosmtpd takes five whatever [smtp] max_errors is.
        """
        while self.hung_up_at is None:
            line = take_line(self.octets)
            if line is not None:
                self._command_count += 1
                is_over_limit = self._command_count > self.context.settings.max_commands and not self.client.is_front
                refusal = refuse_line(line, self.known_commands, is_over_limit=is_over_limit)
                if refusal is None:
                    return line
                self._reset_timeout()
                await self.push(refusal)
                continue
            self._reader.resume()
            if not await self._reader.wait_for_more():
                self.hang_up()
                break
        raise asyncio.CancelledError  # as aiosmtpd's loop hears it, too, when the connection is lost

    async def push(self, status: AnyStr) -> None:
        """Send a reply, with an enhanced status code where aiosmtpd's own lacks one (RFC 2034), and see whether it is the last.

        It is after a 421 (RFC 5321 section 3.8), after too many errors, and where the server closes and no transaction is open.
        A refusal waits where its client had many (``ErrorPace``). A peer is waited for only where it does not take our replies.
        """
        if self.hung_up_at is not None or self.transport is None:
            return
        reply = status.decode() if isinstance(status, bytes) else status
        reply = replies.AIOSMTPD.get(reply, reply)
        if reply.startswith("421"):
            self._end(reply)
            return
        if reply.startswith("5"):
            self._error_count += 1
            if await self.connections.wait_for_refusal(self._counted_client, self.context.settings.errors_per_second):
                self._reset_timeout()  # it was our time, not the peer's
            if self.hung_up_at is not None or self.transport is None:
                return
        self.transport.write(f"{reply}\r\n".encode("ascii", "replace"))
        if self._error_count >= self.context.settings.max_errors and not self.client.is_front:
            self._end(replies.TOO_MANY_ERRORS)
        if self.connections.closing and not self.in_transaction:
            self._end(replies.CLOSING)
        elif self._paused:
            await self._writer.drain()

    @syntax("QUIT")
    async def smtp_QUIT(self, arg: str | None) -> None:  # noqa: ARG002 -- QUIT with an argument ends the session too
        """Read nothing after QUIT: aiosmtpd obeys commands that were sent ahead."""
        await super().smtp_QUIT(None)
        self.last_reply, self.hung_up_at = replies.BYE.encode(), self.loop.time()

    async def read_letter(self) -> bytes | str:
        """Read the letter of a DATA command, or give the reply that refuses it; its memory is reserved until it is kept."""
        self._data = data = Data(self.octets, self.context.settings.max_message, Reservation(self.connections.budget))
        while (letter := data.take()) is None:
            if self.hung_up_at is not None or not await self._reader.wait_for_more():
                self.hang_up()
                raise asyncio.CancelledError
            self._reset_timeout()
        self._reader.resume()
        return letter if isinstance(letter, bytes) else _NO_LETTER[letter]

    def release_letter(self) -> None:
        """Give the reserved memory back; the next letter may advance again."""
        if self._data is not None:
            self._data.reservation.release()
            self._data = None
        self._has_recipient = False
        self.advance()

    def advance(self, *, by_recipient: bool = False) -> None:
        """Note the time of a step towards a letter.

        Only the first RCPT of a letter counts as a step, so that a peer which resets and repeats RCPT gains no time.
        """
        if not (by_recipient and self._has_recipient):
            self._has_recipient = self._has_recipient or by_recipient
            self.progress_at = self.loop.time()

    def _reset_timeout(self, duration: float | None = None) -> None:
        """Record the time of the peer's last octets. aiosmtpd's timer is set once, for the whole connection.

        aiosmtpd sets a timer for each command. The idle timeout is checked every second instead, by ``check_patience``: it depends
        on how many connections are open, and that changes while a peer is silent.
        """
        self.read_at = self.loop.time()
        if self._timeout_handle is None:
            self._timeout_handle = self.loop.call_later(duration or self._timeout_duration, self._timeout_cb)

    def _timeout_cb(self) -> None:
        """Send the peer the reason, where aiosmtpd only closes; a letter that is being kept is kept and answered first."""
        if self._is_peers_turn:
            self._end(replies.SESSION_TOO_LONG)
        else:
            self._timeout_handle = self.loop.call_later(RETRY_SECONDS, self._timeout_cb)

    @property
    def _is_peers_turn(self) -> bool:
        return self._reader.is_waiting or self._paused

    def check_patience(self, now: float) -> None:
        """End the connection if the peer is silent for too long, or slow while connections are crowded; *now* is loop time."""
        if self.is_shaking_hands:
            if self._is_in_the_way(now):
                self._original_transport.abort()
        elif self._is_peers_turn:
            if self._is_in_the_way(now):
                self._end(replies.CROWDED)
            elif now - self.read_at > self.patience:
                self._end(replies.IDLE)

    def _is_in_the_way(self, now: float) -> bool:
        """Whether connections are crowded and the peer has been too long without coming nearer to a letter.

        Other commands (NOOP) do not count, and a letter must come at CROWDED_RATE on average: single octets buy no time.
        """
        octets_came = self._data.octets_came if self._data else 0
        return self.connections.is_crowded and now - self.progress_at > CROWDED_SECONDS + octets_came / CROWDED_RATE
