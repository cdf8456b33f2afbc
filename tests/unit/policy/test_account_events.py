"""Events that are no outcome of a report: their facts fit into the outbox, their ids are stable and in order of time."""

import datetime as dt
import json

import pytest

from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Written
from bouncer.policy.account_events import (
    AccountEvent,
    SuppressionChange,
    account_entries,
    any_wants,
    auto_reply_event,
    blocking_event,
    bulk_event,
    drop_event,
    end_event,
    id_of_time,
    is_of_suppression,
    unread_event,
)
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.records import Belief, ChangeSource, EntryKind, NewEntry, Release, Suppression, Unread
from bouncer.policy.webhooks import ALL_EVENTS, OF_OUTCOMES, OF_SUPPRESSIONS, Endpoint, EventType, place_of
from bouncer.store.engine.columns import MAX_WORDS
from bouncer.store.engine.ids import least_id

NOW = dt.datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
JANE = "jane@example.org"
LONG = "\x01ü\ud800<b>" * 4000
CAUSE = Suppression("acme", LONG, LONG, ChangeSource.BOUNCE, 5, NOW, NOW + DAY, LONG, LONG, LONG)
EVERY = (
    SuppressionChange(CAUSE, JANE).event,
    SuppressionChange(CAUSE, JANE, is_new=False, belief=Belief.PLAUSIBLE).event,
    SuppressionChange(Release("acme", LONG, ChangeSource.KEY, 5, NOW, LONG), JANE).event,
    end_event(CAUSE, JANE),
    bulk_event(NOW, EventType.SUPPRESSION_CREATED, LONG, 10**6, LONG),
    drop_event(NOW, JANE, CAUSE, {"subject": LONG, "message_id": LONG}, is_refused=True),
    unread_event(NOW, 5, Unread.ANSWER, Written(LONG, LONG, (LONG,) * 1000)),
    blocking_event(NOW, str(Blocking.of(Blocked(LONG[:200], n, "acme", NOW.date()) for n in range(99)))),
    auto_reply_event(NOW, 5, JANE, is_signed=True),
)


def test_every_type_is_tried_here():
    assert {event.type for event in EVERY} == set(ALL_EVENTS) - set(OF_OUTCOMES)


@pytest.mark.parametrize("event", EVERY, ids=lambda event: event.type)
def test_the_facts_fit_into_the_outbox_however_long_the_texts_are(event: AccountEvent):
    parsed = AccountEvent.parse(event.about)

    assert len(event.about) < MAX_WORDS
    assert parsed is not None
    assert (parsed.type, parsed.at) == (event.type, event.at)
    assert parsed.facts.keys() == event.facts.keys()


def test_an_event_of_a_later_version_is_no_event():
    assert AccountEvent.parse(json.dumps({"type": "birth", "at": NOW.isoformat(), "facts": {}})) is None


def test_an_event_has_one_id_for_all_endpoints_and_another_is_another():
    endpoints = [Endpoint(name, ALL_EVENTS, Belief.CONTRADICTED) for name in ("wh_1", "wh_2")]

    entries = list(account_entries(endpoints, EVERY, "acme"))

    of_each = [{entry.event for entry in entries if entry.to == name} for name in ("wh_1", "wh_2")]
    assert of_each[0] == of_each[1]
    assert len(of_each[0]) == len(EVERY)
    assert all("." not in entry.event and place_of(entry.event) == 0 for entry in entries)
    assert {entry.event for entry in account_entries(endpoints, EVERY, "globex")}.isdisjoint(of_each[0])
    assert [is_of_suppression(entry) for entry in entries[: len(EVERY)]] == [True, True, *[False] * (len(EVERY) - 2)]
    assert not is_of_suppression(NewEntry(EntryKind.EVENT, "wh_1", recipient_key=JANE, place=1))


def test_events_about_no_address_wait_for_no_other():
    endpoint = Endpoint("wh_1", ALL_EVENTS, Belief.PROVEN)

    keys = [entry.recipient_key for entry in account_entries([endpoint], EVERY, "acme")]

    assert len(set(keys)) == len(keys) - keys.count(JANE) + 1


def test_ids_are_in_order_of_time_among_those_of_letters():
    moments = [NOW + n * dt.timedelta(milliseconds=7) for n in range(5)]
    ids = [id_of_time(moment) for moment in moments]

    assert ids == sorted(ids)
    assert ids == [f"evt_{spell_id(least_id(moment))}" for moment in moments]


def test_a_change_is_told_to_those_who_believe_the_report_as_far():
    sure = Endpoint("wh_1", OF_SUPPRESSIONS, Belief.PROVEN)
    plausible = SuppressionChange(CAUSE, JANE, belief=Belief.PLAUSIBLE).event
    by_hand = SuppressionChange(CAUSE, JANE).event

    events = [AccountEvent.parse(entry.about or "") for entry in account_entries([sure], (plausible, by_hand), "acme")]

    assert [event.facts["belief"] for event in events if event] == [None]
    assert any_wants([sure], EventType.DROPPED, EventType.SUPPRESSION_CREATED)
    assert not any_wants([sure], EventType.DROPPED)
