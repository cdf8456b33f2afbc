"""Every type of event, by the real daemon: what happens, and what an endpoint hears of it."""

import asyncio
import datetime as dt
import json
import socket
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from acceptance.failure_report import report
from acceptance.forging import complaint, field
from acceptance.milter_mail import hand_to_milter
from acceptance.unread_letters import ANSWER, VACATION
from acceptance.webhooks import JANE, OWNER, added, verified
from mailgun.security import SecurityGuard
from programs.node import run_script
from programs.ours import LISTENERS, Ours
from programs.webhook_reader import WebhookReader
from programs.webhook_readers import AnymailSite

from bouncer.mail.signed_header import make_header
from bouncer.policy.webhooks import ALL_EVENTS, EventType

EVERY = ",".join(ALL_EVENTS)
BY_COMMANDS = (
    EventType.SUPPRESSION_CREATED,
    EventType.SUPPRESSION_CHANGED,
    EventType.SUPPRESSION_RELEASED,
)


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    folder = tmp_path / "ours"
    folder.mkdir()
    forward = 'webhook_networks = ["127.0.0.0/8"]\nfirst_wait = 1\nlongest_wait = 1'
    ours = Ours(folder, forward=forward, milter=LISTENERS)
    sender = ("--owner", OWNER, "--sender", "acme.example")
    ours.command("account", "add", "acme", *sender, "--block-warning", "2")
    return ours


@pytest.fixture
def reader() -> Iterator[WebhookReader]:
    with WebhookReader() as reader:
        yield reader


def data(reader: WebhookReader, kind: EventType) -> list[dict[str, Any]]:
    return [post.json["data"] for post in reader.posts if post.json["type"] == kind]


def until_heard(ours: Ours, reader: WebhookReader, **counts: int) -> None:
    """Wait until so many events of each type have come."""
    least = {kind.replace("_", "-"): count for kind, count in counts.items()}

    def have_come() -> bool:
        types = Counter(post.json["type"] for post in reader.posts)
        return all(types[kind] >= count for kind, count in least.items())

    ours.until(have_come)


def success(recipient: str) -> bytes:
    return (
        report(recipient, "2.0.0", "delivered").replace(b"Action: failed", b"Action: delivered").replace(b"550", b"250")
    )


def delay(recipient: str) -> bytes:
    return (
        report(recipient, "4.4.1", "no answer").replace(b"Action: failed", b"Action: delayed").replace(b"550", b"450")
    )


def wish(recipient: str) -> bytes:
    return f"From: {recipient}\r\nSubject: unsubscribe\r\n\r\nunsubscribe\r\n".encode()


REPORTS: dict[EventType, Callable[[str], bytes]] = {
    EventType.BOUNCE: report,
    EventType.BLOCK: lambda address: report(address, "5.7.1", "message rejected as spam"),
    EventType.DEFERRAL: lambda address: report(address, "4.2.2", "mailbox is full"),
    EventType.DELAY: delay,
    EventType.DELIVERED: success,
    EventType.UNSUBSCRIBE: wish,
}
"""A letter for each type of outcome; complaints come to an alias."""


def test_each_outcome_of_a_report_has_its_event(ours: Ours, reader: WebhookReader):
    _, secret = added(ours, reader.url, "--events", EVERY)

    with ours:
        for kind, letter in REPORTS.items():
            recipient = f"{kind}@example.org"
            ours.send(ours.path("acme", recipient), letter(recipient))
        abused = "complaint@example.org"
        signed = [field(make_header(ours.path("acme", abused))), "Subject: news"]
        ours.send(ours.path("acme", abused), complaint(abused, signed))
        until_heard(ours, reader, **{kind.value.replace("-", "_"): 1 for kind in (*REPORTS, EventType.COMPLAINT)})

    for kind in (*REPORTS, EventType.COMPLAINT):
        (facts,) = data(reader, kind)
        assert (facts["recipient"], facts["belief"], facts["account"]) == (f"{kind}@example.org", "proven", "acme")
    assert {str(verified(secret, post)["type"]) for post in reader.posts} <= set(ALL_EVENTS)


