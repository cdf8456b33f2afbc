"""Whether the clock can be trusted enough to delete records by their age.

One wrong clock time (after a dead battery, or a restored machine) would make all records old at once. So the store remembers what
the clock showed: nothing is deleted before the clock has been steady for a day, and each leap starts that day anew. The only cost
is that a daemon that was off for months waits a day longer than necessary.
"""

import dataclasses
import datetime as dt
from dataclasses import dataclass

MAX_GAP = dt.timedelta(days=1)
"""The longest time between two observations; more is a leap, or a pause of the daemon, which observes every hour."""
STEADY_PERIOD = dt.timedelta(days=1)
"""The time for which the clock must have been steady: a person sees the warning, and sets the clock right."""


@dataclass(frozen=True, slots=True)
class ClockObservation:
    """Observations of the clock: it was steady from ``steady_since`` to ``last_at``; before, it showed ``leapt_from``."""

    steady_since: dt.datetime
    last_at: dt.datetime
    leapt_from: dt.datetime | None = None
    """The time that the clock showed before its last leap; None where there was no earlier observation."""

    @property
    def is_trusted(self) -> bool:
        """Whether records may be deleted by age."""
        return self.last_at - self.steady_since >= STEADY_PERIOD

    @property
    def trusted_from(self) -> dt.datetime:
        """When the clock will be trusted, if it stays steady."""
        return self.steady_since + STEADY_PERIOD


def observe(before: ClockObservation | None, now: dt.datetime) -> ClockObservation:
    """Add the observation *now* to those *before*."""
    if before is None:
        return ClockObservation(now, now)
    if abs(now - before.last_at) > MAX_GAP:
        return ClockObservation(now, now, before.last_at)
    return dataclasses.replace(before, last_at=now)
