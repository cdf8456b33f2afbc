"""Numbers of letters and bounces: 63 bits, in order of time, made by us and not by the database.

Milliseconds since 1970 stand in the upper 42 bits, so that numbers are in order of time over all processes, and a
time bound is a bound on the number; chance and a count fill the lower 21.
"""

import datetime as dt
from collections.abc import Callable

COUNT_BITS = 21
MAX_ID = (1 << 63) - 1
"""No number is larger: what a list begins below."""

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MILLISECOND = dt.timedelta(milliseconds=1)
_CHANCE_BITS = COUNT_BITS - 1  # half of a millisecond's numbers stay free to count on


def least_id(moment: dt.datetime) -> int:
    """Give the smallest number that *moment*'s millisecond can have."""
    return (moment - _EPOCH) // _MILLISECOND << COUNT_BITS


class Numbering:
    """Gives rising numbers. Two processes may meet in one number once in a great while: the writer then takes others."""

    def __init__(self, chance: Callable[[int], int]) -> None:
        """*chance* gives a number of so many random bits (``random.getrandbits``)."""
        self._chance = chance
        self._last = 0

    def next(self, now: dt.datetime) -> int:
        """Give the next number for *now*; larger than all before, even when the clock went back."""
        self._last = max(self._last + 1, least_id(now) | self._chance(_CHANCE_BITS))
        return self._last
