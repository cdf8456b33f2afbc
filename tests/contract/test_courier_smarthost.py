"""The SMTP courier and smarthosts of all kinds: with TLS, with a login, unwilling, hanging, broken."""

# ruff: noqa: N802, ARG002 -- aiosmtpd calls its hooks by these names, with these arguments
import asyncio
import contextlib
import datetime as dt
import ipaddress
import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from bouncer.courier.refusals import Command, is_of_route
from bouncer.courier.smtp import Smarthost, Smtp
from bouncer.doctor.finding import Level
from bouncer.doctor.smarthost import Question
from bouncer.doctor.smarthost import smarthost as check_of_smarthost
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.delivery import DeliveryResult, Outcome
from bouncer.settings.sections import ForwardSettings

MAIL = OutgoingMail("", "owner@acme.example", "one@mx", b"Subject: x\r\n\r\nHello\r\n")


class Host:
    """A smarthost: answers as it is told to, takes what it is not told to refuse, remembers."""

    def __init__(self) -> None:
        self.answers: dict[str, list[str]] = {}
        self.connections: list[asyncio.BaseTransport] = []
        self.sessions: list[Session] = []
        self.hung_up = asyncio.Event()
        self.port = 0

    @property
    def mails(self) -> int:
        return len(self.sessions)

    def _answer(self, command: str, otherwise: str) -> str:
        if self.answers.get(f"cut {command}"):
            self.answers[f"cut {command}"].pop()
            self.connections[-1].abort()  # type: ignore[attr-defined]
        return self.answers[command].pop(0) if self.answers.get(command) else otherwise

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address or "<>"
        return self._answer("MAIL", "250 2.1.0 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self._answer("RCPT", "250 2.1.5 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.answers.get("drop"):
            self.answers["drop"].pop()
            self.connections[-1].abort()  # type: ignore[attr-defined]
        answer = self._answer("DATA", "250 2.0.0 Taken")
        if answer.startswith("250"):
            self.sessions.append(session)
        return answer

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.hung_up.set()
        return "221 2.0.0 Bye"


class Conversation(SMTP):
    """An SMTP server's side that shows its host the connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self.event_handler.connections.append(transport)


@contextlib.asynccontextmanager
async def smarthost(*, implicit_tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[Host]:
    host, loop = Host(), asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Conversation(host, loop=loop, **options), "127.0.0.1", 0, ssl=implicit_tls
    )
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for connection in host.connections:
            connection.close()


async def sent(host: Host, mail: OutgoingMail = MAIL, **how: Any) -> DeliveryResult:
    """Hand one mail over with a courier of its own."""
    courier = Smtp(Smarthost("127.0.0.1", host.port, **how), hostname="mx.example", command_seconds=10)
    try:
        return await courier.deliver(mail)
    finally:
        await courier.close()


@contextlib.asynccontextmanager
async def courier_to(host: Host, **options: Any) -> AsyncIterator[Smtp]:
    courier = Smtp(Smarthost("127.0.0.1", host.port), hostname="mx.example", **options)
    try:
        yield courier
    finally:
        await courier.close()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody else has signed, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "smarthost")])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "smarthost.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The certificate is among those that this machine trusts."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        ("451 4.3.0 Come back", Outcome.DEFERRED),
        ("554 5.6.7 Never", Outcome.REFUSED),
        ("552 5.3.4 Too big", Outcome.REFUSED),
        ("530 5.7.0 Authentication required", Outcome.UNAVAILABLE),
    ],
)
async def test_the_answer_to_the_mail_decides(command: str, answer: str, outcome: Outcome) -> None:
    async with smarthost() as host, courier_to(host) as courier:
        host.answers = {command: [answer]}

        refused, later_result = await courier.deliver(MAIL), await courier.deliver(MAIL)

        assert refused == DeliveryResult(outcome, answer)
        assert later_result.outcome is Outcome.SENT
        assert len(host.connections) == 1


OF_THE_WAY = [
    ("MAIL", "550 5.7.1 Not allowed"),
    ("MAIL", "550 5.1.1 No such sender here"),
    ("MAIL", "553 sorry, your envelope sender is in my badmailfrom list (#5.7.1)"),
    ("MAIL", "550 Null sender not accepted"),
    ("MAIL", "501 5.1.7 Bad sender address syntax"),
    ("RCPT", "554 5.7.1 <owner@acme.example>: Relay access denied"),
    ("RCPT", "550 relay not permitted"),
    ("RCPT", "550 5.7.54 SMTP; Unable to relay recipient in non-accepted domain"),
    ("RCPT", "553 sorry, that domain isn't in my list of allowed rcpthosts"),
    ("RCPT", "554 5.7.1 Service unavailable; Client host [192.0.2.25] blocked using zen.example"),
    ("RCPT", "550 5.1.8 <bounces@example.com>: Sender address rejected: Domain not found"),
    ("RCPT", "553 5.7.1 <bounces@example.com>: Sender address rejected: not owned by user bouncer"),
    ("RCPT", "504 5.5.2 <mx>: Helo command rejected: need fully-qualified hostname"),
    ("RCPT", "550 5.7.1 Not a return-path domain of this server"),
    ("RCPT", "503 5.5.1 Error: send AUTH command first"),
    ("RCPT", "550 Authentication is required for relay"),
    ("DATA", "554 Message rejected: Email address is not verified."),
    ("DATA", "550 The from address does not match a verified Sender Identity."),
    ("DATA", "550 5.7.60 SMTP; Client does not have permissions to send as this sender"),
    ("DATA", "530 5.7.57 Client not authenticated to send mail"),
]
"""The words of servers that refuse everybody's mail that comes as ours does."""

OF_THE_MAIL = [
    ("MAIL", "552 5.3.4 Message size exceeds fixed limit"),
    ("MAIL", "552 Message size exceeds maximum permitted"),
    ("RCPT", "550 5.1.1 <owner@acme.example>: Recipient address rejected: User unknown"),
    ("RCPT", "550 No such user here"),
    ("RCPT", "552 5.2.2 Mailbox full"),
    ("RCPT", "556 5.1.10 Domain takes no mail"),
    ("DATA", "554 5.7.1 Message looks like spam"),
    ("DATA", "550 5.6.0 Malformed"),
]


@pytest.mark.parametrize(("command", "answer"), OF_THE_WAY)
async def test_a_smarthost_that_refuses_all_mail_is_unavailable_and_no_mail_is_given_up(
    command: str, answer: str
) -> None:
    async with smarthost() as host:
        host.answers = {command: [answer]}

        assert await sent(host) == DeliveryResult(Outcome.UNAVAILABLE, answer)


@pytest.mark.parametrize(("command", "answer"), OF_THE_MAIL)
async def test_a_smarthost_that_refuses_this_mail_is_believed(command: str, answer: str) -> None:
    async with smarthost() as host:
        host.answers = {command: [answer]}

        assert await sent(host) == DeliveryResult(Outcome.REFUSED, answer)


async def test_a_recipient_s_own_name_is_no_word_of_the_server() -> None:
    async with smarthost() as host:
        host.answers = {"RCPT": ["550 5.1.1 <relay@sender.example>: User unknown"]}
        mail = OutgoingMail("", "relay@sender.example", "one@mx", MAIL.octets)

        assert (await sent(host, mail)).outcome is Outcome.REFUSED


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
async def test_such_a_refusal_concerns_one_recipient_and_waits_if_other_mail_is_taken(command: str) -> None:
    """The way does not rest for it, and it is not given up, either: nobody knows who is at fault."""
    async with smarthost() as host, courier_to(host) as courier:
        await courier.deliver(MAIL)
        host.answers = {command: ["550 5.7.1 Relaying denied"]}

        assert (await courier.deliver(MAIL)).outcome is Outcome.DEFERRED
        assert (await courier.deliver(MAIL)).outcome is Outcome.SENT


async def test_a_sender_that_is_refused_is_everybody_s_even_after_mail_was_taken() -> None:
    async with smarthost() as host, courier_to(host) as courier:
        await courier.deliver(MAIL)
        host.answers = {"MAIL": ["550 5.7.1 Sender not allowed any more"]}

        assert (await courier.deliver(MAIL)).outcome is Outcome.UNAVAILABLE


@given(st.sampled_from(Command), st.integers(500, 599), st.text(), st.text())
def test_no_answer_whatever_is_more_than_an_outcome(command: Command, code: int, text: str, address: str) -> None:
    assert is_of_route(command, code, text, address) in (True, False)


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_smarthost_that_is_closing_is_away_and_left(command: str) -> None:
    async with smarthost() as host, courier_to(host) as courier:
        host.answers = {command: ["421 4.3.2 Shutting down"]}

        assert (await courier.deliver(MAIL)).outcome is Outcome.UNAVAILABLE
        assert (await courier.deliver(MAIL)).outcome is Outcome.SENT


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA"])
async def test_a_used_connection_that_is_closed_in_the_midst_of_a_mail_costs_it_nothing(command: str) -> None:
    """A smarthost that takes a few mails and then says 421: the next one goes over a new connection, once."""
    async with smarthost() as host, courier_to(host) as courier:
        await courier.deliver(MAIL)
        host.answers = {command: ["421 4.7.0 Enough mails"]}

        assert (await courier.deliver(MAIL)).outcome is Outcome.SENT
        assert (host.mails, len(host.connections)) == (2, 2)


@pytest.mark.parametrize("command", ["MAIL", "RCPT"])
async def test_a_used_connection_that_is_cut_before_the_mail_costs_it_nothing(command: str) -> None:
    async with smarthost() as host, courier_to(host) as courier:
        await courier.deliver(MAIL)
        host.answers = {f"cut {command}": ["now"]}

        assert (await courier.deliver(MAIL)).outcome is Outcome.SENT
        assert (host.mails, len(host.connections)) == (2, 2)


async def test_a_connection_takes_so_many_mails() -> None:
    async with smarthost() as host, courier_to(host, mails=3) as courier:
        for _ in range(7):
            assert (await courier.deliver(MAIL)).outcome is Outcome.SENT

        assert (host.mails, len(host.connections)) == (7, 3)


async def test_one_recipient_that_is_refused_costs_the_others_nothing() -> None:
    async with smarthost() as host, courier_to(host, connections=1) as courier:
        host.answers = {"RCPT": ["250 2.1.5 OK", "550 5.1.1 No such user", "250 2.1.5 OK"]}

        handed = [(await courier.deliver(MAIL)).outcome for _ in range(3)]

        assert handed == [Outcome.SENT, Outcome.REFUSED, Outcome.SENT]
        assert len(host.connections) == 1


async def test_an_answer_out_of_step_ends_its_connection() -> None:
    async with smarthost() as host, courier_to(host) as courier:
        host.answers = {"MAIL": ["354 Go ahead"]}

        assert (await courier.deliver(MAIL)).outcome is Outcome.DEFERRED
        assert (await courier.deliver(MAIL)).outcome is Outcome.SENT
        assert len(host.connections) == 2


async def test_a_connection_is_used_again() -> None:
    async with smarthost() as host, courier_to(host) as courier:
        for _ in range(5):
            await courier.deliver(MAIL)

        assert (host.mails, len(host.connections)) == (5, 1)


async def test_connections_at_a_time_are_bounded() -> None:
    async with smarthost() as host, courier_to(host, connections=3) as courier:
        await asyncio.gather(*(courier.deliver(MAIL) for _ in range(40)))

        assert host.mails == 40
        assert 1 < len(host.connections) <= 3


async def test_a_connection_that_the_smarthost_closed_is_not_used_again() -> None:
    async with smarthost() as host, courier_to(host) as courier:
        await courier.deliver(MAIL)
        host.connections[0].close()

        assert (await courier.deliver(MAIL)).outcome is Outcome.SENT
        assert len(host.connections) == 2


async def test_an_unused_connection_is_let_go() -> None:
    async with smarthost() as host, courier_to(host, idle_seconds=0.01) as courier:
        await courier.deliver(MAIL)

        async with asyncio.timeout(30):
            await host.hung_up.wait()


async def test_a_connection_that_breaks_after_the_mail_is_later() -> None:
    """Whether it was taken nobody knows: it is sent again, with the same Message-ID."""
    async with smarthost() as host, courier_to(host) as courier:
        host.answers = {"drop": ["now"]}

        assert (await courier.deliver(MAIL)).outcome is Outcome.DEFERRED
        assert (await courier.deliver(MAIL)).outcome is Outcome.SENT


@pytest.mark.parametrize(
    "greeting",
    [
        b"",
        b"220 mx ESMTP\r\n",
        b"554 5.7.1 Not you\r\n",
        b"421 4.3.2 Busy\r\n",
        b"HTTP/1.1 400 Bad\r\n",
        b"220-" + b"x" * 99_999,
    ],
    ids=["silent", "mute after its greeting", "unwilling", "busy", "no smtp", "endless"],
)
async def test_a_server_that_does_not_speak_smtp_to_us_is_away(greeting: bytes) -> None:
    async def greet(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(greeting)
        await end.wait()
        writer.close()

    end = asyncio.Event()
    server = await asyncio.start_server(greet, "127.0.0.1", 0)
    at = Smarthost("127.0.0.1", server.sockets[0].getsockname()[1])

    handed = await Smtp(at, hostname="mx.example", command_seconds=0.3).deliver(MAIL)

    end.set()
    server.close()
    assert handed.outcome is Outcome.UNAVAILABLE


async def test_starttls_is_used_where_it_is_offered(tls: ssl.SSLContext) -> None:
    async with smarthost(tls_context=tls) as host:
        handed = await sent(host, starttls="offered")

        assert handed.outcome is Outcome.SENT
        assert host.sessions[0].ssl is not None


async def test_a_smarthost_without_tls_is_used_where_tls_is_not_required() -> None:
    async with smarthost() as host:
        assert (await sent(host, starttls="offered")).outcome is Outcome.SENT


async def test_starttls_is_not_used_when_it_never_is(tls: ssl.SSLContext) -> None:
    async with smarthost(tls_context=tls) as host:
        assert (await sent(host, starttls="never")).outcome is Outcome.SENT
        assert host.sessions[0].ssl is None


async def test_required_tls_takes_a_certificate_that_is_trusted(tls: ssl.SSLContext, trusted: None) -> None:
    async with smarthost(tls_context=tls) as host:
        assert (await sent(host, starttls="required")).outcome is Outcome.SENT
        assert host.sessions[0].ssl is not None


async def test_required_tls_takes_no_other_certificate(tls: ssl.SSLContext) -> None:
    async with smarthost(tls_context=tls) as host:
        handed = await sent(host, starttls="required")

        assert handed.outcome is Outcome.UNAVAILABLE
        assert "certificate" in handed.reply.lower()
        assert host.mails == 0


async def test_required_tls_sends_nothing_without_tls() -> None:
    async with smarthost() as host:
        assert (await sent(host, starttls="required")).outcome is Outcome.UNAVAILABLE
        assert host.mails == 0


async def test_implicit_tls_checks_the_certificate(tls: ssl.SSLContext) -> None:
    async with smarthost(implicit_tls=tls) as host:
        assert (await sent(host, implicit_tls=True)).outcome is Outcome.UNAVAILABLE


async def test_implicit_tls_sends(tls: ssl.SSLContext, trusted: None) -> None:
    async with smarthost(implicit_tls=tls) as host:
        assert (await sent(host, implicit_tls=True)).outcome is Outcome.SENT


def _knows_ann(_server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, login: Any) -> AuthResult:
    assert isinstance(login, LoginPassword)
    return AuthResult(success=(login.login, login.password) == (b"ann", b"s3cret"), handled=False)


@pytest.mark.parametrize(("password", "outcome"), [("s3cret", Outcome.SENT), ("wrong", Outcome.UNAVAILABLE)])
async def test_a_login_lets_mail_through_and_a_wrong_one_loses_none(
    tls: ssl.SSLContext, trusted: None, password: str, outcome: Outcome
) -> None:
    async with smarthost(tls_context=tls, authenticator=_knows_ann, auth_required=True) as host:
        handed = await sent(host, starttls="required", user="ann", password=password)

        assert handed.outcome is outcome
        assert "s3cret" not in handed.reply


async def test_an_address_beyond_ascii_needs_a_smarthost_that_knows_smtputf8() -> None:
    mail = OutgoingMail("", "jürgen@acme.example", "one@mx", MAIL.octets)

    async with smarthost(enable_SMTPUTF8=True) as knowing, smarthost(enable_SMTPUTF8=False) as ignorant:
        assert (await sent(knowing, mail)).outcome is Outcome.SENT
        assert (await sent(ignorant, mail)).outcome is Outcome.REFUSED


def test_a_smarthost_s_password_is_not_shown() -> None:
    assert "s3cret" not in repr(Smarthost("mx.example", 25, "ann", "s3cret"))


async def check_results(host: Host, **forward: Any) -> list[tuple[Level, str]]:
    """Give the results of ``bouncer check``, which asks as the courier sends."""
    settings = ForwardSettings(f"smtp://{forward.pop('user', '')}127.0.0.1:{host.port}", **forward)
    question = Question("mx.example.com", ("op@example.com",), lambda _owner: "")
    findings = await asyncio.to_thread(lambda: list(check_of_smarthost(settings, question, 10)))
    return [(finding.level, finding.says) for finding in findings]


async def test_check_uses_starttls_and_the_login_as_the_courier_does(tls: ssl.SSLContext, tmp_path: Path) -> None:
    options = {"tls_context": tls, "require_starttls": True, "auth_required": True, "authenticator": _knows_ann}
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("s3cret\n")
    wrong.write_text("other\n")
    async with smarthost(**options) as host:
        results = await check_results(host, user="ann@", password=right)
        refused = await check_results(host, user="ann@", password=wrong)
        without = await check_results(host)

    assert results == [(Level.OK, "took our login"), (Level.OK, "takes mail for op@example.com")]
    assert [level for level, _ in refused] == [Level.FAIL]
    assert "refused our login" in refused[0][1]
    assert without[-1][0] is Level.FAIL
    assert "530" in without[-1][1]
    assert host.mails == 0


async def test_check_trusts_no_certificate_that_the_courier_would_not(tls: ssl.SSLContext) -> None:
    async with smarthost(tls_context=tls) as host:
        offered, required = await check_results(host), await check_results(host, starttls="required")

    assert offered[-1] == (Level.OK, "takes mail for op@example.com")
    assert [level for level, _ in required] == [Level.FAIL]
