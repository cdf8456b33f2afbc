"""The courier that speaks SMTP to a smarthost (RFC 5321, RFC 3207, RFC 4954, RFC 6531, RFC 8314), on aiosmtplib.

Connections are used again for as long as mail keeps coming, and a few at a time. 4yz, a broken connection, a bad
certificate and a failed login are LATER: the mail is good. 5yz to MAIL, RCPT or DATA is REFUSED.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import aiosmtplib

from bouncer.courier.envelope import NOT_AN_ADDRESS, envelope_address
from bouncer.mail.parcel import Mail
from bouncer.ports import Handed, Outcome

CONNECTIONS = 4
"""To one smarthost at a time: many limit a client to ten."""
COMMAND_SECONDS = 120.0
"""For one reply. RFC 5321 section 4.5.3.2 allows a server five minutes, and ten after the final dot; ours is close by."""
MAIL_SECONDS = 600.0
"""For one mail in all, waiting for a connection included: less than the lease of its parcel."""
IDLE_SECONDS = 15.0
"""How long an unused connection is kept. Servers close theirs after some minutes."""
_QUIT_SECONDS = 1.0
"""For a server's good-bye, which nothing depends on."""
_TO_THE_MAIL = (aiosmtplib.SMTPSenderRefused, aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)
"""Answers to MAIL, RCPT and DATA; those to the greeting, EHLO, STARTTLS and AUTH say nothing of the mail."""
_OUR_SETTINGS = frozenset({530, 534, 535, 538})
"""Refused for want of the right login (RFC 4954 section 6): the operator must act, no mail is lost for it."""


@dataclass(frozen=True, slots=True)
class Smarthost:
    """Where mail goes, and how."""

    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    implicit_tls: bool = False  # smtps:// (RFC 8314)
    starttls: str = "offered"  # offered: where the server has it, without checking who it is; required: checked; never


class Smtp:
    """Hands mail to a smarthost; *hostname* is our name in EHLO."""

    name = "smtp"

    def __init__(
        self,
        smarthost: Smarthost,
        *,
        hostname: str,
        command_seconds: float = COMMAND_SECONDS,
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._smarthost = smarthost
        self._hostname = hostname
        self._command_seconds = command_seconds
        self._idle_seconds = idle_seconds
        self._room = asyncio.Semaphore(CONNECTIONS)
        self._idle: list[tuple[aiosmtplib.SMTP, asyncio.TimerHandle]] = []
        self._leaving: set[asyncio.Task[None]] = set()

    async def deliver(self, mail: Mail) -> Handed:
        """Send *mail* over a connection that is open, else over a new one."""
        reverse_path, forward_path = envelope_address(mail.reverse_path), envelope_address(mail.forward_path)
        if reverse_path is None or not forward_path:
            return Handed(Outcome.REFUSED, NOT_AN_ADDRESS)
        try:
            async with asyncio.timeout(MAIL_SECONDS), self._room, self._lent(await self._connection()) as connection:
                return await _send(connection, mail, reverse_path, forward_path)
        except (aiosmtplib.SMTPException, OSError) as error:
            return _judged(error)

    async def close(self) -> None:
        """Say QUIT on every open connection."""
        idle, self._idle = self._idle, []
        for connection, timer in idle:
            timer.cancel()
            await _quit(connection)
        await asyncio.gather(*self._leaving)

    async def _connection(self) -> aiosmtplib.SMTP:
        """Give an idle connection whose server still answers, else a new one."""
        while self._idle:
            connection, timer = self._idle.pop()
            timer.cancel()
            if await _answers(connection):
                return connection
        return await self._connected()

    @contextlib.asynccontextmanager
    async def _lent(self, connection: aiosmtplib.SMTP) -> AsyncIterator[aiosmtplib.SMTP]:
        """Lend a connection, and keep it when it is still good after that: aiosmtplib resets it after a refusal."""
        try:
            yield connection
        except (aiosmtplib.SMTPResponseException, aiosmtplib.SMTPRecipientsRefused):
            self._keep(connection)
            raise
        except BaseException:
            connection.close()
            raise
        self._keep(connection)

    def _keep(self, connection: aiosmtplib.SMTP) -> None:
        if connection.is_connected:
            timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._let_go, connection)
            self._idle.append((connection, timer))

    def _let_go(self, connection: aiosmtplib.SMTP) -> None:
        self._idle = [one for one in self._idle if one[0] is not connection]
        leaving = asyncio.create_task(_quit(connection))
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _connected(self) -> aiosmtplib.SMTP:
        at = self._smarthost
        checked = at.implicit_tls or at.starttls == "required"
        connection = aiosmtplib.SMTP(
            hostname=at.host,
            port=at.port,
            username=at.user,
            password=at.password,
            local_hostname=self._hostname,
            timeout=self._command_seconds,
            use_tls=at.implicit_tls,
            start_tls=False if at.implicit_tls else {"offered": None, "required": True, "never": False}[at.starttls],
            tls_context=_tls_context(checked=checked),
        )
        await connection.connect()
        return connection


async def _send(connection: aiosmtplib.SMTP, mail: Mail, reverse_path: str, forward_path: str) -> Handed:
    options = []
    if not mail.octets.isascii() and connection.supports_extension("8bitmime"):
        options.append("BODY=8BITMIME")
    if not (reverse_path + forward_path).isascii():
        options.append("SMTPUTF8")
    _, said = await connection.sendmail(reverse_path, [forward_path], mail.octets, mail_options=options)
    return Handed(Outcome.SENT, said)


def _judged(error: aiosmtplib.SMTPException | OSError) -> Handed:
    """Refused is what the server answers to the mail itself; anything else may be better next time."""
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        error = error.recipients[0]
    if isinstance(error, aiosmtplib.SMTPNotSupported):  # SMTPUTF8, for an address that cannot go without
        return Handed(Outcome.REFUSED, error.message)
    if not isinstance(error, aiosmtplib.SMTPResponseException):
        return Handed(Outcome.LATER, str(error) or type(error).__name__)
    permanent = 500 <= error.code < 600 and error.code not in _OUR_SETTINGS  # noqa: PLR2004 -- 5yz
    refused = permanent and isinstance(error, _TO_THE_MAIL)
    return Handed(Outcome.REFUSED if refused else Outcome.LATER, f"{error.code} {error.message}")


async def _answers(connection: aiosmtplib.SMTP) -> bool:
    try:
        await connection.noop()
    except (aiosmtplib.SMTPException, OSError):
        connection.close()
        return False
    except BaseException:
        connection.close()
        raise
    return True


async def _quit(connection: aiosmtplib.SMTP) -> None:
    with contextlib.suppress(aiosmtplib.SMTPException, OSError):
        await connection.quit(timeout=_QUIT_SECONDS)
    connection.close()


def _tls_context(*, checked: bool) -> ssl.SSLContext:
    """Check the server's certificate against the machine's own authorities, or take any: that still stops listeners."""
    context = ssl.create_default_context()
    if not checked:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
