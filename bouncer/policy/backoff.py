"""When a mail of ours that did not leave is tried again, and when it is given up (RFC 5321 section 4.5.4.1)."""

import datetime as dt
from dataclasses import dataclass

JITTER = 0.2
"""Share of a wait that chance takes off or adds: parcels that failed together do not come back together."""
_MOST_DOUBLINGS = 30
"""2**30 seconds are 34 years: enough for any bound, and no number grows without end."""


@dataclass(frozen=True, slots=True)
class Backoff:
    """The schedule: the first wait, doubled each time up to the longest, until it is time to give up."""

    first: dt.timedelta
    longest: dt.timedelta
    give_up: dt.timedelta  # since the parcel was made


def wait(attempts: int, backoff: Backoff, *, chance: float) -> dt.timedelta:
    """Say how long to wait after the try number *attempts* failed; *chance* is a number from 0 to 1."""
    doublings = min(max(attempts - 1, 0), _MOST_DOUBLINGS)
    seconds = min(backoff.first.total_seconds() * 2**doublings, backoff.longest.total_seconds())
    return dt.timedelta(seconds=seconds * (1 - JITTER + 2 * JITTER * chance))


def is_over(created_at: dt.datetime, now: dt.datetime, backoff: Backoff) -> bool:
    """Whether a parcel that failed again at *now* has been tried for long enough."""
    return now - created_at >= backoff.give_up
