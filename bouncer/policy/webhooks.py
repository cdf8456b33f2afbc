"""Webhook events: which event each outcome of a letter is, and the outbox entries for the endpoints that want it. Pure.

An endpoint gets one event for each recipient, and no event names another recipient: a reader acts on all that an event names.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bouncer.mail.letter import spell_id
from bouncer.ndr.reading import Kind
from bouncer.policy.records import Belief, Bounce, Bucket, EntryKind, NewEntry
from bouncer.verdict.verdict import Category

CHANNEL = "webhook"
"""The name of the channel in the outbox."""
GIVE_UP = dt.timedelta(hours=72)
"""The time after which an event is given up, and an endpoint that took nothing rests: a weekend and a day for repairs."""
MAX_EVENTS = 1000
"""Events of one letter for one endpoint: a report may name any number of addresses. The store has all of them."""

BELIEFS = (Belief.CONTRADICTED, Belief.UNPROVEN, Belief.PLAUSIBLE, Belief.PROVEN)
"""All beliefs, from the weakest to the strongest."""


class EventType(StrEnum):
    """The type of an event, the word for it in ``bouncer webhook add --events``."""

    BOUNCE = "bounce"  # the address will never work
    BLOCK = "block"  # the message was refused because of its sender or content
    DEFERRAL = "deferral"  # the message failed for now: a full mailbox, a fault between servers, or a report that says too little
    DELAY = "delay"  # the message is late, and is still tried
    COMPLAINT = "complaint"
    UNSUBSCRIBE = "unsubscribe"
    DELIVERED = "delivered"  # a report says that the message arrived
    SUPPRESSION_CREATED = "suppression-created"  # mail to an address is stopped
    SUPPRESSION_CHANGED = "suppression-changed"  # and for longer than before
    SUPPRESSION_RELEASED = "suppression-released"  # mail may go to an address again
    SUPPRESSION_BULK = "suppression-bulk"  # more addresses changed at once than have events of their own
    DROPPED = "dropped"  # a mail was not sent to a suppressed address
    UNREAD = "unread"  # a person has to see a letter
    BLOCKING = "blocking"  # a provider refuses much of the account's mail today
    AUTO_REPLY = "auto-reply"  # a machine answers for a recipient: a vacation
    TEST = "test"  # asked for by command


ALL_EVENTS = tuple(event for event in EventType if event is not EventType.TEST)
"""The types that an endpoint can be registered for. A test comes whenever somebody asks for it."""
OF_OUTCOMES = ALL_EVENTS[: ALL_EVENTS.index(EventType.DELIVERED) + 1]
"""The types of events that are the outcome for one recipient of a report."""
OF_SUPPRESSIONS = (EventType.SUPPRESSION_CREATED, EventType.SUPPRESSION_CHANGED, EventType.SUPPRESSION_RELEASED)
"""The types of events of one suppression."""
_OF_KIND = {
    Kind.DELAY: EventType.DELAY,
    Kind.COMPLAINT: EventType.COMPLAINT,
    Kind.UNSUBSCRIBE: EventType.UNSUBSCRIBE,
    Kind.SUCCESS: EventType.DELIVERED,
}
OF_CATEGORY = {Category.HARD: EventType.BOUNCE, Category.BLOCK: EventType.BLOCK}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An account's endpoint, as far as it decides which events are recorded for it."""

    id: str
    events: tuple[EventType, ...]
    belief: Belief  # the least belief of an event that it gets
    is_resting: bool = False  # events are recorded as given up, and can be replayed

    def wants(self, event: EventType, belief: Belief) -> bool:
        """Whether the endpoint gets an event of this type and belief."""
        return event in self.events and is_enough(belief, self.belief)


def is_enough(belief: Belief, least: Belief) -> bool:
    """Whether *belief* is *least* or more."""
    return BELIEFS.index(belief) >= BELIEFS.index(least)


def event_type(kind: str, action: str, category: str | None) -> EventType:
    """Give the type of one recipient's outcome, by the letter's kind, and the recipient's action and category.

    One letter may say of a recipient that the mail failed and of another that it is late: the action tells. Only the category
    ``hard`` is a bounce.
    """
    if kind in (Kind.COMPLAINT, Kind.UNSUBSCRIBE):
        return _OF_KIND[Kind(kind)]
    if action == "failed":
        return OF_CATEGORY.get(Category(category or Category.OTHER), EventType.DEFERRAL)
    return EventType.DELAY if action == "delayed" else EventType.DELIVERED


def webhook_entries(endpoints: Iterable[Endpoint], kind: Kind, bounces: Sequence[Bounce]) -> Iterator[NewEntry]:
    """Make the outbox entries for the outcomes of one letter of *kind*: one for each endpoint and outcome that it wants.

    An outcome that the letter repeats makes no further event: a report to one recipient's path may name any addresses.
    """
    outcomes = list(_first_outcomes(kind, bounces[:MAX_EVENTS]))
    for endpoint in endpoints:
        for place, event, bounce in outcomes:
            if endpoint.wants(event, bounce.believed.belief):
                yield NewEntry(
                    EntryKind.EVENT,
                    endpoint.id,
                    bucket=Bucket.PROVEN if bounce.believed.belief is Belief.PROVEN else Bucket.UNPROVEN,
                    channel=CHANNEL,
                    at_once=True,
                    recipient_key=bounce.key,
                    place=place,
                    is_given_up=endpoint.is_resting,
                )


def _first_outcomes(kind: Kind, bounces: Sequence[Bounce]) -> Iterator[tuple[int, EventType, Bounce]]:
    """Give the first outcome of each event, recipient and belief, with its number among all outcomes of the letter."""
    known_outcomes = set[tuple[EventType, str, Belief]]()
    for place, bounce in enumerate(bounces, 1):
        event = _event_of(kind, bounce)
        if (outcome := (event, bounce.key, bounce.believed.belief)) not in known_outcomes:
            known_outcomes.add(outcome)
            yield place, event, bounce


def _event_of(kind: Kind, bounce: Bounce) -> EventType:
    category = bounce.verdict.category if bounce.verdict else None
    return event_type(kind, bounce.recipient.action, category)


def webhook_event_id(letter_id: int, place: int) -> str:
    """Make the id of the event of outcome number *place* of a letter: the same for every endpoint and attempt, without a dot.

    A dot separates the parts that Standard Webhooks signs.
    """
    return f"evt_{spell_id(letter_id)}_{place}"


def place_of(event: str) -> int:
    """Give the place in an id of ``webhook_event_id``; 0 for any other id."""
    digits = event.rpartition("_")[2]
    return int(digits) if digits.isascii() and digits.isdigit() else 0
