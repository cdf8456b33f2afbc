"""The results of ``bouncer check`` about programs that answer on ports: ourselves, others, and the smarthost."""

import dataclasses
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from programs.parts import free_port
from programs.peers import Peer, Refusal

from bouncer.doctor import outgoing, ports
from bouncer.doctor.finding import Finding, Level
from bouncer.doctor.front_probe import check_front
from bouncer.doctor.fronts import fronts
from bouncer.settings.sections import ForwardSettings, Settings, SmtpSettings

SECONDS = 5.0
NOT_ROOT = pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere and listen on every port")


@contextmanager
def answering(*replies: bytes) -> Iterator[tuple[int, list[bytes]]]:
    """A server for one client: says the first reply, and each other one after a line of the client; gives what it heard."""
    lines_heard: list[bytes] = []

    def serve() -> None:
        connection, _ = listener.accept()
        with connection, connection.makefile("rb") as lines:
            connection.sendall(replies[0])
            for reply in replies[1:]:
                lines_heard.append(lines.readline().rstrip())
                connection.sendall(reply)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(SECONDS)
        serving = threading.Thread(target=serve)
        serving.start()
        try:
            yield listener.getsockname()[1], lines_heard
        finally:
            serving.join()


@pytest.fixture(name="free_port")
def a_free_port() -> int:
    return free_port()


