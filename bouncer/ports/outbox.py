"""The outbox: notifications on their way to owners, the operator and other destinations, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from bouncer.compose.notice import Earlier
from bouncer.mail.letter import spell_id
from bouncer.policy.preferences import Preferences
from bouncer.policy.records import MAIL, EntryKind, EntryState
from bouncer.policy.unsent import Unsent
from bouncer.ports.letters import BounceRow, KeptLetter, Page
from bouncer.ports.scope import Scope

if TYPE_CHECKING:  # every command loads the ports, and few of them compose mail
    from bouncer.compose.listing import Listing
    from bouncer.compose.tally import DigestTally
    from bouncer.compose.unread_listing import UnreadListing


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """A row of the outbox: one event on its way to one destination through one channel."""

    id: int
    letter_id: int | None  # None: the event is about no letter
    account: str | None
    kind: EntryKind
    to: str
    message_id: str  # the same at every attempt, without angle brackets
    state: EntryState
    attempts: int
    created_at: dt.datetime
    due: dt.datetime
    last_error: str | None
    reply: str | None = field(metadata={"shown": "said"})  # the receiver's, when it was sent; the file, for a Maildir
    about: str | None = None  # the event's further facts, beside the letter
    event: str = ""  # the id of the event: the same for every channel and destination, and at every attempt
    channel: str = MAIL
    recipient_key: str | None = None  # of a webhook's event: the address, in comparable form

    @property
    def report(self) -> str:
        """The letter's id as people see it; empty where there is no letter."""
        return spell_id(self.letter_id) if self.letter_id is not None else ""


@dataclass(frozen=True, slots=True)
class EntryFilter:
    """A choice of outbox entries: those in one of *states*, and to *to* where it is not None."""

    states: tuple[EntryState, ...]
    to: str | None = None  # the owner's or operator's address, compared without case


@dataclass(frozen=True, slots=True)
class Lane:
    """The entries of a channel that are delivered together: those to ``included``, or if that is empty, to any but ``excluded``.

    Both hold names of lanes: the domain of an address in comparable form, or a destination of another channel
    (``policy.notifications.lane_of``).
    """

    included: frozenset[str] = frozenset()
    excluded: frozenset[str] = frozenset()
    channel: str = MAIL
    letters: bool = (
        True  # whether jobs carry the octets of letters, and the earlier reports, as mails to people need them
    )
    is_ordered: bool = False  # an entry waits for the earlier ones about its address to its destination

    def has(self, name: str) -> bool:
        """Whether the lane holds entries to *name*, a domain or destination."""
        return name in self.included if self.included else name not in self.excluded


EVERY_LANE = Lane()
"""All mail."""


@dataclass(frozen=True, slots=True)
class DeliveryJob:
    """The facts of an entry for the channel that sends it: the row, the letter, its bounces."""

    row: OutboxEntry
    letter: KeptLetter | None  # None when it is already retired, or the lane needs no letters
    bounces: tuple[BounceRow, ...]
    kind: str | None = None  # of the letter
    preferences: Preferences = field(default_factory=Preferences)
    earlier: Mapping[str, Earlier] = field(default_factory=dict)  # by recipient: earlier reports
    tally: DigestTally | None = None  # the rows of a digest
    listing: Listing | None = None  # the list in a mail to the operator
    unread: UnreadListing | None = None  # the letters that a person has to see
    unsent: Unsent | None = None  # the recipients that were dropped


@dataclass(frozen=True, slots=True)
class Scheduled:
    """The result of scheduling: the number of entries and digests decided on, and whether more entries may be waiting."""

    count: int
    is_unfinished: bool


class Outbox(Protocol):
    """Keeps the entries of the outbox.

    The daemon schedules, leases and marks the entries of all accounts; all other methods take a scope. A call that returns has
    committed; one that raises StoreError has changed nothing, unless the method says otherwise.
    """

    async def schedule_entries(self, *, now: dt.datetime) -> Scheduled:
        """Decide on each new entry whether it is sent at once, held for a digest, or dropped; make the digests that are due.

        Each call decides on a bounded number of entries in one transaction. Each entry is decided on once: a second call goes on
        with the next ones. It sends nothing: entries
        that are due can be leased afterwards.
        """
        ...

    async def lease_entries(
        self, *, now: dt.datetime, count: int, until: dt.datetime, lane: Lane = EVERY_LANE
    ) -> Sequence[DeliveryJob]:
        """Lease up to *count* waiting entries of *lane* that are due, with their facts, by priority (``policy.priority``).

        A second call leases other entries. Entries that ``schedule_entries`` still has to decide on are not due.
        If no ``mark_`` method is called before *until*,
        the lease ends and the entry is due again.
        """
        ...

    async def mark_sent(self, entry_id: int, *, now: dt.datetime, reply: str) -> None:
        """Mark an entry as sent, in any state, with the receiver's *reply*. Idempotent; an unknown id changes nothing."""
        ...

    async def mark_waiting(self, entry_id: int, *, due: dt.datetime, reply: str) -> None:
        """Record a failed attempt with its *reply* or fault; the retry is *due* then. Changes nothing unless the entry waits."""
        ...

    async def mark_given_up(self, entry_id: int, *, now: dt.datetime, reply: str) -> None:
        """Record that the entry is not retried any more, with the *reply* or the fault. Changes nothing unless it is waiting."""
        ...

    async def entries(
        self, scope: Scope, *, state: EntryState | None, page: Page, to: str | None = None
    ) -> Sequence[OutboxEntry]:
        """List the entries inside *scope*, newest first: in *state* and to the address *to*; None means any."""
        ...

    async def add_test_notice(self, scope: Scope, to: str, *, now: dt.datetime) -> int:
        """Add a test notice to *to*, an owner of the account that *scope* names; give its number. It is about no letter.

        In the operator's scope it belongs to no account. Not idempotent: a second call adds a second notice.
        """
        ...

    async def count_entries(self, scope: Scope, criteria: EntryFilter) -> int:
        """Count the entries inside *scope* that *criteria* choose."""
        ...

    async def retry_entries(self, scope: Scope, criteria: EntryFilter, *, now: dt.datetime) -> int:
        """Retry, as ``retry_entry`` does, all entries inside *scope* that *criteria* choose; give how many were changed.

        A leased entry leaves at this moment, and is not changed. A second call begins the retry periods anew.
        Some hundred entries are changed in one commit: an error leaves the commits before it in force.
        """
        ...

    async def drop_entries(self, scope: Scope, criteria: EntryFilter, *, now: dt.datetime) -> int:
        """Drop, as ``drop_entry`` does, all entries inside *scope* that *criteria* choose; give how many were changed.

        Idempotent. Some hundred entries are changed in one commit, as in ``retry_entries``.
        """
        ...

    async def entry(self, scope: Scope, entry_id: int) -> OutboxEntry | None:
        """Give one entry; None where there is none with that id inside *scope*."""
        ...

    async def retry_entry(self, scope: Scope, entry_id: int, *, now: dt.datetime) -> bool:
        """Make an entry that waits, is held, was given up or dropped due now, with a new retry period.

        False, and no change, where *scope* has no such entry.
        """
        ...

    async def drop_entry(self, scope: Scope, entry_id: int, *, now: dt.datetime) -> bool:
        """Drop an entry that waits or is held, so that it is never sent.

        False, and no change, where *scope* has no such entry.
        """
        ...
