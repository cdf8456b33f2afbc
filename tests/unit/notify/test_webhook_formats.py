"""The formats of webhooks: every event is whole, signed, and about one recipient; hostile text stays a value."""

import dataclasses
import datetime as dt
import hashlib
import hmac
import json
import sys
from typing import Any

import pytest
from sendgrid.helpers.eventwebhook import EventWebhook
from standardwebhooks import Webhook as Verifier

from bouncer.ndr.reading import Action, Kind, Written
from bouncer.notify.webhooks.dialect import TEST_ADDRESS
from bouncer.notify.webhooks.format import SECRET_OCTETS, TrySigning, WebhookEvent, WebhookFormat, WebhookPost
from bouncer.notify.webhooks.formats import FORMATS, format_of
from bouncer.notify.webhooks.sendgrid import SIGNATURE, TIMESTAMP, make_key
from bouncer.notify.webhooks.standard import MAX_OCTETS
from bouncer.policy.account_events import AccountEvent, SuppressionChange, drop_event, unread_event
from bouncer.policy.records import Belief, ChangeSource, Release, Suppression, Unread
from bouncer.policy.webhooks import ALL_EVENTS, OF_OUTCOMES, EventType
from bouncer.ports.letters import BounceRow

NOW = dt.datetime.now(dt.UTC)
OCTETS = bytes(range(SECRET_OCTETS))
HOSTILE = 'x"}]\r\nEvil: 1\x00\x1b[31m\u2028<b>\ud800 %s {0}'
UUID = "0f9b1c2d-1111-4222-8333-0123456789ab"
OUTCOMES = [
    (webhook_format, event)
    for webhook_format in FORMATS
    for event in webhook_format.possible_events
    if event in OF_OUTCOMES
]


@pytest.fixture(autouse=True)
def present(monkeypatch: pytest.MonkeyPatch) -> None:
    """A verifier refuses what is older than five minutes, and a whole run of the tests takes longer."""
    monkeypatch.setattr(sys.modules[__name__], "NOW", dt.datetime.now(dt.UTC))


def outcome(**changed: Any) -> BounceRow:
    facts: dict[str, Any] = {
        "id": (1 << 62) + 7,
        "letter_id": 5,
        "at": NOW,
        "account": "acme",
        "kind": Kind.BOUNCE,
        "recipient": "jane@example.org",
        "original_recipient": None,
        "final_recipient": "jane@example.org",
        "action": Action.FAILED,
        "status": "5.1.1",
        "reply_code": 550,
        "category": "hard",
        "reason": "invalid-recipient",
        "rule": "a-rule",
        "evidence": "550 no",
        "diagnostic_code": "550 5.1.1 no such user",
        "remote_mta": "mx.example.org",
        "reporting_mta": "mx.example.net",
        "belief": Belief.PROVEN,
        "belief_why": "signed",
        "suppressed": True,
        "suppressed_until": None,
        "message_id": "m1@acme.example",
        "subject": "Your order",
    }
    return BounceRow(**{**facts, **changed})


def written(
    webhook_format: WebhookFormat, kind: EventType, row: BounceRow | None, secret: str | None = None
) -> WebhookPost:
    event = WebhookEvent("evt_abc_1", kind, NOW, "acme", row)
    return webhook_format.write(event, TrySigning((secret or webhook_format.make_secret(OCTETS),), NOW, "t" * 50))


def content(name: str, kind: EventType, row: BounceRow | None = None) -> Any:
    webhook_format = format_of(name)
    assert webhook_format is not None
    return json.loads(written(webhook_format, kind, row or outcome()).body)


def test_every_format_has_a_name_of_its_own():
    assert [webhook_format.name for webhook_format in FORMATS] == [
        "standard",
        "sendgrid",
        "mailgun",
        "postmark",
        "listmonk",
    ]
    assert all(
        set(webhook_format.events) <= set(webhook_format.possible_events) <= set(ALL_EVENTS)
        for webhook_format in FORMATS
    )
    assert format_of("fax") is None


