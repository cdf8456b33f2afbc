"""``bouncer check --send-test``: one notice, followed to its end, with the daemon and without it."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import Ours
from programs.parts import postfix
from programs.peers import Peer, Refusal

ANN, BOB = "ann@acme.example", "bob@elsewhere.example"


@pytest.fixture
def peer() -> Iterator[Peer]:
    with Peer("smarthost.example") as smarthost:
        yield smarthost


@pytest.fixture
def ours(tmp_path: Path, peer: Peer) -> Ours:
    """Not started; its account has an owner who reads German."""
    installation = Ours(tmp_path, courier=f"smtp://127.0.0.1:{peer.port}")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    installation.settings.write_text(installation.settings.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
    installation.command("account", "add", "acme", "--owner", ANN)
    installation.command("account", "set", "acme", "--prefer", "language=de")
    return installation


def steps(ours: Ours, address: str) -> tuple[int, list[tuple[str, str]]]:
    """The exit code, and each step with what is said of it."""
    result = ours.command("check", "--send-test", address, "--json", check=False)
    steps_taken = [json.loads(text)["test"] for text in result.stdout.splitlines()]
    return result.returncode, [(step["step"], step["says"]) for step in steps_taken]


def test_through_the_daemon_it_goes_as_every_notice_and_counts_as_nothing(ours: Ours, peer: Peer):
    with ours:
        code, results = steps(ours, ANN)
        mail = peer.wait_for(lambda letter: letter.recipients == (ANN,))
        (sent,) = ours.rows("queue")
        (letter,) = ours.rows("letters")
        bounces, suppressions = ours.rows("bounces"), ours.rows("suppressions", "list")
        log = ours.lines("sent")

    assert code == 0
    assert [step for step, _ in results] == ["queued", "sent"]
    assert results[-1][1] == "2.0.0 Ok: kept"
    assert b"Subject: =?utf-8?" in mail.octets or b"Subject: Test: Die Benachrichtigungen" in mail.octets
    assert b"Dies ist ein Test." in mail.octets
    assert (sent["kind"], sent["state"], sent["account"]) == ("test", "sent", "acme")
    assert (letter["kind"], letter["state"], letter["octets"]) == ("test", "retired", 0)
    assert (bounces, suppressions) == ([], [])
    assert any("notice=test" in line and f"to='{ANN}'" in line for line in log)


def test_without_a_daemon_it_goes_through_the_courier_and_leaves_nothing_behind(ours: Ours, peer: Peer):
    code, results = steps(ours, BOB)
    mail = peer.wait_for(lambda letter: letter.recipients == (BOB,))

    assert (code, results[0]) == (0, ("queued", "no daemon answers: it goes through the courier at once"))
    assert results[1] == ("sent", "2.0.0 Ok: kept")
    assert b"This is a test." in mail.octets
    assert ours.rows("queue") == []


@pytest.mark.parametrize("runs", [True, False])
@pytest.mark.parametrize(
    ("reply", "step"),
    [
        ("550 5.1.1 User unknown", "given-up"),
        ("554 5.7.1 Relay access denied", "deferred"),
        ("450 4.2.0 Greylisted", "deferred"),
    ],
)
def test_the_smarthosts_answer_is_told_and_no_test_comes_later(
    ours: Ours, peer: Peer, reply: str, step: str, runs: bool
):
    peer.refusals[ANN] = Refusal(reply)
    if runs:
        ours.start()
    try:
        code, results = steps(ours, ANN)
        states = [row["state"] for row in ours.rows("queue")]
    finally:
        if runs:
            ours.kill()

    assert code == 1
    assert results[-1] == (step, reply)
    assert "waiting" not in states


def test_a_smarthost_that_is_not_there_is_told(ours: Ours, peer: Peer):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    ours.settings.write_text(ours.settings.read_text().replace(f":{peer.port}", f":{free}"))
    code, results = steps(ours, ANN)

    assert (code, results[-1][0]) == (1, "deferred")


def test_a_daemon_with_another_store_is_found(tmp_path: Path, peer: Peer, monkeypatch: pytest.MonkeyPatch):
    """The daemon answers in our name, and never takes the notice."""
    from click.testing import CliRunner  # noqa: PLC0415 -- in this process the patience is short

    from bouncer.cli import send_test  # noqa: PLC0415
    from bouncer.cli.root import root  # noqa: PLC0415

    monkeypatch.setattr(send_test, "LEASE_TIMEOUT_SECONDS", 0.5)
    other = Ours(tmp_path, courier=f"smtp://127.0.0.1:{peer.port}")
    with Peer("mx.example.com") as answering:
        text = other.settings.read_text().replace("127.0.0.1:0", f"127.0.0.1:{answering.port}")
        other.settings.write_text(text)
        result = CliRunner().invoke(root, ["check", "--send-test", ANN, "--settings", str(other.settings)])

    assert result.exit_code == 1
    assert "stuck     the daemon that answers did not take it" in result.output
    assert [row["state"] for row in other.rows("queue")] == ["dropped"]


@pytest.mark.parametrize("address", ["ann", "ann@rp.example.com", "ann@RP.Example.Com", "a b@example.org"])
def test_an_address_that_cannot_be_tested_is_refused(ours: Ours, peer: Peer, address: str):
    result = ours.command("check", "--send-test", address, check=False)

    assert result.returncode != 0
    assert "Traceback" not in result.stderr
    assert peer.letters() == ()


def test_an_owner_of_a_route_is_reached_by_it(ours: Ours, peer: Peer):
    with Peer("own.example") as own:
        text = ours.settings.read_text()
        route = f'routes = ["acme.example smtp://127.0.0.1:{own.port}"]\n'
        ours.settings.write_text(text.replace('operator = "op@example.com"\n', f'operator = "op@example.com"\n{route}'))
        code, _ = steps(ours, ANN)
        own.wait_for(lambda letter: letter.recipients == (ANN,))

    assert code == 0
    assert peer.letters() == ()


@pytest.mark.real("postfix")
def test_a_real_postfix_hands_it_to_the_mailbox(tmp_path: Path):
    with Peer("mx.acme.example") as mailbox, postfix({"acme.example": mailbox.port}) as server:
        ours = Ours(tmp_path, courier=f"smtp://127.0.0.1:{server.port}")
        code, results = steps(ours, ANN)
        mail = mailbox.wait_for(lambda letter: letter.recipients == (ANN,))

    assert (code, results[-1][0]) == (0, "sent")
    assert "queued as" in results[-1][1]
    assert b"Auto-Submitted: auto-generated" in mail.octets
