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
from bouncer.ports.scope import Scope

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
    """A choice of outbox entries: those in one of *states*, and to *to* where it is not None."""

    states: tuple[ParcelState, ...]
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
    preferences: Preferences = field(default_factory=Preferences)
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
    """Entries on their way.

    The daemon schedules, leases and marks the entries of all accounts; everything else takes a scope. A call that returns has
    committed; one that raises StoreError has changed nothing, unless the method says otherwise.
    """

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
        self, scope: Scope, *, state: str | None, page: Page, to: str | None = None
    ) -> Sequence[OutboxEntry]:
        """List the entries inside *scope*, newest first: in *state* and to the address *to*; None means any."""
        ...

    async def post_test(self, scope: Scope, to: str, *, now: dt.datetime) -> int:
        """Add a test notice to *to*, an owner of the account that *scope* names; give its number. It is about no letter.

        In the operator's scope it belongs to no account.
        """
        ...

    async def count_parcels(self, scope: Scope, which: ParcelFilter) -> int:
        """Count the entries inside *scope* that *which* chooses."""
        ...

    async def retry_parcels(self, scope: Scope, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Retry, as ``retry_parcel`` does, all entries inside *scope* that *which* chooses; give how many were changed.

        A leased entry leaves at this moment, and is not changed. Some hundred entries are changed in one commit: an error
        leaves the commits before it in force.
        """
        ...

    async def drop_parcels(self, scope: Scope, which: ParcelFilter, *, now: dt.datetime) -> int:
        """Drop, as ``drop_parcel`` does, all entries inside *scope* that *which* chooses; give how many were changed.

        Some hundred entries are changed in one commit, as in ``retry_parcels``.
        """
        ...

    async def parcel(self, scope: Scope, parcel_id: int) -> OutboxEntry | None:
        """Give one entry; None where there is none with that id inside *scope*."""
        ...

    async def retry_parcel(self, scope: Scope, parcel_id: int, *, now: dt.datetime) -> bool:
        """Make an entry that waits, is held, was given up or dropped due now, with a new retry period.

        False, and no change, where there is none such inside *scope*.
        """
        ...

    async def drop_parcel(self, scope: Scope, parcel_id: int, *, now: dt.datetime) -> bool:
        """Drop an entry that waits or is held, so that it never leaves.

        False, and no change, where there is none such inside *scope*.
        """
        ...
