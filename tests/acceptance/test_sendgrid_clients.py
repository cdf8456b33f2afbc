"""SendGrid's own clients, unmodified, against the real daemon, and the page for those who move, followed as it stands."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from manual import ROOT
from programs.node import run_script
from programs.ours import Ours
from python_http_client.exceptions import (
    BadRequestsError,
    ForbiddenError,
    HTTPError,
    NotFoundError,
    UnauthorizedError,
)
from sendgrid import SendGridAPIClient

PAGE = (ROOT / "docs/sendgrid.md").read_text()
REPORT = (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
RECIPIENT = "unknown@example.org"
PLUS = "jane+x@example.org"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    folder = tmp_path_factory.mktemp("sendgrid") / "ours"
    folder.mkdir()
    with Ours(folder, http='listen = ["127.0.0.1:0"]') as daemon:
        for name in ("acme", "zoo", "manual"):
            daemon.command("account", "add", name, "--owner", f"ann@{name}.example")
        yield daemon


def url(ours: Ours) -> str:
    return f"http://127.0.0.1:{ours.listeners['http']}"


def key(ours: Ours, *words: str) -> str:
    return f"SG.{ours.command('key', 'add', *words).stdout.splitlines()[-1]}"


def client(ours: Ours, *words: str, subuser: str | None = None) -> Any:
    """SendGrid's client with a key of its own."""
    return SendGridAPIClient(key(ours, *words), host=url(ours), impersonate_subuser=subuser).client


def test_the_client_for_python_reads_and_edits_the_lists(ours: Ours):
    assert ours.send(ours.path("acme", RECIPIENT), REPORT).startswith("250")
    sendgrid = client(ours, "acme", "--scope", "write")
    bounces = sendgrid.suppression.bounces

    rows = ours.until(lambda: bounces.get().to_dict)
    assert [(row["email"], row["status"]) for row in rows] == [(RECIPIENT, "5.1.1")]
    assert "550" in rows[0]["reason"]
    assert bounces.get(query_params={"start_time": rows[0]["created"], "end_time": rows[0]["created"]}).to_dict == rows
    assert bounces.get(query_params={"email": "%known%", "limit": 1, "offset": 0}).to_dict == rows
    assert bounces._(RECIPIENT).get().to_dict == rows
    assert bounces._("nobody@example.org").get().to_dict == []

    deleted = bounces._(RECIPIENT).delete(query_params={"email_address": RECIPIENT})
    assert (deleted.status_code, deleted.to_dict) == (204, None)
    assert bounces.get().to_dict == []
    assert not ours.rows("suppressions", "list", "--account", "acme")


def test_parameters_that_the_client_keeps_of_an_earlier_call_change_nothing(ours: Ours):
    sendgrid = client(ours, "acme", "--scope", "admin")
    dates = {"start_date": "2026-03-01", "end_date": "2026-03-02"}
    table = sendgrid.suppression.bounces.classifications.get(query_params=dates, request_headers={"Accept": "text/csv"})
    assert table.body.decode().splitlines() == ["date,classification,count"]

    assert sendgrid.suppression.blocks.get().to_dict == []
    added = sendgrid.asm.suppressions._("global").post(request_body={"recipient_emails": [PLUS]})
    assert (added.status_code, added.to_dict) == (201, {"recipient_emails": [PLUS]})
    assert sendgrid.asm.suppressions._("global")._(PLUS).get().to_dict == {"recipient_email": PLUS}
    assert sendgrid.suppression.unsubscribes.get().to_dict[0]["email"] == PLUS
    changed = sendgrid.mail_settings.forward_spam.patch(request_body={"enabled": False})
    assert changed.to_dict == {"enabled": False, "email": "ann@acme.example"}
    assert sendgrid.asm.suppressions._("global")._(PLUS).delete().status_code == 204


