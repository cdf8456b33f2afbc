"""``bouncer check`` asks real peers on loopback: smarthosts of all kinds, our own daemon, the servers for outgoing mail."""

import json
import os
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner
from programs.empty_store import make_empty_store
from programs.ours import LISTENERS, Ours
from programs.parts import postfix
from programs.peers import Peer, Refusal

from bouncer.cli.root import root
from bouncer.doctor import milter_ports, ports
from bouncer.doctor.finding import Level
from bouncer.settings.sections import MilterSettings

OPERATOR, ANN, BOB, FROM = "op@example.com", "ann@acme.example", "bob@acme.example", "bounces@example.com"
SETTINGS = """
[smtp]
hostname = "mx.example.com"
domains = ["rp.example.com"]
listen = ["127.0.0.1:{free}"]
[store]
url = "sqlite:///{folder}/bouncer.db"
[tokens]
keys = ["{folder}/token.key"]
[forward]
courier = "{courier}"
from = "Bounces <bounces@example.com>"
operator = "op@example.com"
"""


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the checks ask a port where nobody answers, instead of port 25 of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        monkeypatch.setattr(ports, "SMTP_PORT", free.getsockname()[1])
    for name in [name for name in os.environ if name.startswith("BOUNCER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A place with a key and an account that has two owners."""
    (tmp_path / "token.key").write_text("a secret for tests, and for tests only\n")
    (tmp_path / "token.key").chmod(0o600)
    settings_in(tmp_path, "maildir:/none")
    make_empty_store(tmp_path / "bouncer.db")
    run(tmp_path, "account", "add", "acme", "--owner", ANN, "--owner", BOB)
    return tmp_path


def settings_in(folder: Path, courier: str, forward: str = "") -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        free = listener.getsockname()[1]
    (folder / "bouncer.toml").write_text(SETTINGS.format(folder=folder, free=free, courier=courier) + forward)


def run(folder: Path, *words: str) -> str:
    return CliRunner().invoke(root, ["--settings", str(folder / "bouncer.toml"), *words]).output


def checked(folder: Path, courier: str, forward: str = "") -> list[dict[str, str]]:
    """Give the results of the checks of a courier."""
    settings_in(folder, courier, forward)
    lines = map(json.loads, run(folder, "check", "--no-dns", "--json", "--timeout", "5").splitlines())
    return [line["finding"] for line in lines if line.get("finding", {}).get("about", "").startswith("courier")]


def check_through(folder: Path, peer: Peer, forward: str = "") -> tuple[list[str], str]:
    """The levels of what is found of a smarthost, and all that is said of it."""
    findings = checked(folder, f"smtp://127.0.0.1:{peer.port}", forward)
    return [finding["level"] for finding in findings], " ".join(
        f"{finding['says']} {finding['remedy']}" for finding in findings
    )


def test_a_smarthost_that_takes_all_is_good_and_gets_no_mail(folder: Path):
    with Peer("smarthost.example") as peer:
        levels, says = check_through(folder, peer)

    assert levels == ["ok", "ok"]
    assert f"takes mail for {OPERATOR} and 2 more" in says
    assert peer.commands == ["EHLO", "MAIL", "RCPT", "RCPT", "RCPT", "RSET", "MAIL", "RCPT", "RSET", "QUIT"]
    assert peer.letters() == ()


@pytest.mark.real("postfix")
def test_a_real_postfix_takes_all(folder: Path):
    with (
        Peer("mx.acme.example") as mailbox,
        postfix({"acme.example": mailbox.port, "example.com": mailbox.port}) as server,
    ):
        findings = checked(folder, f"smtp://127.0.0.1:{server.port}")

    assert [finding["level"] for finding in findings] == ["ok", "ok"]


@pytest.mark.parametrize(
    ("refusals", "senders", "level", "says"),
    [
        (
            {OPERATOR: "554 5.7.1 Relay access denied"},
            {},
            "fail",
            f"refuses us, whoever it is for (asked for {OPERATOR})",
        ),
        ({ANN: "550 5.1.1 User unknown"}, {}, "fail", f"refuses the recipient {ANN}: 550 5.1.1 User unknown"),
        ({BOB: "550 5.1.1 User unknown"}, {}, "fail", "put the address right: bouncer account set NAME --owner"),
        ({ANN: "450 4.2.0 Greylisted"}, {}, "warn", "it may take such mail later"),
        ({}, {"": "550 5.7.1 No null senders"}, "fail", 'set [forward] reverse_path = "signed"'),
        ({}, {"": "451 4.3.0 Busy"}, "warn", "refuses our envelope sender <>: 451"),
        (
            {},
            {FROM: "553 5.7.1 Not owned by you"},
            "warn",
            f"refuses {FROM}, our From, as a sender: 553 5.7.1 Not owned",
        ),
    ],
)
def test_each_refusal_is_found_with_what_to_do(
    folder: Path, refusals: Mapping[str, str], senders: Mapping[str, str], level: str, says: str
):
    with Peer(
        "smarthost.example", {address: Refusal(text) for address, text in refusals.items()}, sender_refusals=senders
    ) as peer:
        levels, words = check_through(folder, peer)

    assert levels[0] == "ok"  # it answers
    assert levels[-1] == level
    assert says in words
    assert "DATA" not in peer.commands


def test_a_signed_envelope_sender_is_asked_for_as_it_will_be(folder: Path):
    with Peer("smarthost.example", sender_refusals={"": "550 5.7.1 No null senders"}) as peer:
        levels, _ = check_through(folder, peer, 'reverse_path = "signed"\n')

    assert levels == ["ok", "ok"]


def test_owners_of_a_route_are_asked_for_at_its_own_courier(folder: Path):
    with Peer("everybody.example") as others, Peer("acme.example", {ANN: Refusal("550 5.1.1 Unknown")}) as own:
        route = f'routes = ["acme.example smtp://127.0.0.1:{own.port}"]\n'
        findings = checked(folder, f"smtp://127.0.0.1:{others.port}", route)

    assert [finding["says"] for finding in findings if finding["level"] == "fail"] == [
        f"refuses the recipient {ANN}: 550 5.1.1 Unknown"
    ]
    assert others.commands.count("RCPT") == 2  # the operator, with either sender


def test_many_owners_are_not_all_asked_for(folder: Path):
    run(folder, "account", "add", "many", *(word for n in range(50) for word in ("--owner", f"o{n}@example.org")))
    with Peer("smarthost.example") as peer:
        check_through(folder, peer)

    assert peer.commands.count("RCPT") <= 21


def test_a_courier_that_answers_with_our_own_greeting_is_found(folder: Path, tmp_path: Path):
    """The port of a daemon of ours that another address leads to, as through a forwarded port."""
    (tmp_path / "ours").mkdir()
    with Ours(tmp_path / "ours") as ours:
        (finding,) = checked(folder, f"smtp://127.0.0.1:{ours.port}")

    assert finding["level"] == "fail"
    assert "answers with our own greeting, 220 mx.example.com ESMTP: notices would come back to us" in finding["says"]


def test_a_server_of_the_same_name_is_not_taken_for_us(folder: Path):
    """That server's host has one name for both; our own greeting has no more words."""
    with Peer("mx.example.com ESMTP Postfix") as peer:
        levels, _ = check_through(folder, peer)

    assert levels == ["ok", "ok"]


@pytest.mark.parametrize("path", ["/proc/x", "/proc/self/x", "/dev/null/x", "/sys/x"])
def test_a_maildir_where_nothing_can_be_made_fails(folder: Path, path: str):
    (finding,) = checked(folder, f"maildir:{path}")

    assert finding["level"] == "fail"


def test_trying_a_maildir_leaves_nothing_behind(folder: Path):
    for name in ("", "tmp", "new", "cur"):
        (folder / "mail" / name).mkdir(parents=True, exist_ok=True)
    (finding,) = checked(folder, f"maildir:{folder}/mail")

    assert finding["level"] == "ok"
    assert sorted(path.name for path in (folder / "mail").rglob("*")) == ["cur", "new", "tmp"]


def test_a_store_without_account_and_an_account_without_owner_are_found(tmp_path: Path):
    settings_in(tmp_path, f"maildir:{tmp_path}/mail")
    make_empty_store(tmp_path / "bouncer.db")
    run(tmp_path, "account", "add", "acme")
    ownerless = run(tmp_path, "check", "--no-dns")
    run(tmp_path, "account", "set", "acme", "--no-forward")
    wants_none = run(tmp_path, "check", "--no-dns")
    run(tmp_path, "account", "remove", "acme", "--yes")
    none = run(tmp_path, "check", "--no-dns")

    assert "account acme: has no owner" in ownerless
    assert "bouncer account set acme --owner ADDRESS" in ownerless
    assert "has no owner" not in wants_none
    assert "fail  accounts: none" in none


@contextmanager
def saying(octets: bytes) -> Iterator[int]:
    """A server that says the same to everybody, and hangs up."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(octets)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def listeners_at(port: int) -> MilterSettings:
    return MilterSettings(*([(f"127.0.0.1:{port}",)] * 3))


def test_listeners_of_the_daemon_answer_and_stay_as_they_were(tmp_path: Path):
    (tmp_path / "ours").mkdir()
    with Ours(tmp_path / "ours", milter=LISTENERS) as ours:
        settings = MilterSettings(
            *((f"127.0.0.1:{ours.listeners[name]}",) for name in ("milter", "policy", "socketmap"))
        )
        findings = list(milter_ports.check_ports(settings, 5, serving=True))
        log = ours.log.read_text()

    assert [(finding.level, finding.says) for finding in findings] == [(Level.OK, "answers")] * 3
    assert "WARNING" not in log


@pytest.mark.parametrize("octets", [b"220 other.example ESMTP\r\n", b"", b"\xff" * 5000, b"SSH-2.0-OpenSSH\r\n"])
def test_another_program_at_a_port_is_found(octets: bytes):
    with saying(octets) as port:
        findings = list(milter_ports.check_ports(listeners_at(port), 5, serving=True))

    assert [finding.level for finding in findings] == [Level.FAIL] * 3
    assert all(
        "ss -ltnp" in finding.remedy or "name another port in [milter]" in finding.remedy for finding in findings
    )


def test_a_server_that_takes_connections_and_says_nothing_is_not_waited_for_for_ever():
    with socket.create_server(("127.0.0.1", 0)) as silent:
        findings = list(milter_ports.check_ports(listeners_at(silent.getsockname()[1]), 0.2, serving=True))

    assert [finding.level for finding in findings] == [Level.FAIL] * 3


def test_a_socket_of_the_file_system_is_asked_too(tmp_path: Path):
    answering_path, stale = tmp_path / "there", tmp_path / "stale"
    with socket.socket(socket.AF_UNIX) as left_behind:
        left_behind.bind(str(stale))
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(answering_path))
        listener.listen()

        def serve() -> None:
            with listener.accept()[0] as connection:
                connection.recv(1024)
                connection.sendall(b"action=DUNNO\n\n")

        answering = threading.Thread(target=serve)
        answering.start()
        findings = {
            path.name: next(milter_ports.check_ports(MilterSettings(policy_listen=(f"unix:{path}",)), 5, serving=True))
            for path in (answering_path, stale, tmp_path / "none")
        }
        answering.join()

    assert {name: finding.level for name, finding in findings.items()} == {
        "there": Level.OK,
        "stale": Level.FAIL,
        "none": Level.FAIL,
    }


def test_a_port_without_a_listener_fails_where_the_daemon_runs_and_is_free_where_it_does_not():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        settings = MilterSettings(listen=(f"127.0.0.1:{listener.getsockname()[1]}",))
    (running,), (stopped,) = (list(milter_ports.check_ports(settings, 1, serving=serving)) for serving in (True, False))

    assert (running.level, running.remedy) == (Level.FAIL, "restart the daemon: it opens it at its start")
    assert (stopped.level, stopped.says) == (Level.OK, "free; the daemon does not run")


def test_notices_that_could_not_leave_are_told_with_the_last_words(tmp_path: Path):
    letter = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
    (tmp_path / "ours").mkdir()
    with Peer("smarthost.example", {ANN: Refusal("554 5.7.1 Relay access denied")}) as peer, Ours(
        tmp_path / "ours", courier=f"smtp://127.0.0.1:{peer.port}"
    ) as ours:  # fmt: skip
        ours.command("account", "add", "acme", "--owner", ANN)
        ours.send(ours.path("acme", "unknown@example.org"), letter)
        ours.until(lambda: ours.lines("deferred"))
        output = run(tmp_path / "ours", "check", "--no-dns")

    assert "notices: 1 could not leave yet; the last one was told: 554 5.7.1 Relay access denied" in output
