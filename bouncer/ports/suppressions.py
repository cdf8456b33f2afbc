"""Suppressions, the allow-list and the audit trail, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.imports import ImportLabel
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope


class TrailChange(StrEnum):
    """The kind of change that an entry of the audit trail records."""

    SUPPRESSED = "suppressed"
    FREED = "freed"
    ALLOWED = "allowed"
    DISALLOWED = "disallowed"
    ERASED = "erased"  # all that named an address, which the entry does not say
    ACCOUNT = "account"  # the account itself: its owners, terms or preferences


@dataclass(frozen=True, slots=True)
class TrailRow:
    """An entry of the audit trail: one change of an address's suppression, or of the allow-list."""

    id: int
    at: dt.datetime
    account: str
    address: str
    stream: str
    change: TrailChange
    reason: str
    until: dt.datetime | None
    source: ChangeSource
    letter_id: int | None
    rule: str | None
    why: str


@dataclass(frozen=True, slots=True)
class Allowed:
    """An entry of the allow-list: an address, or all of a domain as ``@example.org``."""

    account: str
    address: str
    at: dt.datetime
    why: str = ""


@dataclass(frozen=True, slots=True)
class ImportResult:
    """The result of an import, in rows."""

    new: int
    """Rows that suppressed an address, or prolonged its suppression."""
    kept_out: int
    """Rows that had no effect, as their address is on the allow-list."""
    id: str = ""
    """The id of the import; empty where nothing was imported."""


class SuppressionList(Protocol):
    """The addresses that an account's mail must not go to. The audit trail gets every change in the same commit.

    Addresses are compared as the account compares them. A call that returns has committed; one that raises StoreError has
    changed nothing.
    """

    async def warm(self) -> None:
        """Load the pages that ``suppressed`` reads into memory; ``suppressed`` answers before that, too. Idempotent."""
        ...

    async def suppress(self, scope: Scope, suppression: Suppression) -> bool:
        """Suppress an address; if it is suppressed already, the later of the two ends applies.

        False where it was suppressed already, or is on the allow-list; for an account outside *scope* nothing changes, and
        the answer is False, too. Calls at the same time share a commit, and count one after the other.
        """
        ...

    async def release(self, scope: Scope, release: Release) -> bool:
        """Lift the suppressions of an address, of all streams or of one. Idempotent; False where there was none inside *scope*."""
        ...

    async def suppressions(self, scope: Scope, *, now: dt.datetime, page: Page) -> Sequence[tuple[int, Suppression]]:
        """List suppressions in force inside *scope*, newest first, each with its id, from which a page goes on."""
        ...

    async def count_suppressions(self, scope: Scope, account: str, *, now: dt.datetime) -> int:
        """Count the suppressions of *account* that are in force, each stream's; 0 for an account outside *scope*."""
        ...

    async def suppressions_of(
        self, scope: Scope, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
    ) -> dict[str, Suppression]:
        """Give the suppressions of *addresses* in force for *account*, by address as given; addresses without one are missing.

        *stream* is the stream of a mail, which also the suppressions of all mail stop; empty for a mail of no stream. None asks
        for any stream. Calls at the same time share a query. Empty for an account that is unknown or outside *scope*.
        """
        ...

    async def all_suppressed(
        self, scope: Scope, account: str, addresses: Sequence[str], *, now: dt.datetime
    ) -> Mapping[str, tuple[Suppression, ...]]:
        """Give every suppression of *addresses* in force for *account*, of all streams, by address as given.

        Addresses without one are missing. Empty for an account that is unknown or outside *scope*.
        """
        ...

    async def suppressions_of_address(
        self, scope: Scope, account: str, address: str, *, now: dt.datetime
    ) -> Sequence[Suppression]:
        """Give every suppression of one address of *account*'s, of all streams; none for an account outside *scope*."""
        ...

    async def accounts_knowing(self, scope: Scope, address: str) -> frozenset[str]:
        """Give the names of the accounts inside *scope* that may know *address*: by a report, a change, a suppression or an entry.

        It is one transaction, however many accounts there are. Some of them may know another spelling only, or only the domain.
        """
        ...

    async def allow(self, scope: Scope, allowed: Allowed, *, source: ChangeSource) -> bool:
        """Put an entry on the allow-list and lift its suppressions; its addresses are not suppressed while it is there.

        Idempotent. False where it was on the list; for an account outside *scope* nothing changes, and the answer is False, too.
        """
        ...

    async def disallow(self, scope: Scope, allowed: Allowed, *, source: ChangeSource) -> bool:
        """Take an entry off the allow-list. Idempotent; False where it was not on the list inside *scope*."""
        ...

    async def allow_list(self, scope: Scope) -> Sequence[Allowed]:
        """Give the allow-list inside *scope*, in order of address."""
        ...

    async def allow_entries(self, scope: Scope, account: str, address: str) -> Sequence[Allowed]:
        """Give the entries of *account*'s allow-list that cover *address*: its own, and that of its domain, in order of address.

        Every spelling that the account takes for the same has an entry of its own. Gives nothing for an account outside *scope*.
        """
        ...

    async def trail(self, scope: Scope, *, address: str | None, page: Page) -> Sequence[TrailRow]:
        """List changes inside *scope*, newest first, of *address*, which may be an entry of the allow-list, or of any address."""
        ...

    async def import_suppressions(
        self,
        scope: Scope,
        rows: Iterable[Suppression],
        *,
        label: ImportLabel | None = None,
        merged: Callable[[int], None] = lambda _count: None,
    ) -> ImportResult:
        """Suppress all *rows*, or none: all come into force at once, for every process, when the last row is read.

        *rows* are read a few thousand at a time, and other writers write in between. If reading them raises an error or the call is
        cancelled before all are in force, nothing changes; rows that a killed process leaves are deleted within a day. Once in
        force, the import is durable. Merging it into the list changes no answer; after an interruption the next call that
        changes or lists suppressions continues. *merged* is called with 0 when all are in force, and then with the number of
        rows of each part that was merged. Rows outside *scope* are skipped. With *label* it is listed among the ``imports``, and
        can be undone.
        """
        ...

    async def tell_ended_suppressions(self, *, now: dt.datetime) -> int:
        """Add events to the outbox for the suppressions of all accounts whose time is over; give their number.

        Each endpoint of a webhook gets an event for each end since the last call, ``policy.account_events.MAX_CHANGES`` at most;
        a second call adds none for the same ends.
        """
        ...
