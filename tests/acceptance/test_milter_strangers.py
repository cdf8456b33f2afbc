"""A real Postfix hosts the domain of a suppressed address: strangers and others reach it, and none of them learns anything.

The lines are the manual's (tests/house/test_manual_milter.py). Clients come from elsewhere by XCLIENT (Postfix's
XCLIENT_README), and log in with Dovecot's word.
"""

import base64
import smtplib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from programs.dovecot import dovecot
from programs.ours import LISTENERS, Ours
from programs.parts import free_port, postfix
from programs.peers import Peer

pytestmark = [pytest.mark.real("postfix", "dovecot"), pytest.mark.timeout(240)]

JANE, BOB = "jane@example.org", "bob@example.org"
"""Suppressed for acme, and not; both in a domain that the server hosts."""
ANYWHERE, HOME = "203.0.113.9", "127.0.0.1"
NEWS, STRANGER = "news@acme.example", "x@evil.example"
SUPPRESSED = (
    "550 5.7.1 <{0}>: Recipient address rejected: not sent, reason: by hand (suppressed); "
    "to free it: bouncer suppressions remove --account acme {0}"
)


@dataclass(frozen=True, slots=True)
class Servers:
    """Ours, and a Postfix in front of it: where it takes mail from the world, and where from who logs in."""

    ours: Ours
    world: int
    submission: int


@pytest.fixture(scope="module", params=[False, True], ids=["plain paths", "hashed paths"])
def ours(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    folder: Path = tmp_path_factory.mktemp("ours")
    with Ours(folder, milter=LISTENERS) as daemon:
        hashing = ("--hash-paths",) if request.param else ()
        daemon.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example", *hashing)
        daemon.command("account", "add", "zoo", "--owner", "z@zoo.example", "--sender", "zoo.example")
        daemon.command("suppressions", "add", "--account", "acme", JANE)
        yield daemon


@pytest.fixture(scope="module")
def servers(ours: Ours) -> Iterator[Servers]:
    listeners, submission = {name: ours.listeners[name] for name in ("policy", "socketmap")}, free_port()
    with (
        Peer("mx.example.org") as peer,
        dovecot() as boxes,
        postfix({"example.org": peer.port}, listeners=listeners, logins=boxes.logins, submission=submission) as server,
    ):
        yield Servers(ours, server.port, submission)


def answers(port: int, sender: str, *, client: str = ANYWHERE, login: str = "", command: str = "RCPT") -> list[str]:
    """Say what is answered about Jane and about Bob, of a mail from *sender*; each in a session of its own, as strangers try."""
    return [_answer(port, sender, recipient, client, login, command) for recipient in (JANE, BOB)]


def _answer(port: int, sender: str, recipient: str, client: str, login: str, command: str) -> str:
    with smtplib.SMTP("127.0.0.1", port, timeout=60) as session:
        session.ehlo()
        if client != HOME:
            session.docmd("XCLIENT", f"ADDR={client} NAME=client.example")
            session.ehlo("client.example")
        if login:
            credentials = base64.b64encode(f"\0{login}\0any".encode()).decode()
            assert session.docmd("AUTH", f"PLAIN {credentials}")[0] == 235
        if command == "VRFY":
            code, text = session.docmd("VRFY", recipient)
        else:
            session.docmd(f"MAIL FROM:<{sender}>")
            code, text = session.docmd(f"RCPT TO:<{recipient}>")
    return f"{code} {text.decode()}"


@pytest.mark.parametrize(
    ("sender", "client"),
    [
        (STRANGER, ANYWHERE),
        (NEWS, ANYWHERE),
        ("", ANYWHERE),
        ("other@else.example", HOME),
        ("", HOME),
    ],
    ids=["a stranger", "one who borrows our name", "a bounce", "another sender of ours", "a bounce of ours"],
)
def test_others_mail_to_a_hosted_address_is_taken(servers: Servers, sender: str, client: str):
    """By the policy service's line in main.cf, which the submission service's block beside it does not change."""
    assert answers(servers.world, sender, client=client) == ["250 2.1.5 Ok"] * 2


def test_the_accounts_own_mail_is_refused(servers: Servers):
    for how in ({"login": "ann@acme.example"}, {"client": HOME}):
        assert answers(servers.world, NEWS, **how) == [SUPPRESSED.format(JANE), "250 2.1.5 Ok"]


def test_another_accounts_login_is_not(servers: Servers):
    assert answers(servers.world, NEWS, login="zed@zoo.example") == ["250 2.1.5 Ok"] * 2


def test_a_stranger_who_only_asks_learns_nothing(servers: Servers):
    """VRFY goes by the same restrictions (RFC 5321 section 3.5.3)."""
    jane, bob = answers(servers.world, STRANGER, command="VRFY")

    assert jane.replace(JANE, BOB) == bob
    assert bob.startswith("252 ")


@pytest.mark.parametrize("client", [ANYWHERE, HOME])
@pytest.mark.parametrize("command", ["RCPT", "VRFY"])
@pytest.mark.parametrize("sender", [STRANGER, NEWS, ""])
def test_a_client_that_has_not_logged_in_hears_the_same_of_everybody_at_submission(
    servers: Servers, sender: str, client: str, command: str
):
    """There the table is asked, and only of those who may send."""
    jane, bob = answers(servers.submission, sender, client=client, command=command)

    assert jane.replace(JANE, BOB) == bob
    assert bob.startswith("554 ")


def test_the_table_refuses_at_submission_who_is_suppressed(servers: Servers):
    for sender in (NEWS, STRANGER):
        assert answers(servers.submission, sender, login="ann@acme.example") == [
            SUPPRESSED.format(JANE),
            "250 2.1.5 Ok",
        ]


def test_a_refused_recipient_stands_in_the_log_as_the_account_wants_it(servers: Servers):
    """An account with hashed paths has no recipient in any log, whichever server was asked."""
    answers(servers.world, NEWS, login="ann@acme.example")
    answers(servers.submission, NEWS, login="ann@acme.example")
    hashing = servers.ours.rows("account", "show", "acme")[0]["terms"]["hash_paths"]

    lines = [line for line in servers.ours.log.read_text().splitlines() if "refused account=acme" in line]
    assert len(lines) >= 2
    assert all(("jane" not in line) is hashing for line in lines)
