"""The rate limits of all keys: one bucket for each key that asked in the last minute."""

import math
from collections.abc import Mapping

from bouncer.policy.request_rate import SECONDS, RequestRate
from bouncer.web.problem import ProblemError

MOST_BUCKETS = 10_000
"""Buckets that are remembered; with more, those that are full again are forgotten."""


class KeyRates:
    """Counts the requests of each key, *per_minute* at most."""

    def __init__(self, per_minute: int) -> None:
        self._rate = RequestRate(per_minute)
        self._full_at: dict[str, float] = {}

    def take(self, key_id: str, now: float) -> Mapping[str, str]:
        """Count a request at *now*, in seconds; give the headers that tell of the limit. Raises ProblemError (429) above it."""
        full_at = self._full_at.get(key_id, 0.0)
        after = self._rate.take(full_at, now)
        if after is None:
            headers = self._headers(full_at, now)
            wait = max(1, math.ceil(full_at + SECONDS / self._rate.most - now - SECONDS))
            sentence = f"This key asks more than {self._rate.most} times a minute; ask again in {wait} s."
            raise ProblemError(429, sentence, headers={**headers, "retry-after": str(wait)})
        if len(self._full_at) >= MOST_BUCKETS:
            self._full_at = {name: moment for name, moment in self._full_at.items() if moment > now}
        self._full_at[key_id] = after
        return self._headers(after, now)

    def _headers(self, full_at: float, now: float) -> dict[str, str]:
        return {
            "ratelimit-limit": str(self._rate.most),
            "ratelimit-remaining": str(self._rate.left(full_at, now)),
            "ratelimit-reset": str(math.ceil(max(full_at - now, 0))),
        }
