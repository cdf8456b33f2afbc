"""Suppressions, the allow-list and the audit trail, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from bouncer.policy.records import ChangeSource, Release, Suppression
from bouncer.ports.letters import Page
from bouncer.ports.scope import Scope


class TrailChange(StrEnum):
    """What an entry of the audit trail says."""

    SUPPRESSED = "suppressed"
    FREED = "freed"
    ALLOWED = "allowed"
    DISALLOWED = "disallowed"


@dataclass(frozen=True, slots=True)
class TrailRow:
    """An entry of the audit trail: one change of what an account sends to an address."""

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
    """What an import changed, in rows."""

    new: int
    """Suppressed now, and not before or not for as long."""
    kept_out: int
    """Not suppressed, as they are on the allow-list."""


class SuppressionList(Protocol):
    """Whom an account's mail must not go to; every change of it is in the audit trail, in the same commit.

    Addresses are compared as the account compares them. A call that returns has committed; one that raises StoreError has
    changed nothing.
    """

    def suppressed_now(
        self, scope: Scope, account: str, form: str, stream: str, *, folds: bool = False, now: dt.datetime
    ) -> Suppression | None:
        """Give a suppression of *account*'s in force for an address in comparable form. Without leaving the event loop.

        *folds*: one of any spelling of its mailbox at Gmail, as the account asks today. None where there is none, or the
        account is unknown or outside *scope*. Raises StoreError.
        """
        ...

    async def warm(self) -> None:
        """Read what ``suppressed_now`` looks into, so that it is in memory; ``suppressed_now`` answers before that, too."""
        ...

    async def suppress(self, scope: Scope, suppression: Suppression) -> bool:
        """Suppress an address; where it is suppressed already, the later of the two ends holds.

        False where it was suppressed already, or is on the allow-list; for an account outside *scope* nothing changes, and
        the answer is False, too.
        """
        ...

    async def release(self, scope: Scope, release: Release) -> bool:
        """Lift the suppressions of an address, in all streams. Idempotent; False where there was none inside *scope*."""
        ...

    async def suppressions(self, scope: Scope, *, now: dt.datetime, page: Page) -> Sequence[tuple[int, Suppression]]:
        """List suppressions in force inside *scope*, newest first, each with its id, from which a page goes on."""
        ...

    async def suppressed(
        self, scope: Scope, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
    ) -> dict[str, Suppression]:
        """Give the suppressions of *addresses* in force for *account*, keyed as they were asked; of any stream where none is named.

        Empty for an account that is unknown or outside *scope*.
        """
        ...

    async def in_force(self, scope: Scope, account: str, address: str, *, now: dt.datetime) -> Sequence[Suppression]:
        """Give every suppression of one address of *account*'s, of all streams; none for an account outside *scope*."""
        ...

    async def allow(self, scope: Scope, allowed: Allowed, *, source: ChangeSource) -> bool:
        """Put an entry on the allow-list and lift what is suppressed of it: it is never suppressed again.

        Idempotent. False where it was on the list; for an account outside *scope* nothing changes, and the answer is False, too.
        """
        ...

    async def disallow(self, scope: Scope, allowed: Allowed, *, source: ChangeSource) -> bool:
        """Take an entry off the allow-list. Idempotent; False where it was not on the list inside *scope*."""
        ...

    async def allow_list(self, scope: Scope) -> Sequence[Allowed]:
        """Give the allow-list inside *scope*, in order of address."""
        ...

    async def trail(self, scope: Scope, *, address: str | None, page: Page) -> Sequence[TrailRow]:
        """List changes inside *scope*, newest first, of *address* (or of this entry of the allow-list) or of any."""
        ...

    async def import_suppressions(
        self, scope: Scope, rows: Iterable[Suppression], *, merged: Callable[[int], None] = lambda _count: None
    ) -> ImportResult:
        """Suppress all *rows*, at once for every process when the last one is read, or none of them.

        *rows* are taken a few thousand at a time, and others write in between. An error that they raise, and a cancelled
        call, before all is in force changes nothing; what a killed process leaves of such an import is forgotten within a
        day. From then on the import is durable; merging it into the list changes no answer, and where that is interrupted,
        the next call that changes or lists suppressions goes on with it. *merged* is called with 0 when all is in force, and
        then with the number of rows of each part that was merged. Rows outside *scope* are passed over.
        """
        ...
