"""Letters and the bounces recorded from them, and the port that keeps both."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bouncer.mail.letter import PathKind, Received
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.clock_trust import ClockObservation
from bouncer.policy.history import History, HistoryQuery
from bouncer.policy.outcome_kinds import OutcomeKind
from bouncer.policy.records import Belief, LetterState, Record
from bouncer.ports.day_octets import DayOctets
from bouncer.ports.scope import Scope


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A letter, read from the store."""

    id: int
    state: LetterState
    received: Received
    cut_from: int | None = None
    """The letter's size in octets, where only its beginning is left."""


@dataclass(frozen=True, slots=True)
class LetterRow:
    """A letter as lists show it, without its octets."""

    letter_id: int
    state: LetterState
    kind: str | None  # a Kind; "test" of a test notice; None until it is read
    dialect: str | None
    account: str | None
    return_path: str
    reverse_path: str
    peer: str
    received_at: dt.datetime
    octets: int
    note: str | None
    left_octets: int | None = (
        None  # None until retention decides; fewer than octets: the letter was cut; 0: its octets are deleted
    )
    unread: str | None = None  # why a person has to see it, if so; the next three show the letter to that person
    written_by: str | None = None
    subject: str | None = None
    beginning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BounceRow:
    """One recipient's outcome as lists and notices show it."""

    id: int
    letter_id: int
    at: dt.datetime
    account: str | None
    kind: Kind
    recipient: str
    original_recipient: str | None
    final_recipient: str | None
    action: Action
    status: str | None
    reply_code: int | None
    category: str | None
    reason: str | None
    rule: str | None
    evidence: str | None
    diagnostic_code: str | None
    remote_mta: str | None
    reporting_mta: str | None
    belief: Belief
    belief_why: str
    suppressed: bool = field(
        metadata={"shown": "suppresses"}
    )  # by this report; the address may have been suppressed before
    suppressed_until: dt.datetime | None
    message_id: str | None
    subject: str | None
    original_from: str | None = None
    original_date: str | None = None
    arrival_date: str | None = None
    will_retry_until: str | None = None
    own_lines: tuple[str, ...] = field(default=(), metadata={"shown": "said"})  # of the report, about this recipient
    stream: str = ""
    campaign: str = ""
    effect: str | None = None
    counted_day: int | None = None
    counted_needed: int | None = None
    counted_window: int | None = None
    reported: str | None = None  # the address that failed as the report names it, where that is not the recipient
    custom_args: Mapping[str, str] = field(default_factory=dict)  # of a proven report, as its returned header says


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, newest first: at most ``limit`` rows, older than ``before`` (keyset pagination)."""

    limit: int = 50
    before: int | None = None  # an id


@dataclass(frozen=True, slots=True)
class BounceFilter:
    """A filter of the bounces inside a scope; None means any.

    Times are those of the record. *provider* is a name of ``verdict.provider.PROVIDERS``; *status* is whole (5.1.1), or its
    beginning (5 or 5.1); *message_id* is that of the message that was sent, with or without angle brackets.
    """

    recipient: str | None = None
    category: str | None = None
    letter_id: int | None = None
    since: dt.datetime | None = None
    before: dt.datetime | None = None
    domain: str | None = None
    provider: str | None = None
    reason: str | None = None
    status: str | None = None
    belief: Belief | None = None
    campaign: str | None = None
    stream: str | None = None
    message_id: str | None = None
    outcomes: tuple[OutcomeKind, ...] = ()  # only outcomes of one of these kinds; empty: of any


@dataclass(frozen=True, slots=True)
class LetterFilter:
    """A filter of the letters inside a scope; None means any."""

    state: LetterState | None = None
    path_kind: PathKind | None = None
    unread: bool = False  # only those that a person has to see
    since: dt.datetime | None = None
    before: dt.datetime | None = None
    message_id: str | None = None
    reporting: BounceFilter | None = None  # only those with a bounce that this filter chooses


class PendingDecision(Protocol):
    """A letter that has been read. The decision on it needs its history; the result is a Record."""

    @property
    def letter_id(self) -> int:
        """The id of the letter."""
        ...

    @property
    def query(self) -> HistoryQuery:
        """The part of the history that the decision needs."""
        ...

    def decide(self, history: History) -> Record:
        """Give the record that follows from the letter and its *history*. Pure: the same history gives the same record."""
        ...


class LetterStore(Protocol):
    """Keeps letters, and records the bounces that they report.

    A call that returns has committed, durably unless the method says otherwise; one that raises StoreError has changed nothing.
    The methods that the daemon calls for every letter have no scope: they serve all accounts, and no result of theirs leaves the
    daemon.
    """

    async def keep(self, letters: Sequence[Received]) -> Sequence[int]:
        """Keep the letters of one DATA, all or none; give their ids, in order. Many callers share one commit.

        Durable when it returns: the letters outlive a crash and a power cut. Not idempotent: each call keeps new letters.
        """
        ...

    async def lease_letters(
        self, *, now: dt.datetime, count: int, octets: int, until: dt.datetime
    ) -> Sequence[KeptLetter]:
        """Lease up to *count* letters in state kept, *octets* in all (or one letter), oldest first, until *until*.

        If more letters wait, clients and return paths take turns, so that a flood from one delays no other. A second call leases
        other letters; a lease ends at *until* by itself. A power cut may undo a lease: then the letter can be leased again.
        """
        ...

    async def give_back_letters(self, ids: Sequence[int], *, until: dt.datetime) -> None:
        """End leases that last *until* then. Idempotent; ids that are unknown or leased again since are ignored."""
        ...

    async def record(self, cases: Sequence[PendingDecision], *, now: dt.datetime) -> Sequence[Record]:
        """Decide on letters, in order, and commit all records with their consequences at once; give the records.

        Each decision sees the history in that same commit, including the letters before it. A letter that is unknown or no
        longer in state kept is skipped, so a second call with the same cases changes nothing.
        """
        ...

    async def rerecord(self, scope: Scope, case: PendingDecision, *, now: dt.datetime) -> None:
        """Replace the record of a letter (its bounces, state, kind); adds no entries and lifts no suppressions.

        Idempotent. Does nothing for a letter that is unknown, outside *scope*, not read yet, or retired.
        """
        ...

    async def foresee(self, scope: Scope, case: PendingDecision, *, now: dt.datetime) -> Record | None:
        """Give the record that ``record`` would make of a letter now; nothing is written.

        None for a letter that is unknown or outside an account's *scope*; for the operator's scope never None.
        """
        ...

    async def letter(self, scope: Scope, letter_id: int) -> KeptLetter | None:
        """Give one letter with its octets; None when it is unknown, outside *scope*, or retired."""
        ...

    async def letters(self, scope: Scope, criteria: LetterFilter, page: Page) -> Sequence[LetterRow]:
        """List letters inside *scope*, newest first; a page goes on from a letter's id."""
        ...

    async def bounces(self, scope: Scope, criteria: BounceFilter, page: Page) -> Sequence[BounceRow]:
        """List bounces inside *scope*, newest first; a page goes on from a bounce's id.

        A recipient is compared as the account of *scope* compares addresses; exactly where *scope* is the operator's. Pages of
        a filter that few rows match are read until there are enough rows, or none is left.
        """
        ...

    def retire(
        self, *, letters_before: dt.datetime, records_before: dt.datetime, count: int
    ) -> AsyncIterator[tuple[int, int]]:
        """Delete raw letters and records older than these times, in steps of up to *count* rows; other writers write in between.

        Gives after each step how many raw letters and how many records it deleted. Kept letters stay, and letters and records
        whose notice waits. Idempotent: a second call finds nothing left. A power cut may undo the last steps; a later call does
        them again.
        """
        ...

    async def octets_between(self, since: dt.datetime, before: dt.datetime, *, limit: int) -> DayOctets:
        """Sum up the octets of letters received from *since* on and before *before*; give at most *limit* sums of each kind."""
        ...

    async def cut(self, *, before: dt.datetime, count: int) -> int:
        """Cut up to *count* large letters received before *before* to their beginning, except reports that are believed.

        Gives the number of letters that were looked at; each is looked at once, so a second call goes on with the next ones.
        Letters that are not read, or whose notice waits, stay whole.
        """
        ...

    async def look_at_clock(self, *, now: dt.datetime) -> ClockObservation:
        """Record the time *now* of the clock, and give the observation that follows: whether the clock can be trusted.

        Idempotent for the same *now*.
        """
        ...
