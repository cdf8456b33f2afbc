"""Webhooks by the real daemon: added by command, posted for each report, verified by the readers' own libraries, tried again."""

import json
import sqlite3
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from acceptance.failure_report import report
from acceptance.webhooks import JANE, OWNER, added, verified
from programs.ours import Ours
from programs.webhook_reader import Posted, WebhookReader
from standardwebhooks import WebhookVerificationError

from bouncer.policy.webhooks import GIVE_UP


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    folder = tmp_path / "ours"
    folder.mkdir()
    ours = Ours(folder, forward='webhook_networks = ["127.0.0.0/8"]\nfirst_wait = 1\nlongest_wait = 1')
    ours.command("account", "add", "acme", "--owner", OWNER)
    return ours


@pytest.fixture
def reader() -> Iterator[WebhookReader]:
    with WebhookReader() as reader:
        yield reader


def fail(ours: Ours, *recipients: str, status: str = "5.1.1", words: str = "User unknown") -> None:
    for recipient in recipients:
        ours.send(ours.path("acme", recipient), report(recipient, status, words))


def test_each_report_is_an_event_that_the_real_library_verifies(ours: Ours, reader: WebhookReader):
    webhook, secret = added(ours, reader.url)

    with ours:
        fail(ours, JANE)
        fail(ours, "full@example.org", status="4.2.2", words="mailbox is full")
        fail(ours, "spam@example.org", status="5.7.1", words="message rejected as spam")
        ours.until(lambda: len(reader.posts) == 3)
        ours.until(
            lambda: {row["state"] for row in ours.rows("queue", "list") if row["channel"] == "webhook"} == {"sent"}
        )

    events = {event["data"]["recipient"]: event for event in (verified(secret, post) for post in reader.posts)}  # type: ignore[index]
    assert {address: event["type"] for address, event in events.items()} == {
        JANE: "bounce",
        "full@example.org": "deferral",
        "spam@example.org": "block",
    }
    data = events[JANE]["data"]
    assert (data["account"], data["belief"], data["reason"]) == ("acme", "proven", "invalid-recipient")  # type: ignore[index]
    assert len({post.headers["webhook-id"] for post in reader.posts}) == 3
    assert all("." not in post.headers["webhook-id"] for post in reader.posts)
    output = ours.command("webhook", "show", webhook).stdout
    assert "taken" in output
    assert secret not in output


def test_a_body_that_was_altered_and_another_secret_do_not_verify(ours: Ours, reader: WebhookReader):
    """A test of the test: the library does refuse."""
    webhook, secret = added(ours, reader.url)
    ours.command("webhook", "test", webhook)
    (posted,) = reader.posts

    altered = Posted(posted.path, posted.headers, posted.body.replace(b"test", b"tent"), 0)
    for key, post in ((secret, altered), ("whsec_" + "A" * 43 + "=", posted)):
        with pytest.raises(WebhookVerificationError):
            verified(key, post)


def test_the_secret_is_shown_once_alone_on_the_last_line_and_nowhere_else(ours: Ours, reader: WebhookReader):
    url = reader.url.replace("http://", "http://user:pass%20word@")
    webhook, secret = added(ours, url)

    with ours:
        fail(ours, JANE)
        ours.until(lambda: reader.posts)

    assert secret.startswith("whsec_")
    assert " " not in secret
    assert reader.posts[0].headers["Authorization"] == "Basic dXNlcjpwYXNzIHdvcmQ="
    report = "".join(
        ours.command("webhook", *words).stdout
        for words in (("list",), ("list", "--json"), ("show", webhook), ("show", webhook, "--json"))
    )
    for word in (secret, secret.removeprefix("whsec_"), "pass word", "pass%20word"):
        assert word not in report + ours.log.read_text()


def test_a_report_about_several_is_an_event_for_each_that_names_nobody_else(ours: Ours, reader: WebhookReader):
    """To an alias, whose reports prove nothing: the format standard says so, and the reader decides."""
    added(ours, reader.url)
    recipients = [f"r{n}@example.org" for n in range(3)]
    blocks = "".join(
        f"\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n" for address in recipients
    )
    letter = report("first@example.org").replace(b"\r\n\r\n--b--", blocks.encode() + b"\r\n--b--")

    with ours:
        ours.send("acme@rp.example.com", letter)
        ours.until(lambda: len(reader.posts) == 4)

    events = {post.json["data"]["recipient"]: post for post in reader.posts}
    assert set(events) == {"first@example.org", *recipients}
    for address, post in events.items():
        assert post.json["data"]["belief"] == "unproven"
        assert [other for other in events if other != address and other.encode() in post.body] == []
    assert len({post.headers["webhook-id"] for post in reader.posts}) == 4


