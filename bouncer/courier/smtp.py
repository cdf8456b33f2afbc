"""The courier that speaks SMTP to a smarthost (RFC 5321, RFC 3207, RFC 4954, RFC 6531, RFC 8314), on aiosmtplib.

Connections are reused while mail comes; a few are open at a time. 5yz to MAIL, RCPT or DATA about the mail gives REFUSED. 4yz, or a
connection that breaks during a mail, gives DEFERRED. UNAVAILABLE means that no mail passes: no connection, no TLS, no login, 421,
or a refusal of the way (``refusals``), which gives DEFERRED if the server has accepted another mail recently.

A server may close a used connection at any time, with or without 421. Before the mail's final dot was sent the server cannot have
accepted it, so it goes over a new connection at once; after that the result is DEFERRED, and the mail may arrive twice.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field

import aiosmtplib

from bouncer.courier.envelope import NOT_AN_ADDRESS, envelope_address
from bouncer.courier.refusals import LOGIN_REQUIRED, Command, is_of_route
from bouncer.courier.tls import tls_context
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import DeliveryResult, Outcome

COMMAND_SECONDS = 120.0
"""Time for one reply. RFC 5321 section 4.5.3.2 allows a server five minutes, and ten after the final dot; ours is close by."""
MAIL_SECONDS = 600.0
"""Time for one mail once it has a connection: sixteen times as long is less than the lease of its outbox entry."""
IDLE_SECONDS = 15.0
"""Time that an unused connection is kept. Servers close theirs after some minutes."""
MAILS = 100
"""Mails over one connection; many servers limit them, and new connections balance load over hosts that share a name."""
CONNECTION_SECONDS = 300.0
"""Time that a connection is used in all, as Postfix's smtp_connection_reuse_time_limit."""
_QUIT_SECONDS = 1.0
"""Time to wait for the reply to QUIT, on which nothing depends."""
_CLOSING = 421
"""The service closes the channel (RFC 5321 section 4.2.2), whatever the command was."""
_REFUSALS = 400
"""Reply codes from here on are refusals (RFC 5321 section 4.2.1)."""
ROUTE_OPEN_SECONDS = 300.0
"""Time for which an accepted mail shows that the way is open, so that a refusal is about one recipient."""


