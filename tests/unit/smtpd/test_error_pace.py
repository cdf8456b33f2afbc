"""The pace of refusals: a hundred at once are free, then each waits for its turn, and for five seconds at most."""

import itertools

import pytest

from bouncer.smtpd.error_pace import FORGOTTEN_AT_ONCE, FREE_ERRORS, LONGEST_PAUSE, ErrorPace

PER_SECOND = 20


def paced(*, errors: int = 0, now: float = 1000.0) -> ErrorPace:
    """A pace that knows of *errors* refusals to one client at *now*."""
    pace = ErrorPace()
    for _ in range(errors):
        pace.pause("192.0.2.1", PER_SECOND, now)
    return pace


def test_the_first_hundred_refusals_wait_for_nothing():
    pace = paced()

    assert {pace.pause("192.0.2.1", PER_SECOND, 1000.0) for _ in range(FREE_ERRORS)} == {0.0}


def test_each_further_refusal_waits_for_the_one_before():
    """Whichever connection it is on: all of a client's connections together get twenty in a second."""
    pace = paced(errors=FREE_ERRORS)

    assert [pace.pause("192.0.2.1", PER_SECOND, 1000.0) for _ in range(3)] == pytest.approx([0.05, 0.1, 0.15])


def test_no_refusal_waits_longer_than_five_seconds_and_the_debt_does_not_grow():
    pace = paced(errors=10_000)

    assert pace.pause("192.0.2.1", PER_SECOND, 1000.0) == LONGEST_PAUSE
    assert pace.pause("192.0.2.1", PER_SECOND, 1000.0 + LONGEST_PAUSE) == pytest.approx(1 / PER_SECOND)


def test_other_clients_do_not_wait():
    assert paced(errors=10_000).pause("192.0.2.2", PER_SECOND, 1000.0) == 0.0


def test_a_client_that_is_quiet_for_a_while_has_a_hundred_again():
    pace = paced(errors=FREE_ERRORS)
    later = 1000.0 + FREE_ERRORS / PER_SECOND

    assert {pace.pause("192.0.2.1", PER_SECOND, later) for _ in range(FREE_ERRORS)} == {0.0}


def test_no_bound_means_no_pause_and_nothing_is_remembered():
    pace = ErrorPace()

    assert {pace.pause("192.0.2.1", 0, 1000.0) for _ in range(1000)} == {0.0}
    assert len(pace) == 0


def test_clients_that_were_refused_nothing_for_a_while_are_forgotten_a_few_at_a_time():
    pace = ErrorPace()
    for number in range(1000):
        pace.pause(f"198.51.100.{number}", PER_SECOND, 1000.0)
    sizes = [len(pace)]
    for number in range(1000):
        pace.pause("192.0.2.1", PER_SECOND, 1001.0 + number)
        sizes.append(len(pace))

    assert min(after - before for before, after in itertools.pairwise(sizes)) >= -FORGOTTEN_AT_ONCE
    assert sizes[0] == 1000
    assert sizes[-1] == 1