@pytest.mark.parametrize(("webhook_format", "event"), OUTCOMES, ids=lambda value: getattr(value, "name", value))
def test_a_report_that_says_little_or_is_hostile_is_a_whole_event_all_the_same(
    webhook_format: WebhookFormat, event: EventType
):
    """Readers fail over a missing field: the shape of an event does not depend on what its report says."""
    texts = (
        "diagnostic_code",
        "evidence",
        "reason",
        "message_id",
        "subject",
        "original_from",
        "remote_mta",
        "campaign",
    )
    bare = outcome(**dict.fromkeys((*texts, "status", "reply_code", "category", "rule", "reporting_mta")), stream="")
    hostile = outcome(recipient=HOSTILE, **dict.fromkeys((*texts, "stream"), HOSTILE))

    whole, poor, evil = (written(webhook_format, event, row).body for row in (outcome(), bare, hostile))

    assert _shape(json.loads(whole)) == _shape(json.loads(poor))
    assert evil.isascii()
    assert b"\n" not in evil
    assert b"\x1b" not in evil
    json.loads(evil)


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _shape(item) for name, item in value.items()}
    return (
        [_shape(item) for item in value] if isinstance(value, list) and value and isinstance(value[0], dict) else None
    )


@pytest.mark.parametrize("webhook_format", FORMATS, ids=lambda webhook_format: webhook_format.name)
def test_a_test_event_is_about_nobody(webhook_format: WebhookFormat):
    body = written(webhook_format, EventType.TEST, None).body.decode()

    assert "hard" not in body
    assert "HardBounce" not in body
    assert '"event":"bounce"' not in body
    assert webhook_format.name == "standard" or TEST_ADDRESS in body


def test_a_test_that_is_delivered_has_the_codes_of_a_delivery():
    in_sendgrid, in_mailgun = (
        json.loads(written(webhook_format, EventType.TEST, None).body)
        for webhook_format in FORMATS
        if webhook_format.name in ("sendgrid", "mailgun")
    )

    assert in_sendgrid[0]["status"] == "2.0.0"
    assert in_mailgun["event-data"]["delivery-status"]["code"] == 250


@pytest.mark.parametrize("webhook_format", FORMATS, ids=lambda webhook_format: webhook_format.name)
@pytest.mark.parametrize("event", [EventType.BLOCK, EventType.DEFERRAL, EventType.DELAY])
def test_only_a_bounce_is_written_as_a_hard_bounce(webhook_format: WebhookFormat, event: EventType):
    body = written(
        webhook_format, event, outcome(category="block", reason="spam-content", status="5.7.1")
    ).body.decode()

    for word in ('"type":"bounce"', '"permanent"', "HardBounce", "BadEmailAddress", '"type":"hard"'):
        assert word not in body


def test_standard_signs_with_every_secret_and_cuts_what_is_too_long():
    webhook_format = format_of("standard")
    assert webhook_format is not None
    secrets = [webhook_format.make_secret(octets) for octets in (OCTETS, OCTETS[::-1])]
    row = outcome(own_lines=("x" * 1000,) * 1000, diagnostic_code="y" * 100_000)
    post = webhook_format.write(
        WebhookEvent("evt_abc_1", EventType.BOUNCE, NOW, "acme", row), TrySigning(secrets, NOW, "t")
    )

    for secret in secrets:
        assert Verifier(secret).verify(post.body, dict(post.headers))
    assert len(post.body) < MAX_OCTETS
    assert json.loads(post.body)["data"]["belief"] == "proven"


def test_sendgrids_own_helper_verifies_three_hundred_signatures():
    webhook_format = format_of("sendgrid")
    assert webhook_format is not None
    for n in range(300):
        secret = make_key(hashlib.sha256(b"%d" % n).digest())
        post = written(webhook_format, EventType.BOUNCE, outcome(diagnostic_code=f"550 ü {n}"), secret)
        helper = EventWebhook(webhook_format.show_secret(secret))
        signed = post.headers[SIGNATURE], post.headers[TIMESTAMP]
        assert helper.verify_signature(post.body.decode(), *signed)
        assert not helper.verify_signature(post.body.decode() + " ", *signed)
    assert len(webhook_format.show_secret(secret)) == 124


@pytest.mark.parametrize("octets", [bytes(32), b"\xff" * 32])
def test_any_random_octets_make_a_key(octets: bytes):
    webhook_format = format_of("sendgrid")
    assert webhook_format is not None
    assert webhook_format.show_secret(make_key(octets))