def test_only_what_an_endpoint_asks_for_is_posted(ours: Ours, reader: WebhookReader):
    """By type of event, and by belief."""
    added(ours, reader.url, "--events", "block,complaint")
    added(ours, f"{reader.url}/sure", "--belief", "proven")

    with ours:
        fail(ours, JANE)
        fail(ours, "spam@example.org", status="5.7.1", words="message rejected as spam")
        ours.send("acme@rp.example.com", report("forged@example.org"))
        ours.until(lambda: len(reader.posts) == 3)
        fail(ours, "last@example.org")
        ours.until(lambda: any(b"last@example.org" in post.body for post in reader.posts))

    assert Counter((post.path, post.json["data"]["recipient"]) for post in reader.posts) == {
        ("/hook", "spam@example.org"): 1,
        ("/hook/sure", JANE): 1,
        ("/hook/sure", "spam@example.org"): 1,
        ("/hook/sure", "last@example.org"): 1,
    }


def test_a_failed_try_is_made_again_signed_anew_under_the_same_id(ours: Ours, reader: WebhookReader):
    webhook, secret = added(ours, reader.url)
    reader.answer = lambda _posted: (500, b"database is down", {}) if len(reader.posts) < 3 else (204, b"", {})

    with ours:
        fail(ours, JANE)
        ours.until(lambda: len(reader.posts) == 3)
        ours.until(lambda: json.loads(ours.command("webhook", "show", webhook, "--json").stdout)["last_status"] == 204)

    assert len({post.headers["webhook-id"] for post in reader.posts}) == 1
    assert len({post.headers["webhook-timestamp"] for post in reader.posts}) > 1
    assert len({post.headers["webhook-signature"] for post in reader.posts}) > 1
    assert len({post.body for post in reader.posts}) == 1
    assert {verified(secret, post)["type"] for post in reader.posts} == {"bounce"}
    facts = json.loads(ours.command("webhook", "show", webhook, "--json").stdout)
    assert [(attempt["status"], attempt["answer"]) for attempt in facts["attempts"]] == [
        (204, ""),
        (500, "database is down"),
        (500, "database is down"),
    ]


def test_events_about_one_address_come_in_order_and_others_pass(ours: Ours, reader: WebhookReader):
    added(ours, reader.url)
    blocked = [True]

    def answer(posted: Posted) -> tuple[int, bytes, dict[str, str]]:
        return (422, b"not now", {}) if blocked[0] and JANE.encode() in posted.body else (200, b"", {})

    reader.answer = answer
    with ours:
        for status, words in (("4.2.2", "mailbox is full"), ("5.1.1", "User unknown")):
            fail(ours, JANE, status=status, words=words)
            ours.until(lambda: reader.posts)
        fail(ours, "other@example.org")
        ours.until(lambda: any(b"other@example.org" in post.body for post in reader.posts))
        assert {post.json["type"] for post in reader.posts if JANE.encode() in post.body} == {"deferral"}
        blocked[0] = False
        ours.until(lambda: any(post.json["type"] == "bounce" and JANE.encode() in post.body for post in reader.posts))

    about_jane = [post.json["type"] for post in reader.posts if JANE.encode() in post.body]
    assert about_jane == [*["deferral"] * (len(about_jane) - 1), "bounce"]


def test_a_dead_endpoint_delays_nobody_else(ours: Ours, reader: WebhookReader):
    with WebhookReader(lambda _posted: (time.sleep(2), (503, b"", {}))[1]) as slow:  # type: ignore[func-returns-value]
        added(ours, slow.url)
        with WebhookReader() as stopped:
            added(ours, stopped.url)
        added(ours, reader.url)
        people = [f"r{n}@example.org" for n in range(40)]

        with ours:
            fail(ours, *people)
            ours.until(lambda: len(reader.posts) == len(people), seconds=30)

    assert {post.json["data"]["recipient"] for post in reader.posts} == set(people)


