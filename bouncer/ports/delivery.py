"""Delivering: couriers, channels, and the process that draws owners' templates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.outbox import DeliveryJob, Lane

if TYPE_CHECKING:  # every command loads the ports, and few of them compose mail
    from bouncer.compose.custom import TemplateInput


class Drawer(Protocol):
    """Draws accounts' own templates somewhere where a hostile one can hurt nobody."""

    def has_templates(self, account: str) -> bool:
        """Whether the account has any."""
        ...

    async def draw(self, account: str, shown: TemplateInput) -> Mapping[str, str]:
        """Give what the account's templates make of *shown*, by name; those that it has not, or that fail, are left out."""
        ...


class Outcome(StrEnum):
    """What became of handing a mail over."""

    SENT = "sent"
    DEFERRED = "later"  # 4yz: this mail may be taken another time
    UNAVAILABLE = (
        "away"  # no connection, 421, no login, refused whoever it is for, no folder: nothing can be handed over now
    )
    REFUSED = "refused"  # 5yz about this mail: trying again will not help


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """What became of handing one mail over, with the receiver's words; for our records, never for a peer."""

    outcome: Outcome
    reply: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """What delivers the entries of one lane: a channel, how many at a time, how many a minute.

    With *apart* the numbers hold for each destination by itself, so that one that is slow or away delays no other.
    """

    channel: Channel
    lane: Lane
    connections: int  # handed over at a time
    per_minute: int = 0  # evenly; 0: as many as are taken
    apart: bool = False


class Courier(Protocol):
    """Hands one mail over. Never raises for what the other side does: that is a DeliveryResult."""

    name: str

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Hand *mail* over, durably where the means allow it; bounded in time."""
        ...

    async def close(self) -> None:
        """Let connections go."""
        ...


class Channel(Protocol):
    """Sends what an entry of the outbox tells to its destination."""

    name: str

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        """Compose and hand over; the same *job* gives the same Message-ID and the same event.

        Called again after a crash, or when the outcome was LATER or AWAY. Bounded in time as far as the means allow it.
        """
        ...

    async def close(self) -> None:
        """Let go of what it holds."""
        ...