@pytest.mark.parametrize("reported", ["m1@acme.example", "<m1@acme.example>", " <m1@acme.example> "])
def test_a_message_id_has_its_brackets_where_the_dialect_has_them(reported: str):
    row = outcome(message_id=reported)

    (sendgrid,) = content("sendgrid", EventType.BOUNCE, row)
    mailgun = content("mailgun", EventType.BOUNCE, row)["event-data"]["message"]["headers"]
    postmark = content("postmark", EventType.BOUNCE, row)

    assert (sendgrid["smtp-id"], sendgrid["sg_message_id"]) == ("<m1@acme.example>", "m1@acme.example")
    assert mailgun["message-id"] == postmark["MessageID"] == "m1@acme.example"


def test_a_bounce_in_sendgrids_form():
    (event,) = content("sendgrid", EventType.BOUNCE, outcome(campaign=UUID))

    assert event == {
        "email": "jane@example.org",
        "event": "bounce",
        "timestamp": int(NOW.timestamp()),
        "sg_event_id": "evt_abc_1",
        "sg_message_id": "m1@acme.example",
        "smtp-id": "<m1@acme.example>",
        "status": "5.1.1",
        "tls": 1,
        "category": [UUID],
        "XListmonkCampaign": UUID,
        "type": "bounce",
        "reason": "550 5.1.1 no such user",
        "bounce_classification": "Invalid Address",
    }
    assert [content("sendgrid", kind)[0]["event"] for kind in OF_OUTCOMES] == [
        "bounce",
        "bounce",
        "deferred",
        "deferred",
        "spamreport",
        "unsubscribe",
        "delivered",
    ]
    assert content("sendgrid", EventType.BLOCK)[0]["type"] == "blocked"


CAUSE = Suppression("acme", "jane@example.org", "complaint", ChangeSource.BOUNCE, 5, NOW, None, why="she complained")


def body_in(name: str, event: AccountEvent) -> Any:
    """Give the body that a format makes of an event that is no outcome."""
    webhook_format = format_of(name)
    assert webhook_format is not None
    assert event.type in webhook_format.possible_events
    parsed = AccountEvent.parse(event.about)
    assert parsed is not None
    row = WebhookEvent("evt_abc_c1", parsed.type, parsed.at, "acme", None, parsed.facts)
    return json.loads(webhook_format.write(row, TrySigning((webhook_format.make_secret(OCTETS),), NOW, "t" * 50)).body)


@pytest.mark.parametrize(
    ("reason", "in_sendgrid", "in_mailgun", "code"),
    [
        ("invalid-recipient", "Bounced Address", "suppress-bounce", 605),
        ("complaint", "Spam Reporting Address", "suppress-complaint", 607),
        ("unsubscribe", "Unsubscribed Address", "suppress-unsubscribe", 606),
        ("moved away", "Bounced Address", "suppress-bounce", 605),
    ],
)
def test_dropped_mail_is_told_in_the_forms_that_know_it(reason: str, in_sendgrid: str, in_mailgun: str, code: int):
    cause = dataclasses.replace(CAUSE, reason=reason)
    event = drop_event(NOW, "jane@example.org", cause, {"message_id": "m1@acme.example"}, is_refused=False)

    (sendgrid,) = body_in("sendgrid", event)
    mailgun = body_in("mailgun", event)["event-data"]

    assert (sendgrid["event"], sendgrid["reason"]) == ("dropped", in_sendgrid)
    assert (sendgrid["email"], sendgrid["smtp-id"]) == ("jane@example.org", "<m1@acme.example>")
    assert (mailgun["event"], mailgun["severity"], mailgun["reason"]) == ("failed", "permanent", in_mailgun)
    assert mailgun["delivery-status"]["code"] == code


