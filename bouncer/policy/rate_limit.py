"""Rate limits of outgoing mail: the generic cell rate algorithm (ITU-T I.371, Annex A), a token bucket in one moment. Pure.

Each person has a bucket of each kind (``records.Bucket``). Mails that strangers can make us send have buckets of their own, so
that they never use up the rate of proven reports, and are limited even where the owner wants no limit.
"""

import datetime as dt
from dataclasses import dataclass

from bouncer.policy.records import Bucket

MAX_FROM_STRANGERS = 20
"""Capacity, and about the hourly rate, of mails that a stranger can make us send to an owner who wants no limit."""
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class RateLimit:
    """A token bucket of ``limit`` tokens, which each method gets; a token returns every 1 h / max(limit - 1, 1)."""

    full_at: dt.datetime  # when the bucket is, or was, full

    def next_at(self, limit: int) -> dt.datetime:
        """Give the moment from which a mail may leave."""
        return self.full_at - (max(limit, 1) - 1) * token_interval(limit)

    def take(self, limit: int, now: dt.datetime) -> "RateLimit":
        """Take out one token."""
        return RateLimit(max(self.full_at, now) + token_interval(limit))


def token_interval(limit: int) -> dt.timedelta:
    """Give the time in which one token returns to a bucket of capacity *limit*."""
    return _HOUR / max(limit - 1, 1)


def bucket_capacity(bucket: Bucket, preferred_capacity: int) -> int:
    """Give the capacity of a bucket whose owner set *preferred_capacity*, the number of mails at once; 0: no limit."""
    return preferred_capacity if preferred_capacity or bucket is Bucket.PROVEN else MAX_FROM_STRANGERS
