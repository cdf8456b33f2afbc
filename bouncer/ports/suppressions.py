"""Suppressions, the allow-list and the audit trail, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.policy.records import Release, Suppression
from bouncer.ports.letters import Page


@dataclass(frozen=True, slots=True)
class TrailRow:
    """An entry of the audit trail: one change of what an account sends to an address."""

    id: int
    at: dt.datetime
    account: str
    address: str
    stream: str
    change: str  # "suppressed", "freed", "allowed", "disallowed"
    reason: str
    until: dt.datetime | None
    source: str  # "bounce", "command", "import", "key"
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
class MergedRows:
    """How far an import is that is in force: what was brought to its place now, and what of all so far."""

    count: int
    left: bool
    new: int  # or longer than what stood there
    kept_out: int  # by the allow-list


class SuppressionList(Protocol):
    """Whom an account's mail must not go to; every change of it is in the audit trail."""

    def suppressed_now(
        self, account: str, form: str, stream: str, *, folds: bool = False, now: dt.datetime
    ) -> Suppression | None:
        """Give a suppression in force for an address in comparable form. Without leaving the event loop.

        *folds*: one of any spelling of its mailbox at Gmail, as the account asks today. Raises StoreError.
        """
        ...

    async def warm(self) -> None:
        """Have what ``suppressed_now`` looks into where it is quick to look into; it answers before that, too."""
        ...

    async def suppress(self, suppression: Suppression) -> bool:
        """Suppress an address; False where it already was (the longer of the two times stays) or is on the allow-list."""
        ...

    async def release(self, release: Release) -> bool:
        """Lift the suppressions of an address; False where there was none."""
        ...

    async def suppressions(
        self, *, account: str | None, now: dt.datetime, page: Page
    ) -> Sequence[tuple[int, Suppression]]:
        """List suppressions in force, newest first, each with its id."""
        ...

    async def suppressed(
        self, account: str, addresses: Sequence[str], *, now: dt.datetime, stream: str | None = None
    ) -> dict[str, Suppression]:
        """Say which of *addresses* are suppressed now, keyed as they were asked; in any stream where none is named."""
        ...

    async def in_force(self, account: str, address: str, *, now: dt.datetime) -> Sequence[Suppression]:
        """Give every suppression of one address, of all streams."""
        ...

    async def allow(self, allowed: Allowed, *, source: str) -> bool:
        """Never suppress it again, and lift what stands; False where it was on the allow-list."""
        ...

    async def disallow(self, allowed: Allowed, *, source: str) -> bool:
        """Take it off the allow-list; False where it was not on it."""
        ...

    async def allow_list(self, account: str | None) -> Sequence[Allowed]:
        """Give the allow-list, in order of address."""
        ...

    async def trail(self, *, account: str | None, address: str | None, page: Page) -> Sequence[TrailRow]:
        """List changes, newest first."""
        ...

    async def open_import(self, *, now: dt.datetime) -> str:
        """Begin an import; gives its name."""
        ...

    async def stage(self, name: str, suppressions: Sequence[Suppression]) -> None:
        """Lay a part of the import *name* ready, and let others write; nothing of it is in force."""
        ...

    async def take_staged(self, name: str, *, now: dt.datetime) -> None:
        """Put all of the import *name* in force at once, for every process."""
        ...

    async def place_staged(self, name: str) -> MergedRows:
        """Bring a part of an import that is in force to its place, and let others write; until nothing is left.

        Where nobody does, the next who changes or lists suppressions does.
        """
        ...

    async def drop_staged(self, name: str) -> None:
        """Forget what was laid ready and is not in force."""
        ...
