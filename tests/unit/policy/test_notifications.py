"""Notifications and subscriptions make entries of the outbox, one for each event, channel and destination."""

import pytest

from bouncer.policy.notifications import (
    Notification,
    Subscription,
    event_id,
    lane_of,
    mail_subscriptions,
    outbox_entries,
)
from bouncer.policy.records import MAIL, NO_ACCOUNT, Bucket, EntryKind, NewEntry

ANN, OPERATOR = "ann@acme.example", "op@example.com"
HARD = Notification(EntryKind.NOTICE, frozenset({"hard"}), bucket=Bucket.UNPROVEN)


def test_an_owner_hears_by_mail_when_scheduled_and_another_channel_at_once():
    subscribers = (*mail_subscriptions("acme", (ANN, ANN)), Subscription("acme", "file", "acme.jsonl"))

    assert outbox_entries([HARD], subscribers, "acme") == (
        NewEntry(EntryKind.NOTICE, ANN, bucket=Bucket.UNPROVEN),
        NewEntry(EntryKind.NOTICE, "acme.jsonl", bucket=Bucket.UNPROVEN, channel="file", at_once=True),
    )


@pytest.mark.parametrize("account", ["other", "acme/removed-1", None, NO_ACCOUNT])
def test_nobody_hears_of_another_account(account: str | None):
    assert outbox_entries([HARD], mail_subscriptions("acme", (ANN,)), account) == ()


@pytest.mark.parametrize(
    ("topics", "topics_told", "hears"),
    [((), {"hard"}, True), (("hard",), {"hard", "soft"}, True), (("soft",), {"hard"}, False), (("soft",), set(), True)],
)
def test_a_subscription_of_some_topics_hears_of_those(topics: tuple[str, ...], topics_told: set[str], hears: bool):
    subscription = Subscription("acme", "file", "x", topics)

    entries = outbox_entries([Notification(EntryKind.NOTICE, frozenset(topics_told))], [subscription], "acme")

    assert bool(entries) is hears


def test_an_operator_who_is_an_owner_hears_as_an_owner_and_once():
    notifications = (Notification(EntryKind.WARNING), Notification(EntryKind.WARNING, account=NO_ACCOUNT))
    subscribers = (*mail_subscriptions("acme", (ANN,)), *mail_subscriptions(NO_ACCOUNT, (ANN,)))

    assert outbox_entries(notifications, subscribers, "acme") == (NewEntry(EntryKind.WARNING, ANN),)


def test_a_notification_for_one_person_goes_to_nobody_else():
    alone = Notification(EntryKind.FAILING, to=OPERATOR, account="zoo", about="x")

    assert outbox_entries([alone], mail_subscriptions("acme", (ANN,)), "acme") == (
        NewEntry(EntryKind.FAILING, OPERATOR, "x", "zoo"),
    )


def test_one_letter_s_events_have_names_of_their_own():
    assert event_id(1, EntryKind.NOTICE) == "0000000000001.notice"
    assert len({event_id(number, kind) for number in (1, 2) for kind in EntryKind}) == 2 * len(EntryKind)
    assert max(len(event_id(1, kind)) for kind in EntryKind) <= 32


def test_mail_waits_by_domain_and_any_other_channel_by_destination():
    assert lane_of(MAIL, "Ann@B\u00fccher.example") == "xn--bcher-kva.example"
    assert lane_of("file", "shop@acme/Events.jsonl") == "shop@acme/Events.jsonl"