@pytest.fixture(autouse=True)
def _nobody_at_port_25(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the checks ask a port where nobody answers, instead of port 25 of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setattr(ports, "SMTP_PORT", listener.getsockname()[1])


def smtp(port: int, host: str = "127.0.0.1") -> SmtpSettings:
    return SmtpSettings(hostname="mx.example.com", listen=(f"{host}:{port}",))


def test_our_own_greeting_is_good() -> None:
    with answering(b"220 mx.example.com ESMTP\r\n") as (port, _):
        finding = next(iter(ports.ports(smtp(port), SECONDS)))

    assert (finding.level, finding.says) == (Level.OK, "answers as mx.example.com")


@pytest.mark.parametrize(
    "reply", [b"220 other.example ESMTP Postfix\r\n", b"SSH-2.0-OpenSSH\r\n", b"", b"\xff" * 5000, b"421 busy\n"]
)
def test_someone_elses_greeting_fails(reply: bytes) -> None:
    with answering(reply) as (port, _):
        finding = next(iter(ports.ports(smtp(port), SECONDS)))

    assert finding.level is Level.FAIL
    assert len(finding.says) < 1000


def test_a_server_that_accepts_and_says_nothing_is_not_waited_for_for_ever() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        finding = next(iter(ports.ports(smtp(silent.getsockname()[1]), 0.1)))

    assert finding.level is Level.FAIL
    assert "does not answer" in finding.says


def test_a_free_port_is_good_and_nobody_at_port_25_is_said(free_port: int) -> None:
    here, world = ports.ports(smtp(free_port), SECONDS)

    assert (here.level, here.says) == (Level.OK, "free; the daemon does not run")
    assert world.level is Level.WARN
    assert "bouncer.socket" in world.remedy


def test_port_25_answered_by_us_is_good(free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"220 mx.example.com ESMTP\r\n") as (port, _):
        monkeypatch.setattr(ports, "SMTP_PORT", port)
        _, world = ports.ports(smtp(free_port), SECONDS)

    assert world.level is Level.OK


def test_port_25_answered_by_another_server_warns(free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"220 mail.example.com ESMTP Postfix\r\n") as (port, _):
        monkeypatch.setattr(ports, "SMTP_PORT", port)
        _, world = ports.ports(smtp(free_port), SECONDS)

    assert world.level is Level.WARN
    assert "mail.example.com" in world.says


def test_port_25_answered_by_the_mail_server_in_front_is_good(free_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(b"220 mail.example.com ESMTP Postfix\r\n") as (port, _):
        monkeypatch.setattr(ports, "SMTP_PORT", port)
        _, world = ports.ports(dataclasses.replace(smtp(free_port), fronts=("127.0.0.1",)), SECONDS)

    assert (world.level, world.says) == (
        Level.OK,
        "the mail server in front answers: 220 mail.example.com ESMTP Postfix",
    )


@pytest.mark.parametrize(
    ("front", "level"),
    [
        *(
            (network, Level.OK)
            for network in ("127.0.0.1", "127.0.0.0/8", "10.0.0.0/8", "::1", "fd00::/8", "192.0.2.25")
        ),
        *((network, Level.OK) for network in ("192.0.2.0/24", "2001:db8:26::/64", "172.20.0.0/14", "::ffff:10.0.0.1")),
        *(
            (network, Level.FAIL)
            for network in ("0.0.0.0/0", "::/0", "192.0.2.0/23", "172.16.0.0/8", "2001:db8::/32", "::ffff:0:0/96")
        ),
    ],
)
def test_a_front_that_takes_in_strangers_fails(front: str, level: Level) -> None:
    """Any client of that network may claim to be anybody."""
    (finding,) = fronts(SmtpSettings(fronts=(front,)))

    assert (finding.about, finding.level) == (f"front {front}", level)


def test_a_front_that_would_have_to_be_a_proxy_warns() -> None:
    first, _ = fronts(SmtpSettings(fronts=("127.0.0.1",), proxy_protocol=("127.0.0.0/8",)))

    assert first.level is Level.WARN
    assert "PROXY header" in first.says


@pytest.mark.parametrize(
    ("replies", "level", "says"),
    [
        (
            {"no": "550 5.1.1 No such return path", "postmaster": "250 2.1.5 Ok"},
            Level.OK,
            "refuses at RCPT what we refuse",
        ),
        (
            {"no": "250 2.1.5 Ok", "postmaster": "250 2.1.5 Ok"},
            Level.FAIL,
            "takes letters to addresses that are no return paths",
        ),
        (
            {"no": "554 5.7.1 Relay denied", "postmaster": "554 5.7.1 Relay denied"},
            Level.FAIL,
            "554 5.7.1 Relay denied",
        ),
        ({"no": "451 4.3.0 Later", "postmaster": "451 4.3.0 Later"}, Level.WARN, "cannot say now"),
    ],
    ids=["right", "takes all", "relays nothing", "cannot ask"],
)
def test_the_mail_server_in_front_is_asked_what_it_takes(replies: dict[str, str], level: Level, says: str) -> None:
    settings = SmtpSettings(hostname="mx.example.com", domains=("rp.example.com",), fronts=("127.0.0.1",))
    refusals = {
        f"{name}@rp.example.com": Refusal(reply)
        for name, reply in (("bouncer-check-no-such-path", replies["no"]), ("postmaster", replies["postmaster"]))
        if not reply.startswith("250")
    }
    with Peer("mx.example.com", refusals) as front:
        (finding,) = check_front(settings, SECONDS, front.port)
        nothing = front.letters()

    assert (finding.about, finding.level) == ("front, rp.example.com", level)
    assert says in finding.says
    assert nothing == ()


def test_a_front_that_is_not_there_or_elsewhere_is_not_asked(free_port: int) -> None:
    (finding,) = check_front(SmtpSettings(fronts=("127.0.0.1",)), SECONDS, free_port)

    assert finding.level is Level.WARN
    assert list(check_front(SmtpSettings(fronts=("192.0.2.25",)), SECONDS, free_port)) == []


def test_behind_a_proxy_we_speak_as_one() -> None:
    """A port that waits for the PROXY protocol gets its header first."""
    with answering(b"", b"220 mx.example.com ESMTP\r\n") as (port, lines_heard):
        settings = dataclasses.replace(smtp(port), proxy_protocol=("127.0.0.0/8",))
        finding = next(iter(ports.ports(settings, SECONDS)))

    assert finding.level is Level.OK
    assert lines_heard == [b"PROXY UNKNOWN"]


def test_an_address_that_is_not_ours_fails(free_port: int) -> None:
    finding = ports.bindable("192.0.2.1", free_port)

    assert finding.level is Level.FAIL
    assert "cannot be listened on" in finding.says


@NOT_ROOT
def test_a_port_that_this_user_may_not_open_fails() -> None:
    assert "may not listen" in ports.bindable("127.0.0.1", 1).says


def password_file(folder: Path) -> Path:
    file = folder / "password"
    file.write_text("secret\n")
    file.chmod(0o600)
    return file


def courier(**forward: Any) -> list[Finding]:
    return list(outgoing.courier(Settings(forward=ForwardSettings(**forward)), SECONDS))


def test_a_smarthost_that_answers_is_good() -> None:
    with answering(b"220 smart.example ESMTP\r\n", b"250 smart.example\r\n", b"221 bye\r\n") as (port, lines_heard):
        (finding,) = courier(courier=f"smtp://127.0.0.1:{port}")

    assert (finding.level, finding.says) == (Level.OK, "answers")
    assert lines_heard == [b"ehlo localhost", b"QUIT"]


def test_a_smarthost_takes_our_login(tmp_path: Path) -> None:
    replies = (b"220 smart\r\n", b"250-smart\r\n250 AUTH PLAIN\r\n", b"235 good\r\n", b"221 bye\r\n")
    with answering(*replies) as (port, lines_heard):
        (finding,) = courier(courier=f"smtp://us@127.0.0.1:{port}", password=password_file(tmp_path))

    assert (finding.level, finding.says) == (Level.OK, "took our login")
    assert lines_heard[1] == b"AUTH PLAIN AHVzAHNlY3JldA=="


def test_a_refused_login_fails_and_shows_no_secret(tmp_path: Path) -> None:
    replies = (b"220 smart\r\n", b"250-smart\r\n250 AUTH PLAIN\r\n", b"535 5.7.8 no\r\n", b"221 bye\r\n")
    with answering(*replies) as (port, _):
        (finding,) = courier(courier=f"smtp://us@127.0.0.1:{port}", password=password_file(tmp_path))

    assert (finding.level, finding.says) == (Level.FAIL, "refused our login: 5.7.8 no")
    assert "secret" not in str(finding)


def test_a_smarthost_without_the_tls_that_we_require_fails() -> None:
    with answering(b"220 smart\r\n", b"250 smart\r\n") as (port, _):
        (finding,) = courier(courier=f"smtp://127.0.0.1:{port}", starttls="required")

    assert finding.level is Level.FAIL
    assert "STARTTLS" in finding.says


@pytest.mark.parametrize("reply", [b"554 go away\r\n", b"SSH-2.0-OpenSSH\r\n", b"", b"\xff\x00" * 10_000 + b"\r\n"])
def test_a_server_that_is_no_smarthost_fails(reply: bytes) -> None:
    with answering(reply) as (port, _):
        (finding,) = courier(courier=f"smtp://127.0.0.1:{port}")

    assert finding.level is Level.FAIL


def test_a_port_without_tls_is_no_smtps() -> None:
    with answering(b"220 smart ESMTP\r\n") as (port, _):
        (finding,) = courier(courier=f"smtps://127.0.0.1:{port}")

    assert finding.level is Level.FAIL


def test_a_smarthost_that_is_not_there_fails(free_port: int) -> None:
    (finding,) = courier(courier=f"smtp://127.0.0.1:{free_port}")

    assert finding.level is Level.FAIL
    assert "notices wait" in finding.remedy
