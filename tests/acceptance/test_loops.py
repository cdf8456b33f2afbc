"""Loops made on purpose, in five ways: each ends, and this shows how.

The owners' servers are played: whatever our daemon's notices lead to there comes back to it as mail, for as long as it sends
any. A loop that does not end would fill the rounds.
"""

import smtplib
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours

FIXTURES = Path(__file__).parents[2] / "fixtures"
REPORT = (FIXTURES / "ndr/postfix/01-unknown-user.eml").read_bytes()
ANN, BOB, OPERATOR = "ann@acme.example", "bob@acme.example", "op@example.com"
ROUNDS = 5
"""Times that mail goes there and back; a loop that ends has ended by then."""

Answer = Callable[[EmailMessage], tuple[str, bytes]]
"""The reaction of an owner's server to a notice: the mail that it sends, and where."""


def send(ours: Ours, path: str, letter: bytes, reverse_path: str = "") -> int:
    """Hand a letter in; gives the reply code to RCPT, or to DATA."""
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
        client.ehlo("client.example.net")
        client.mail(reverse_path)
        code, _ = client.rcpt(path)
        return client.data(letter)[0] if code == 250 else code


def settled(ours: Ours) -> bool:
    """Nothing is left to read or to send."""
    return not ours.rows("letters", "--state", "kept") and not ours.rows("queue", "--state", "waiting")


def played(ours: Ours, answer: Answer) -> int:
    """Play the owner's server for some rounds; gives how many mails of ours there were in all."""
    message_ids: set[str] = set()
    for _ in range(ROUNDS):
        ours.until(lambda: settled(ours))
        new = [notice for notice in ours.notices() if str(notice["Message-ID"]) not in message_ids]
        if not new:
            break
        for notice in new:
            message_ids.add(str(notice["Message-ID"]))
            send(ours, *answer(notice))
    else:
        pytest.fail(f"after {ROUNDS} rounds it still goes on")
    return len(message_ids)


def bounce_of(notice: EmailMessage, *, headers: bool = True) -> bytes:
    """A report of the owner's server that *notice* could not be delivered; with the notice's headers, or without."""
    head, _, _ = REPORT.partition(b"Content-Description: Undelivered Message")
    report = head.replace(b"unknown@example.org", str(notice["To"]).encode())
    returned = bytes(notice) if headers else b"Subject: (not returned)\r\n\r\n"
    kind = b"Content-Type: message/rfc822\r\n\r\n" + returned
    boundary = message_from_bytes(REPORT, policy=default).get_boundary()
    assert boundary is not None
    return report + kind + b"\r\n--" + boundary.encode() + b"--\r\n"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", ANN)
        yield daemon


def test_an_owner_that_is_a_return_path_of_ours(ours: Ours):
    """The notice comes in at our own server, is known by its header, and is told to nobody."""
    ours.command("account", "set", "acme", "--owner", f"acme@{DOMAIN}")
    send(ours, f"acme@{DOMAIN}", REPORT)

    assert played(ours, lambda notice: (f"acme@{DOMAIN}", bytes(notice))) == 1

    assert any("one of our own notices" in (row["note"] or "") for row in ours.rows("letters"))


def test_two_daemons_that_own_each_other_make_no_loop(ours: Ours, tmp_path: Path):
    """A notice of another installation is told to nobody; that it came back is, as of any mail that is not ours, and it ends."""
    (tmp_path / "other").mkdir()
    with Ours(tmp_path / "other") as other:
        other.command("account", "add", "acme", "--owner", ANN)
        send(ours, f"acme@{DOMAIN}", REPORT)
        (notice,) = ours.until(ours.notices)
        send(other, f"acme@{DOMAIN}", bytes(notice))
        send(other, f"acme@{DOMAIN}", bounce_of(notice))
        other.until(lambda: settled(other))
        (other_notice,) = other.notices()
        send(ours, f"acme@{DOMAIN}", bytes(other_notice))
        ours.until(lambda: settled(ours))

        assert len(ours.notices()) == len(other.notices()) == 1


def test_nothing_follows_from_an_owners_vacation_reply(ours: Ours):
    """A vacation program that answers whatever asks it not to: an answer is no report, so that nothing follows from it."""
    send(ours, f"acme@{DOMAIN}", REPORT)

    def away(notice: EmailMessage) -> tuple[str, bytes]:
        answer = (
            f"From: {ANN}\r\nSubject: Out of office: {notice['Subject']}\r\nAuto-Submitted: auto-replied\r\n"
            f"In-Reply-To: {notice['Message-ID']}\r\n\r\nI am away until Monday.\r\n"
        )
        return f"acme@{DOMAIN}", answer.encode()

    assert played(ours, away) == 1


@pytest.mark.parametrize("headers", [True, False], ids=["with headers", "without headers"])
def test_an_owners_forwarder_that_bounces_to_our_return_path_makes_no_loop(tmp_path: Path, headers: bool):
    """The signed path of notices names the owner: one is marked and the other told, then that one too and the operator told."""
    with Ours(tmp_path, forward='reverse_path = "signed"') as ours:
        ours.command("account", "add", "acme", "--owner", ANN, "--owner", BOB)
        send(ours, f"acme@{DOMAIN}", REPORT)

        def forwarder(notice: EmailMessage) -> tuple[str, bytes]:
            return str(notice["Return-Path"]).strip("<>"), bounce_of(notice, headers=headers)

        assert played(ours, forwarder) == 2 + 1 + 1  # two notices, one that tells the other owner, one the operator
        account = ours.rows("account", "show", "acme")[0]

    assert account["failing"] == [ANN, BOB]


def test_a_smarthost_that_bounces_to_the_alias_makes_no_loop(ours: Ours):
    """The smarthost reports to an address in the header, not to the envelope sender: the returned notice tells whose it is."""
    send(ours, f"acme@{DOMAIN}", REPORT)

    assert played(ours, lambda notice: (f"acme@{DOMAIN}", bounce_of(notice))) == 1


def test_changing_the_account_takes_the_mark_off(tmp_path: Path):
    with Ours(tmp_path, forward='reverse_path = "signed"') as ours:
        ours.command("account", "add", "acme", "--owner", ANN)
        send(ours, f"acme@{DOMAIN}", REPORT)
        notice = ours.until(ours.notices)[0]
        send(ours, str(notice["Return-Path"]).strip("<>"), bounce_of(notice))
        operator_notice = ours.until(lambda: [mail for mail in ours.notices() if str(mail["To"]) == OPERATOR])[0]

        assert str(operator_notice["Subject"]) == f"Our mail to {ANN} comes back"
        assert ours.rows("account", "show", "acme")[0]["failing"] == [ANN]
        ours.command("account", "set", "acme", "--owner", BOB)
        assert ours.rows("account", "show", "acme")[0]["failing"] == []
