"""The HTTP API of the real daemon, asked by curl: every example of the manual, in its order, and what it changes elsewhere."""

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from manual import ROOT
from programs.certificate import write_certificate
from programs.ours import Ours

from bouncer.cli.root import root
from bouncer.settings.sections import Settings

PAGE = (ROOT / "docs/api.md").read_text()
EXAMPLES = re.findall(r"^    ((?:[A-Z]+=|curl ).*)$", PAGE, re.MULTILINE)
REPORT = (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
RECIPIENT = "unknown@example.org"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    lines = 'listen = ["127.0.0.1:0"]'
    (folder := tmp_path / "ours").mkdir()
    with Ours(folder, http=lines, milter='socketmap_listen = ["127.0.0.1:0"]') as daemon:
        daemon.command("account", "add", "acme", "--owner", "ann@acme.example")
        yield daemon


def key(ours: Ours, *words: str) -> str:
    return ours.command("key", "add", *words).stdout.splitlines()[-1]


def ask(ours: Ours, secret: str, method: str, target: str, body: Any = None) -> tuple[int, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", ours.listeners["http"], timeout=30)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    connection.request(method, target, None if body is None else json.dumps(body), headers)
    answer = connection.getresponse()
    octets = answer.read()
    connection.close()
    return answer.status, json.loads(octets) if octets else None


def looked_up(ours: Ours, address: str) -> str:
    """Give the answer of the socketmap table about an address, as a mail server asks."""
    question = f"acme {address}".encode()
    with socket.create_connection(("127.0.0.1", ours.listeners["socketmap"]), timeout=30) as table:
        table.sendall(b"%d:%b," % (len(question), question))
        return table.recv(1000).decode()


def test_every_example_of_the_manual_works_as_it_stands(ours: Ours, tmp_path: Path):
    assert ours.send(ours.path("acme", RECIPIENT), REPORT).startswith("250")
    ours.until(lambda: ours.rows("bounces"))
    (tmp_path / "bouncer").write_text(f'#!/bin/sh\nexec {sys.executable} -m bouncer --settings {ours.settings} "$@"\n')
    (tmp_path / "bouncer").chmod(0o755)
    script = "\n".join(["set -e", *(f"{line}; echo" for line in EXAMPLES)])
    script = script.replace("127.0.0.1:8080", f"127.0.0.1:{ours.listeners['http']}").replace(
        "curl ", "curl --fail-with-body "
    )
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}

    result = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, env=environment, timeout=100, check=False
    )

    assert len(EXAMPLES) > 6
    assert result.returncode == 0, (result.stdout, result.stderr)
    answers = [json.loads(line) for line in result.stdout.splitlines() if line]
    assert len(answers) == len(EXAMPLES) - 5  # three keys and two ids are no answers
    checked, streams, suppressed, freed, of_stream, story, allowed, counted, statistics, trail = answers[1:11]
    assert [row["suppressed"] for row in checked["data"]] == [False, False]
    assert [row["may_send"] for row in streams["data"]] == [{"": True, "news": True, "receipts": True}]
    assert suppressed["data"][0]["outcome"] == "suppressed"
    assert freed["data"] == [{"address": "jane@example.org", "freed": True}]
    assert of_stream["data"] == [{"address": "jane@example.org", "freed": False}]
    assert [row["change"] for row in story["data"][0]["trail"]] == ["freed", "suppressed"]
    assert allowed["data"] == [{"entry": "@partner.example", "added": True}]
    assert counted == {"messages": 1, "recipients": 1}
    assert [(row["of"], row["sent"]) for row in statistics["data"] if row["sent"]] == [("march", 1)]
    assert [row["change"] for row in trail["data"]] == ["freed", "suppressed"]
    (reading,) = (answer for answer in answers if "letter" in answer)
    assert [(row["recipient"], row["belief"]) for row in reading["data"]] == [(RECIPIENT, "proven")]
    assert {"letters": 1, "dry_run": True, "changes": []} in answers
    assert {"name": "shop", "former_name": "shop/removed-1"} in answers
    assert {"replayed": 0} in answers
    (added, changed) = (answer for answer in answers if answer.get("label") == "the shop")
    assert (added["events"], changed["events"]) == (["bounce", "complaint"], ["bounce"])
    (rotated,) = (answer for answer in answers if "former_until" in answer)
    assert rotated["secret"].startswith("whsec_")
    assert [answer["taken"] for answer in answers if "taken" in answer] == [False]  # nobody listens there


