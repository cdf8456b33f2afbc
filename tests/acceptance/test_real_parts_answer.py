"""Each real mail server starts, takes a letter, is refused by the next hop, and its report reaches who sent the letter."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.node import run_script
from programs.parts import SERVERS, find, mail_server
from programs.peers import Peer, Refusal, submit
from programs.postgresql import postgresql

RETURN_PATH = "acme+unknown=example.org@rp.example.com"
LETTER = b"From: Acme <news@example.com>\r\nTo: unknown@example.org\r\nSubject: News\r\nMessage-ID: <1@example.com>\r\n\r\nHi\r\n"


@pytest.fixture
def refuser() -> Iterator[Peer]:
    with Peer("mx.example.org", {"unknown@example.org": Refusal("550 5.1.1 No such user here")}) as peer:
        yield peer


@pytest.fixture
def sink() -> Iterator[Peer]:
    with Peer("mx.rp.example.com") as peer:
        yield peer


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=pytest.mark.real(name)) for name in SERVERS],
)
def test_a_servers_report_of_a_refused_recipient_comes_to_the_return_path(name: str, refuser: Peer, sink: Peer) -> None:
    with mail_server(name, {"rp.example.com": sink.port, "example.org": refuser.port}) as server:
        submit(server.port, RETURN_PATH, ["unknown@example.org"], LETTER)
        report = sink.wait_for(lambda letter: letter.recipients == (RETURN_PATH,))
    assert report.reverse_path == ""
    assert b"No such user here" in report.octets
    assert b"Message-ID: <1@example.com>" in report.octets


@pytest.mark.real("postfix")
def test_a_domain_that_does_not_exist_is_known_not_to_without_asking_the_world(sink: Peer) -> None:
    with mail_server("postfix", {"rp.example.com": sink.port}) as server:
        submit(server.port, RETURN_PATH, ["jane@nowhere.example"], LETTER)
        report = sink.wait_for(lambda letter: b"nowhere.example" in letter.octets)
    assert b"Status: 5.4.4" in report.octets


@pytest.mark.real("postfix")
def test_a_delay_is_reported_and_then_the_expiry(sink: Peer) -> None:
    full = {"jane@example.org": Refusal("452 4.2.2 Mailbox full")}
    with (
        Peer("mx.example.org", full) as refuser,
        mail_server(
            "postfix", {"rp.example.com": sink.port, "example.org": refuser.port}, warn_after=1, expire_after=4
        ) as server,
    ):
        submit(server.port, RETURN_PATH, ["jane@example.org"], LETTER)
        sink.wait_for(lambda letter: b"Action: delayed" in letter.octets)
        sink.wait_for(lambda letter: b"Action: failed" in letter.octets)


@pytest.mark.real("postfix")
def test_a_refused_letter_without_reverse_path_brings_no_report(refuser: Peer, sink: Peer) -> None:
    with mail_server("postfix", {"rp.example.com": sink.port, "example.org": refuser.port}) as server:
        submit(server.port, "", ["unknown@example.org"], LETTER)
        submit(server.port, RETURN_PATH, ["unknown@example.org"], LETTER)
        sink.wait_for(lambda letter: letter.recipients == (RETURN_PATH,))
    assert len(sink.letters()) == 1


@pytest.mark.real("postfix")
def test_a_mail_server_ends_with_the_test_run_even_when_that_is_killed(tmp_path: Path) -> None:
    run = (
        "import signal; from programs.parts import postfix\n"
        "with postfix({}) as server: print(server.port, flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", run],
        cwd=Path(__file__).parents[1],
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    ) as starter:
        assert starter.stdout
        port = int(starter.stdout.readline())
        with socket.create_connection(("127.0.0.1", port), timeout=60) as client:
            assert client.recv(512).startswith(b"220 mx.example.net")
            starter.kill()
            assert client.recv(512) == b""


@pytest.mark.real("smtp-source")
def test_smtp_source_delivers_from_outside_the_private_root(sink: Peer) -> None:
    part = find("smtp-source")
    assert part
    subprocess.run(
        [*part.command, "-m", "5", "-f", "<>", "-t", RETURN_PATH, f"127.0.0.1:{sink.port}"], check=True, timeout=60
    )
    assert len(sink.letters()) == 5


@pytest.mark.real("swaks")
def test_swaks_holds_a_dialogue(sink: Peer) -> None:
    part = find("swaks")
    assert part
    envelope = ["--from", "<>", "--to", RETURN_PATH, "--helo", "client.example.net"]
    subprocess.run(
        [*part.command, "--server", f"127.0.0.1:{sink.port}", *envelope], check=True, capture_output=True, timeout=60
    )
    assert sink.letters()[0].recipients == (RETURN_PATH,)


@pytest.mark.real("systemd-analyze", "systemd-socket-activate")
def test_the_tools_of_systemd_say_their_version() -> None:
    for name in ("systemd-analyze", "systemd-socket-activate"):
        part = find(name)
        assert part
        answer = subprocess.run([*part.command, "--version"], check=True, capture_output=True, text=True, timeout=60)
        assert answer.stdout.startswith("systemd")


def test_fetch_names_the_part_it_does_not_know() -> None:
    fetch = Path(__file__).parents[1] / "programs" / "fetch"
    result = subprocess.run([sys.executable, fetch, "qmail"], check=False, capture_output=True, text=True, timeout=60)
    assert result.returncode == 1
    assert "no such part: qmail" in result.stderr


@pytest.mark.real("postgresql")
def test_a_database_server_keeps_what_was_committed_however_it_ends() -> None:
    with postgresql() as server:
        name = server.make_database()
        server.sql("CREATE TABLE notes (id serial)", name)
        for end in (server.stop, server.kill):
            server.sql("INSERT INTO notes DEFAULT VALUES", name)
            end()
            server.start()
        notes = server.sql("SELECT count(*) FROM notes", name)
        folder = server.place.folder
    assert notes == "2"
    assert not folder.exists()


@pytest.mark.real("node", "npm")
def test_the_packages_of_npm_are_there_for_node() -> None:
    script = """
        const {EventWebhook} = require("@sendgrid/eventwebhook");
        const client = require("@sendgrid/client");
        console.log(JSON.stringify([typeof EventWebhook, typeof client.request, process.argv.slice(2)]));
    """

    assert run_script(script, "a", "b c") == ["function", "function", ["a", "b c"]]
