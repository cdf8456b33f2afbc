"""A courier has a few mails at a time, evenly over the minute, and one now and then while it is away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.policy.throttle import CourierState, RateLimiter

FREE = RateLimiter(0)


def leaving(pace: RateLimiter, seconds: float, step: float = 0.1) -> int:
    """How many leave when as many as may do, every *step*."""
    count = 0
    for n in range(int(seconds / step)):
        free = pace.allowance(n * step)
        pace, count = pace.record_sent(free, n * step), count + free
    return count


def test_without_a_bound_any_number_leaves() -> None:
    assert FREE.record_sent(10_000, 0).allowance(0) >= 10_000
    assert FREE.seconds_to_wait(0) == 0


@pytest.mark.parametrize("per_minute", [1, 7, 30, 60, 600, 6000])
def test_a_minute_has_what_is_allowed_and_one_second_s_mails(per_minute: int) -> None:
    together = max(1, per_minute // 60)

    assert per_minute <= leaving(RateLimiter(per_minute), 60) <= per_minute + together


@given(st.integers(1, 100_000), st.lists(st.floats(0, 5), max_size=200))
def test_no_minute_has_more_whenever_the_mails_come(per_minute: int, pauses: list[float]) -> None:
    pace, now, left = RateLimiter(per_minute), 0.0, list[tuple[float, int]]()
    for pause in pauses:
        now += pause
        count = pace.allowance(now)
        pace = pace.record_sent(count, now)
        left.append((now, count))

    for begin, _ in left:
        within = sum(count for at, count in left if begin <= at < begin + 60)
        assert within <= per_minute + max(1, per_minute // 60) + 1


@pytest.mark.parametrize("per_minute", [1, 30, 600])
def test_after_the_wait_one_may_leave(per_minute: int) -> None:
    pace = RateLimiter(per_minute)
    pace = pace.record_sent(pace.allowance(0), 0)

    assert pace.allowance(0) == 0
    assert pace.allowance(pace.seconds_to_wait(0) * 0.9) == 0
    assert pace.allowance(pace.seconds_to_wait(0)) == 1


def test_a_pause_saves_nothing_up() -> None:
    assert RateLimiter(60).allowance(100_000) == 1


def test_room_is_what_is_not_under_way() -> None:
    assert [CourierState(4, FREE).allowance(under_way, 0) for under_way in (0, 3, 4, 5)] == [4, 1, 0, 0]


def test_the_pace_bounds_the_room() -> None:
    assert CourierState(4, RateLimiter(60)).allowance(0, 0) == 1
    assert CourierState(4, RateLimiter(60)).record_taken(1, 0).allowance(0, 0) == 0


def away(times: int) -> tuple[CourierState, float]:
    """A courier that failed so often, each time as soon as it was tried again, and the time of the last one."""
    taking, now = CourierState(4, FREE), 100.0
    for n in range(times):
        now = taking.rests_until if n else now
        taking = taking.record_result(away=True, now=now, chance=0.5)
    return taking, now


def test_a_courier_that_is_away_rests_longer_each_time_up_to_a_minute() -> None:
    assert [away(times)[0].rest(away(times)[1]) for times in (1, 2, 3, 6, 7, 50)] == [1, 2, 4, 32, 60, 60]


def test_after_its_rest_one_mail_finds_out() -> None:
    taking, _ = away(1)

    assert taking.allowance(0, taking.rests_until - 0.1) == 0
    assert taking.allowance(0, taking.rests_until) == 1
    assert taking.allowance(1, taking.rests_until) == 0


def test_mails_that_fail_together_count_once() -> None:
    taking, now = away(1)

    for _ in range(10):
        taking = taking.record_result(away=True, now=now, chance=0.5)

    assert taking.failures == 1


def test_one_mail_that_is_answered_lets_all_connections_be_used_again() -> None:
    taking, now = away(9)

    assert taking.record_result(away=False, now=now, chance=0.5).allowance(0, now) == 4
