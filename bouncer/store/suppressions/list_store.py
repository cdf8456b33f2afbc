"""The port AddressLists on an SQL engine."""

import datetime as dt
from collections.abc import Sequence

from bouncer.policy.address_list import AddressList
from bouncer.policy.records import Release
from bouncer.ports.address_lists import ListedAddress, ListFilter, ListPage
from bouncer.ports.scope import Scope
from bouncer.store.bounces import blocks
from bouncer.store.engine.engine import Engine
from bouncer.store.engine.values import in_parts
from bouncer.store.suppressions import list_removal, listing
from bouncer.store.suppressions.importing import SuppressionImports
from bouncer.store.suppressions.places import ListPlaces


class SqlAddressLists:
    """The port AddressLists; its docstrings hold here."""

    _engine: Engine
    _imports: SuppressionImports
    _places: ListPlaces

    async def listed_addresses(
        self,
        scope: Scope,
        account: str,
        listed_in: AddressList,
        criteria: ListFilter,
        page: ListPage,
        *,
        now: dt.datetime,
    ) -> Sequence[ListedAddress]:
        """Give a page of a list."""
        if not scope.covers(account):
            return ()
        await self._imports.settle()
        of_list = account, listed_in, criteria
        known_place = (
            self._places.find(of_list, page.offset, now) if page.offset and not (page.after or page.before) else None
        )
        page_from_place = ListPage(page.limit, 0, known_place) if known_place else page
        if listed_in is AddressList.BLOCKS:
            rows = await self._engine.read(blocks.list_blocks, account, criteria, page_from_place)
        else:
            rows = await self._engine.read(
                listing.list_addresses, account, listed_in, criteria, page_from_place, now=now
            )
        if rows and page.after is None and page.before is None:
            self._places.remember(of_list, page.offset + len(rows), rows[-1].place, now)
        return rows

    async def find_listed(
        self, scope: Scope, account: str, listed_in: AddressList, address: str, *, now: dt.datetime
    ) -> ListedAddress | None:
        """Give one address of a list."""
        if not scope.covers(account):
            return None
        await self._imports.settle()
        if listed_in is AddressList.BLOCKS:
            return await self._engine.read(blocks.find, account, address)
        return await self._engine.read(listing.find, account, listed_in, address, now=now)

    async def take_off(self, scope: Scope, account: str, listed_in: AddressList, releases: Sequence[Release]) -> int:
        """Take addresses off a list."""
        if not scope.covers(account):
            return 0
        await self._imports.settle()
        count = 0
        for some in in_parts(releases):
            if listed_in is AddressList.BLOCKS:
                count += await self._engine.write(blocks.take_off, account, some)
            else:
                count += await self._engine.write(list_removal.take_off, account, listed_in, some)
        return count
