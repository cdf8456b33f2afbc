"""Kinds of outcomes, by which other providers' lists choose: a type of event, and some reasons or all others. Pure."""

from dataclasses import dataclass

from bouncer.policy.webhooks import EventType


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """Outcomes that are events of one type: those of *reasons*, with *is_without* all others; without *reasons* all."""

    event: EventType
    reasons: tuple[str, ...] = ()
    is_without: bool = False
