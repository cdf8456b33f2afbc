"""Mails that matter more go before others, and none waits for ever."""

import datetime as dt

import pytest

from bouncer.policy.priority import PRIORITY_DELAY, priority
from bouncer.policy.records import Bucket, EntryKind

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def test_every_kind_has_its_place() -> None:
    assert set(PRIORITY_DELAY) == set(EntryKind)


def test_warnings_go_first_and_digests_last_among_mails_that_came_together() -> None:
    order = sorted(EntryKind, key=lambda kind: priority(kind, NOON))

    assert set(order[:6]) == {
        *(
            EntryKind.WARNING,
            EntryKind.WARNINGS,
            EntryKind.FAILING,
            EntryKind.ENDPOINT,
            EntryKind.TEST,
            EntryKind.SIGN_IN,
        ),
    }
    assert set(order[6:8]) == {EntryKind.NOTICE, EntryKind.EVENT}
    assert set(order[8:]) == {
        *(EntryKind.DIGEST, EntryKind.OPERATOR, EntryKind.LISTED),
        *(EntryKind.UNREAD, EntryKind.UNREAD_DIGEST, EntryKind.UNSENT),
    }


@pytest.mark.parametrize("kind", [EntryKind.NOTICE, EntryKind.EVENT])
def test_a_notice_or_event_of_what_is_not_proven_lets_those_pass_that_are(kind: EntryKind) -> None:
    assert priority(kind, NOON, Bucket.UNPROVEN) > priority(kind, NOON + 49 * MINUTE)
    assert priority(kind, NOON, Bucket.UNPROVEN) < priority(kind, NOON + 51 * MINUTE)


@pytest.mark.parametrize("kind", EntryKind)
def test_an_entry_that_has_waited_an_hour_goes_before_any_new_one(kind: EntryKind) -> None:
    now = NOON + 61 * MINUTE
    assert [late for late in EntryKind if priority(kind, NOON) >= priority(late, now)] == []