def test_the_errors_have_the_clients_own_classes(ours: Ours):
    sendgrid = client(ours, "acme", "--scope", "write")
    calls: tuple[tuple[type[HTTPError], Any], ...] = (
        (BadRequestsError, lambda: sendgrid.suppression.bounces.get(query_params={"limit": 501})),
        (NotFoundError, lambda: sendgrid.mail.send.post(request_body={})),
        (NotFoundError, sendgrid.templates.get),
        (ForbiddenError, lambda: sendgrid.mail_settings.forward_bounce.patch(request_body={"enabled": False})),
        (UnauthorizedError, SendGridAPIClient("SG.x", host=url(ours)).client.scopes.get),
    )
    for kind, call in calls:
        with pytest.raises(kind) as raised:
            call()
        assert raised.value.to_dict["errors"][0]["message"]
        assert "Location" not in raised.value.headers

    both = {"delete_all": True, "emails": [PLUS]}
    with pytest.raises(BadRequestsError):
        sendgrid.suppression.spam_reports.delete(request_body=both)
    assert sendgrid.suppression.spam_reports.delete(request_body={"delete_all": True}).status_code == 204


def test_a_parents_key_acts_for_a_subuser(ours: Ours):
    zoo = client(ours, "--operator", "--scope", "write", subuser="zoo")
    zoo.suppression.spam_reports.post(request_body=[{"email": "angry@example.net"}])

    assert [row["email"] for row in zoo.suppression.spam_reports.get().to_dict] == ["angry@example.net"]
    assert client(ours, "acme").suppression.spam_reports.get().to_dict == []
    with pytest.raises(ForbiddenError):
        client(ours, "acme", subuser="zoo").suppression.spam_reports.get()


def test_the_client_reads_statistics_and_scopes(ours: Ours):
    sendgrid = client(ours, "acme")
    ask = {"start_date": "2026-03-01", "end_date": "2026-03-02", "aggregated_by": "day"}

    assert [row["date"] for row in sendgrid.stats.get(query_params=ask).to_dict] == ["2026-03-01", "2026-03-02"]
    category_stats = sendgrid.categories.stats.get(query_params={**ask, "categories": ["march", "may"]}).to_dict
    assert [stat["name"] for stat in category_stats[0]["stats"]] == ["march", "may"]
    assert "suppression.bounces.read" in sendgrid.scopes.get().to_dict["scopes"]
    headers = sendgrid.scopes.get().headers
    assert int(headers["X-RateLimit-Remaining"]) < int(headers["X-RateLimit-Limit"])


def test_the_client_erases_people_and_their_mail_is_still_refused(ours: Ours):
    person = "forgotten@example.org"
    ours.command("account", "add", "people")
    sendgrid = client(ours, "people", "--scope", "admin")
    sendgrid.asm.suppressions._("global").post(request_body={"recipient_emails": [person]})

    job = sendgrid.recipients.erasejob.post(request_body={"email_addresses": [person, "nobody@example.net"]})

    assert (job.status_code, list(job.to_dict)) == (202, ["job_id"])
    assert sendgrid.suppression.unsubscribes.get().to_dict == []
    assert ours.command("suppressions", "check", "--account", "people", person, check=False).returncode == 1
    with pytest.raises(BadRequestsError) as refused:
        sendgrid.recipients.erasejob.post(request_body={"email_addresses": ["no address"]})
    assert "'no address'" in refused.value.to_dict["errors"][0]["message"]