def test_a_bounce_is_seen_and_freeing_it_is_in_force_at_once_in_the_milter(ours: Ours):
    secret = key(ours, "acme", "--scope", "write")
    assert ours.send(ours.path("acme", RECIPIENT), REPORT).startswith("250")

    rows = ours.until(lambda: ask(ours, secret, "GET", f"/api/v1/bounces?recipient={RECIPIENT}")[1]["data"])
    assert [(row["category"], row["belief"], row["suppresses"]) for row in rows] == [("hard", "proven", True)]
    assert ours.rows("bounces") == rows
    assert "OK" in looked_up(ours, RECIPIENT)

    body = {"addresses": [RECIPIENT], "reason": "she wrote to us"}
    assert ask(ours, secret, "POST", "/api/v1/suppressions/free", body)[1]["data"][0]["freed"]
    assert "NOTFOUND" in looked_up(ours, RECIPIENT)

    body = {"addresses": [RECIPIENT], "reason": "asked by phone"}
    assert ask(ours, secret, "POST", "/api/v1/suppressions", body)[0] == 200
    assert "OK" in looked_up(ours, RECIPIENT)
    assert ours.command("suppressions", "check", "--account", "acme", RECIPIENT, check=False).returncode == 1


def test_a_key_that_a_command_revokes_is_refused_at_once(ours: Ours):
    secret = key(ours, "acme")
    assert ask(ours, secret, "GET", "/api/v1/bounces")[0] == 200

    (row,) = ours.rows("key", "list")
    assert row["last_used_at"]
    ours.command("key", "revoke", row["id"])

    assert ask(ours, secret, "GET", "/api/v1/bounces")[0] == 401
    assert secret not in ours.log.read_text()


def test_a_stopping_daemon_answers_what_is_asked_already(ours: Ours):
    secret = key(ours, "acme", "--scope", "write")
    body = b'{"addresses": ["jane@example.org"]}'
    with socket.create_connection(("127.0.0.1", ours.listeners["http"]), timeout=30) as client:
        head = f"POST /api/v1/suppressions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {secret}\r\n"
        client.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode())
        ours.until(lambda: ours.rows("key", "list")[0]["last_used_at"])
        os.kill(ours.pid, signal.SIGTERM)
        ours.until(lambda: "stopping" in ours.log.read_text())
        client.sendall(body)

        assert client.recv(1000).startswith(b"HTTP/1.1 200 ")
    assert ours.ended() == 0
    assert "Traceback" not in ours.log.read_text()


@pytest.mark.parametrize("with_tls", [False, True], ids=["plain", "tls"])
def test_check_asks_the_api_and_tells_another_program_from_it(tmp_path: Path, with_tls: bool):
    write_certificate(tmp_path / "http.pem", "mx.example.com")
    files = [f'{name} = "{tmp_path}/http.pem"' for name in ("tls_certificate", "tls_key")] if with_tls else []
    path = f"unix:{tmp_path}/http"
    (folder := tmp_path / "ours").mkdir()
    http = "\n".join([f'listen = ["127.0.0.1:0", "{path}"]', *files])
    with Ours(folder, http=http) as ours, socket.create_server(("127.0.0.1", 0)) as other:
        threading.Thread(target=answer_as_another, args=(other,), daemon=True).start()
        places = [path, f"127.0.0.1:{ours.listeners['http']}", f"127.0.0.1:{other.getsockname()[1]}"]
        says = checked(ours, places)
    says_later = checked(ours, places[:1])

    assert [level for level, _ in says] == ["ok", "ok", "fail"]
    assert [level for level, _ in says_later] in (["ok"], ["fail"])
    assert says[0][1] == says[1][1] == "answers"


