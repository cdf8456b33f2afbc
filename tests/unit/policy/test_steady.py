"""When the clock is trusted: leaps ahead and back, a daemon that was off, one that is new."""

import datetime as dt
from itertools import pairwise

import pytest

from bouncer.policy.clock_trust import STEADY_PERIOD, ClockObservation, observe

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
STEADY = ClockObservation(NOON - 30 * DAY, NOON)


def looked(before: ClockObservation | None, begin: dt.datetime, hours: int) -> ClockObservation:
    for n in range(hours + 1):
        before = observe(before, begin + n * HOUR)
    assert before is not None
    return before


def test_a_clock_that_goes_on_is_trusted():
    assert looked(STEADY, NOON + HOUR, 100).is_trusted


@pytest.mark.parametrize("leap", [1100 * DAY, 2 * DAY, -2 * DAY, -1100 * DAY, 180 * DAY])
def test_a_leap_is_trusted_after_a_day_of_steadiness(leap: dt.timedelta):
    """Whether the clock is wrong or the daemon was off for half a year, nobody here knows."""
    moment = NOON + leap

    assert observe(STEADY, moment).leapt_from == NOON
    assert not looked(STEADY, moment, 23).is_trusted
    assert looked(STEADY, moment, 24).is_trusted


def test_a_wrong_clock_that_was_set_right_is_trusted_a_day_later():
    wrong = looked(STEADY, NOON + 1100 * DAY, 5)
    right = observe(wrong, NOON + 6 * HOUR)

    assert not right.is_trusted
    assert looked(right, NOON + 7 * HOUR, 23).is_trusted


def test_leap_after_leap_is_never_trusted():
    """As of a machine whose clock is another one at each start, a day and more between them."""
    clock, moments = STEADY, [NOON + n * 26 * HOUR for n in range(1, 200)]
    for before, now in pairwise(moments):
        assert now - before > STEADY_PERIOD
        clock = observe(clock, now)
        assert not clock.is_trusted


@pytest.mark.parametrize("step", [dt.timedelta(seconds=-40), dt.timedelta(hours=20), -HOUR])
def test_a_small_step_of_the_clock_is_no_leap(step: dt.timedelta):
    """Corrections, summer time that somebody set by hand, a night without the machine."""
    assert observe(STEADY, NOON + step).is_trusted


def test_a_new_store_is_trusted_after_a_day_and_tells_of_no_leap():
    first = observe(None, NOON)

    assert (first.is_trusted, first.leapt_from) == (False, None)
    assert looked(first, NOON + HOUR, 23).is_trusted
