"""Throttling a courier: a few mails at a time, evenly over the minute, and a single one now and then while it is unavailable. Pure.

Times are seconds of a monotonic clock.
"""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Self

from bouncer.policy.backoff import Backoff, wait

UNBOUNDED = 1_000_000
"""Mails that may leave now where there is no rate limit: more than any caller asks for."""
RETRY_SCHEDULE = Backoff(dt.timedelta(seconds=1), dt.timedelta(minutes=1), dt.timedelta.max)
"""The retry schedule of a courier that could hand over nothing: soon, and for long no more than about once a minute."""
_ROUNDING = 1e-6
"""A tolerance, as a fraction of one mail: rounding errors of seconds must not cost a whole mail."""


@dataclass(frozen=True, slots=True)
class RateLimiter:
    """Rate limit by the generic cell rate algorithm (ITU-T I.371, Annex A); ``paid_at`` is its theoretical arrival time.

    The burst is one second's mails: a few mails do not wait, and no minute has more than that above the limit.
    """

    per_minute: int  # 0: no limit
    paid_at: float = 0.0

    @property
    def _interval(self) -> float:
        return 60 / self.per_minute

    @property
    def _burst(self) -> int:
        return max(1, self.per_minute // 60)

    def allowance(self, now: float) -> int:
        """Give how many mails may leave at *now*."""
        if not self.per_minute:
            return UNBOUNDED
        return max(0, int(self._burst - max(0.0, self.paid_at - now) / self._interval + _ROUNDING))

    def record_sent(self, count: int, now: float) -> Self:
        """Count *count* mails that leave at *now*."""
        return replace(self, paid_at=max(self.paid_at, now) + count * self._interval) if self.per_minute else self

    def seconds_to_wait(self, now: float) -> float:
        """Give the seconds until a mail may leave."""
        return 0.0 if self.allowance(now) else self.paid_at - (self._burst - 1) * self._interval - now


@dataclass(frozen=True, slots=True)
class CourierState:
    """A courier's allowance: *limit* mails at a time, within its rate; a single mail after a pause, to try whether it is back."""

    limit: int
    rate_limit: RateLimiter
    failures: int = 0  # in a row, each followed by a pause
    rests_until: float = 0.0

    def allowance(self, under_way: int, now: float) -> int:
        """Give how many more mails the courier may be given while *under_way* are in delivery."""
        if now < self.rests_until:
            return 0
        return max(0, min((1 if self.failures else self.limit) - under_way, self.rate_limit.allowance(now)))

    def rest(self, now: float) -> float:
        """Give the seconds for which the courier is given no mail."""
        return max(0.0, self.rests_until - now, self.rate_limit.seconds_to_wait(now))

    def record_taken(self, count: int, now: float) -> Self:
        """Record that the courier was given *count* mails."""
        return replace(self, rate_limit=self.rate_limit.record_sent(count, now))

    def record_result(self, *, away: bool, now: float, chance: float, retry_after: float = 0.0) -> Self:
        """Record the end of one delivery; *retry_after*: the shortest pause, in seconds, that the other side asks for.

        Deliveries that were under way together fail together, and count once.
        """
        if not away:
            return replace(self, failures=0, rests_until=0.0)
        if now < self.rests_until:
            return replace(self, rests_until=max(self.rests_until, now + retry_after))
        failures = self.failures + 1
        pause = max(wait(failures, RETRY_SCHEDULE, chance=chance).total_seconds(), retry_after)
        return replace(self, failures=failures, rests_until=now + pause)