def test_an_endpoint_that_is_gone_ends_and_its_owner_is_told_by_mail(ours: Ours, reader: WebhookReader):
    webhook, _ = added(ours, reader.url)
    reader.answer = lambda _posted: (410, b"moved out", {})

    with ours:
        fail(ours, JANE)
        ours.until(lambda: any("webhook" in str(notice["Subject"]) for notice in ours.notices()))
        fail(ours, "later@example.org")
        ours.until(lambda: len(ours.notices()) == 3)

    (mail,) = [notice for notice in ours.notices() if "webhook" in str(notice["Subject"])]
    assert mail["To"] == OWNER
    assert "410" in mail.get_content()
    assert len(reader.posts) == 1
    assert json.loads(ours.command("webhook", "show", webhook, "--json").stdout)["state"] == "ended"
    again = ours.command("webhook", "replay", webhook, "--failed", check=False)
    assert "add it again" in again.stderr


@pytest.mark.parametrize("account", ["acme", "globex"])
def test_an_endpoint_that_rests_is_told_by_mail_and_woken_by_a_replay(ours: Ours, reader: WebhookReader, account: str):
    """The endpoint has failed for three days; for an account without owners the operator is told."""
    ours.command("account", "add", "globex")
    webhook, _ = added(ours, reader.url, account=account)
    since = int((time.time() - GIVE_UP.total_seconds()) * 1e6)
    with closing(sqlite3.connect(ours.folder / "bouncer.db")) as database, database:
        database.execute("UPDATE webhooks SET failing_since = ?", (since,))
    reader.answer = lambda _posted: (500, b"", {})

    with ours:
        ours.send(ours.path(account, JANE), report(JANE))
        (mail,) = ours.until(lambda: [notice for notice in ours.notices() if "webhook" in str(notice["Subject"])])
        resting = json.loads(ours.command("webhook", "show", webhook, "--json").stdout)["state"]
        reader.answer = lambda _posted: (200, b"", {})
        ours.command("webhook", "replay", webhook, "--failed")
        ours.until(lambda: _states(ours) == ["sent"])

    assert resting == "resting"
    assert mail["To"] == (OWNER if account == "acme" else "op@example.com")
    text = mail.get_content()
    assert f"account {account} has taken no event since" in " ".join(text.split())
    assert f"bouncer webhook replay {webhook} --failed" in " ".join(text.split())
    assert json.loads(ours.command("webhook", "show", webhook, "--json").stdout)["state"] == "active"


def test_events_are_posted_again_one_or_those_that_failed_or_those_of_a_time(ours: Ours, reader: WebhookReader):
    webhook, _ = added(ours, reader.url)
    reader.answer = lambda posted: (400, b"", {}) if b"bad@example.org" in posted.body else (200, b"", {})

    with ours:
        fail(ours, JANE, "bad@example.org")
        ours.until(lambda: {post.json["data"]["recipient"] for post in reader.posts} == {JANE, "bad@example.org"})
        ours.until(lambda: "sent" in _states(ours))  # an event that is on its way is not posted again
        first = next(post for post in reader.posts if JANE.encode() in post.body)
        output = ours.command("webhook", "replay", webhook, "--event", first.headers["webhook-id"]).stdout
        ours.until(lambda: sum(post.body == first.body for post in reader.posts) == 2)
        reader.answer = lambda _posted: (200, b"", {})
        ours.command("webhook", "replay", webhook, "--failed")
        ours.until(lambda: _states(ours) == ["sent", "sent"])
        count = len(reader.posts)
        every = ours.command("webhook", "replay", webhook, "--since", "2026-01-01").stdout
        ours.until(lambda: len(reader.posts) == count + 2)
    none = ours.command("webhook", "replay", webhook, "--until", "2026-01-01").stdout

    assert (output, every, none) == (
        "1 event will be posted again\n",
        "2 events will be posted again\n",
        "0 events will be posted again\n",
    )
    ids = {post.json["data"]["recipient"]: post.headers["webhook-id"] for post in reader.posts}
    assert {post.headers["webhook-id"] for post in reader.posts} == set(ids.values())
    future = ours.command("webhook", "replay", webhook, "--since", "9999-12-31").stdout
    assert future == none
    assert ours.command("webhook", "replay", webhook, check=False).returncode == 2
    backward = ours.command("webhook", "replay", webhook, "--since", "2026-02-01", "--until", "2026-01-01", check=False)
    assert backward.returncode == 1
    assert "until must be later than since" in backward.stderr
    foreign = ours.command("webhook", "replay", "wh_0000000000", "--failed", check=False)
    assert (foreign.returncode, foreign.stdout) == (1, "")


