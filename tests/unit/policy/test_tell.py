"""The decisions who is told what, and when."""

import datetime as dt

import pytest

from bouncer.policy.preferences import (
    ADDRESS_MAILS,
    KEYS,
    TOPICS,
    Attach,
    Frequency,
    HoldReason,
    Preferences,
    Timing,
    end_of_quiet,
    override,
    parse_preference,
    preferences,
    schedule,
    topic_of,
)
from bouncer.policy.rate_limit import MAX_FROM_STRANGERS, RateLimit, bucket_capacity
from bouncer.policy.records import Bucket

NOON = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)  # a Tuesday
HOUR = dt.timedelta(hours=1)
FULL = RateLimit(NOON - HOUR)


def placed(
    preferences: Preferences, *topics: str, bound: RateLimit = FULL, told_before: int = 0, now: dt.datetime = NOON
) -> Timing:
    return schedule(preferences, topics, bound, told_of_address=told_before, now=now)


@pytest.mark.parametrize("topic", ["hard", "block", "complaint", "other"])
def test_topics_that_an_owner_must_act_on_are_told_at_once(topic: str):
    assert placed(Preferences(), topic) == Timing(at_once=True)


@pytest.mark.parametrize("topic", ["soft", "technical", "delay"])
def test_topics_that_pass_by_themselves_are_told_in_the_morning(topic: str):
    assert placed(Preferences(), topic) == Timing(
        digest_at=dt.datetime(2026, 3, 4, 8, 0, tzinfo=dt.UTC), why=HoldReason.PREFERENCE
    )


def test_a_report_of_several_is_told_as_soon_as_its_most_urgent():
    assert placed(Preferences(), "soft", "hard") == Timing(at_once=True)


def test_a_topic_that_is_off_is_never_told():
    assert placed(Preferences(hard=Frequency.OFF), "hard") == Timing()
    assert placed(Preferences(hard=Frequency.OFF), "hard", "block") == Timing(at_once=True)


def test_digests_leave_at_the_full_hour_in_the_morning_or_on_mondays():
    at = {often: placed(Preferences(hard=often), "hard").digest_at for often in (Frequency.HOURLY, Frequency.WEEKLY)}

    assert at == {
        Frequency.HOURLY: dt.datetime(2026, 3, 3, 13, 0, tzinfo=dt.UTC),
        Frequency.WEEKLY: dt.datetime(2026, 3, 9, 8, 0, tzinfo=dt.UTC),
    }


def test_the_morning_is_the_owners_own():
    assert placed(Preferences(zone="Asia/Tokyo"), "soft").digest_at == dt.datetime(2026, 3, 3, 23, 0, tzinfo=dt.UTC)


def test_a_report_that_comes_at_eight_waits_for_the_next_morning():
    eight = dt.datetime(2026, 3, 3, 8, 0, tzinfo=dt.UTC)

    assert placed(Preferences(), "soft", now=eight).digest_at == eight + 24 * HOUR


def test_in_quiet_hours_everything_waits_for_their_end():
    night = Preferences(quiet="22:00-07:00", zone="Europe/Berlin")
    late = dt.datetime(2026, 3, 3, 22, 30, tzinfo=dt.UTC)

    assert placed(night, "hard", now=late) == Timing(
        digest_at=dt.datetime(2026, 3, 4, 6, 0, tzinfo=dt.UTC), why=HoldReason.QUIET
    )
    assert placed(night, "hard") == Timing(at_once=True)


@pytest.mark.parametrize(
    ("quiet", "hour", "wakes"),
    [("22:00-07:00", 22, 31), ("22:00-07:00", 3, 7), ("22:00-07:00", 7, 7), ("12:00-13:00", 12, 13), ("", 12, 12)],
)
def test_quiet_hours_may_run_over_midnight(quiet: str, hour: int, wakes: int):
    midnight = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)

    assert end_of_quiet(Preferences(quiet=quiet), midnight + hour * HOUR) == midnight + wakes * HOUR


def test_quiet_hours_end_by_the_clock_on_the_night_that_it_changes():
    """In Berlin the clock jumped from 2:00 to 3:00 on 29 March 2026."""
    night = Preferences(quiet="22:00-07:00", zone="Europe/Berlin")

    assert end_of_quiet(night, dt.datetime(2026, 3, 28, 23, 0, tzinfo=dt.UTC)) == dt.datetime(
        2026, 3, 29, 5, tzinfo=dt.UTC
    )