@dataclass(frozen=True, slots=True)
class Smarthost:
    """The mail server that takes our mail, and how to connect to it."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False  # smtps:// (RFC 8314)
    starttls: str = "offered"  # offered: if the server has it, any certificate; required: a checked one; never


@dataclass(slots=True, eq=False)
class _SmarthostConnection:
    """A connection, and how much it was used."""

    smtp: aiosmtplib.SMTP
    until: float  # the event loop's time at which it is old
    mails: int = 0
    idle_timer: asyncio.TimerHandle | None = None

    @property
    def is_fresh(self) -> bool:
        return self.mails == 1


class Smtp:
    """Hands mail to a smarthost over *connections* at a time; *hostname* is our name in EHLO."""

    name = "smtp"

    def __init__(
        self,
        smarthost: Smarthost,
        *,
        hostname: str,
        connections: int = 4,
        mails: int = MAILS,
        command_seconds: float = COMMAND_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._smarthost = smarthost
        self._hostname = hostname
        self._mails = mails
        self._command_seconds = command_seconds
        self._idle_seconds = idle_seconds
        self._tls = tls_context(checked=smarthost.implicit_tls or smarthost.starttls == "required")
        self._room = asyncio.Semaphore(connections)
        self._idle: list[_SmarthostConnection] = []
        self._leaving: set[asyncio.Task[None]] = set()
        self._took_until = 0.0  # the event loop's time until which the last accepted mail shows an open way

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Send *mail* over a connection that is open, else over a new one."""
        reverse_path, forward_path = envelope_address(mail.reverse_path), envelope_address(mail.forward_path)
        if reverse_path is None or not forward_path:
            return DeliveryResult(Outcome.REFUSED, NOT_AN_ADDRESS)
        envelope = _Envelope(reverse_path, forward_path, mail.octets)
        async with self._room:
            try:
                async with asyncio.timeout(MAIL_SECONDS):
                    return await self._retry_on_new(envelope)
            except TimeoutError:
                return DeliveryResult(Outcome.DEFERRED, f"took longer than {MAIL_SECONDS:g} seconds")

    async def close(self) -> None:
        """Say QUIT on every open connection."""
        idle, self._idle = self._idle, []
        for connection in idle:
            self._quit_later(connection)
        await asyncio.gather(*self._leaving)

    async def _retry_on_new(self, envelope: "_Envelope") -> DeliveryResult:
        while True:
            try:
                connection = await self._connection()
            except (aiosmtplib.SMTPException, OSError) as error:
                return DeliveryResult(Outcome.UNAVAILABLE, _words(error))
            result = await self._send_over(connection, envelope)
            if result is not None:
                return result

    async def _send_over(self, connection: _SmarthostConnection, envelope: "_Envelope") -> DeliveryResult | None:
        """Send over *connection*; None where a used connection ended before the mail was sent: a retry needs a new one."""
        connection.mails += 1
        try:
            result = await _send(connection.smtp, envelope)
        except aiosmtplib.SMTPResponseException as error:
            if error.code == _CLOSING:
                connection.smtp.close()
                return None if not connection.is_fresh else DeliveryResult(Outcome.UNAVAILABLE, _words(error))
            await self._reset(connection, error.code)
            return self._result_of(error, envelope)
        except (aiosmtplib.SMTPException, OSError) as error:
            connection.smtp.close()
            is_ended = isinstance(error, aiosmtplib.SMTPServerDisconnected) and not envelope.is_sent
            return None if is_ended and not connection.is_fresh else DeliveryResult(Outcome.DEFERRED, _words(error))
        except BaseException:
            connection.smtp.close()
            raise
        self._took_until = asyncio.get_running_loop().time() + ROUTE_OPEN_SECONDS
        self._reuse_or_quit(connection)
        return result

    def _result_of(self, error: aiosmtplib.SMTPResponseException, envelope: "_Envelope") -> DeliveryResult:
        """Judge an answer to MAIL, RCPT or DATA."""
        words = _words(error)
        if error.code in LOGIN_REQUIRED:
            return DeliveryResult(Outcome.UNAVAILABLE, words)
        if not 500 <= error.code < 600:  # noqa: PLR2004 -- 5yz
            return DeliveryResult(Outcome.DEFERRED, words)
        if not is_of_route(envelope.command, error.code, error.message, envelope.forward_path):
            return DeliveryResult(Outcome.REFUSED, words)
        others = envelope.command is not Command.MAIL and asyncio.get_running_loop().time() < self._took_until
        return DeliveryResult(Outcome.DEFERRED if others else Outcome.UNAVAILABLE, words)

    async def _connection(self) -> _SmarthostConnection:
        """Give an idle connection, the one used last, else a new one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.idle_timer is not None:
                connection.idle_timer.cancel()
            if connection.smtp.is_connected:
                return connection
        return await self._connect()

    async def _reset(self, connection: _SmarthostConnection, code: int) -> None:
        """Reset and keep a connection after a refused mail (RFC 5321 section 4.1.1.5), unless the reply made no sense."""
        if code < _REFUSALS:  # out of step: the next reply may belong to any command
            return connection.smtp.close()
        try:
            await connection.smtp.rset()
        except (aiosmtplib.SMTPException, OSError):
            connection.smtp.close()
        else:
            self._reuse_or_quit(connection)

    def _reuse_or_quit(self, connection: _SmarthostConnection) -> None:
        loop = asyncio.get_running_loop()
        if connection.mails >= self._mails or loop.time() >= connection.until:
            self._quit_later(connection)
        elif connection.smtp.is_connected:
            connection.idle_timer = loop.call_later(self._idle_seconds, self._discard, connection)
            self._idle.append(connection)

    def _discard(self, connection: _SmarthostConnection) -> None:
        self._idle.remove(connection)
        self._quit_later(connection)

    def _quit_later(self, connection: _SmarthostConnection) -> None:
        """Say QUIT in a task; nobody waits for the reply."""
        if connection.idle_timer is not None:
            connection.idle_timer.cancel()
        leaving = asyncio.create_task(_quit(connection.smtp))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _connect(self) -> _SmarthostConnection:
        at = self._smarthost
        smtp = aiosmtplib.SMTP(
            hostname=at.host,
            port=at.port,
            username=at.user,
            password=at.password,
            local_hostname=self._hostname,
            timeout=self._command_seconds,
            use_tls=at.implicit_tls,
            start_tls=False if at.implicit_tls else {"offered": None, "required": True, "never": False}[at.starttls],
            tls_context=self._tls,
        )
        await smtp.connect()
        return _SmarthostConnection(smtp, asyncio.get_running_loop().time() + CONNECTION_SECONDS)


@dataclass(slots=True, eq=False)
class _Envelope:
    """A mail on its way over one connection."""

    reverse_path: str
    forward_path: str
    octets: bytes
    command: Command = Command.MAIL  # the command that waits for its reply

    @property
    def is_sent(self) -> bool:
        """Whether the mail may have been sent: DATA has begun."""
        return self.command is Command.DATA


async def _send(smtp: aiosmtplib.SMTP, envelope: _Envelope) -> DeliveryResult:
    utf8 = not (envelope.reverse_path + envelope.forward_path).isascii()
    if utf8 and not smtp.supports_extension("smtputf8"):
        return DeliveryResult(Outcome.REFUSED, "the address needs SMTPUTF8, which the smarthost does not offer")
    options = [f"SIZE={len(envelope.octets)}"] if smtp.supports_extension("size") else []
    if not envelope.octets.isascii() and smtp.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if utf8:
        options.append("SMTPUTF8")
    encoding = "utf-8" if utf8 else "ascii"
    envelope.command = Command.MAIL
    await smtp.mail(envelope.reverse_path, options=options, encoding=encoding)
    envelope.command = Command.RCPT
    await smtp.rcpt(envelope.forward_path, encoding=encoding)
    envelope.command = Command.DATA
    _, reply = await smtp.data(envelope.octets)
    return DeliveryResult(Outcome.SENT, reply)


def _words(error: aiosmtplib.SMTPException | OSError) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__


async def _quit(connection: aiosmtplib.SMTP) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await connection.quit(timeout=_QUIT_SECONDS)
    connection.close()
