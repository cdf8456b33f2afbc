"""Retries of our own mail: when a mail that did not leave is tried again, and when it is given up (RFC 5321 section 4.5.4.1)."""

import datetime as dt
from dataclasses import dataclass

JITTER = 0.2
"""Share of a wait that chance takes off or adds, so that mails that failed together are not retried together."""
_MOST_DOUBLINGS = 30
"""2**30 seconds are 34 years: enough for any bound, and the number cannot grow without end."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """The retry schedule: the first wait, doubled after each attempt up to the longest, until the mail is given up."""

    first: dt.timedelta
    longest: dt.timedelta
    give_up: dt.timedelta  # since the outbox entry was made


def wait(attempts: int, backoff: Backoff, *, chance: float) -> dt.timedelta:
    """Give the wait after the failed attempt number *attempts*; *chance* is a random number from 0 to 1."""
    doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    seconds = min(backoff.first.total_seconds() * 2**doublings, backoff.longest.total_seconds())
    return dt.timedelta(seconds=seconds * (1 - JITTER + 2 * JITTER * chance))


def is_over(created_at: dt.datetime, now: dt.datetime, backoff: Backoff) -> bool:
    """Whether a mail that failed again at *now* is to be given up."""
    return now - created_at >= backoff.give_up