def _states(ours: Ours) -> list[str]:
    return sorted(str(row["state"]) for row in ours.rows("queue", "list") if row["channel"] == "webhook")


def test_a_rotated_secret_signs_beside_the_one_before(ours: Ours, reader: WebhookReader):
    webhook, secret = added(ours, reader.url)

    fresh = ours.command("webhook", "rotate", webhook).stdout.splitlines()[-1]
    ours.command("webhook", "test", webhook)

    (posted,) = reader.posts
    assert fresh != secret
    assert {str(verified(key, posted)["type"]) for key in (secret, fresh)} == {"test"}
    assert len(posted.headers["webhook-signature"].split()) == 2


def test_a_test_says_what_the_endpoint_answered_and_fails_where_it_fails(ours: Ours, reader: WebhookReader):
    webhook, _ = added(ours, reader.url)

    outcome = ours.command("webhook", "test", webhook)
    reader.answer = lambda _posted: (500, b"\x1b[31mno table\nfor you", {})
    refused = ours.command("webhook", "test", webhook, check=False)
    reader.stop()
    unreachable = ours.command("webhook", "test", webhook, check=False)

    assert "200" in outcome.stdout
    assert "taken" in outcome.stdout
    assert (refused.returncode, unreachable.returncode) == (1, 1)
    assert "no table" in refused.stdout
    assert "\x1b" not in refused.stdout
    assert "no connection" in unreachable.stdout


def test_a_removed_webhook_gets_nothing_more(ours: Ours, reader: WebhookReader):
    webhook, _ = added(ours, reader.url)
    ours.command("webhook", "remove", webhook)

    with ours:
        fail(ours, JANE)
        ours.until(ours.notices)

    assert reader.posts == []
    for words in (
        ("show", webhook),
        ("test", webhook),
        ("remove", webhook),
        ("rotate", webhook),
        ("replay", webhook, "--failed"),
    ):
        result = ours.command("webhook", *words, check=False)
        assert (result.returncode, "there is no webhook" in result.stderr) == (1, True)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("acme", "ftp://x.example/"), "https://"),
        (("acme", "https://2130706433/"), "no host name"),
        (("acme", "https://exa mple.org/"), "no spaces"),
        (("acme", "https://x.example/", "--format", "fax"), "there is no format 'fax', but standard"),
        (("acme", "https://x.example/", "--events", "birth"), "must be some of"),
        (("nobody", "https://x.example/"), "there is no account"),
    ],
)
def test_a_webhook_that_cannot_be_added_is_refused_with_a_sentence(ours: Ours, words: tuple[str, ...], why: str):
    result = ours.command("webhook", "add", *words, check=False)

    assert result.returncode in (1, 2)
    assert why in result.stderr
    assert "Traceback" not in result.stderr


def test_an_endpoint_is_added_once(ours: Ours, reader: WebhookReader):
    webhook, _ = added(ours, reader.url)

    again = ours.command("webhook", "add", "acme", reader.url, check=False)

    assert f"has this endpoint already: {webhook}" in again.stderr


def test_without_networks_the_operators_own_hosts_are_out_of_reach(tmp_path: Path, reader: WebhookReader):
    """Also where a name leads to them, and where an endpoint was added while they were allowed."""
    folder = tmp_path / "ours"
    folder.mkdir()
    ours = Ours(folder, forward="first_wait = 1")
    ours.command("account", "add", "acme", "--owner", OWNER)
    refused = ours.command("webhook", "add", "acme", reader.url, check=False)
    outcomes = []
    for host in ("127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "user@127.0.0.1"):
        url = f"https://{host}:{reader.port}/"
        outcomes.append(ours.command("webhook", "add", "acme", url, check=False).stderr)
    for host in ("localhost", "localhost."):
        webhook, _ = added(ours, f"https://{host}:{reader.port}/")
        outcomes.append(ours.command("webhook", "test", webhook, check=False).stdout)
        ours.command("webhook", "remove", webhook)

    assert "https://" in refused.stderr
    assert all("not public" in outcome for outcome in outcomes), outcomes
    assert reader.posts == []