def test_reports_that_suppress_and_free_say_who_why_and_until_when(ours: Ours, reader: WebhookReader):
    """The event of the report comes before what follows from it; a report that changes nothing says nothing of it."""
    added(ours, reader.url, "--events", EVERY)

    with ours:
        for letter in (report(JANE), report(JANE), success(JANE)):
            ours.send(ours.path("acme", JANE), letter)
            ours.until(lambda: len(ours.rows("letters")) and not ours.rows("letters", "--state", "kept"))
        until_heard(ours, reader, bounce=2, suppression_created=1, delivered=1, suppression_released=1)

    about = [post.json["type"] for post in reader.posts]
    assert about == ["bounce", "suppression-created", "bounce", "delivered", "suppression-released"]
    (created,), (released,) = (data(reader, kind) for kind in (BY_COMMANDS[0], BY_COMMANDS[2]))
    bounced = data(reader, EventType.BOUNCE)[0]
    assert (created["address"], created["source"], created["reason"]) == (JANE, "bounce", "invalid-recipient")
    assert (created["until"], created["belief"]) == (bounced["suppressed_until"], "proven")
    assert created["letter_id"] == bounced["letter_id"]
    assert "delivered" in released["why"]
    assert released["letter_id"] == data(reader, EventType.DELIVERED)[0]["letter_id"]


def test_changes_by_command_are_told_with_the_words_of_people(ours: Ours, reader: WebhookReader, tmp_path: Path):
    added(ours, reader.url, "--events", EVERY)
    file = tmp_path / "moved.csv"
    file.write_text("email,reason\njoe@example.org,hard\nmay@example.org,hard\n")
    acme = ("--account", "acme")

    ours.command("suppressions", "add", *acme, JANE, "--days", "3", "--reason", "she asked")
    ours.command("suppressions", "add", *acme, JANE)
    ours.command("suppressions", "remove", *acme, JANE)
    ours.command("suppressions", "import", *acme, str(file))
    ours.command("suppressions", "allow", *acme, "may@example.org")
    with ours:
        until_heard(ours, reader, suppression_created=3, suppression_changed=1, suppression_released=2)

    by_kind = {
        kind: sorted((facts["address"], facts["source"]) for facts in data(reader, kind)) for kind in BY_COMMANDS
    }
    assert by_kind == {
        EventType.SUPPRESSION_CREATED: [
            (JANE, "command"), ("joe@example.org", "import"), ("may@example.org", "import"),
        ],
        EventType.SUPPRESSION_CHANGED: [(JANE, "command")],
        EventType.SUPPRESSION_RELEASED: [(JANE, "command"), ("may@example.org", "command")],
    }  # fmt: skip
    (first,) = (facts for facts in data(reader, EventType.SUPPRESSION_CREATED) if facts["address"] == JANE)
    (longer,) = data(reader, EventType.SUPPRESSION_CHANGED)
    assert first["reason"] == "she asked"
    assert first["until"]
    assert longer["until"] is None


def test_the_end_of_a_suppression_is_told_when_its_time_is_over(ours: Ours, reader: WebhookReader, tmp_path: Path):
    """An import brings a suppression that ends in a moment, and the daemon looks at its start."""
    added(ours, reader.url, "--events", "suppression-released")
    file = tmp_path / "short.csv"
    file.write_text(
        "address,reason,source,since,until,stream,why\n"
        f"{JANE},hard,command,,{_moment(seconds=4)},,\njoe@example.org,hard,command,,{_moment(seconds=9999)},,\n"
    )
    ours.command("suppressions", "import", "--account", "acme", str(file))
    ours.until(lambda: len(ours.rows("suppressions", "list")) == 1)

    with ours:
        until_heard(ours, reader, suppression_released=1)

    (ended,) = data(reader, EventType.SUPPRESSION_RELEASED)
    assert (ended["address"], ended["source"]) == (JANE, "time")


def _moment(seconds: float) -> str:
    return (dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)).isoformat(timespec="seconds")


def refused(ours: Ours, recipient: str) -> bytes:
    """Ask as Postfix asks about a recipient; gives the answer."""
    lines = f"sender=news@acme.example\nrecipient={recipient}\nclient_address=127.0.0.1\n\n"
    with socket.create_connection(("127.0.0.1", ours.listeners["policy"]), timeout=30) as server:
        server.sendall(f"request=smtpd_access_policy\n{lines}".encode())
        answer = b""
        while not answer.endswith(b"\n\n"):
            answer += server.recv(4096)
    return answer