def test_postmark_hears_that_an_address_is_suppressed_and_free_again():
    created = body_in("postmark", SuppressionChange(CAUSE, "jane@example.org").event)
    by_hand = dataclasses.replace(CAUSE, reason="moved away", source=ChangeSource.COMMAND)
    freed = Release("acme", "jane@example.org", ChangeSource.KEY, None, NOW)
    released = body_in("postmark", SuppressionChange(freed, "jane@example.org").event)

    assert (created["RecordType"], created["Recipient"]) == ("SubscriptionChange", "jane@example.org")
    assert (created["SuppressSending"], created["SuppressionReason"], created["Origin"]) == (
        True, "SpamComplaint", "Recipient",
    )  # fmt: skip
    change = body_in("postmark", SuppressionChange(by_hand, "jane@example.org").event)
    assert (change["SuppressionReason"], change["Origin"]) == ("ManualSuppression", "Customer")
    assert (released["SuppressSending"], released["SuppressionReason"], released["Origin"]) == (
        False, None, "Customer",
    )  # fmt: skip


def test_standard_shows_the_facts_of_any_event_and_hostile_ones_stay_values():
    written = Written(HOSTILE, HOSTILE, (HOSTILE,) * 1000)
    event = body_in("standard", unread_event(NOW, 5, Unread.WISH, written))

    assert event["type"] == "unread"
    assert event["data"]["unread"] == "wish"
    assert event["data"]["from"].startswith('x"}]')
    assert len(event["data"]["beginning"]) <= 1000


def test_mailgun_signs_time_and_token():
    webhook_format = format_of("mailgun")
    assert webhook_format is not None
    signed = content("mailgun", EventType.BOUNCE)["signature"]
    key, text = webhook_format.make_secret(OCTETS).encode(), f"{signed['timestamp']}{signed['token']}".encode()

    assert signed["signature"] == hmac.new(key, text, hashlib.sha256).hexdigest()
    assert len(signed["token"]) == 50
    assert content("mailgun", EventType.BOUNCE)["event-data"]["message"]["headers"]["message-id"] == "m1@acme.example"


def test_postmarks_number_is_exact_in_javascript():
    event = content("postmark", EventType.BOUNCE, outcome(campaign=UUID))

    assert event["ID"] < 1 << 53
    assert (event["Type"], event["TypeCode"], event["Email"]) == ("HardBounce", 1, "jane@example.org")
    assert event["Metadata"] == {"campaign": UUID, "X-Listmonk-Campaign": UUID}
    assert content("postmark", EventType.BOUNCE, outcome(campaign="news"))["Metadata"] == {"campaign": "news"}


def test_custom_arguments_come_back_where_each_format_has_them():
    row = outcome(custom_args={"order": "17", "X-PM-Tag": "welcome"}, campaign="march")

    assert content("mailgun", EventType.BOUNCE, row)["event-data"]["user-variables"]["order"] == "17"
    (event,) = content("sendgrid", EventType.BOUNCE, row)
    assert event["order"] == "17"
    event = content("postmark", EventType.BOUNCE, row)
    assert (event["Metadata"], event["Tag"]) == ({"order": "17", "campaign": "march"}, "welcome")
    assert content("standard", EventType.BOUNCE, row)["data"]["custom_args"]["order"] == "17"


@pytest.mark.parametrize("kind", [EventType.DEFERRAL, EventType.BOUNCE, EventType.DELIVERED])
def test_no_custom_argument_says_what_sendgrids_own_members_say(kind: EventType):
    of_all = ("event", "type", "email", "status", "reason", "sg_event_id", "category")
    of_some = ("date", "domain", "from", "message", "send_at")
    args = dict.fromkeys((*of_all, *of_some, "order"), "x")
    category = "hard" if kind is EventType.BOUNCE else "soft"

    (plain,), (event,) = (content("sendgrid", kind, outcome(category=category, custom_args=a)) for a in ({}, args))

    assert event == {**plain, "order": "x"}


def test_listmonk_gets_what_it_shows_as_text():
    event = content("listmonk", EventType.COMPLAINT, outcome(campaign=UUID))

    assert (event["email"], event["type"], event["campaign_uuid"]) == ("jane@example.org", "complaint", UUID)
    assert json.loads(event["meta"])["reply"] == "550 5.1.1 no such user"
    assert "campaign_uuid" not in content("listmonk", EventType.BOUNCE, outcome(campaign="news"))


def test_secrets_are_not_shown_by_repr():
    assert "whsec_x" not in repr(TrySigning(("whsec_x",), NOW, "t"))
