"""Rate limits of outgoing mail: the generic cell rate algorithm (ITU-T I.371, Annex A), a token bucket in one moment. Pure.

Each person has a bucket of each kind (``records.Bucket``). Mails that strangers can make us send have buckets of their own, so
that they never use up the rate of proven reports, and are limited even where the owner wants no limit.
"""

import datetime as dt
from dataclasses import dataclass

from bouncer.policy.records import Bucket

MOST_OF_STRANGERS = 20
"""Capacity, and about the hourly rate, of mails that a stranger can make us send to an owner who wants no limit."""
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bound:
    """Token bucket of capacity *most*; one token returns each 1 h / max(most - 1, 1)."""

    full_at: dt.datetime  # when the bucket is, or was, full

    def next_at(self, most: int) -> dt.datetime:
        """Give the moment from which a mail may leave."""
        return self.full_at - (max(most, 1) - 1) * pause(most)

    def sent(self, most: int, now: dt.datetime) -> "Bound":
        """Take out one token."""
        return Bound(max(self.full_at, now) + pause(most))


def pause(most: int) -> dt.timedelta:
    """Give the time in which one token returns to a bucket of capacity *most*."""
    return _HOUR / max(most - 1, 1)


def most_at_once(bucket: Bucket, wished: int) -> int:
    """Give the capacity of a bucket, where its owner *wished* for so many mails at once; 0: no limit."""
    return wished if wished or bucket is Bucket.PROVEN else MOST_OF_STRANGERS
