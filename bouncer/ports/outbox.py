"""The outbox: mails on their way to owners and operator, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bouncer.compose.notice import Earlier
from bouncer.mail.letter import spell_id
from bouncer.policy.preferences import Preferences
from bouncer.policy.records import MAIL, ParcelKind, ParcelState
from bouncer.policy.unsent import Unsent
from bouncer.ports.letters import BounceRow, KeptLetter, Page

if TYPE_CHECKING:  # every command loads the ports, and few of them compose mail
    from bouncer.compose.listing import Listing
    from bouncer.compose.tally import DigestTally
    from bouncer.compose.unread import UnreadListing


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A row of the outbox: one event on its way to one destination through one channel."""

    id: int
    letter_id: int | None  # None: it tells of no letter
    account: str | None
    kind: ParcelKind
    to: str
    message_id: str  # stable over every try, without angle brackets
    state: ParcelState
    attempts: int
    created_at: dt.datetime
    due: dt.datetime
    last_error: str | None
    said: str | None  # the receiver's words when it left; the file, for a Maildir
    about: str | None = None  # what it tells beside the letter
    event: str = ""  # what it tells of: the same for every channel and destination, stable over every try
    channel: str = MAIL

    @property
    def report(self) -> str:
        """The letter's id as people see it; empty where it is of none."""
        return spell_id(self.letter_id) if self.letter_id is not None else ""


@dataclass(frozen=True, slots=True)
class ParcelFilter:
    """Which parcels are meant; None means any."""

    states: tuple[ParcelState, ...]
    account: str | None = None
    to: str | None = None  # the owner's or operator's address, compared without case


@dataclass(frozen=True, slots=True)
class Lane:
    """Which entries of a channel leave together: those to ``only``, or, where there are none, to any but ``but``.

    Both name what entries are told apart by: the domain of an address, as it is compared, or a destination of another channel
    (``policy.notifications.lane_of``).
    """

    only: frozenset[str] = frozenset()
    but: frozenset[str] = frozenset()
    channel: str = MAIL
    letters: bool = True  # the octets of letters go along

    def has(self, name: str) -> bool:
        """Whether entries to *name*, a domain or destination, leave by it."""
        return name in self.only if self.only else name not in self.but


EVERY_LANE = Lane()
"""All mail."""


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """An entry's facts for the channel that sends them: the row, the letter, what was recorded of it."""

    row: OutboxEntry
    letter: KeptLetter | None  # None when it is already retired, or the lane needs no letters
    bounces: tuple[BounceRow, ...]
    kind: str | None = None  # of the letter
    wanted: Preferences = field(default_factory=Preferences)
    earlier: Mapping[str, Earlier] = field(default_factory=dict)  # by recipient: what came before
    tally: DigestTally | None = None  # what a digest tells
    listing: Listing | None = None  # what one of mail to the operator names
    unread: UnreadListing | None = None  # letters that a person has to see
    unsent: Unsent | None = None  # what was dropped


@dataclass(frozen=True, slots=True)
class Scheduled:
    """What scheduling did: how many entries or digests it decided on, and whether more may be waiting for it."""

    count: int
    more: bool


class Outbox(Protocol):
    """Entries on their way."""

    async def schedule_entries(self, *, now: dt.datetime) -> Scheduled:
        """Decide when entries leave that were recorded since, and make the digests that are due.

        An entry leaves at once, is held for a digest, or is dropped.
        Decides on a bounded number in one transaction; asked again, on the next. An entry is decided on once. Nothing leaves
        by it: whatever is due can be leased afterwards.
        """
        ...

    async def lease_parcels(
        self, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane = EVERY_LANE
    ) -> Sequence[DeliveryJob]:
        """Take up to *count* waiting parcels of *lane* that are due, with their facts, in their turn (``policy.priority``).

        Only those that ``schedule_entries`` has decided on, or that need no decision.

        Due again at *until* if nobody says more.
        """
        ...

    async def mark_sent(self, parcel_id: int, *, now: dt.datetime, said: str) -> None:
        """Record that it left, with the receiver's words, whatever its state was; an unknown id changes nothing."""
        ...

    async def mark_waiting(self, parcel_id: int, *, due: dt.datetime, said: str) -> None:
        """Record that it did not leave, and let it be leased again at *due*; changes nothing unless it is waiting."""
        ...

    async def mark_given_up(self, parcel_id: int, *, now: dt.datetime, said: str) -> None:
        """Record that it will not leave any more; changes nothing unless it is waiting."""
        ...

    async def outbox(
        self, *, state: str | None, page: Page, account: str | None = None, to: str | None = None
    ) -> Sequence[OutboxEntry]:
        """List parcels, newest first; only in that state, of that account, to that address."""
        ...

    async def post_test(self, to: str, account: str | None, *, now: dt.datetime) -> int:
        """Put a test notice to *to*, an owner of *account*, in the outbox; give its number. It is about no letter."""
        ...

    async def count_parcels(self, which: ParcelFilter) -> int:
        """Count the parcels that are meant."""
        ...

    async def retry_parcels(self, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Do what ``retry_parcel`` does with all that are meant and do not leave at this moment; give how many there were."""
        ...

    async def drop_parcels(self, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Do what ``drop_parcel`` does with all that are meant; give how many there were."""
        ...

    async def parcel(self, parcel_id: int) -> OutboxEntry | None:
        """Give one parcel; None when unknown."""
        ...

    async def retry_parcel(self, parcel_id: int, *, now: dt.datetime) -> bool:
        """Let one that waits, or was given up or dropped, leave now; False where there is none such."""
        ...

    async def drop_parcel(self, parcel_id: int, *, now: dt.datetime) -> bool:
        """Let one that has not left never leave; False where there is none such."""
        ...