@pytest.mark.parametrize("suppressed", ["drop", "refuse"])
def test_mail_that_the_milter_drops_or_a_door_refuses_is_told(ours: Ours, reader: WebhookReader, suppressed: str):
    ours.command("account", "set", "acme", "--suppressed", suppressed)
    ours.command("suppressions", "add", "--account", "acme", JANE, "--reason", "complaint")
    added(ours, reader.url, "--events", "dropped")

    with ours:
        asyncio.run(hand_to_milter(ours.listeners["milter"], JANE, "joe@example.org"))
        assert b"action=550" in refused(ours, JANE)
        until_heard(ours, reader, dropped=2)

    at_the_milter, at_the_policy_service = data(reader, EventType.DROPPED)
    how = {"drop": ("dropped", "m7@acme.example", "News"), "refuse": ("refused", None, None)}[suppressed]
    assert tuple(at_the_milter[name] for name in ("how", "message_id", "subject")) == how
    assert at_the_policy_service["how"] == "refused"
    assert {(event["recipient"], event["reason"]) for event in data(reader, EventType.DROPPED)} == {(JANE, "complaint")}


def test_sendgrids_readers_hear_that_mail_was_dropped(ours: Ours):
    """A real django-anymail makes its own event of it: rejected, and why."""
    ours.command("account", "set", "acme", "--suppressed", "drop")
    ours.command("suppressions", "add", "--account", "acme", JANE, "--reason", "unsubscribe")
    with AnymailSite() as site:
        _, public_key = added(ours, site.url("sendgrid"), "--format", "sendgrid")
        site.start(public_key, "a key")
        with ours:
            asyncio.run(hand_to_milter(ours.listeners["milter"], JANE, "joe@example.org"))
            (event,) = ours.until(lambda: site.events)

    assert (event["event"], event["recipient"], event["reject_reason"]) == ("rejected", JANE, "unsubscribed")


VERIFY = """
    const {EventWebhook, EventWebhookHeader} = require("@sendgrid/eventwebhook");
    const [key, ...posts] = process.argv.slice(2);
    const helper = new EventWebhook();
    const publicKey = helper.convertPublicKeyToECDSA(key);
    const verified = posts.map(JSON.parse).map(([body, headers]) => {
        const signature = headers[EventWebhookHeader.SIGNATURE().toLowerCase()];
        const timestamp = headers[EventWebhookHeader.TIMESTAMP().toLowerCase()];
        return helper.verifySignature(publicKey, body, signature, timestamp);
    });
    console.log(JSON.stringify(verified));
"""


@pytest.mark.real("node", "npm")
def test_the_helper_of_npm_verifies_what_the_daemon_and_the_command_sign(ours: Ours, reader: WebhookReader):
    """The unmodified @sendgrid/eventwebhook; an altered body and another key are refused."""
    webhook, key = added(ours, reader.url, "--format", "sendgrid")
    ours.command("webhook", "test", webhook)

    with ours:
        ours.send(ours.path("acme", JANE), report(JANE, words='said "no" \u2713'))
        ours.until(lambda: len(reader.posts) == 2)

    posts = [
        (post.body.decode(), {name.lower(): value for name, value in post.headers.items()}) for post in reader.posts
    ]
    altered = (posts[0][0] + " ", posts[0][1])
    assert run_script(VERIFY, key, *map(json.dumps, [*posts, altered])) == [True, True, False]
    other = ours.command("webhook", "rotate", webhook).stdout.splitlines()[-1]
    assert run_script(VERIFY, other, json.dumps(posts[0])) == [False]


VERIFY_STANDARD = """
    const {Webhook} = require("standardwebhooks");
    const [secret, ...posts] = process.argv.slice(2);
    const webhook = new Webhook(secret);
    const types = posts.map(JSON.parse).map(([body, headers]) => {
        try { return webhook.verify(body, headers).type; } catch (error) { return error.name; }
    });
    console.log(JSON.stringify(types));
"""


