"""A real Exim has port 25 and hands us the mail of our return-path domain, by the lines of the manual.

It can send neither XFORWARD nor XCLIENT: it greets us by its client's address. Clients are other addresses of loopback.
"""

import re
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours
from programs.parts import exim
from programs.peers import Peer, Refusal
from programs.private_root import Place

from bouncer.doctor.finding import Level
from bouncer.doctor.front_probe import check_front
from bouncer.settings.sections import SmtpSettings

pytestmark = [pytest.mark.real("exim"), pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]
FRONT = 'fronts = ["127.0.0.1"]'
GONE = "unknown@example.org"
BOUNCE = (
    (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
)


@dataclass(frozen=True, slots=True)
class Fronted:
    """Ours, and an Exim in front of it."""

    ours: Ours
    server: Place

    def hand(self, path: str, letter: bytes = BOUNCE, *, client: str = "127.0.0.9", sender: str = "") -> str:
        """Hand the front a letter from *client*, and give the reply to it, or to a RCPT that was refused."""
        with smtplib.SMTP("127.0.0.1", self.server.port, timeout=60, source_address=(client, 0)) as session:
            session.ehlo("mx.example.net")
            session.mail(sender)
            code, words = session.rcpt(path)
            if code == 250:
                code, words = session.data(letter)
            return f"{code} {words.decode()}"

    def kept_lines(self, count: int) -> list[str]:
        """The log's lines of letters that were kept, when there are *count* of them."""
        return self.ours.until(lambda: lines if len(lines := self.ours.lines("kept")) >= count else [])


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fronted]:
    refusals = {"nobody@acme.example": Refusal("550 5.1.1 No such user here")}
    with Peer("mx.acme.example", refusals) as owner, Ours(tmp_path_factory.mktemp("ours"), smtp=FRONT) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        with exim({"acme.example": owner.port}, behind={DOMAIN: ours.port}, hostname="mx.example.com") as server:
            yield Fronted(ours, server)


def peer(line: str) -> str:
    """The client of a line of the log."""
    client = re.search(r" peer=(\S+) ", line)
    assert client
    return client[1]


def test_a_bounce_is_kept_with_the_clients_address_and_proven(front: Fronted):
    before = len(front.ours.lines("kept"))
    assert front.hand(front.ours.path("acme", GONE)).startswith("250 OK id=")
    line = front.kept_lines(before + 1)[-1]
    (bounce,) = front.ours.until(lambda: front.ours.rows("bounces", "--recipient", GONE))

    assert peer(line) == "127.0.0.9"
    assert "reverse_path=''" in line
    assert (bounce["belief"], bounce["suppresses"]) == ("proven", True)


def test_each_letter_is_of_its_own_client(front: Fronted):
    before = len(front.ours.lines("kept"))
    clients = [f"127.0.1.{n}" for n in range(1, 16)]
    for client in clients:
        assert front.hand(f"acme@{DOMAIN}", client=client).startswith("250 ")
    lines = front.kept_lines(before + len(clients))[before:]

    assert sorted(map(peer, lines)) == sorted(clients)


@pytest.mark.parametrize("path", [f"acme+jane=example.org@{DOMAIN}", f"postmaster@{DOMAIN}", f"Abuse@{DOMAIN}"])
def test_mail_that_we_take_is_taken_at_the_front(front: Fronted, path: str):
    before = len(front.ours.lines("kept"))
    assert front.hand(path).startswith("250 ")

    assert len(front.kept_lines(before + 1)) == before + 1


@pytest.mark.parametrize("local", ["nobody", "acme-aaaaaaaaaaaaaaaaaaaa-jane=example.org", "acme.x"])
def test_an_address_that_we_refuse_is_refused_at_the_front_in_our_words(front: Fronted, local: str):
    reply = front.hand(f"{local}@{DOMAIN}")

    assert reply.startswith("550")
    assert "550 5.1.1 No such return path" in reply
    assert " peer=127.0.0.9 " in front.ours.until(lambda: front.ours.lines("refused"))[-1]


def test_the_front_remembers_no_answer(front: Fronted):
    """An address that is no path today may be a path a moment later."""
    alias = f"later@{DOMAIN}"
    before = front.hand(alias)
    front.ours.command("alias", "add", alias, "--account", "acme")

    assert before.startswith("550")
    assert front.ours.until(lambda: front.hand(alias).startswith("250 "))


def test_check_finds_the_front_right(front: Fronted):
    settings = SmtpSettings(hostname="mx.example.com", domains=(DOMAIN,), fronts=("127.0.0.1",))
    (finding,) = check_front(settings, 30, front.server.port)

    assert (finding.level, finding.says) == (Level.OK, "refuses at RCPT what we refuse")


def test_the_front_relays_for_nobody_else(front: Fronted):
    assert front.hand("jane@example.org").startswith("550 relay not permitted")


def test_reports_of_the_front_itself_are_its_own(front: Fronted):
    """Nobody sent them to it, so that there is no client's address to greet by; and they end with us."""
    before = len(front.ours.lines("kept"))
    recipient = "nobody@acme.example"
    front.hand(recipient, client="127.0.0.1", sender=front.ours.path("acme", recipient))
    lines = front.kept_lines(before + 1)[before:]
    (bounce,) = front.ours.until(lambda: front.ours.rows("bounces", "--recipient", recipient))

    assert list(map(peer, lines)) == ["127.0.0.1"]
    assert bounce["belief"] == "proven"


def test_letters_in_eight_bits_and_of_megabytes_pass(front: Fronted):
    before = len(front.ours.lines("kept"))
    letters = ["Subject: café\r\n\r\né\r\n".encode(), b"Subject: large\r\n\r\n" + (b"x" * 70 + b"\r\n") * 60_000]
    for letter in letters:
        assert front.hand(f"acme@{DOMAIN}", letter).startswith("250 ")
        front.kept_lines(before := before + 1)
    largest = re.search(r"octets=(\d+)", front.kept_lines(before)[-1])

    assert largest
    assert int(largest[1]) > len(letters[1])


def test_while_we_are_away_the_front_puts_off(tmp_path: Path):
    with Ours(tmp_path, smtp=FRONT) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        with exim({}, behind={DOMAIN: ours.port}, hostname="mx.example.com") as server:
            ours.stop()
            reply = Fronted(ours, server).hand(f"acme@{DOMAIN}")

    assert reply.startswith("451")
