"""Delivering: couriers, channels, and the process that renders owners' templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from bouncer.mail.outgoing import OutgoingMail
from bouncer.ports.outbox import DeliveryJob, Lane

if TYPE_CHECKING:  # every command loads the ports, and few of them compose mail
    from bouncer.compose.custom import TemplateInput


class TemplateRenderer(Protocol):
    """Renders accounts' own templates in a confined process, where a hostile template harms nothing."""

    def has_templates(self, account: str) -> bool:
        """Whether the account has templates of its own; False for an unknown account."""
        ...

    async def render(self, account: str, shown: TemplateInput) -> Mapping[str, str]:
        """Give *shown* rendered with the account's templates, by template name, without missing and failing ones.

        ``has_templates`` holds for *account*. Bounded in time: templates that take too long are missing, and nothing is raised.
        """
        ...


class Outcome(StrEnum):
    """The outcome of an attempt to hand a mail over."""

    SENT = "sent"
    DEFERRED = "later"  # 4yz: this mail may be taken another time
    UNAVAILABLE = (
        "away"  # no connection, 421, no login, every recipient refused, no folder: no mail can be handed over now
    )
    REFUSED = "refused"  # 5yz about this mail: trying again will not help


@dataclass(frozen=True, slots=True)
class DeliveryResult:
    """The outcome of one attempt, with the receiver's reply; for our records, never for a peer.

    *retry_after*: the seconds for which the receiver of an attempt that failed asks to be left alone; it bounds them itself.
    """

    outcome: Outcome
    reply: str
    retry_after: float = 0.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of the entries of one lane: the channel, its connection limit and its rate limit.

    With *lane_per_destination* both limits apply to each destination by itself. A destination that is slow or cannot be reached
    then delays no other.
    """

    channel: Channel
    lane: Lane
    connections: int  # connection limit: entries handed over at a time
    per_minute: int = 0  # rate limit, spread evenly; 0: none
    lane_per_destination: bool = False
    give_up: dt.timedelta | None = None  # the time for which an entry is retried; None: as long as mail
    waits_longer: bool = False  # retries wait longer and longer, even while the destination takes nothing at all


class Courier(Protocol):
    """Hands mails over. Faults of the other side never raise: they give a DeliveryResult."""

    name: str

    async def deliver(self, mail: OutgoingMail) -> DeliveryResult:
        """Hand *mail* over, durably if the receiver can; bounded in time.

        Not idempotent: a second call hands the mail over again, under the same Message-ID.
        """
        ...

    async def close(self) -> None:
        """Close connections."""
        ...


@runtime_checkable
class NoticeCourier(Courier, Protocol):
    """A courier that also composes: notices are most of the mails, and take most of the time that mails take."""

    async def deliver_notice(
        self, job: DeliveryJob, reverse_path: str, custom_texts: Mapping[str, str]
    ) -> DeliveryResult:
        """Compose, sign and hand over the notice of *job*, with the templates' *custom_texts*; a second call as in ``deliver``."""
        ...


class Channel(Protocol):
    """Sends entries of the outbox to their destinations."""

    name: str

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        """Compose and hand over; the same *job* gives the same Message-ID and the same event. Bounded in time.

        A second call follows a crash, DEFERRED or UNAVAILABLE: the receiver may then get the event twice, and knows it by the id.
        """
        ...

    async def close(self) -> None:
        """Close connections and files."""
        ...
