"""Ids of letters and bounces: 63 bits, in order of time, allocated by the program and not by the database.

The upper 42 bits hold milliseconds since 1970, so that ids are in order of time over all processes, and a bound on time is a bound
on ids; the lower 21 hold a random number and a counter.
"""

import datetime as dt
from collections.abc import Callable

from bouncer.mail.short_id import COUNT_BITS

MAX_ID = (1 << 63) - 1
"""The largest id; lists begin below it."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_DAY = dt.timedelta(days=1)
_CHANCE_BITS = COUNT_BITS - 1  # half of a millisecond's numbers are left for the counter


def least_id(moment: dt.datetime) -> int:
    """Give the smallest id of *moment*'s millisecond; 0 before 1970, and MAX_ID after the last one that ids can hold, in 2109."""
    return min(max((moment - _EPOCH) // _MILLISECOND, 0) << COUNT_BITS, MAX_ID)


class Numbering:
    """Allocates rising ids. Two processes very rarely allocate the same one: the writer then allocates others."""

    def __init__(self, chance: Callable[[int], int]) -> None:
        """*chance* gives a number of that many random bits (``random.getrandbits``)."""
        self._chance = chance
        self._last = 0

    def next_id(self, now: dt.datetime) -> int:
        """Give the next id for *now*; larger than all before, even when the clock went back for less than a day.

        After a longer way back the ids follow the clock again: else a clock that was wrong once would date all later rows.

        Chance begins each millisecond; its ids follow one another, so that their short ids differ.
        """
        least = least_id(now)
        if self._last > least_id(now + _DAY):
            self._last = 0
        self._last = self._last + 1 if self._last >= least else least | self._chance(_CHANCE_BITS)
        return self._last
