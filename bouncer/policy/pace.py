"""How many mails may go to a smarthost, evenly over the minute. Pure.

The generic cell rate algorithm (ITU-T I.371, Annex A): all that is kept is when the next one may leave. One second's mails may
leave together, so that few are not held up and no minute has more than the smarthost allows in it by more than that.
"""

from dataclasses import dataclass

UNBOUNDED = 1_000_000
"""Mails that may leave now where nothing bounds them: more than anyone asks for."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Where the bucket stands; times are seconds of a clock that never goes back."""

    per_minute: int  # 0: as many as there are
    next_at: float = 0.0  # when all that left is paid for

    @property
    def _each(self) -> float:
        return 60 / self.per_minute

    def free(self, now: float) -> int:
        """Say how many mails may leave at *now*."""
        if not self.per_minute:
            return UNBOUNDED
        together = max(1, self.per_minute // 60)
        owed = max(0.0, self.next_at - now) / self._each
        return max(0, int(together - owed + 1e-9))

    def sent(self, count: int, now: float) -> "Pace":
        """Take *count* out."""
        if not self.per_minute:
            return self
        return Pace(self.per_minute, max(self.next_at, now) + count * self._each)

    def wait(self, now: float) -> float:
        """Say how many seconds it is until a mail may leave."""
        if self.free(now):
            return 0.0
        together = max(1, self.per_minute // 60)
        return self.next_at - (together - 1) * self._each - now
