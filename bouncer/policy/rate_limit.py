"""How many mails leave: the generic cell rate algorithm (ITU-T I.371, Annex A), a token bucket that is one moment. Pure.

Each person has a bucket of each kind (``record.Bucket``). What strangers can make us send has its own, so that it never takes the
room of what is proven, and is bounded even where the owner wants no bound.
"""

import datetime as dt
from dataclasses import dataclass

from bouncer.policy.records import Bucket

MOST_OF_STRANGERS = 20
"""Mails at once, and about as many an hour, that a stranger can make us send to an owner who wants no bound."""
_HOUR = dt.timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bound:
    """How often mails leave: a bucket of *most*, filled again by one an hour (where there is more than one, in an hour)."""

    full_at: dt.datetime  # when it is, or was, full

    def next_at(self, most: int) -> dt.datetime:
        """Say from when on a mail may leave."""
        return self.full_at - (max(most, 1) - 1) * pause(most)

    def sent(self, most: int, now: dt.datetime) -> "Bound":
        """Take one out."""
        return Bound(max(self.full_at, now) + pause(most))


def pause(most: int) -> dt.timedelta:
    """Say how long after another a mail leaves, once *most* left at once."""
    return _HOUR / max(most - 1, 1)


def most_at_once(bucket: Bucket, wished: int) -> int:
    """Say how many mails of a bucket may leave at once, where its owner *wished* for so many; 0: any number."""
    return wished if wished or bucket is Bucket.PROVEN else MOST_OF_STRANGERS
