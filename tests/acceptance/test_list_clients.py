"""Mailgun's and Postmark's own clients, unmodified, against the real daemon, and their pages, followed as they stand."""

import datetime as dt
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from mailgun.client import Client
from manual import ROOT
from postmarker.core import PostmarkClient
from postmarker.exceptions import ClientError
from programs.node import run_script
from programs.ours import Ours

REPORT = (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
RECIPIENT = "unknown@example.org"
PLUS = "jane+x@example.org"
CSV = b"address,code,error,created_at\njoe@example.net,550,no such user,\n"


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    folder = tmp_path_factory.mktemp("lists") / "ours"
    folder.mkdir()
    with Ours(folder, http='listen = ["127.0.0.1:0"]') as daemon:
        for name in ("acme", "zoo", "manual", "pigeon", "raven", "finch", "wren"):
            daemon.command("account", "add", name, "--owner", f"ann@{name}.example")
        yield daemon


def host(ours: Ours) -> str:
    return f"127.0.0.1:{ours.listeners['http']}"


def key(ours: Ours, *words: str) -> str:
    return ours.command("key", "add", *words).stdout.splitlines()[-1]


def test_mailguns_client_for_python_reads_and_edits_the_lists(ours: Ours):
    assert ours.send(ours.path("acme", RECIPIENT), REPORT).startswith("250")
    client = Client(auth=("api", key(ours, "acme", "--scope", "write")), api_url=f"http://{host(ours)}")

    rows = ours.until(lambda: client.bounces.get(domain="acme").json()["items"])
    assert [(row["address"], row["code"]) for row in rows] == [(RECIPIENT, "550")]
    assert client.bounces.get(domain="acme", bounce_address=RECIPIENT).json() == rows[0]

    added = client.bounces.create(domain="acme", data={"address": PLUS, "code": "550", "error": "no"})
    assert (added.status_code, added.json()["address"]) == (200, PLUS)
    assert client.bounces_import.create(domain="acme", files={"file": CSV}).json()["good"] == 1
    assert client.complaints_import.create(domain="acme", files={"complaints_csv": CSV}).json()["good"] == 1
    page = client.bounces.get(domain="acme", filters={"limit": 2}).json()
    assert len(page["items"]) == 2
    assert page["paging"]["next"].startswith(f"http://{host(ours)}/v3/acme/bounces?page=next&")

    assert client.bounces.delete(domain="acme", bounce_address=PLUS).json()["address"] == PLUS
    assert client.bounces.get(domain="acme", bounce_address=PLUS).status_code == 404
    assert client.unsubscribes.create(domain="acme", data={"address": PLUS, "tag": "*"}).status_code == 200
    assert client.complaints.create(domain="acme", data={"address": "angry@example.net"}).status_code == 200
    assert client.whitelists.create(domain="acme", data={"domain": "friend.example"}).status_code == 200
    values = [row["value"] for row in client.whitelists.get(domain="acme").json()["items"]]
    assert values == ["friend.example"]
    assert client.bounces.delete(domain="acme").status_code == 200
    assert client.bounces.get(domain="acme").json()["items"] == []
    assert client.bounces.get(domain="zoo").status_code == 404


@pytest.mark.real("node", "npm")
def test_mailguns_client_for_node_reads_and_edits_the_lists(ours: Ours):
    script = """
        const FormData = require("form-data");
        const Mailgun = require("mailgun.js");
        const [key, url] = process.argv.slice(2);
        const {suppressions} = new Mailgun(FormData).client({username: "api", key, url});
        const address = "jane+x@example.org";
        (async () => {
          const answers = [];
          for (const [name, more] of [["bounces", {code: 552}], ["complaints", {}], ["unsubscribes", {tag: "*"}]]) {
            await suppressions.create("zoo", name, {address: `${name}@example.org`, ...more});
            answers.push((await suppressions.get("zoo", name, `${name}@example.org`)).address);
          }
          await suppressions.create("zoo", "bounces", [{address}, {address: "joe@example.net"}]);
          let page = await suppressions.list("zoo", "bounces", {limit: 2});
          answers.push(page.items.map((row) => row.address));
          page = await suppressions.list("zoo", "bounces", {limit: 2, page: page.pages.next.page});
          answers.push(page.items.map((row) => row.address));
          page = await suppressions.list("zoo", "bounces", {limit: 2, page: page.pages.previous.page});
          answers.push(page.items.map((row) => row.address));
          await suppressions.create("zoo", "whitelists", {domain: "friend.example", reason: "friends"});
          answers.push((await suppressions.get("zoo", "whitelists", "friend.example")).value);
          answers.push((await suppressions.destroy("zoo", "bounces", address)).status);
          try { await suppressions.get("zoo", "bounces", address); } catch (error) {
            answers.push([error.status, error.details]);
          }
          console.log(JSON.stringify(answers));
        })();
    """
    answers = run_script(script, key(ours, "zoo", "--scope", "write"), f"http://{host(ours)}")

    first = ["bounces@example.org", PLUS]
    assert answers == [
        *(f"{name}@example.org" for name in ("bounces", "complaints", "unsubscribes")),
        first,
        ["joe@example.net"],
        first,
        "friend.example",
        200,
        [404, "Address not found in bounces table"],
    ]


def test_mailguns_client_for_python_reads_the_events(ours: Ours):
    reported(ours, "finch")
    client = Client(auth=("api", key(ours, "finch")), api_url=f"http://{host(ours)}")

    filters = {"event": "failed", "severity": "permanent", "begin": "Tue, 24 Nov 2020 09:00:00 -0000", "limit": 10}
    page = client.events.get(domain="finch", filters={**filters, "ascending": "no", "pretty": "yes"}).json()
    (event,) = page["items"]
    assert (event["recipient"], event["severity"], event["delivery-status"]["code"]) == (RECIPIENT, "permanent", 550)
    assert event["user-variables"].items() >= {"order": "17", "shop": "4"}.items()
    assert client.events.get(domain="finch", filters={"event": "opened"}).json()["items"] == []
    assert client.events.get(domain="acme").status_code == 404


@pytest.mark.real("node", "npm")
def test_mailguns_client_for_node_polls_the_events_as_ghost_does(ours: Ours):
    reported(ours, "wren")
    script = """
        const FormData = require("form-data");
        const Mailgun = require("mailgun.js");
        const [key, url] = process.argv.slice(2);
        const client = new Mailgun(FormData).client({username: "api", key, url}, {warn: () => {}});
        const options = {
          limit: 300,
          event: "delivered OR opened OR failed OR unsubscribed OR complained",
          tags: "bulk-email AND ghost-email",
          begin: Date.now() / 1000 - 3600,
          end: Date.now() / 1000 + 60,
          ascending: "no",
        };
        (async () => {
          console.warn = () => {};
          let page = await client.events.get("wren", options);
          const answers = page.items.map((event) => [event.event, event.severity, event.recipient, !!event.id]);
          answers.push(page.items[0].message.headers["message-id"] !== undefined);
          page = await client.events.get("wren", {page: page.pages.next.page, ...options});
          answers.push(page.items.length);
          page = await client.events.get("wren", {page: page.pages.previous.page});
          answers.push(page.items.length);
          console.log(JSON.stringify(answers));
        })();
    """
    answers = run_script(script, key(ours, "wren"), f"http://{host(ours)}")

    assert answers == [["failed", "permanent", RECIPIENT, True], True, 0, 1]


@pytest.mark.real("node", "npm")
def test_postmarks_client_for_node_reads_and_edits_the_suppressions(ours: Ours):
    script = """
        const {ServerClient} = require("postmark");
        const [key, requestHost] = process.argv.slice(2);
        const client = new ServerClient(key, {requestHost, useHttps: false});
        const Suppressions = [{EmailAddress: "gone+x@example.org"}, {EmailAddress: "no"}];
        (async () => {
          const answers = [
            (await client.createSuppressions("outbound", {Suppressions})).Suppressions.map((row) => row.Status),
            (await client.getSuppressions("outbound", {emailAddress: "gone+x@example.org"})).Suppressions
              .map((row) => [row.EmailAddress, row.SuppressionReason, row.Origin]),
            (await client.deleteSuppressions("outbound", {Suppressions})).Suppressions.map((row) => row.Status),
            (await client.getSuppressions("outbound", {origin: "Admin"})).Suppressions,
          ];
          try { await client.deleteSuppressions("outbound", {Suppressions: []}); } catch (error) {
            answers.push([error.name, error.statusCode, error.code]);
          }
          try { await new ServerClient("bnc_x", {requestHost, useHttps: false}).getSuppressions("outbound"); } catch (error) {
            answers.push([error.name, error.statusCode, error.code]);
          }
          console.log(JSON.stringify(answers));
        })();
    """
    answers = run_script(script, key(ours, "manual", "--scope", "write"), host(ours))

    assert answers[:4] == [
        ["Suppressed", "Failed"],
        [["gone+x@example.org", "ManualSuppression", "Customer"]],
        ["Deleted", "Deleted"],
        [],
    ]
    assert [entry[1:] for entry in answers[4:]] == [[422, 300], [401, 10]]


def test_postmarks_client_for_python_understands_the_errors(ours: Ours):
    client = PostmarkClient(server_token=key(ours, "acme"), root_api_url=f"http://{host(ours)}/")

    path = "/message-streams/outbound/suppressions"
    assert "Suppressions" in client.call("GET", f"{path}/dump")
    with pytest.raises(ClientError) as refused:
        client.call("POST", path, data={"Suppressions": [{"EmailAddress": PLUS}]})
    assert refused.value.error_code == 403
    with pytest.raises(ClientError) as unknown:
        PostmarkClient(server_token="bnc_x", root_api_url=f"http://{host(ours)}/").call("GET", f"{path}/dump")
    assert unknown.value.error_code == 10


ARGS = (
    b'X-SMTPAPI: {"unique_args": {"order": "17"}}\nX-Mailgun-Variables: {"shop": 4}\n'
    b"X-PM-Metadata-client: c1\nX-PM-Tag: welcome\nMessage-ID: <unknown-user@"
)
"""Fields of the returned message, in front of its Message-ID."""


def reported(ours: Ours, name: str) -> None:
    """A proven failure of the account, recorded; its message had custom arguments."""
    report = REPORT.replace(b"Message-ID: <unknown-user@", ARGS)
    assert ours.send(ours.path(name, RECIPIENT), report).startswith("250")
    ours.until(lambda: RECIPIENT in ours.command("bounces", "--account", name).stdout)


def test_postmarks_client_for_python_reads_and_activates_the_bounces(ours: Ours):
    reported(ours, "pigeon")
    client = PostmarkClient(server_token=key(ours, "pigeon", "--scope", "write"), root_api_url=f"http://{host(ours)}/")

    (bounce,) = client.bounces.all(
        type="HardBounce", inactive=True, fromdate=dt.date(2020, 1, 1), emailFilter=RECIPIENT
    )
    assert (bounce.Email, bounce.TypeCode, bounce.Inactive) == (RECIPIENT, 1, True)
    assert client.bounces.get(bounce.ID).as_dict().items() >= bounce.as_dict().items()
    assert "X-PM-Metadata-client: c1" in bounce.dump
    assert (bounce.Metadata, bounce.Tag) == ({"client": "c1", "order": "17", "shop": "4"}, "welcome")
    (row,) = ours.rows("bounces", "--account", "pigeon")
    assert row["custom_args"] == {**bounce.Metadata, "X-PM-Tag": "welcome"}
    assert client.bounces.deliverystats["Bounces"][1] == {"Name": "Hard bounce", "Count": 1, "Type": "HardBounce"}
    assert client.bounces.tags == []
    assert bounce.activate() == "OK"
    assert (bounce.Inactive, bounce.CanActivate) == (False, False)
    assert client.bounces.all(count=1200, inactive=True) == []
    with pytest.raises(ClientError) as unknown:
        client.bounces.get(1)
    assert unknown.value.error_code == 404


@pytest.mark.real("node", "npm")
def test_postmarks_client_for_node_reads_and_activates_the_bounces(ours: Ours):
    reported(ours, "raven")
    script = """
        const {ServerClient} = require("postmark");
        const [key, requestHost] = process.argv.slice(2);
        const client = new ServerClient(key, {requestHost, useHttps: false});
        (async () => {
          const {TotalCount, Bounces: [bounce]} = await client.getBounces({type: "HardBounce", inactive: true, count: 10});
          const answers = [TotalCount, bounce.Email, Number.isSafeInteger(bounce.ID), bounce.Type];
          answers.push((await client.getBounce(bounce.ID)).ID === bounce.ID);
          answers.push((await client.getBounceDump(bounce.ID)).Body.includes("Undelivered Mail"));
          answers.push((await client.getDeliveryStatistics()).InactiveMails);
          const {Message, Bounce} = await client.activateBounce(bounce.ID);
          answers.push(Message, Bounce.Inactive, (await client.getDeliveryStatistics()).InactiveMails);
          try { await client.getBounce(1); } catch (error) { answers.push(error.statusCode, error.code); }
          console.log(JSON.stringify(answers));
        })();
    """
    answers = run_script(script, key(ours, "raven", "--scope", "write"), host(ours))

    assert answers == [1, RECIPIENT, True, "HardBounce", True, True, 1, "OK", False, 0, 404, 404]


def blocks(page: str, language: str) -> list[str]:
    """The examples of a page in one language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)


def key_of_page(ours: Ours, page: str) -> str:
    words = re.sub("acme", "manual", blocks(page, "sh")[0]).split('"')
    return key(ours, *words[0].split()[3:], words[1])


@pytest.mark.real("node", "npm")
def test_the_pages_are_followed_as_they_stand(ours: Ours, tmp_path: Path):
    def placed(page: str, language: str) -> str:
        (text,) = blocks(page, language)
        return text.replace("127.0.0.1:8080", host(ours)).replace('"acme"', '"manual"')

    secret = key_of_page(ours, "docs/mailgun.md")
    python = run([sys.executable, "-c", placed("docs/mailgun.md", "python")], {"BOUNCER_KEY": secret}, tmp_path)
    assert python.splitlines()[-1] == "jane@example.org 550 550 no such user"
    reported(ours, "manual")
    python = run([sys.executable, "-c", placed("docs/postmark.md", "python")], {"BOUNCER_KEY": secret}, tmp_path)
    assert python.startswith(f"{RECIPIENT} 20")
    for page in ("docs/mailgun.md", "docs/postmark.md"):
        script = f"process.env.BOUNCER_KEY = {json.dumps(secret)};\n{placed(page, 'javascript')}"
        assert "joe@example.net" in run_script(script)


def run(command: list[str], variables: dict[str, str], folder: Path) -> Any:
    environment = {**os.environ, **variables}
    result = subprocess.run(
        command, capture_output=True, text=True, env=environment, cwd=folder, timeout=60, check=False
    )
    assert result.returncode == 0, result.stderr
    return result.stdout
