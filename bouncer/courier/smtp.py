"""The courier that speaks SMTP to a smarthost (RFC 5321, RFC 3207, RFC 4954, RFC 6531, RFC 8314), on aiosmtplib.

Connections are used again for as long as mail keeps coming, and a few at a time. 5yz to MAIL, RCPT or DATA is REFUSED where it is
about the mail. 4yz, and a connection that breaks in the midst of a mail, is LATER. AWAY is what concerns every mail: no connection,
no TLS, no login, 421, and a refusal of whoever comes this way (``refusals``); that is LATER where others' mail was taken of late.

A server may close a connection that it finds used enough, at any time, with or without a word. As long as the mail's last dot
was not sent it cannot have been taken, so it goes over a new connection at once; after that it is LATER, and may arrive twice.
"""

import asyncio
import contextlib
from dataclasses import dataclass, field

import aiosmtplib

from bouncer.courier.envelope import NOT_AN_ADDRESS, envelope_address
from bouncer.courier.refusals import WANTS_LOGIN, Command, is_of_route
from bouncer.courier.tls import tls_context
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import DeliveryResult, Outcome

COMMAND_SECONDS = 120.0
"""For one reply. RFC 5321 section 4.5.3.2 allows a server five minutes, and ten after the final dot; ours is close by."""
MAIL_SECONDS = 600.0
"""For one mail in all once it has a place: eight times that is less than the lease of its parcel."""
IDLE_SECONDS = 15.0
"""How long an unused connection is kept. Servers close theirs after some minutes."""
MAILS = 100
"""Over one connection; then a new one, as many servers want it, and so that each of several behind one name has its share."""
LASTING_SECONDS = 300.0
"""How long a connection is used in all, as Postfix's smtp_connection_reuse_time_limit has it."""
_QUIT_SECONDS = 1.0
"""For a server's good-bye, which nothing depends on."""
_CLOSING = 421
"""The service closes the channel (RFC 5321 section 4.2.2), whatever was asked."""
_REFUSALS = 400
"""Reply codes from here on say no (RFC 5321 section 4.2.1)."""
OF_LATE_SECONDS = 300.0
"""How long a mail that was taken shows that the way is open for others, and a refusal is of one recipient."""


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where mail goes, and how."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False  # smtps:// (RFC 8314)
    starttls: str = "offered"  # offered: where the server has it, without checking who it is; required: checked; never


