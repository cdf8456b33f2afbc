"""Kinds of outcomes, by which other providers' lists choose: a type of event, and some reasons or all others. Pure."""

from dataclasses import dataclass

from bouncer.policy.webhooks import EventType


@dataclass(frozen=True, slots=True)
class OutcomeKind:
    """The outcomes that are events of one type, of some *reasons*, or *is_without* these; of all where there are none."""

    event: EventType
    reasons: tuple[str, ...] = ()
    is_without: bool = False
