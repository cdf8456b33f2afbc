"""The port RecordLists on an SQL engine, and the lists of the port LetterStore: each page is one transaction."""

import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Protocol, TypeVar

from bouncer.ports.address_lists import ListPlace
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, LetterRow, Page
from bouncer.ports.record_lists import (
    AddressRecords,
    BouncePage,
    ChangePage,
    CountedBounces,
    LetterPage,
    NewestRefusals,
    OutcomeCount,
    RepeatedFailures,
)
from bouncer.ports.scope import Scope
from bouncer.store import address_records
from bouncer.store.bounces import bounces, offset_pages, outcome_counts, repeated
from bouncer.store.engine.engine import Engine
from bouncer.store.letters import listing
from bouncer.store.suppressions.importing import SuppressionImports
from bouncer.store.suppressions.places import ListPlaces

_Row_co = TypeVar("_Row_co", covariant=True)


class _PartOfList(Protocol[_Row_co]):
    """A page of a list of letters or bounces; *next* is where the next page begins, None at the end."""

    @property
    def rows(self) -> Sequence[_Row_co]: ...

    @property
    def next(self) -> int | None: ...


class SqlRecordLists:
    """The port RecordLists; its docstrings hold here."""

    _engine: Engine
    _imports: SuppressionImports
    _places: ListPlaces

    async def letters(self, scope: Scope, criteria: LetterFilter, page: Page) -> Sequence[LetterRow]:
        """List letters, page by page until there are enough."""
        return await _rows_of(partial(self.letter_page, scope, criteria), page)

    async def letters_after(self, scope: Scope, criteria: LetterFilter, page: ChangePage) -> LetterPage:
        """Give one page of letters, oldest first, each once."""
        return await self._engine.read(listing.oldest_first, scope, criteria, page)

    async def letter_page(self, scope: Scope, criteria: LetterFilter, page: Page) -> LetterPage:
        """Give one page of letters."""
        return await self._engine.read(listing.page, scope, criteria, page)

    async def bounces(self, scope: Scope, criteria: BounceFilter, page: Page) -> Sequence[BounceRow]:
        """List bounces, page by page until there are enough."""
        return await _rows_of(partial(self.bounce_page, scope, criteria), page)

    async def records_of_address(
        self, scope: Scope, account: str, address: str, *, now: dt.datetime, page: Page
    ) -> AddressRecords:
        """Give the records of one address."""
        if not scope.covers(account):
            return AddressRecords(None, (), (), (), ())
        await self._imports.settle()
        return await self._engine.read(address_records.read_records, account, address, now=now, page=page)

    async def bounce_page(self, scope: Scope, criteria: BounceFilter, page: Page) -> BouncePage:
        """Give one page of bounces."""
        return await self._engine.read(bounces.page, scope, criteria, page)

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
        """Give the bounces after an offset, part by part."""
        if is_stopped is not None:
            await self._imports.settle()
        of_list = scope.account, criteria, is_stopped
        place = self._places.find(of_list, offset, now) if offset else None
        walk = offset_pages.Walk(0 if place else offset, limit)
        before = place.id if place else None
        while not walk.is_over:
            part = await self._engine.read(
                offset_pages.choose_ids, scope, criteria, before, is_stopped=is_stopped, now=now
            )
            before = walk.add(part)
        rows = await self._engine.read(bounces.read_in_order, walk.page)
        if rows:
            self._places.remember(of_list, offset + len(walk.page), ListPlace(rows[-1].at, walk.page[-1]), now)
        return CountedBounces(rows, walk.total + (offset if place else 0))

    async def count_outcomes(self, scope: Scope, since: dt.datetime, *, limit: int) -> Sequence[OutcomeCount]:
        """Count the newest bounces by outcome."""
        return await self._engine.read(outcome_counts.count_newest, scope, since, limit)

    async def refusals(
        self, scope: Scope, since: dt.datetime, before: dt.datetime | None, *, limit: int
    ) -> NewestRefusals:
        """Count the newest bounces by what names their server."""
        return await self._engine.read(outcome_counts.refusals, scope, since, before, limit)

    async def repeated_failures(self, scope: Scope, since: dt.datetime, *, fewest: int, limit: int) -> RepeatedFailures:
        """Give the addresses that failed again and again."""
        return await self._engine.read(repeated.failures, scope, since, fewest, limit)

    async def bounces_after(self, scope: Scope, criteria: BounceFilter, page: ChangePage) -> BouncePage:
        """Give one page of bounces, oldest first, each once."""
        return await self._engine.read(bounces.oldest_first, scope, criteria, page)

    async def bounce_changes(self, scope: Scope, criteria: BounceFilter, page: ChangePage) -> BouncePage:
        """Give one page of bounces, oldest first."""
        return await self._engine.read(bounces.changes, scope, criteria, page)


async def _rows_of(read: Callable[[Page], Awaitable[_PartOfList[_Row_co]]], page: Page) -> list[_Row_co]:
    """Read pages until there are the rows that *page* asks for, or no more: a page may have fewer rows than its limit."""
    rows, before = list[_Row_co](), page.before
    while len(rows) < page.limit:
        part = await read(Page(page.limit - len(rows), before))
        rows += part.rows
        if part.next is None:
            break
        before = part.next
    return rows
