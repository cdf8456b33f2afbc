"""Whether the clock can be trusted so far that what is old by it is forgotten.

A clock that is wrong once (a dead battery, a machine restored) would make everything old at one stroke. So what was seen of it is
kept: nothing is forgotten before it has been steady for a day, and each leap begins that day anew. A daemon that was off for months
waits a day longer than it would have to, and no more.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass

MOST_APART = dt.timedelta(days=1)
"""Between two looks: more is a leap, or nobody looked. The daemon looks every hour."""
GRACE = dt.timedelta(days=1)
"""How long the clock must have been steady: time for a person to see the warning and set it right."""


@dataclass(frozen=True, slots=True)
class Steady:
    """What was seen of the clock: it was steady from ``since`` to ``last``, and before that it said ``leapt_from``."""

    since: dt.datetime
    last: dt.datetime
    leapt_from: dt.datetime | None = None
    """None where nothing was seen before."""

    @property
    def is_trusted(self) -> bool:
        """Whether what is old by it may be forgotten."""
        return self.last - self.since >= GRACE

    @property
    def trusted_from(self) -> dt.datetime:
        """When it will be trusted, if it stays steady."""
        return self.since + GRACE


def look(before: Steady | None, now: dt.datetime) -> Steady:
    """Give what has been seen with *now*."""
    if before is None:
        return Steady(now, now)
    if abs(now - before.last) > MOST_APART:
        return Steady(now, now, before.last)
    return dataclasses.replace(before, last=now)
