"""Which event each outcome is, and who gets it."""

import dataclasses

import pytest
from contract.factories import bounce

from bouncer.ndr.reading import Action, Kind
from bouncer.policy.records import Belief, Believed, Bucket
from bouncer.policy.webhooks import (
    MAX_EVENTS,
    OF_OUTCOMES,
    Endpoint,
    EventType,
    event_type,
    place_of,
    webhook_entries,
    webhook_event_id,
)
from bouncer.verdict.verdict import Category, Reason

ALL = Endpoint("wh_1", OF_OUTCOMES, Belief.CONTRADICTED)
SURE = Endpoint("wh_2", OF_OUTCOMES, Belief.PROVEN)


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        (Category.HARD, EventType.BOUNCE),
        (Category.BLOCK, EventType.BLOCK),
        (Category.SOFT, EventType.DEFERRAL),
        (Category.TECHNICAL, EventType.DEFERRAL),
        (Category.OTHER, EventType.DEFERRAL),
        (None, EventType.DEFERRAL),
    ],
)
def test_only_a_hard_failure_is_a_bounce(category: Category | None, expected: EventType):
    assert event_type(Kind.BOUNCE, Action.FAILED, category) is expected


def test_one_letter_may_say_that_mail_failed_is_late_and_arrived():
    assert event_type(Kind.BOUNCE, Action.DELAYED, None) is EventType.DELAY
    assert event_type(Kind.DELAY, Action.FAILED, Category.HARD) is EventType.BOUNCE
    for action in (Action.DELIVERED, Action.RELAYED, Action.EXPANDED):
        assert event_type(Kind.SUCCESS, action, None) is EventType.DELIVERED


@pytest.mark.parametrize("action", Action)
def test_a_complaint_and_a_wish_are_no_failures_whatever_their_action(action: Action):
    assert event_type(Kind.COMPLAINT, action, Category.HARD) is EventType.COMPLAINT
    assert event_type(Kind.UNSUBSCRIBE, action, None) is EventType.UNSUBSCRIBE


def test_an_endpoint_gets_what_it_asks_for_and_believes():
    unproven = dataclasses.replace(bounce("joe@example.org"), believed=Believed(Belief.UNPROVEN, "anyone"))
    blocked = bounce("spam@example.org", Reason.SPAM_CONTENT)
    bounces_only = Endpoint("wh_3", (EventType.BOUNCE,), Belief.UNPROVEN, is_resting=True)

    entries = list(webhook_entries((ALL, SURE, bounces_only), Kind.BOUNCE, (bounce(), unproven, blocked)))

    assert [(entry.to, entry.recipient_key, entry.place, entry.is_given_up) for entry in entries] == [
        ("wh_1", "jane@example.org", 1, False),
        ("wh_1", "joe@example.org", 2, False),
        ("wh_1", "spam@example.org", 3, False),
        ("wh_2", "jane@example.org", 1, False),
        ("wh_2", "spam@example.org", 3, False),
        ("wh_3", "jane@example.org", 1, True),
        ("wh_3", "joe@example.org", 2, True),
    ]


def test_a_letter_about_very_many_is_bounded():
    many = tuple(bounce(f"reader{n}@example.org") for n in range(MAX_EVENTS + 5))

    assert len(list(webhook_entries((ALL,), Kind.BOUNCE, many))) == MAX_EVENTS


def test_repeated_failures_of_one_recipient_in_a_letter_are_one_event():
    """The holder of a path names five hundred addresses, and each is recorded as a failure of his own."""
    again = tuple(dataclasses.replace(bounce(), reported=f"t{n}@inner.example") for n in range(500))
    blocked, doubted = (
        bounce(reason=Reason.SPAM_CONTENT),
        dataclasses.replace(bounce(), believed=Believed(Belief.UNPROVEN, "")),
    )

    entries = list(webhook_entries((ALL, SURE), Kind.BOUNCE, (*again, blocked, doubted, bounce("joe@example.org"))))

    assert {entry.place for entry in entries if entry.bucket is not Bucket.PROVEN} == {502}
    assert [(entry.to, entry.place) for entry in entries] == [
        *(("wh_1", place) for place in (1, 501, 502, 503)),
        *(("wh_2", place) for place in (1, 501, 503)),
    ]


def test_an_id_names_letter_and_outcome():
    name = webhook_event_id(3716921740750898394, 12)

    assert place_of(name) == 12
    assert name != webhook_event_id(3716921740750898394, 1)
    assert "." not in name
    assert place_of("nothing") == place_of("evt_x_") == place_of("evt_x_²") == 0
