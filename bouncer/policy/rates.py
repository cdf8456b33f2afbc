"""Rates of failure: the counts of sends and failures side by side, and their difference explained.

Delivered means sent without a known failure: most servers report failures, few report success.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from bouncer.verdict.verdict import Category, Reason


class SendEvent(StrEnum):
    """The events that the counts of sends count, besides failures, which are counted by ``Reason``."""

    SENT = "sent"
    DROPPED = "dropped"  # not sent at all: suppressed
    REFUSED = "refused"  # the same, and the sender was told by a reply
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    CONFIRMED = "confirmed"  # deliveries that a report proves
    UNPROVEN = "unproven"  # failures that anyone may have made up


def recorded_event(text: str) -> SendEvent | Reason | None:
    """Read the recorded name of a counted event; None for a name that only a later version knows."""
    return _EVENTS.get(text)


_EVENTS: Mapping[str, SendEvent | Reason] = {
    **{reason.value: reason for reason in Reason},
    **{event.value: event for event in SendEvent},
}
_CATEGORY_OF: Mapping[str, Category] = {reason.value: reason.category for reason in Reason}


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
    dropped: int  # not sent: the address is suppressed
    refused: int  # the same, and the sender was told by a reply
    unproven: int  # reports that anyone may have made up; counted nowhere else
    confirmed: int  # deliveries that a report proves
    delivered: int
    rate: float  # failed divided by sent, 0 to 1
    reasons: Mapping[str, int]  # of the failures, the most frequent first

    def explain(self) -> str:
        """Explain the difference between sent and delivered in words."""
        if not self.sent:
            return f"nothing was sent{self._suppressed_text()}"
        why = ", ".join(f"{count:,} {reason}" for reason, count in self.reasons.items())
        lost = f"; {self.sent - self.delivered:,} failed: {why}" if why else ""
        return f"{self.delivered:,} of {self.sent:,} delivered as far as is known{lost}{self._suppressed_text()}"

    def _suppressed_text(self) -> str:
        suppressed = self.dropped + self.refused
        return f"; {suppressed:,} more were not sent, their addresses are suppressed" if suppressed else ""


def sum_up(counts: Iterable[tuple[str, int]]) -> Rates:
    """Sum up the (name, count) pairs of one line."""
    totals = dict[str, int]()  # a report by domain has thousands of lines of few counts each
    for name, count in counts:
        totals[name] = totals.get(name, 0) + count
    failures = [(name, count) for name, count in totals.items() if name in _CATEGORY_OF]
    by = dict.fromkeys(Category, 0)
    for name, count in failures:
        by[_CATEGORY_OF[name]] += count
    sent, failed = totals.get(SendEvent.SENT, 0), sum(by.values())
    return Rates(
        sent=sent,
        hard=by[Category.HARD],
        soft=by[Category.SOFT],
        technical=by[Category.TECHNICAL],
        blocked=by[Category.BLOCK],
        other=by[Category.OTHER],
        complained=totals.get(SendEvent.COMPLAINT, 0),
        unsubscribed=totals.get(SendEvent.UNSUBSCRIBE, 0),
        dropped=totals.get(SendEvent.DROPPED, 0),
        refused=totals.get(SendEvent.REFUSED, 0),
        unproven=totals.get(SendEvent.UNPROVEN, 0),
        confirmed=totals.get(SendEvent.CONFIRMED, 0),
        delivered=max(0, sent - failed),
        rate=round(failed / sent, 4) if sent else 0.0,
        reasons=dict(sorted(failures, key=lambda failure: failure[1], reverse=True)),
    )
