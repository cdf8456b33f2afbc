"""How many mails a courier may have now: a few at a time, evenly over the minute, and hardly any while it is away. Pure.

Times are seconds of a clock that never goes back.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Self

from bouncer.policy.backoff import Backoff, wait

UNBOUNDED = 1_000_000
"""Mails that may leave now where nothing bounds them: more than anyone asks for."""
REST = Backoff(dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta.max)
"""How soon a courier that could hand nothing over is tried again: soon, and no more than about once a minute for long."""
_ROUNDING = 1e-6
"""Of a mail: what is lost in adding fractions of seconds must not cost a whole one."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A token bucket as the moment when all that left is paid for (the generic cell rate algorithm, ITU-T I.371, Annex A).

    One second's mails may leave together: few are not held up, and no minute has more than that beyond what is allowed.
    """

    per_minute: int  # 0: as many as there are
    paid_at: float = 0.0

    @property
    def _each(self) -> float:
        return 60 / self.per_minute

    @property
    def _together(self) -> int:
        return max(1, self.per_minute // 60)

    def free(self, now: float) -> int:
        """Say how many mails may leave at *now*."""
        if not self.per_minute:
            return UNBOUNDED
        return max(0, int(self._together - max(0.0, self.paid_at - now) / self._each + _ROUNDING))

    def sent(self, count: int, now: float) -> Self:
        """Take *count* out."""
        return replace(self, paid_at=max(self.paid_at, now) + count * self._each) if self.per_minute else self

    def wait(self, now: float) -> float:
        """Say how many seconds it is until a mail may leave."""
        return 0.0 if self.free(now) else self.paid_at - (self._together - 1) * self._each - now


@dataclass(frozen=True, slots=True)
class CourierState:
    """What a courier takes: *most* at a time, at its pace; after a rest, one that finds out whether it is still away."""

    most: int
    pace: Rate
    failures: int = 0  # in a row, each after a rest
    rests_until: float = 0.0

    def room(self, under_way: int, now: float) -> int:
        """Say how many more mails it may have."""
        if now < self.rests_until:
            return 0
        return max(0, min((1 if self.failures else self.most) - under_way, self.pace.free(now)))

    def rest(self, now: float) -> float:
        """Say for how many seconds it takes none, whoever waits."""
        return max(0.0, self.rests_until - now, self.pace.wait(now))

    def took(self, count: int, now: float) -> Self:
        """It got *count*."""
        return replace(self, pace=self.pace.sent(count, now))

    def noted(self, *, away: bool, now: float, chance: float) -> Self:
        """One mail came to its end. Those that were under way together fail together, and count once."""
        if not away:
            return replace(self, failures=0, rests_until=0.0)
        if now < self.rests_until:
            return self
        failures = self.failures + 1
        return replace(self, failures=failures, rests_until=now + wait(failures, REST, chance=chance).total_seconds())
