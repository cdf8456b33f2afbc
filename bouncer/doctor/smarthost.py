"""Asks a smarthost whether it would accept our notices: it is told sender and recipients, and gets no mail (RFC 5321).

EHLO, STARTTLS and login as in the courier, then MAIL, RCPT, RSET, QUIT; never DATA.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from bouncer.compose.filled_text import FilledText, fill
from bouncer.courier.choose import MAX_PASSWORD
from bouncer.courier.envelope import envelope_address
from bouncer.courier.loops import smarthost_address
from bouncer.courier.refusals import Command, is_of_route
from bouncer.courier.tls import tls_context
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.files import read_file
from bouncer.settings.sections import ForwardSettings

MOST_ASKED = 20
"""Recipients that a smarthost is asked about: more would look like harvesting of addresses, and would be refused for that."""
_ASK_WHO_RUNS_IT = "ask who runs the smarthost, or name another in [forward] courier; notices wait meanwhile"
_NULL_REFUSED = (
    'it takes no mail with an empty envelope sender: set [forward] reverse_path = "signed", or have that allowed there'
)


@dataclass(frozen=True, slots=True)
class Question:
    """The question: our name, the recipients, and the envelope sender of a mail to each."""

    hostname: str
    recipients: Sequence[str]
    reverse_path: Callable[[str], str]


def smarthost(forward: ForwardSettings, question: Question, seconds: float) -> Iterator[Finding]:
    """Ask the smarthost of ``forward.courier``; *seconds* is the time for each step."""
    about = fill("courier {what}", what=_place(forward.courier))
    try:
        with _connect(forward, question.hostname, seconds) as connection:
            if _is_ourselves(connection, question.hostname):
                text = "answers with our own greeting, 220 {what} ESMTP: notices would come back to us"
                yield fail(
                    about,
                    fill(text, what=question.hostname),
                    "name another mail server, or another port of this one, in [forward] courier",
                )
                return
            _prepare(connection, forward)
            yield ok(about, "took our login" if urlsplit(forward.courier).username else "answers")
            yield from _ask(connection, about, forward, question)
    except (OSError, smtplib.SMTPException) as error:
        yield _failure(about, error)


def _place(courier: str) -> str:
    """Name the smarthost without the user."""
    return f"{courier.partition(':')[0]}://{':'.join(map(str, smarthost_address(courier) or ()))}"


class _Connection(smtplib.SMTP):
    """An SMTP connection that keeps its greeting."""

    greeting = ""

    def getreply(self) -> tuple[int, bytes]:
        """Read a reply; the first one is the greeting."""
        code, words = super().getreply()
        self.greeting = self.greeting or f"{code} {_words(words)}"
        return code, words


class _TlsConnection(_Connection, smtplib.SMTP_SSL):
    """A connection with TLS from the start (RFC 8314)."""


def _connect(forward: ForwardSettings, hostname: str, seconds: float) -> _Connection:
    host, port = smarthost_address(forward.courier) or ("", 0)
    if urlsplit(forward.courier).scheme == "smtps":
        return _TlsConnection(host, port, hostname, timeout=seconds, context=tls_context(checked=True))
    return _Connection(host, port, hostname, timeout=seconds)


def _is_ourselves(connection: _Connection, hostname: str) -> bool:
    return connection.greeting == f"220 {hostname} ESMTP"


def _prepare(connection: _Connection, forward: ForwardSettings) -> None:
    """Send EHLO, and use TLS and login as the courier would."""
    connection.ehlo_or_helo_if_needed()
    implicit = isinstance(connection, smtplib.SMTP_SSL)
    starttls = forward.starttls == "required" or (forward.starttls == "offered" and connection.has_extn("starttls"))
    if starttls and not implicit:
        connection.starttls(context=tls_context(checked=forward.starttls == "required"))
        connection.ehlo()
    user = urlsplit(forward.courier).username
    if user and forward.password:
        connection.login(unquote(user), read_file(forward.password, MAX_PASSWORD).decode().rstrip("\r\n"))


def _ask(connection: _Connection, about: str, forward: ForwardSettings, question: Question) -> Iterator[Finding]:
    recipients = list(dict.fromkeys(filter(None, map(envelope_address, question.recipients))))
    if not recipients:
        return
    findings = list(_senders(connection, about, question.reverse_path(recipients[0]), recipients))
    yield from findings
    sender = envelope_address(parseaddr(forward.from_)[1]) or ""
    if not findings and sender:
        count = len(recipients[:MOST_ASKED])
        yield ok(about, _describe_acceptance(recipients[0], count - 1))
        yield from _try_own_from(connection, about, sender, recipients[0])


def _describe_acceptance(recipient: str, others: int) -> FilledText:
    if others > 0:
        return fill("takes mail for {what} and {number} more", what=recipient, number=others)
    return fill("takes mail for {what}", what=recipient)


def _senders(connection: _Connection, about: str, sender: str, recipients: Sequence[str]) -> Iterator[Finding]:
    """Ask for one mail to all *recipients*; gives the faults."""
    if refused := _mail(connection, sender, recipients):
        code, words = refused
        remedy = _ASK_WHO_RUNS_IT if sender else _NULL_REFUSED
        yield _refusal(about, fill("refuses our envelope sender <{what}>", what=sender), code, words, remedy)
        return
    for recipient in recipients[:MOST_ASKED]:
        code, words = connection.rcpt(recipient)
        if code in (250, 251):
            continue
        if is_of_route(Command.RCPT, code, _words(words), recipient):
            yield _refusal(
                about,
                fill("refuses us, whoever it is for (asked for {what})", what=recipient),
                code,
                words,
                _ASK_WHO_RUNS_IT,
            )
            break
        remedy = "put the address right: bouncer account set NAME --owner ADDRESS, or [forward] operator"
        yield _refusal(about, fill("refuses the recipient {what}", what=recipient), code, words, remedy)
    connection.rset()


def _try_own_from(connection: _Connection, about: str, sender: str, recipient: str) -> Iterator[Finding]:
    """Ask for a mail whose envelope sender is the From of our notices: many smarthosts restrict both to the same addresses."""
    refused = _mail(connection, sender, (recipient,)) or connection.rcpt(recipient)
    connection.rset()
    code, words = refused
    if code not in (250, 251):
        remedy = (
            "have this sender allowed at the smarthost, or set [forward] from to one that is: it may refuse our notices"
        )
        text = "refuses {what}, our From, as a sender: {number} {other}"
        yield warn(about, fill(text, what=sender, number=code, other=_words(words)), remedy)


def _mail(connection: _Connection, sender: str, recipients: Sequence[str]) -> tuple[int, bytes] | None:
    """Send MAIL; gives the reply if it is not 250."""
    utf8 = not (sender + "".join(recipients)).isascii() and connection.has_extn("smtputf8")
    connection.command_encoding = "utf-8"
    code, words = connection.mail(sender, ["SMTPUTF8"] if utf8 else [])
    return None if code == 250 else (code, words)  # noqa: PLR2004 -- RFC 5321 section 4.3.2


def _refusal(about: str, says: FilledText, code: int, words: bytes, remedy: str) -> Finding:
    text = fill("{what}: {other}", what=says, other=f"{code} {_words(words)}")
    if code < 500:  # noqa: PLR2004 -- 4yz
        return warn(
            about, text, fill("it may take such mail later; ask again, and if it lasts: {what}", what=fill(remedy))
        )
    return fail(about, text, remedy)


def _failure(about: str, error: Exception) -> Finding:
    match error:
        case smtplib.SMTPAuthenticationError():
            remedy = "see the user in [forward] courier and the password file"
            return fail(about, fill("refused our login: {what}", what=_words(error.smtp_error)), remedy)
        case smtplib.SMTPNotSupportedError():
            return fail(about, str(error), "ask for another port (587, 465), or change [forward] starttls")
        case ssl.SSLError():
            remedy = "name the smarthost as its certificate does, or see who answers there"
            return fail(about, getattr(error, "verify_message", "") or error.reason or "TLS failed", remedy)
        case smtplib.SMTPResponseException():
            return fail(about, f"{error.smtp_code} {_words(error.smtp_error)}", "ask who runs the smarthost")
    return fail(about, str(error) or type(error).__name__, "see name, port and firewall; notices wait meanwhile")


def _words(text: bytes | str) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text
