"""Mails that matter more go before others, and none waits for ever."""

import datetime as dt

import pytest

from bouncer.policy.priority import PRIORITY_DELAY, priority
from bouncer.policy.records import Bucket, ParcelKind

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)


def test_every_kind_has_its_place() -> None:
    assert set(PRIORITY_DELAY) == set(ParcelKind)


def test_of_mails_that_came_together_warnings_go_first_and_digests_last() -> None:
    order = sorted(ParcelKind, key=lambda kind: priority(kind, NOON))

    assert set(order[:6]) == {
        *(
            ParcelKind.WARNING,
            ParcelKind.WARNINGS,
            ParcelKind.FAILING,
            ParcelKind.ENDPOINT,
            ParcelKind.TEST,
            ParcelKind.SIGN_IN,
        ),
    }
    assert set(order[6:8]) == {ParcelKind.NOTICE, ParcelKind.EVENT}
    assert set(order[8:]) == {
        *(ParcelKind.DIGEST, ParcelKind.OPERATOR, ParcelKind.LISTED),
        *(ParcelKind.UNREAD, ParcelKind.UNREAD_DIGEST, ParcelKind.UNSENT),
    }


@pytest.mark.parametrize("kind", [ParcelKind.NOTICE, ParcelKind.EVENT])
def test_a_notice_or_event_of_what_is_not_proven_lets_those_pass_that_are(kind: ParcelKind) -> None:
    assert priority(kind, NOON, Bucket.UNPROVEN) > priority(kind, NOON + 49 * MINUTE)
    assert priority(kind, NOON, Bucket.UNPROVEN) < priority(kind, NOON + 51 * MINUTE)


@pytest.mark.parametrize("kind", ParcelKind)
def test_what_has_waited_an_hour_goes_before_whatever_comes_now(kind: ParcelKind) -> None:
    now = NOON + 61 * MINUTE
    assert [late for late in ParcelKind if priority(kind, NOON) >= priority(late, now)] == []
