"""The closed loop: an unmodified script sends through a real mail server, bounces come home, and those addresses are left alone."""

import shlex
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from programs.mailing import logged, mailing, to_all
from programs.ours import DOMAIN, LISTENERS, Ours
from programs.parts import mail_server
from programs.peers import Peer, Refusal
from programs.private_root import Place

pytestmark = pytest.mark.timeout(240)

RECIPIENTS = [f"reader{number:02}@example.org" for number in range(20)]
GONE = RECIPIENTS[3::5]
STAYING = [recipient for recipient in RECIPIENTS if recipient not in GONE]
REFUSALS = {recipient: Refusal("550 5.1.1 No such user here") for recipient in GONE}
SERVERS = [pytest.param(name, marks=pytest.mark.real(name)) for name in ("postfix", "sendmail")]

Starts = Callable[..., AbstractContextManager[Place]]


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=LISTENERS) as daemon:
        daemon.command("account", "add", "acme", "--owner", "ann@acme.example", "--sender", "acme.example")
        daemon.believe("acme", "127.0.0.0/8")
        yield daemon


@pytest.fixture
def world() -> Iterator[Peer]:
    with Peer("mx.example.org", REFUSALS) as peer:
        yield peer


def started(name: str, ours: Ours, world: Peer) -> AbstractContextManager[Place]:
    """The mail server, with nothing but the milter's line in its settings."""
    routes = {DOMAIN: ours.port, "example.org": world.port}
    return mail_server(name, routes, listeners={"milter": ours.listeners["milter"]})


def report(ours: Ours, campaign: str) -> dict[str, Any]:
    return next(
        row for row in ours.rows("sends", "report", "--by", "campaign") if row["of"] == (campaign or "no campaign")
    )


def suppressed(ours: Ours) -> list[str]:
    return sorted(row["address"] for row in ours.rows("suppressions", "list"))


def log_of_both(ours: Ours, server: Place) -> dict[str, list[str]]:
    """Give the server's log of both mailings; the log is complete a moment after the world has the last letter."""

    def log() -> dict[str, list[str]] | None:
        outcomes = logged(server.log(), "example.org")
        return outcomes if len(outcomes.get("sent", ())) >= 2 * len(STAYING) else None

    return ours.until(log)


@pytest.mark.parametrize("name", SERVERS)
def test_a_mailing_to_twenty_teaches_the_next_one(name: str, ours: Ours, world: Peer):
    """One letter each: every bounce is proven by its own return path, and whoever writes to its address again hears so."""
    with started(name, ours, world) as server:
        assert mailing(server.port, RECIPIENTS, "first") == {}
        ours.until(lambda: suppressed(ours) == GONE)
        assert sorted(mailing(server.port, RECIPIENTS, "second")) == GONE
        ours.until(lambda: len(world.letters()) == 2 * len(STAYING))
        log = log_of_both(ours, server)

    assert {row["belief"] for row in ours.rows("bounces")} == {"proven"}
    assert sorted(row["recipient"] for row in ours.rows("bounces")) == GONE
    # what both servers logged: every letter was handed over once, and the second mailing to none of those who are gone
    assert sorted(log["sent"]) == sorted(2 * STAYING)
    assert (
        sorted(recipient for outcome, recipients in log.items() if outcome != "sent" for recipient in recipients)
        == GONE
    )
    assert sorted(recipient for letter in world.letters() for recipient in letter.recipients) == sorted(2 * STAYING)
    first, second = report(ours, "first"), report(ours, "second")
    assert (first["sent"], first["hard"], first["dropped"]) == (20, 4, 0)
    assert (second["sent"], second["hard"], second["dropped"]) == (16, 0, 0)
    assert report(ours, "")["refused"] == 4, "at RCPT, before the mail says what campaign it is of"


@pytest.mark.parametrize("name", SERVERS)
def test_one_letter_to_twenty_teaches_the_next_one_too(name: str, ours: Ours, world: Peer):
    """All share one return path: that a server of the account's own reports it proves who of them it was."""
    ours.command("account", "set", "acme", "--suppressed", "drop")
    with started(name, ours, world) as server:
        assert to_all(server.port, RECIPIENTS, "first") == {}
        ours.until(lambda: suppressed(ours) == GONE)
        assert to_all(server.port, RECIPIENTS, "second") == {}
        ours.until(lambda: len(world.letters()) >= 2)
        ours.until(lambda: sum(len(letter.recipients) for letter in world.letters()) == 2 * len(STAYING))
        log = log_of_both(ours, server)

    assert sorted(log["sent"]) == sorted(2 * STAYING)
    for letter in world.letters():
        assert b"X-Bouncer-Return-Path: <acme-" in letter.octets
        assert letter.reverse_path.encode() in letter.octets
    first, second = report(ours, "first"), report(ours, "second")
    assert (first["sent"], first["hard"], first["dropped"]) == (20, 4, 0)
    assert (second["sent"], second["dropped"]) == (16, 4)


@pytest.mark.parametrize("name", SERVERS)
def test_a_suppressed_recipient_is_refused_with_the_cause_and_the_way_out(name: str, ours: Ours, world: Peer):
    """In the words that the sender sees, however the address is spelt; and the command that they name frees it."""
    odd = ["o'hara%relay@example.org", "x" * 64 + "@example.org", "$HOME`id`@example.org"]
    ours.command("suppressions", "add", "--account", "acme", "--days", "90", "--reason", "100% by hand", *odd)
    with started(name, ours, world) as server:
        refused = to_all(server.port, [*odd, *STAYING], "first")
        refusal_texts = {recipient: text.decode() for recipient, (_, text) in refused.items()}
        for text in refusal_texts.values():
            ours.command(*shlex.split(text.partition("to free it: bouncer ")[2]))
        assert to_all(server.port, odd, "second") == {}

    assert sorted(refused) == sorted(odd)
    assert {code for code, _ in refused.values()} == {550}
    for recipient, text in refusal_texts.items():
        in_front = f"<{recipient}>... " if name == "sendmail" else ""
        assert text.startswith(f"5.7.1 {in_front}{recipient}: not sent, reason: 100% by hand (suppressed until ")
        assert text.endswith(f"; to free it: bouncer suppressions remove --account acme {shlex.quote(recipient)}")
    assert [line.partition("queue_id")[0].strip() for line in ours.lines("refused")] == [
        f"refused account=acme recipient={recipient!r} cause='100% by hand'" for recipient in odd
    ]


@pytest.mark.real("postfix")
def test_postfix_can_ask_for_the_refusal_alone(ours: Ours, world: Peer):
    """As the README has it: check_policy_service. The table is tried in tests/acceptance/test_milter_strangers.py."""
    ours.command("suppressions", "add", "--account", "acme", *GONE)
    routes = {"example.org": world.port}
    with mail_server("postfix", routes, listeners={"policy": ours.listeners["policy"]}) as server:
        refused = mailing(server.port, RECIPIENTS, "first")
        ours.until(lambda: len(world.letters()) == len(STAYING))

    assert sorted(refused) == GONE
    assert set(refused.values()) == {
        (
            550,
            (
                f"5.7.1 <{address}>: Recipient address rejected: not sent, reason: by hand (suppressed); "
                f"to free it: bouncer suppressions remove --account acme {address}"
            ).encode(),
        )
        for address in GONE
    }
