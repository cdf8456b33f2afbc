"""The rate limit of requests: so many at once, and so many a minute, whatever the rhythm."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.policy.request_rate import SECONDS, RequestRate


def take_at(rate: RequestRate, moments: list[float]) -> list[bool]:
    full_at, takes = 0.0, []
    for moment in moments:
        after = rate.take(full_at, moment)
        takes.append(after is not None)
        full_at = full_at if after is None else after
    return takes


@pytest.mark.parametrize("most", [1, 2, 3, 7, 600, 1_000_000])
@pytest.mark.parametrize("begin", [0.0, 12.345, 1e7])
def test_a_burst_of_requests_is_taken_at_once_and_no_more_of_them(most: int, begin: float):
    count = min(most, 2000)
    assert all(take_at(RequestRate(most), [begin] * count))
    if count == most:
        assert take_at(RequestRate(most), [begin] * (most + 1))[-1] is False


@given(st.integers(1, 50), st.lists(st.floats(0, 5), max_size=200))
def test_no_minute_has_more_than_twice_the_rate(most: int, gaps: list[float]):
    moments, now = [], 100.0
    for gap in gaps:
        now += gap
        moments.append(now)
    accepted = [
        moment for moment, is_taken in zip(moments, take_at(RequestRate(most), moments), strict=True) if is_taken
    ]

    for begin in accepted:
        assert sum(begin <= moment < begin + SECONDS for moment in accepted) <= 2 * most


def test_an_empty_bucket_fills_again_evenly():
    rate = RequestRate(6)
    full_at = 100.0
    for _ in range(6):
        full_at = rate.take(full_at, 100.0) or pytest.fail("the bucket was full")

    assert rate.remaining(full_at, 100.0) == 0
    assert [rate.remaining(full_at, 100.0 + seconds) for seconds in (9, 10, 20, 59, 60, 1000)] == [0, 1, 2, 5, 6, 6]
    assert rate.take(full_at, 109.0) is None
    assert rate.take(full_at, 110.0) is not None
