"""The pace of refusals: a client that is refused again and again waits for each further refusal, over all its connections together.

Forged return paths are tried by the thousand; each is refused in a millisecond, and asked again in the next. Postfix lets such a
client wait in each of its connections (smtpd_error_sleep_time), but a new connection costs the client nothing.
"""

import itertools

FREE_ERRORS = 100
"""Refusals of one client at once that do not wait: a provider that reports on a mail to many has dozens of connections."""
LONGEST_PAUSE = 5.0
"""Seconds that a refusal waits at most: an honest client gives up after five minutes (RFC 5321 section 4.5.3.2)."""
FORGOTTEN_AT_ONCE = 2
"""Clients that one refusal may forget: more than the one that it adds."""


class ErrorPace:
    """The next free moment for a refusal to each client, by the event loop's time. Its length is the number of clients.

    Each refusal takes its turn after the one before, so that more connections of a client do not make it faster.
    """

    def __init__(self) -> None:
        self._free_at: dict[str, float] = {}

    def __len__(self) -> int:
        return len(self._free_at)

    def pause(self, client: str, per_second: int, now: float) -> float:
        """Count a refusal to *client* at *now*; give the seconds that it waits, with 0 for *per_second* none at all."""
        if not per_second:
            return 0.0
        without_pause = FREE_ERRORS / per_second
        free_at = max(self._free_at.pop(client, 0.0), now) + 1 / per_second
        self._free_at[client] = min(free_at, now + without_pause + LONGEST_PAUSE)  # as the youngest
        self._forget(now)
        return min(max(free_at - now - without_pause, 0.0), LONGEST_PAUSE)

    def _forget(self, now: float) -> None:
        """Forget clients that were refused nothing for so long that all of FREE_ERRORS are theirs again, a few at a time."""
        for oldest in tuple(itertools.islice(self._free_at, FORGOTTEN_AT_ONCE)):
            if self._free_at[oldest] > now:
                return
            del self._free_at[oldest]
