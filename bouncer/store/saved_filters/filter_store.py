"""The port SavedFilters on an SQL engine: each method is one transaction."""

from collections.abc import Sequence

from bouncer.ports.saved_filters import FilterOwner, SavedFilter
from bouncer.ports.scope import Scope
from bouncer.store.engine.engine import Engine
from bouncer.store.saved_filters import saved_filters


class SqlSavedFilters:
    """The port SavedFilters; its docstrings hold here."""

    _engine: Engine

    async def save_filter(self, scope: Scope, new: SavedFilter, *, limit: int) -> bool:
        """Save a filter; an account's scope saves only filters of that account."""
        return scope.covers(new.account) and await self._engine.write(saved_filters.save, new, limit=limit)

    async def saved_filters(self, scope: Scope, owner: FilterOwner) -> Sequence[SavedFilter]:
        """Give the filters of a person."""
        return await self._engine.read(saved_filters.list_filters, owner) if scope.covers(owner.account) else ()

    async def delete_filter(self, scope: Scope, owner: FilterOwner, filter_id: str) -> bool:
        """Delete a filter of a person."""
        return scope.covers(owner.account) and await self._engine.write(saved_filters.delete, owner, filter_id)