def test_status_warns_where_the_api_does_not_answer(ours: Ours):
    def status(place: str) -> tuple[int, dict[str, Any]]:
        environment = {"BOUNCER_SMTP__LISTEN": f"127.0.0.1:{ours.port}", "BOUNCER_HTTP__LISTEN": place}
        result = CliRunner().invoke(root, ["--settings", str(ours.settings), "status", "--json"], env=environment)
        return result.exit_code, json.loads(result.stdout)

    code, says = status(f"127.0.0.1:{ours.listeners['http']}")
    assert (code, says["places"][1]["heard"]) == (0, "answers")

    code, says = status("127.0.0.1:1")
    assert (code, says["status"], says["daemon"]) == (1, "warning", "serves")
    assert says["why"] == ["HTTP 127.0.0.1:1: nobody listens there"]


def answer_as_another(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(1000)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def checked(ours: Ours, places: list[str]) -> list[tuple[str, str]]:
    environment = {"BOUNCER_SMTP__LISTEN": f"127.0.0.1:{ours.port}", "BOUNCER_HTTP__LISTEN": ",".join(places)}
    result = CliRunner().invoke(
        root, ["--settings", str(ours.settings), "check", "--no-dns", "--json", "--timeout", "5"], env=environment
    )
    findings = [json.loads(line).get("finding") for line in result.stdout.splitlines()]
    return [
        (finding["level"], finding["says"]) for finding in findings if finding and finding["about"].startswith("HTTP ")
    ]


def test_a_renewed_certificate_is_shown_after_a_reload(tmp_path: Path):
    write_certificate(tmp_path / "http.pem", "old.example.com")
    lines = [
        'listen = ["127.0.0.1:0"]',
        *(f'{name} = "{tmp_path}/http.pem"' for name in ("tls_certificate", "tls_key")),
    ]
    (folder := tmp_path / "ours").mkdir()
    with Ours(folder, http="\n".join(lines)) as ours:
        old = ssl.get_server_certificate(("127.0.0.1", ours.listeners["http"]))
        (tmp_path / "http.pem").write_text("no certificate")
        os.kill(ours.pid, signal.SIGHUP)
        ours.until(lambda: "not-reloaded" in ours.log.read_text())
        assert ssl.get_server_certificate(("127.0.0.1", ours.listeners["http"])) == old

        write_certificate(tmp_path / "http.pem", "new.example.com")
        os.kill(ours.pid, signal.SIGHUP)
        ours.until(lambda: " reloaded " in ours.log.read_text())

        assert ssl.get_server_certificate(("127.0.0.1", ours.listeners["http"])) != old


def test_without_the_setting_no_package_for_http_is_loaded(tmp_path: Path):
    """The daemon's modules without [http]: neither Starlette nor uvicorn nor msgspec is among them."""
    script = "import sys, bouncer.daemon.daemon; print([m for m in ('starlette', 'uvicorn', 'msgspec', 'h11') if m in sys.modules])"

    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
    assert Settings().http.listen == ()


def test_the_api_loads_no_rules_of_verdicts_and_no_dialects():
    """Rules and dialects take longer to import than the rest, and only the process that reads letters needs them."""
    modules = ("bouncer.verdict.classify", "bouncer.ndr.outline", "bouncer.ndr.written", "bouncer.ndr.dialects.order")
    script = (
        f"import sys, bouncer.web.server, bouncer.pages.all_pages; print([m for m in {modules} if m in sys.modules])"
    )

    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout == "[]\n"