@dataclass(slots=True, eq=False)
class _SmarthostConnection:
    """A connection, and how much it was used."""

    smtp: aiosmtplib.SMTP
    until: float  # the event loop's time
    mails: int = 0
    letting_go: asyncio.TimerHandle | None = None

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
        self._took_until = 0.0  # the event loop's time; before it, a mail was taken of late

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Send *mail* over a connection that is open, else over a new one."""
        reverse_path, forward_path = envelope_address(mail.reverse_path), envelope_address(mail.forward_path)
        if reverse_path is None or not forward_path:
            return DeliveryResult(Outcome.REFUSED, NOT_AN_ADDRESS)
        envelope = _Envelope(reverse_path, forward_path, mail.octets)
        async with self._room:
            try:
                async with asyncio.timeout(MAIL_SECONDS):
                    return await self._sent(envelope)
            except TimeoutError:
                return DeliveryResult(Outcome.LATER, f"took longer than {MAIL_SECONDS:g} seconds")

    async def close(self) -> None:
        """Say QUIT on every open connection."""
        idle, self._idle = self._idle, []
        for connection in idle:
            self._leave(connection)
        await asyncio.gather(*self._leaving)

    async def _sent(self, envelope: "_Envelope") -> DeliveryResult:
        while True:
            try:
                connection = await self._connection()
            except (aiosmtplib.SMTPException, OSError) as error:
                return DeliveryResult(Outcome.AWAY, _words(error))
            handed = await self._over(connection, envelope)
            if handed is not None:
                return handed

    async def _over(self, connection: _SmarthostConnection, envelope: "_Envelope") -> DeliveryResult | None:
        """Send over *connection*; None where it had been used and its end came before the mail's: a new one will do."""
        connection.mails += 1
        try:
            handed = await _send(connection.smtp, envelope)
        except aiosmtplib.SMTPResponseException as error:
            if error.code == _CLOSING:
                connection.smtp.close()
                return None if not connection.is_fresh else DeliveryResult(Outcome.AWAY, _words(error))
            await self._reset(connection, error.code)
            return self._judged(error, envelope)
        except (aiosmtplib.SMTPException, OSError) as error:
            connection.smtp.close()
            ended = isinstance(error, aiosmtplib.SMTPServerDisconnected) and not envelope.is_sent
            return None if ended and not connection.is_fresh else DeliveryResult(Outcome.LATER, _words(error))
        except BaseException:
            connection.smtp.close()
            raise
        self._took_until = asyncio.get_running_loop().time() + OF_LATE_SECONDS
        self._keep(connection)
        return handed

    def _judged(self, error: aiosmtplib.SMTPResponseException, envelope: "_Envelope") -> DeliveryResult:
        """Judge an answer to MAIL, RCPT or DATA."""
        words = _words(error)
        if error.code in WANTS_LOGIN:
            return DeliveryResult(Outcome.AWAY, words)
        if not 500 <= error.code < 600:  # noqa: PLR2004 -- 5yz
            return DeliveryResult(Outcome.LATER, words)
        if not is_of_route(envelope.command, error.code, error.message, envelope.forward_path):
            return DeliveryResult(Outcome.REFUSED, words)
        others = envelope.command is not Command.MAIL and asyncio.get_running_loop().time() < self._took_until
        return DeliveryResult(Outcome.LATER if others else Outcome.AWAY, words)

    async def _connection(self) -> _SmarthostConnection:
        """Give an idle connection, the one used last, else a new one."""
        while self._idle:
            connection = self._idle.pop()
            if connection.letting_go is not None:
                connection.letting_go.cancel()
            if connection.smtp.is_connected:
                return connection
        return await self._connected()

    async def _reset(self, connection: _SmarthostConnection, code: int) -> None:
        """Keep a connection over which a mail was refused (RFC 5321 section 4.1.1.5), unless the answer made no sense."""
        if code < _REFUSALS:  # out of step: nobody knows what the next answer would be to
            return connection.smtp.close()
        try:
            await connection.smtp.rset()
        except (aiosmtplib.SMTPException, OSError):
            connection.smtp.close()
        else:
            self._keep(connection)

    def _keep(self, connection: _SmarthostConnection) -> None:
        loop = asyncio.get_running_loop()
        if connection.mails >= self._mails or loop.time() >= connection.until:
            self._leave(connection)
        elif connection.smtp.is_connected:
            connection.letting_go = loop.call_later(self._idle_seconds, self._let_go, connection)
            self._idle.append(connection)

    def _let_go(self, connection: _SmarthostConnection) -> None:
        self._idle.remove(connection)
        self._leave(connection)

    def _leave(self, connection: _SmarthostConnection) -> None:
        """Say good-bye; nobody waits for the answer."""
        if connection.letting_go is not None:
            connection.letting_go.cancel()
        leaving = asyncio.create_task(_quit(connection.smtp))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _connected(self) -> _SmarthostConnection:
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
        return _SmarthostConnection(smtp, asyncio.get_running_loop().time() + LASTING_SECONDS)


@dataclass(slots=True, eq=False)
class _Envelope:
    """A mail on its way over one connection."""

    reverse_path: str
    forward_path: str
    octets: bytes
    command: Command = Command.MAIL  # the one under way

    @property
    def is_sent(self) -> bool:
        """Perhaps: DATA has begun."""
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
    _, said = await smtp.data(envelope.octets)
    return DeliveryResult(Outcome.SENT, said)


def _words(error: aiosmtplib.SMTPException | OSError) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"
    return str(error) or type(error).__name__


async def _quit(connection: aiosmtplib.SMTP) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await connection.quit(timeout=_QUIT_SECONDS)
    connection.close()
