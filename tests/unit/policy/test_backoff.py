"""When a notice that did not leave is tried again, and when it is given up."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.policy.backoff import Backoff, is_over, wait

MINUTES_UP_TO_SIX_HOURS = Backoff(dt.timedelta(minutes=1), dt.timedelta(hours=6), dt.timedelta(days=5))
NOW = dt.datetime(2026, 3, 3, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("attempts", "minutes"),
    [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (9, 256), (10, 360), (11, 360), (1_000_000, 360)],
)
def test_the_wait_doubles_from_the_first_to_the_longest(attempts: int, minutes: int) -> None:
    assert wait(attempts, MINUTES_UP_TO_SIX_HOURS, chance=0.5) == dt.timedelta(minutes=minutes)


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_chance_moves_a_wait_by_a_fifth_at_most(attempts: int, chance: float) -> None:
    middle = wait(attempts, MINUTES_UP_TO_SIX_HOURS, chance=0.5)

    moved = wait(attempts, MINUTES_UP_TO_SIX_HOURS, chance=chance)

    assert 0.79 < moved / middle < 1.21


def test_chance_moves_a_wait() -> None:
    """Else all that failed together would come back together."""
    assert wait(3, MINUTES_UP_TO_SIX_HOURS, chance=0) < wait(3, MINUTES_UP_TO_SIX_HOURS, chance=1)


@pytest.mark.parametrize(("days", "over"), [(0, False), (4.9, False), (5, True), (50, True)])
def test_an_entry_is_tried_for_five_days(days: float, over: bool) -> None:
    assert is_over(NOW - dt.timedelta(days=days), NOW, MINUTES_UP_TO_SIX_HOURS) is over
