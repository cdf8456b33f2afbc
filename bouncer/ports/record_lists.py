"""Lists of letters and bounces in pages of bounded work, and the port that gives them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.ndr.reading import Action
from bouncer.policy.account_rules import AccountRules
from bouncer.policy.records import Belief, Suppression
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, LetterRow, Page
from bouncer.ports.scope import Scope
from bouncer.ports.suppressions import Allowed, TrailRow


@dataclass(frozen=True, slots=True)
class BouncePage:
    """A page of bounces, and the id from which the next page goes on; None after the last page.

    A page may have fewer rows than asked for, even none, and still another page after it: a filter that few rows match looks at
    a bounded number of rows for each page.
    """

    rows: Sequence[BounceRow]
    next: int | None


@dataclass(frozen=True, slots=True)
class AddressRecords:
    """The records of one address of an account: suppressions in force, entries of the allow-list that cover it, reports, changes.

    Changes of the entry of its domain come after those of the address itself; reports and changes are newest first. With them come
    the account's rules; None where there is no such account.
    """

    terms: AccountRules | None
    suppressions: tuple[Suppression, ...]
    allowed: tuple[Allowed, ...]
    bounces: tuple[BounceRow, ...]
    trail: tuple[TrailRow, ...]


@dataclass(frozen=True, slots=True)
class CountedBounces:
    """A page of bounces, and how many there are.

    *total* counts those before the page, on it, and up to COUNTED_BEYOND after it.
    """

    rows: Sequence[BounceRow]
    total: int


COUNTED_BEYOND = 10_000
"""Bounces behind a page that are counted: as far as Postmark itself lets a client go, and some fifty milliseconds."""
MOST_EXAMINED = 150_000
"""Bounces that a page with an offset looks at, those after it among them: under a second, in parts between which others work."""


@dataclass(frozen=True, slots=True)
class OutcomeCount:
    """The number of bounces that have the same outcome: action, category, belief, and whether an address was suppressed."""

    action: Action
    category: str | None
    belief: Belief
    suppressed: bool
    count: int


ANSWER_LENGTH = 1000
"""Characters of a server's answer that a ServerRefusals has: the server's name precedes it."""


@dataclass(frozen=True, slots=True)
class ServerRefusals:
    """The number of proven failures with the same reason and the same fields that may name the server.

    *diagnostic_code* and *evidence* are the first ANSWER_LENGTH characters; each field is None where the report had none.
    """

    remote_mta: str | None
    diagnostic_code: str | None
    evidence: str | None
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class NewestRefusals:
    """The refusals among *examined* bounces, of which the oldest came at *oldest*; None where there are no bounces."""

    rows: Sequence[ServerRefusals]
    examined: int
    oldest: dt.datetime | None


@dataclass(frozen=True, slots=True)
class RepeatedFailure:
    """An address of an account whose mail failed *count* times; *is_due*: a failure on one more day suppresses it."""

    account: str
    address: str
    count: int
    is_due: bool


@dataclass(frozen=True, slots=True)
class RepeatedFailures:
    """The addresses that failed again and again, those with most failures first, *number* of them in all.

    *examined* is the number of reports that were looked at.
    """

    rows: Sequence[RepeatedFailure]
    number: int
    examined: int


MOST_REPEATED_EXAMINED = 10_000
"""Reports, the newest, in which repeated failures are looked for: some twenty milliseconds."""


@dataclass(frozen=True, slots=True)
class LetterPage:
    """A page of letters, as ``BouncePage``."""

    rows: Sequence[LetterRow]
    next: int | None


@dataclass(frozen=True, slots=True)
class ChangePage:
    """A page of changes, oldest first: at most *limit* rows after the id *after*, of those made before *settled*.

    By *settled* every transaction that began before it has ended, so that no row appears later among those that were given.
    """

    limit: int
    after: int
    settled: dt.datetime


class RecordLists(Protocol):
    """Lists records by filters, and the changes of them."""

    async def bounce_page(self, scope: Scope, criteria: BounceFilter, page: Page) -> BouncePage:
        """Give one page of bounces inside *scope*, newest first, in bounded time whatever the filter."""
        ...

    async def records_of_address(
        self, scope: Scope, account: str, address: str, *, now: dt.datetime, page: Page
    ) -> AddressRecords:
        """Give the records of *address* of *account*, as the account compares addresses, out of one snapshot.

        *page* bounds the reports, and the changes of the address and of its domain each. Nothing for an account outside *scope*.
        """
        ...

    async def bounces_from(
        self,
        scope: Scope,
        criteria: BounceFilter,
        *,
        is_stopped: bool | None,
        offset: int,
        limit: int,
        now: dt.datetime,
    ) -> CountedBounces:
        """Give the bounces inside *scope* after the *offset* newest ones, newest first, and count them.

        *is_stopped*: only those to whose recipient mail of their stream is stopped at *now*, or only the others; None: all. A page
        whose offset is the end of a page that was read lately begins after that page's last bounce, whatever came since; any
        other offset is counted from the newest bounce. MOST_EXAMINED bounces are looked at.
        """
        ...

    async def count_outcomes(self, scope: Scope, since: dt.datetime, *, limit: int) -> Sequence[OutcomeCount]:
        """Count the newest bounces inside *scope* since then, *limit* of them, by outcome; no row of them is given."""
        ...

    async def refusals(
        self, scope: Scope, since: dt.datetime, before: dt.datetime | None, *, limit: int
    ) -> NewestRefusals:
        """Count the proven failures among the newest bounces inside *scope* of that time, *limit* of them, by server and reason.

        *before* None: up to now.
        """
        ...

    async def repeated_failures(self, scope: Scope, since: dt.datetime, *, fewest: int, limit: int) -> RepeatedFailures:
        """Give the *limit* addresses inside *scope* with *fewest* soft failures or more since then; unproven reports count nothing.

        MOST_REPEATED_EXAMINED reports are looked at.
        """
        ...

    async def bounces_after(self, scope: Scope, criteria: BounceFilter, page: ChangePage) -> BouncePage:
        """Give one page of bounces inside *scope* in the order of their records, oldest first; a later reading moves none."""
        ...

    async def bounce_changes(self, scope: Scope, criteria: BounceFilter, page: ChangePage) -> BouncePage:
        """Give one page of bounces inside *scope*, oldest first. Its ``next`` is never None: later changes come after it.

        Each bounce is given once when it is recorded, in the order of the records, and once more when its letter was read again.
        """
        ...

    async def letter_page(self, scope: Scope, criteria: LetterFilter, page: Page) -> LetterPage:
        """Give one page of letters inside *scope*, newest first, in bounded time whatever the filter."""
        ...

    async def letters_after(self, scope: Scope, criteria: LetterFilter, page: ChangePage) -> LetterPage:
        """Give one page of letters inside *scope* in the order of their arrival, oldest first; a later reading moves none.

        A letter is given once it and all before it, of the scope, are read; ``next`` is never None: later letters come after it.
        """
        ...