@pytest.mark.real("node", "npm")
def test_the_client_for_node_reads_and_edits_the_lists(ours: Ours):
    script = """
        const [key, baseUrl] = process.argv.slice(2);
        const client = require("@sendgrid/client");
        const seen = [];
        console.warn = console.error = (text) => seen.push(text);
        client.setApiKey(key);
        client.setDefaultRequest("baseUrl", baseUrl);
        const ask = async (method, url, more) => {
          const [response, body] = await client.request({method, url, ...more});
          return [response.statusCode, body];
        };
        (async () => {
          const path = "/v3/suppression/invalid_emails";
          const answers = [
            await ask("POST", path, {body: [{email: "jane+x@example.org", reason: "bad"}]}),
            (await ask("GET", path + "/jane+x@example.org"))[1].map((row) => [row.email, row.reason]),
            (await ask("GET", path, {qs: {email: "jane+", limit: 5}}))[1].map((row) => row.email),
            (await ask("DELETE", path, {body: {emails: ["jane+x@example.org"]}}))[0],
            await ask("GET", path),
            await ask("GET", "/v3/asm/suppressions/global/jane+x@example.org"),
            (await ask("GET", "/v3/categories/stats", {qs: {categories: ["a", "b"], start_date: "2026-03-01", limit: 1}}))[1]
              .flatMap((row) => row.stats.map((stat) => stat.name)),
          ];
          try { await ask("GET", "/v3/templates"); } catch (error) {
            answers.push([error.code, error.response.body.errors[0].message]);
          }
          console.log(JSON.stringify([...answers, seen]));
        })();
    """
    answers = run_script(script, key(ours, "zoo", "--scope", "write"), f"{url(ours)}/")

    assert answers == [
        [201, {"new": 1, "kept_out": 0}],
        [[PLUS, "bad"]],
        [PLUS],
        204,
        [200, []],
        [200, {}],
        ["a", "b"],
        [404, "not found"],
        [],
    ]


def blocks(language: str) -> list[str]:
    """The examples of the page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.real("node", "npm")
def test_the_page_is_followed_as_it_stands(ours: Ours, tmp_path: Path):
    make_key, post_page, explain = blocks("sh")
    words = re.sub("acme", "manual", make_key).split('"')
    secret = ours.command(*words[0].split()[1:], words[1]).stdout.splitlines()[-1]
    environment = {**os.environ, "BOUNCER_KEY": secret}

    python, copy = (text.replace("http://127.0.0.1:8080", url(ours)) for text in blocks("python"))
    result = run([sys.executable, "-c", python], environment)
    assert result.startswith("jane@example.org 5.1.1 550 5.1.1 no such user")

    (script,) = (text.replace("http://127.0.0.1:8080", url(ours)) for text in blocks("javascript"))
    assert run_script(f"process.env.BOUNCER_KEY = {json.dumps(secret)};\n{script}") == ["joe@example.net"]

    page = [{"created": 1443651125, "email": "gone@example.org", "reason": "550 5.1.1 no", "status": "5.1.1"}]
    (tmp_path / "bounces.json").write_text(json.dumps(page))
    _, curl = post_page.strip().splitlines()
    answer = run(["bash", "-c", curl.replace("http://127.0.0.1:8080", url(ours))], environment, tmp_path)
    assert json.loads(answer) == {"new": 1, "kept_out": 0}
    rows = SendGridAPIClient(secret, host=url(ours)).client.suppression.bounces.get().to_dict
    assert rows == page

    environment["SENDGRID_API_KEY"] = filled(ours)
    for _ in range(2):  # it can be run again
        copied = run([sys.executable, "-c", copy.replace("https://api.sendgrid.com", url(ours))], environment)
        assert copied.splitlines() == [
            "bounces 601",
            "blocks 0",
            "invalid_emails 0",
            "spam_reports 1",
            "unsubscribes 0",
        ]
    of_manual = SendGridAPIClient(secret, host=url(ours)).client.suppression
    assert len(of_manual.bounces.get(query_params={"offset": 500}).to_dict) == 102
    story = ours.command(*explain.replace("acme", "manual").split()[1:]).stdout
    assert "unsubscribe" in story


def filled(ours: Ours) -> str:
    """Fill the lists of an account that stands for SendGrid's; gives its key."""
    ours.command("account", "add", "sendgrid", "--owner", "ann@sendgrid.example")
    suppression = client(ours, "sendgrid", "--scope", "write").suppression
    suppression.bounces.post(request_body=[{"email": f"u{number}@example.org"} for number in range(601)])
    suppression.spam_reports.post(request_body=[{"email": "angry@example.org"}])
    return key(ours, "sendgrid").removeprefix("SG.")


def run(command: list[str], environment: dict[str, str], folder: Path | None = None) -> str:
    result = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=folder, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