def mails_in(hours: float, most: int) -> int:
    """Count what leaves when a report comes every four seconds: singles, and a digest whenever one is due."""
    preferences, bound, count, digest_at = Preferences(most=most), FULL, 0, None
    for second in range(0, int(hours * 3600), 4):
        now = NOON + dt.timedelta(seconds=second)
        if digest_at and digest_at <= now:
            count, digest_at, bound = count + 1, None, bound.take(most, now)
        timing = placed(preferences, "hard", bound=bound, now=now)
        if timing.at_once:
            count, bound = count + 1, bound.take(most, now)
        else:
            digest_at = min(digest_at or timing.digest_at or now, timing.digest_at or now)
    return count


def test_a_storm_of_an_hour_makes_three_mails_at_most():
    assert mails_in(1 + 1 / 3600, Preferences().most) == 3


@pytest.mark.parametrize("most", [1, 2, 20])
def test_a_storm_of_half_a_day_makes_one_mail_for_each_turn_of_the_bucket(most: int):
    assert mails_in(12, most) <= most + 12 * max(most - 1, 1)


def test_after_a_storm_the_bucket_fills_again():
    bound = FULL.take(2, NOON).take(2, NOON)

    assert not placed(Preferences(), "hard", bound=bound).at_once
    assert placed(Preferences(), "hard", bound=bound, now=NOON + HOUR).at_once


@pytest.mark.parametrize("bucket", sorted(set(Bucket) - {Bucket.PROVEN, Bucket.DIGEST}))
def test_an_owner_who_wants_no_bound_has_one_for_mail_of_strangers(bucket: Bucket):
    preferences, bound, count = Preferences(most=0), FULL, 0
    while schedule(preferences, ("hard",), bound, told_of_address=0, now=NOON, bucket=bucket).at_once:
        bound, count = bound.take(bucket_capacity(bucket, preferences.most), NOON), count + 1

    assert count == MAX_FROM_STRANGERS


@pytest.mark.parametrize("often", Frequency)
def test_an_entry_for_the_digest_only_comes_in_the_morning_or_later(often: Frequency):
    placed = schedule(Preferences(hard=often), ("hard",), FULL, told_of_address=0, now=NOON, bucket=Bucket.DIGEST)

    assert not placed.at_once
    assert (placed.digest_at is None) == (often is Frequency.OFF)
    assert placed.digest_at is None or placed.digest_at >= dt.datetime(2026, 3, 4, 8, 0, tzinfo=dt.UTC)


def test_an_owner_who_wants_no_bound_has_none():
    assert placed(Preferences(most=0), "hard", bound=RateLimit(NOON + 99 * HOUR)).at_once


def test_one_address_that_fails_again_and_again_goes_into_the_digest():
    assert placed(Preferences(), "hard", told_before=ADDRESS_MAILS - 1).at_once
    assert placed(Preferences(), "hard", told_before=ADDRESS_MAILS).digest_at == dt.datetime(
        2026, 3, 4, 8, tzinfo=dt.UTC
    )


def test_an_owners_own_wishes_go_before_the_accounts():
    wishes = {"": {"language": "de", "soft": "at-once"}, "ann@acme.example": {"language": "sv"}}

    assert preferences(wishes, "ann@acme.example") == Preferences(language="sv", soft=Frequency.AT_ONCE)
    assert preferences(wishes, "bob@acme.example").language == "de"


def test_a_wish_of_a_later_version_is_the_default():
    assert preferences({"": {"soft": "fortnightly", "colour": "red"}}, "ann@acme.example") == Preferences()


def test_a_wish_is_added_and_taken_back():
    wished = override({}, "ann@acme.example", "attach", "full")

    assert preferences(wished, "ann@acme.example").attach is Attach.FULL
    assert override(wished, "ann@acme.example", "attach", "") == {}


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("colour", "red", "no such preference"),
        ("soft", "sometimes", "one of at-once"),
        ("quiet", "22-7", "two times of day"),
        ("zone", "Mars/Olympus", "time zone"),
        ("zone", "../../etc/passwd", "time zone"),
        ("language", "tlh", "one of de"),
        ("most", "many", "a number"),
        ("most", "²", "a number"),
        ("json", "maybe", "yes, no"),
        ("contact", "x" * 401, "characters"),
    ],
)
def test_an_impossible_preference_is_refused_with_the_reason(key: str, value: str, fault: str):
    with pytest.raises(ValueError, match=fault):
        parse_preference(key, value)


def test_every_topic_can_be_preferred():
    assert set(TOPICS) < set(KEYS)


def test_each_kind_of_report_has_a_topic():
    assert [
        topic_of("bounce", "soft"),
        topic_of("delay", None),
        topic_of("complaint", None),
        topic_of("bounce", None),
    ] == [*("soft", "delay", "complaint", "other")]