@pytest.mark.real("node", "npm")
def test_the_library_of_npm_verifies_standard_webhooks_by_both_secrets_of_a_rotation(ours: Ours, reader: WebhookReader):
    """The unmodified standardwebhooks; an altered body, another time and another secret are refused."""
    webhook, before = added(ours, reader.url)
    ours.command("webhook", "test", webhook)
    after = ours.command("webhook", "rotate", webhook).stdout.splitlines()[-1]

    with ours:
        ours.send(ours.path("acme", JANE), report(JANE, words='said "no" \u2713'))
        until_heard(ours, reader, bounce=1)

    (test, *_), bounce = reader.posts, next(post for post in reader.posts if post.json["type"] == "bounce")
    posts = [(post.body.decode(), dict(post.headers.items())) for post in (test, bounce)]
    altered = (posts[1][0] + " ", posts[1][1])
    late = (posts[1][0], {**posts[1][1], "webhook-timestamp": "1700000000"})
    refused = ["WebhookVerificationError"] * 2
    encoded_posts = [json.dumps(post) for post in (*posts, altered, late)]
    assert run_script(VERIFY_STANDARD, before, *encoded_posts) == ["test", "bounce", *refused]
    assert run_script(VERIFY_STANDARD, after, *encoded_posts) == [refused[0], "bounce", *refused]
    other = added(ours, reader.url + "/other")[1]
    assert run_script(VERIFY_STANDARD, other, encoded_posts[1]) == refused[:1]


def test_mailguns_own_helper_verifies_each_event(ours: Ours, reader: WebhookReader):
    webhook, key = added(ours, reader.url, "--format", "mailgun")
    ours.command("webhook", "test", webhook)

    with ours:
        ours.send(ours.path("acme", JANE), report(JANE))
        ours.until(lambda: len(reader.posts) == 2)

    signatures = [post.json["signature"] for post in reader.posts]
    assert all(SecurityGuard.verify_webhook(key, **signature) for signature in signatures)
    assert len({signature["token"] for signature in signatures}) == len(signatures)
    assert not SecurityGuard.verify_webhook("another key", **signatures[0])
    assert not SecurityGuard.verify_webhook(key, **{**signatures[0], "token": signatures[1]["token"]})


def test_letters_for_people_blocking_providers_and_answers_of_machines_are_told(ours: Ours, reader: WebhookReader):
    added(ours, reader.url, "--events", "unread,blocking,auto-reply")

    with ours:
        ours.send(ours.path("acme", JANE), ANSWER)
        ours.send(ours.path("acme", "jo@example.org"), VACATION)
        for recipient in ("a@gmail.com", "b@gmail.com", "c@gmail.com"):
            ours.send(ours.path("acme", recipient), report(recipient, "5.7.1", "message rejected as spam"))
        until_heard(ours, reader, unread=1, blocking=1, auto_reply=1)

    (unread,), (blocking,), (reply,) = (
        data(reader, kind) for kind in (EventType.UNREAD, EventType.BLOCKING, EventType.AUTO_REPLY)
    )
    assert (unread["unread"], unread["subject"], unread["beginning"]) == ("answer", "Re: offer", ["Please call me."])
    assert [(block["provider"], block["count"]) for block in blocking["blocked"]] == [("Gmail", 2)]
    assert (reply["recipient"], reply["belief"]) == ("jo@example.org", "proven")


def test_an_endpoint_that_names_no_events_gets_all_but_the_answers_of_machines(ours: Ours, reader: WebhookReader):
    ours.command("webhook", "add", "acme", reader.url)

    with ours:
        ours.send(ours.path("acme", "jo@example.org"), VACATION)
        ours.send(ours.path("acme", "jo@example.org"), ANSWER)
        until_heard(ours, reader, unread=1)

    assert [post.json["type"] for post in reader.posts] == ["unread"]
    (webhook,) = ours.rows("webhook", "list")
    assert set(webhook["events"]) == set(ALL_EVENTS) - {EventType.AUTO_REPLY}


def test_letters_that_are_read_again_tell_of_the_suppressions_that_follow_now(ours: Ours, reader: WebhookReader):
    """The rules were other ones when the letter came: it suppressed nobody."""
    added(ours, reader.url, "--events", "suppression-created")
    entry = ("--account", "acme", JANE)
    ours.command("suppressions", "allow", *entry)

    with ours:
        ours.send(ours.path("acme", JANE), report(JANE))
        ours.until(lambda: ours.rows("bounces"))
        ours.command("suppressions", "disallow", *entry)
        ours.command("reread", "--account", "acme")
        ours.until(lambda: True)
        ours.send(ours.path("acme", "last@example.org"), report("last@example.org"))
        ours.until(lambda: any(b"last@example.org" in post.body for post in reader.posts))

    listed = {row["address"] for row in ours.rows("suppressions", "list")}
    assert {event["address"] for event in data(reader, EventType.SUPPRESSION_CREATED)} == listed
