"""Saved filters: the filters of the page Activity that a person keeps by a name, and the port that keeps them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bouncer.ports.scope import Scope


@dataclass(frozen=True, slots=True)
class FilterOwner:
    """The owner of saved filters: a person, in the scope of an account (None: of all accounts)."""

    account: str | None
    person: str


@dataclass(frozen=True, slots=True)
class SavedFilter:
    """A person's filter: its *name*, and its *words* as the URL has them (``category=block&since=2026-11-01``)."""

    id: str
    account: str | None
    person: str
    name: str
    words: str
    saved_at: dt.datetime


class SavedFilters(Protocol):
    """Keeps saved filters. A call that returns has committed; one that raises StoreError changed nothing."""

    async def save_filter(self, scope: Scope, new: SavedFilter, *, limit: int) -> bool:
        """Save a filter, in the place of the person's filter of the same name.

        False, and nothing changes, where its account is unknown or outside *scope*, or the person has *limit* already.
        """
        ...

    async def saved_filters(self, scope: Scope, owner: FilterOwner) -> Sequence[SavedFilter]:
        """Give the filters of *owner*, by name; none where the account is outside *scope*."""
        ...

    async def delete_filter(self, scope: Scope, owner: FilterOwner, filter_id: str) -> bool:
        """Delete a filter. Idempotent; False where *owner* has none with that id, or the account is outside *scope*."""
        ...
