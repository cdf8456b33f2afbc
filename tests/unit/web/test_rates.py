"""The rates of keys and clients: how many are remembered, and for how long."""

import itertools

import pytest

from bouncer.policy.request_rate import SECONDS
from bouncer.web.problem import ProblemError
from bouncer.web.rates import FORGOTTEN_AT_ONCE, KeyRates

MANY = 5_000


def asked_by(clients: int, rates: KeyRates, now: float) -> None:
    for number in range(clients):
        rates.take(f"client {number}", now)


def test_a_client_that_asked_too_often_has_to_wait_however_many_others_ask():
    rates = KeyRates(1)
    rates.take("mallory", 100.0)
    asked_by(MANY, rates, 101.0)

    with pytest.raises(ProblemError):
        rates.take("mallory", 102.0)
    assert rates.take("mallory", 100.0 + SECONDS)


def test_a_request_forgets_few_of_those_that_are_a_minute_old_and_many_requests_forget_all():
    rates = KeyRates(10)
    asked_by(MANY, rates, 100.0)
    later = 101.0 + SECONDS
    sizes = [MANY]
    for _ in range(MANY):
        rates.take("ann", later)
        sizes.append(len(rates))
        later += SECONDS / 10

    assert all(before - after <= FORGOTTEN_AT_ONCE for before, after in itertools.pairwise(sizes))
    assert sizes[-1] == 1
