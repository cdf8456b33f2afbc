"""The rate limit of requests: the generic cell rate algorithm (ITU-T I.371, Annex A), a token bucket in one moment. Pure."""

from dataclasses import dataclass

SECONDS = 60.0
"""The time in which an empty bucket is full again."""


@dataclass(frozen=True, slots=True)
class RequestRate:
    """Takes *limit* requests at once, and as many in each minute. Moments are seconds of any clock that never goes back."""

    limit: int

    def take(self, full_at: float, now: float) -> float | None:
        """Give the moment at which the bucket is full again after one more request; None where it is empty."""
        after = max(full_at, now) + SECONDS / self.limit
        return after if after <= now + SECONDS + _ROUNDING else None

    def remaining(self, full_at: float, now: float) -> int:
        """Give the number of requests that are still taken at once."""
        return int((SECONDS - max(full_at - now, 0)) / (SECONDS / self.limit) + _ROUNDING)


_ROUNDING = 1e-6
"""A tolerance, in seconds or requests: a sum of fractions may miss a whole number by this much."""
