"""A real Postfix has port 25 and hands us the mail of our return-path domain, by the lines of the manual.

Clients come from elsewhere by XCLIENT, which this Postfix takes from loopback. Both have one host name, as on one machine.
"""

import contextlib
import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs.certificate import write_certificate
from programs.ours import DOMAIN, LISTENERS, Ours
from programs.parts import free_port, postfix
from programs.peers import Peer, Refusal, submit
from programs.private_root import Place
from programs.servers.postfix import UNLISTED

from bouncer.doctor.finding import Level
from bouncer.doctor.front_probe import check_front
from bouncer.settings.sections import SmtpSettings

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
FRONT = 'fronts = ["127.0.0.1"]'
WORLD, SERVER, ANOTHER = "203.0.113.9", "203.0.113.80", "IPV6:2001:db8::9"
"""Clients of the front: a stranger's mail server, one of the account's own, one on IPv6."""
GONE = "unknown@example.org"
BOUNCE = (
    (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
)
"""A report about GONE."""
OUR_WORDS = "said: 550 5.1.1 No such return path"


@dataclass(frozen=True, slots=True)
class Fronted:
    """Ours, and a Postfix in front of it."""

    ours: Ours
    server: Place

    def hand(self, path: str, letter: bytes, *, client: str = WORLD, sender: str = "", options: str = "") -> str:
        """Hand the front a letter as *client*, and give the reply to it, or to a RCPT that was refused."""
        with smtplib.SMTP("127.0.0.1", self.server.port, timeout=60) as session:
            session.ehlo()
            assert session.docmd("XCLIENT", f"ADDR={client} NAME=mx.example.net")[0] == 220
            session.ehlo("mx.example.net")
            session.docmd(f"MAIL FROM:<{sender}> {options}".strip())
            code, words = session.docmd(f"RCPT TO:<{path}>")
            if code == 250:
                code, words = session.data(letter)
            return f"{code} {words.decode()}"

    def kept_lines(self, count: int) -> list[str]:
        """The log's lines of letters that were kept, when there are *count* of them."""
        return self.ours.until(lambda: lines if len(lines := self.ours.lines("kept")) >= count else [])


@contextlib.contextmanager
def fronted(ours: Ours, **how: object) -> Iterator[Fronted]:
    """Put a Postfix in front of a daemon that runs."""
    behind = {DOMAIN: ours.port}
    with postfix(
        {}, behind=behind, listeners={"socketmap": ours.listeners["socketmap"]}, hostname="mx.example.com", **how
    ) as server:
        yield Fronted(ours, server)


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    with Ours(tmp_path_factory.mktemp("ours"), smtp=FRONT, milter=LISTENERS) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        with fronted(ours, also="inet_protocols = all\n") as both:
            yield both


def facts(line: str) -> dict[str, str]:
    """The facts of a line of the log."""
    return dict(re.findall(r"(\w+)=('[^']*'|\S+)", line))


def test_a_bounce_is_kept_with_the_clients_address_and_proven(front: Fronted):
    before = len(front.ours.lines("kept"))
    assert front.hand(front.ours.path("acme", GONE), BOUNCE).startswith("250 2.0.0 Ok: queued as ")
    line_facts = facts(front.kept_lines(before + 1)[-1])
    (bounce,) = front.ours.until(lambda: front.ours.rows("bounces", "--recipient", GONE))

    assert (line_facts["peer"], line_facts["helo"], line_facts["reverse_path"]) == (WORLD, "'mx.example.net'", "''")
    assert line_facts["queue_id"].strip("'") in front.server.log()
    assert (bounce["belief"], bounce["suppresses"], bounce["reason"]) == ("proven", True, "invalid-recipient")


def test_a_client_on_ipv6_is_itself(front: Fronted):
    before = len(front.ours.lines("kept"))
    front.hand(f"acme@{DOMAIN}", BOUNCE, client=ANOTHER)

    assert facts(front.kept_lines(before + 1)[-1])["peer"] == "2001:db8::9"


@pytest.mark.parametrize(
    "path",
    [
        f"acme@{DOMAIN}",
        f"acme+jane=example.org@{DOMAIN}",
        f"postmaster@{DOMAIN}",
        f"ABUSE@{DOMAIN}",
        f"Acme@{DOMAIN.upper()}",
    ],
)
def test_mail_that_we_take_is_taken_at_the_front(front: Fronted, path: str):
    before = len(front.ours.lines("kept"))
    assert front.hand(path, BOUNCE).startswith("250 2.0.0 Ok")

    assert len(front.kept_lines(before + 1)) == before + 1


@pytest.mark.parametrize(
    "local", ["nobody", "acme-aaaaaaaaaaaaaaaaaaaa-jane=example.org", "zoo+jane=example.org", '"no body"', "acme.x"]
)
def test_an_address_that_we_refuse_is_refused_at_the_front(front: Fronted, local: str):
    """At RCPT, so that nobody has to send a bounce about it; our log has the cause."""
    before = len(front.ours.lines("refused"))
    reply = front.hand(f"{local}@{DOMAIN}", BOUNCE)

    assert reply.startswith("550 5.1.1 ")
    assert "cause=" in front.ours.until(lambda: front.ours.lines("refused")[before:])[0]


def test_an_expired_path_is_refused_at_the_front(front: Fronted):
    """Verifying by a probe would remember the path as good for a month."""
    good = front.ours.path("acme", "jane@example.org")
    altered = good.replace("jane", "joe")
    before = len(front.ours.lines("kept"))

    assert front.hand(altered, BOUNCE).startswith("550 5.1.1 ")
    assert front.hand(good, BOUNCE).startswith("250 2.0.0 ")
    front.kept_lines(before + 1)  # or the next test would take it for its own


def test_check_finds_the_front_right(front: Fronted):
    settings = SmtpSettings(hostname="mx.example.com", domains=(DOMAIN,), fronts=("127.0.0.1",))
    (finding,) = check_front(settings, 30, front.server.port)

    assert (finding.level, finding.says) == (Level.OK, "refuses at RCPT what we refuse")


def test_the_front_relays_for_nobody_else(front: Fronted):
    assert front.hand("jane@example.org", BOUNCE).startswith("554 5.7.1 ")


@pytest.mark.parametrize(
    ("letter", "options"),
    [
        ("Subject: caf\u00e9\r\n\r\n\u00e9\r\n".encode(), "BODY=8BITMIME"),
        ("From: jos\u00e9@exempel.se\r\nSubject: caf\u00e9\r\n\r\n\u00e9\r\n".encode(), "BODY=8BITMIME SMTPUTF8"),
        (BOUNCE + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 60_000, ""),
        (b"Subject: dots\r\n\r\n.\r\n..\r\n.x\r\n", ""),
    ],
    ids=["8BITMIME", "SMTPUTF8", "4 MB", "dots"],
)
def test_letters_come_as_they_were_sent(front: Fronted, letter: bytes, options: str):
    before = len(front.ours.lines("kept"))
    assert front.hand(f"acme@{DOMAIN}", letter, options=options).startswith("250 2.0.0 Ok")
    line_facts = facts(front.kept_lines(before + 1)[-1])
    raw = front.ours.command("letters", "--raw", line_facts["letter"]).stdout.encode("utf-8", "surrogateescape")

    head, _, body = letter.replace(b"\r\n", b"\n").partition(b"\n\n")
    assert raw.partition(b"\n\n")[2] == body
    assert set(head.split(b"\n")) <= set(raw.partition(b"\n\n")[0].split(b"\n"))  # Postfix adds fields of its own


ENDS = [b"\r\n.\r\n", b"\n.\n", b"\r\n.\n", b"\n.\r\n", b"\r.\r\n", b"\r\n.\r", b"\r.\r", b"\n\r.\r\n", b"\r\n.\0\r\n"]
"""Octets that one server or another took for the end of a letter (SMTP smuggling, 2023)."""


@pytest.mark.parametrize("end", ENDS, ids=repr)
def test_a_letter_in_a_letter_stays_in_it_behind_a_real_server(front: Fronted, end: bytes):
    """By BDAT (RFC 3030) a client hands a server any octets; Postfix hands them on to us by DATA."""
    victim = front.ours.path("acme", "victim@example.org")
    inside = f"MAIL FROM:<>\r\nRCPT TO:<{victim}>\r\nDATA\r\n".encode() + BOUNCE.replace(
        GONE.encode(), b"victim@example.org"
    )
    letter, before = BOUNCE + end + inside + end, len(front.ours.lines("kept"))
    with smtplib.SMTP("127.0.0.1", front.server.port, timeout=60) as session:
        session.ehlo("mx.example.net")
        assert "chunking" in session.esmtp_features
        session.docmd("MAIL FROM:<>")
        assert session.docmd(f"RCPT TO:<acme@{DOMAIN}>")[0] == 250
        session.send(f"BDAT {len(letter)} LAST\r\n".encode() + letter)
        assert session.getreply()[0] == 250
    front.hand(f"acme@{DOMAIN}", b"Subject: behind it\r\n\r\nx\r\n")

    lines = front.kept_lines(before + 2)[before:]
    assert [facts(line)["path"] for line in lines] == [
        "alias",
        "alias",
    ]  # the one inside would have come to a signed path
    assert front.ours.rows("bounces", "--recipient", "victim@example.org") == []


def test_commands_that_are_sent_ahead_through_a_real_server_are_a_letter_each(front: Fronted):
    """All of two mails in one packet, and what looks like a third inside the second."""
    before = len(front.ours.lines("kept"))
    mail = f"MAIL FROM:<>\r\nRCPT TO:<acme@{DOMAIN}>\r\nDATA\r\n".encode()
    stuffed = b"Subject: dots\r\n\r\n..\r\n" + mail.replace(b"DATA", b"..") + b"..\r\n.\r\n"
    with smtplib.SMTP("127.0.0.1", front.server.port, timeout=60) as session:
        session.ehlo("mx.example.net")
        session.send(mail + stuffed + mail + stuffed + b"QUIT\r\n")
        replies = [session.getreply()[0] for _ in range(9)]

    assert replies == [250, 250, 354, 250] * 2 + [221]
    front.hand(f"acme@{DOMAIN}", b"Subject: behind them\r\n\r\nx\r\n")
    assert len(front.kept_lines(before + 3)[before:]) == 3


def test_letters_of_one_connection_are_of_their_own_clients(front: Fronted):
    """Postfix hands many over in one connection; twenty clients at once are twenty peers and no flood."""
    before = len(front.ours.lines("kept"))
    clients = [f"198.51.100.{n}" for n in range(1, 41)]
    for client in clients:
        assert front.hand(f"acme@{DOMAIN}", BOUNCE, client=client).startswith("250 ")
    lines = front.kept_lines(before + len(clients))[before:]

    assert sorted(facts(line)["peer"] for line in lines) == sorted(clients)


def test_a_servers_word_of_the_accounts_own_is_believed_and_a_strangers_is_not(front: Fronted):
    """Through the same front: a report of a mail to several proves something only where the account's own server hands it over."""
    ours = front.ours
    ours.command("account", "add", "several", "--owner", "sue@several.example", "--server", SERVER)
    beliefs = {}
    for number, client in enumerate((WORLD, SERVER)):
        to = [f"unknown{number}@example.org", f"here{number}@example.org"]
        path = ours.command("token", "sign", "several", "--several", "--reference", f"m{number}").stdout.strip()
        ours.command("sends", "add", "--account", "several", "--reference", f"m{number}", *to)
        bounce = BOUNCE.replace(GONE.encode(), to[0].encode())
        ours.until(lambda path=path, bounce=bounce, client=client: front.hand(path, bounce, client=client)[0] == "2")
        (row,) = ours.until(lambda to=to: ours.rows("bounces", "--recipient", to[0]))
        beliefs[client] = (row["belief"], row["suppresses"])

    assert beliefs == {WORLD: ("plausible", False), SERVER: ("proven", True)}


def test_the_front_itself_is_believed_by_no_account(front: Fronted):
    refused = front.ours.command("account", "add", "trap", "--server", "127.0.0.1", check=False)

    assert refused.returncode == 1
    assert "127.0.0.0/8 is this host" in refused.stderr


def test_a_front_that_is_not_named_speaks_for_nobody(tmp_path: Path):
    """As before: its own address is all that is known, and nothing of XFORWARD is offered to it."""
    with Ours(tmp_path, milter=LISTENERS) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        with fronted(ours) as both:
            both.hand(f"acme@{DOMAIN}", BOUNCE)
            (line,) = both.kept_lines(1)

    assert facts(line)["peer"] == "127.0.0.1"


def test_without_the_table_a_probe_asks_for_each_path(tmp_path: Path):
    """The manual's other way; many bad paths, asked for in one connection, cost the good ones nothing."""
    verifying = (
        "relay_recipient_maps =\nsmtpd_recipient_restrictions = reject_unverified_recipient\n"
        "unverified_recipient_reject_code = 550\naddress_verify_poll_delay = 1s\n"
    )
    with Ours(tmp_path, smtp=f"{FRONT}\nmax_errors = 1", milter=LISTENERS) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        with fronted(ours, also=verifying) as front:

            def settled(local: str) -> str:
                return front.hand(f"{local}@{DOMAIN}", BOUNCE)

            replies = [ours.until(lambda n=n: _final(settled(f"nobody{n}"))) for n in range(2)]
            good = ours.until(lambda: _final(settled("acme")))

    assert all(reply.startswith("550 5.1.1 ") and OUR_WORDS in reply for reply in replies)
    assert good.startswith("250 2.0.0 Ok")


def _final(reply: str) -> str:
    """The reply, unless it says to come again, as while a probe is on its way."""
    return "" if reply.startswith("4") else reply


def daemon_at(folder: Path, port: int, table: int, **how: str) -> Ours:
    """A daemon that listens at the same ports after each start."""
    ours = Ours(folder, smtp=FRONT, milter=f'socketmap_listen = ["127.0.0.1:{table}"]', **how)
    ours.settings.write_text(ours.settings.read_text().replace('["127.0.0.1:0"]', f'["127.0.0.1:{port}"]'))
    return ours


def configure(server: Place, line: str) -> None:
    """Change a line of main.cf of a Postfix that runs."""
    for words in (("/usr/sbin/postconf", "-e", line), ("/usr/sbin/postfix", "reload")):
        result = server.run(*words)
        assert result.returncode == 0, result.stderr


def test_while_we_are_away_the_front_puts_off_what_it_cannot_check_and_keeps_what_it_has(tmp_path: Path):
    """Nothing is refused for good, nothing is lost, what waits in its queue comes when we are back; other mail goes on."""
    port, table = free_port(), free_port()
    also = (
        f"relay_domains = {DOMAIN}, other.example\n"
        f"relay_recipient_maps = {UNLISTED}, socketmap:inet:127.0.0.1:{table}:return_paths\n"
    )
    how = {"behind": {DOMAIN: port}, "listeners": {"socketmap": table}, "hostname": "mx.example.com", "also": also}
    with (
        Peer("mx.other.example") as other,
        postfix({"other.example": other.port}, **how) as server,
        daemon_at(tmp_path, port, table) as ours,
    ):
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        front = Fronted(ours, server)
        configure(server, "defer_transports = bouncer")
        accepted = front.hand(f"acme@{DOMAIN}", BOUNCE)
        ours.stop()
        put_off = front.hand(f"acme@{DOMAIN}", BOUNCE, client=SERVER)
        went_on = front.hand("jane@other.example", BOUNCE)
        configure(server, "defer_transports =")
        ours.until(lambda: re.search(r"status=deferred \(connect to 127", server.log()))
        ours.start()
        (line,) = front.kept_lines(1)

    assert (accepted[:12], put_off[:10], went_on[:12]) == ("250 2.0.0 Ok", "451 4.3.0 ", "250 2.0.0 Ok")
    assert facts(line)["peer"] == WORLD


def test_the_fronts_own_report_to_a_path_of_ours_ends_there(tmp_path: Path):
    """The report is about mail between our own paths, or about mail that Postfix took before the path was gone."""
    with (
        Ours(tmp_path, smtp=FRONT, milter=LISTENERS) as ours,
        Peer("mx.example.org", {GONE: Refusal("550 5.1.1 No such user")}) as peer,
    ):
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        path = ours.path("acme", GONE)
        behind, listeners = {DOMAIN: ours.port}, {"socketmap": ours.listeners["socketmap"]}
        with postfix(
            {"example.org": peer.port}, behind=behind, listeners=listeners, hostname="mx.example.com"
        ) as server:
            submit(server.port, path, [GONE], b"From: news@acme.example\r\nTo: " + GONE.encode() + b"\r\n\r\nx\r\n")
            (bounce,) = ours.until(lambda: ours.rows("bounces"))
            submit(server.port, path, [f"acme@{DOMAIN}"], b"Subject: to another path of ours\r\n\r\nx\r\n")
            ours.until(lambda: len(ours.lines("kept")) == 2)
            ours.until(lambda: not server.run("mailq").stdout.count(b"@"))

        lines = ours.lines("kept")

    assert (bounce["belief"], bounce["recipient"]) == ("proven", GONE)
    assert [facts(line)["peer"] for line in lines] == ["127.0.0.1", "127.0.0.1"]


def test_notices_leave_through_the_same_front(tmp_path: Path):
    """Which is no loop: it hands them on to the owner's mail server, as any other mail of this host."""
    port, table = free_port(), free_port()
    behind, listeners = {DOMAIN: port}, {"socketmap": table}
    with (
        Peer("mx.acme.example") as owner,
        postfix({"acme.example": owner.port}, behind=behind, listeners=listeners, hostname="mx.example.com") as server,
        daemon_at(tmp_path, port, table, courier=f"smtp://127.0.0.1:{server.port}") as ours,
    ):
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        Fronted(ours, server).hand(ours.path("acme", GONE), BOUNCE)
        notice = owner.wait_for(lambda letter: b"Not delivered" in letter.octets)

    assert (notice.reverse_path, notice.recipients) == ("", ("ann@acme.example",))


def test_tls_between_the_front_and_us(tmp_path: Path):
    certificate = tmp_path / "tls.pem"
    write_certificate(certificate, "mx.example.com")
    lines = f'{FRONT}\ntls_certificate = "{certificate}"\ntls_key = "{certificate}"'
    with Ours(tmp_path, smtp=lines, milter=LISTENERS) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        with fronted(ours, also="smtp_tls_security_level = encrypt\n") as both:
            both.hand(f"acme@{DOMAIN}", BOUNCE)
            (line,) = both.kept_lines(1)

    assert facts(line)["peer"] == WORLD
    assert "TLSv1.3" in line
