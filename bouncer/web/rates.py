"""The rate limits of keys: a bucket for each key that asked in the last minute, and for each of its routes with an own limit."""

import itertools
import math
from collections.abc import Mapping

from bouncer.policy.request_rate import SECONDS, RequestRate
from bouncer.web.problem import ProblemError

FORGOTTEN_AT_ONCE = 2
"""Buckets that one request may forget: more than the one that it adds, and as few as cost nothing where a hundred thousand clients
asked in the last minute."""


class KeyRates:
    """Counts the requests of each key, *per_minute* at most. Its length is that of the buckets that it remembers.

    The buckets are in the order of their last requests. One is full again a minute after that, and says nothing then, so those of
    a minute's requests are all that have to be remembered.
    """

    def __init__(self, per_minute: int) -> None:
        self._rate = RequestRate(per_minute)
        self._full_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, key_id: str, now: float) -> Mapping[str, str]:
        """Count a request at *now*, in seconds; give the headers that tell of the limit. Raises ProblemError (429) above it."""
        return self._take(key_id, self._rate, now)

    def take_of_route(self, key_id: str, path: str, per_minute: int, now: float) -> Mapping[str, str]:
        """Count a request to a *path* with a limit of its own, *per_minute*; the result and the error are those of ``take``."""
        return self._take(f"{key_id} {path}", RequestRate(per_minute), now)

    def _take(self, bucket: str, rate: RequestRate, now: float) -> Mapping[str, str]:
        full_at = self._full_at.pop(bucket, 0.0)
        after = rate.take(full_at, now)
        self._full_at[bucket] = full_at if after is None else after  # as the youngest
        self._forget(now)
        if after is None:
            headers = _headers(rate, full_at, now)
            wait = max(1, math.ceil(full_at + SECONDS / rate.limit - now - SECONDS))
            sentence = f"This key asks more than {rate.limit} times a minute; ask again in {wait} s."
            raise ProblemError(429, sentence, headers={**headers, "retry-after": str(wait)})
        return _headers(rate, after, now)

    def _forget(self, now: float) -> None:
        """Forget the oldest buckets that are full again, a few at a time."""
        for oldest in tuple(itertools.islice(self._full_at, FORGOTTEN_AT_ONCE)):
            if self._full_at[oldest] > now:
                return
            del self._full_at[oldest]


def _headers(rate: RequestRate, full_at: float, now: float) -> dict[str, str]:
    return {
        "ratelimit-limit": str(rate.limit),
        "ratelimit-remaining": str(rate.remaining(full_at, now)),
        "ratelimit-reset": str(math.ceil(max(full_at - now, 0))),
    }
