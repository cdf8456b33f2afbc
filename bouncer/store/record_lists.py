"""The port RecordLists on an SQL engine, and the lists of the port LetterStore: each page is one transaction."""

from collections.abc import Sequence

from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, LetterRow, Page
from bouncer.ports.record_lists import BouncePage, ChangePage, LetterPage
from bouncer.ports.scope import Scope
from bouncer.store.bounces import bounces
from bouncer.store.engine.engine import Engine
from bouncer.store.letters import listing


class SqlRecordLists:
    """The port RecordLists; its docstrings hold here."""

    _engine: Engine

    async def letters(self, scope: Scope, which: LetterFilter, page: Page) -> Sequence[LetterRow]:
        """List letters, page by page until there are enough."""
        rows, before = list[LetterRow](), page.before
        while len(rows) < page.limit:
            part = await self.letter_page(scope, which, Page(page.limit - len(rows), before))
            rows += part.rows
            if part.next is None:
                break
            before = part.next
        return rows

    async def letter_page(self, scope: Scope, which: LetterFilter, page: Page) -> LetterPage:
        """Give one page of letters."""
        return await self._engine.read(listing.page, scope, which, page)

    async def bounces(self, scope: Scope, which: BounceFilter, page: Page) -> Sequence[BounceRow]:
        """List bounces, page by page until there are enough."""
        rows, before = list[BounceRow](), page.before
        while len(rows) < page.limit:
            part = await self.bounce_page(scope, which, Page(page.limit - len(rows), before))
            rows += part.rows
            if part.next is None:
                break
            before = part.next
        return rows

    async def bounce_page(self, scope: Scope, which: BounceFilter, page: Page) -> BouncePage:
        """Give one page of bounces."""
        return await self._engine.read(bounces.page, scope, which, page)

    async def bounce_changes(self, scope: Scope, which: BounceFilter, page: ChangePage) -> BouncePage:
        """Give one page of bounces, oldest first."""
        return await self._engine.read(bounces.changes, scope, which, page)
