"""Sends against failures: counts of the book of sends put beside one another, and the difference explained.

Delivered is what was sent and of which no failure is known: most servers report failures, few report success.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bouncer.verdict.verdict import Category, Reason


class SendEvent(StrEnum):
    """What the counts of sends count beside the failures, which they count by ``Reason``."""

    SENT = "sent"
    DROPPED = "dropped"  # not sent at all: suppressed
    REFUSED = "refused"  # the same, and whoever sent it heard so
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    CONFIRMED = "confirmed"  # deliveries that a report proves
    UNPROVEN = "unproven"  # failures that anyone may have made up


def recorded_event(text: str) -> SendEvent | Reason | None:
    """Read what was counted, as it was recorded; None for what only a later version knows."""
    if text in set(SendEvent):
        return SendEvent(text)
    return Reason(text) if text in set(Reason) else None


@dataclass(frozen=True, slots=True)
class Rates:
    """One line of a report."""

    sent: int
    hard: int
    soft: int
    technical: int
    blocked: int
    other: int
    complained: int
    unsubscribed: int
    dropped: int  # not sent at all: suppressed
    refused: int  # the same, and whoever sent it heard so
    unproven: int  # reports that anyone may have made up; in no other number
    confirmed: int  # deliveries that a report proves
    delivered: int
    rate: float  # failed of sent, 0 to 1
    reasons: Mapping[str, int]  # of the failures, the most frequent first

    def explained(self) -> str:
        """Say where the difference between sent and delivered went."""
        if not self.sent:
            return f"nothing was sent{self._held()}"
        why = ", ".join(f"{count:,} {reason}" for reason, count in self.reasons.items())
        lost = f"; {self.sent - self.delivered:,} failed: {why}" if why else ""
        return f"{self.delivered:,} of {self.sent:,} delivered as far as is known{lost}{self._held()}"

    def _held(self) -> str:
        held = self.dropped + self.refused
        return f"; {held:,} more were not sent, their addresses are suppressed" if held else ""


def rates(counts: Iterable[tuple[str, int]]) -> Rates:
    """Put together (what, count) of one line."""
    of = Counter[str]()
    for what, count in counts:
        of[what] += count
    reasons = {what: n for what, n in of.most_common() if what in set(Reason)}
    by = Counter[Category]()
    for what, count in reasons.items():
        by[Reason(what).category] += count
    failed = sum(by.values())
    return Rates(
        sent=of[SendEvent.SENT],
        hard=by[Category.HARD],
        soft=by[Category.SOFT],
        technical=by[Category.TECHNICAL],
        blocked=by[Category.BLOCK],
        other=by[Category.OTHER],
        complained=of[SendEvent.COMPLAINT],
        unsubscribed=of[SendEvent.UNSUBSCRIBE],
        dropped=of[SendEvent.DROPPED],
        refused=of[SendEvent.REFUSED],
        unproven=of[SendEvent.UNPROVEN],
        confirmed=of[SendEvent.CONFIRMED],
        delivered=max(0, of[SendEvent.SENT] - failed),
        rate=round(failed / of[SendEvent.SENT], 4) if of[SendEvent.SENT] else 0.0,
        reasons=reasons,
    )
