"""Records: lists of bounces and letters, and one letter as it came."""

import asyncio
import dataclasses
import datetime as dt
from dataclasses import dataclass

from bouncer.errors import Conflict, InvalidValue, NotFound
from bouncer.mail.letter import spell_id
from bouncer.mail.short_id import ids_of_millisecond, short_id
from bouncer.manage.scopes import recorded_scope
from bouncer.ports.letters import BounceFilter, BounceRow, KeptLetter, LetterFilter, LetterRow, Page
from bouncer.ports.record_lists import (
    BouncePage,
    ChangePage,
    CountedBounces,
    LetterPage,
    OutcomeCount,
    RepeatedFailures,
)
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store
from bouncer.verdict.provider import PROVIDERS

SETTLED = dt.timedelta(seconds=90)
"""The age at which a record is among the changes: no transaction that writes records waits and runs for so long."""

MOST_PARTS = 100
"""Parts of a list that one walk reads, each a query of bounded work."""
ROWS_OF_A_PART = 100
"""Bounces of a part of a long list: making values of them takes a few milliseconds."""
_OF_MILLISECOND = 100
"""Bounces that are read at once to find a short id: a millisecond has a few."""


@dataclass(frozen=True, slots=True)
class RecordedReading:
    """The recorded reading of a letter: the letter's facts, and each recipient's with evidence and belief."""

    letter: LetterRow
    recipients: tuple[BounceRow, ...]


@dataclass(frozen=True, slots=True)
class BounceWalk:
    """A walk through a list of bounces: in which direction, beyond which id (None: from the end), and for how many."""

    limit: int
    oldest_first: bool = False
    after_id: int | None = None


_PROVIDERS = {name.casefold(): name for name in PROVIDERS}


async def list_bounces(
    store: Store, scope: Scope, name: str | None, criteria: BounceFilter, page: Page
) -> list[BounceRow]:
    """Give bounces, newest first, of an account, a removed one too, or all inside *scope*. Raises NotFound, InvalidValue."""
    return list(await store.bounces(await recorded_scope(store, scope, name), checked_filter(criteria), page))


async def newest_bounces(
    store: Store, scope: Scope, name: str | None, criteria: BounceFilter, limit: int
) -> list[BounceRow]:
    """Give up to *limit* bounces as ``list_bounces`` does, in parts: a letter that comes meanwhile waits for one of them only."""
    rows, before = list[BounceRow](), None
    while len(rows) < limit:
        part = await list_bounces(store, scope, name, criteria, Page(min(ROWS_OF_A_PART, limit - len(rows)), before))
        rows += part
        if len(part) < ROWS_OF_A_PART:
            break
        before = part[-1].id
        await asyncio.sleep(0)
    return rows


async def count_outcomes(store: Store, scope: Scope, since: dt.datetime, *, limit: int) -> list[OutcomeCount]:
    """Count the newest bounces inside *scope* since then, *limit* of them, by outcome."""
    return list(await store.count_outcomes(scope, since, limit=limit))


async def repeated_failures(
    store: Store, scope: Scope, name: str | None, since: dt.datetime, *, fewest: int, limit: int
) -> RepeatedFailures:
    """Give the addresses with soft failures again and again, of an account or all inside *scope*. Raises NotFound."""
    return await store.repeated_failures(await recorded_scope(store, scope, name), since, fewest=fewest, limit=limit)


async def bounce_page(store: Store, scope: Scope, name: str | None, criteria: BounceFilter, page: Page) -> BouncePage:
    """Give a page of bounces, newest first, in bounded time whatever the filter. Raises NotFound, InvalidValue."""
    return await store.bounce_page(await recorded_scope(store, scope, name), checked_filter(criteria), page)


async def bounce_changes(
    store: Store, scope: Scope, name: str | None, criteria: BounceFilter, *, after: int, limit: int, now: dt.datetime
) -> BouncePage:
    """Give the bounces after the id *after*, oldest first, each once, of those that are SETTLED. Raises NotFound, InvalidValue."""
    scope_of_account = await recorded_scope(store, scope, name)
    return await store.bounce_changes(
        scope_of_account, checked_filter(criteria), ChangePage(limit, after, now - SETTLED)
    )


async def letter_changes(
    store: Store, scope: Scope, name: str | None, criteria: LetterFilter, *, after: int, limit: int, now: dt.datetime
) -> LetterPage:
    """Give the letters after the id *after*, oldest first, each once, of those that are SETTLED and read.

    Raises NotFound, InvalidValue.
    """
    scope_of_account, criteria = await recorded_scope(store, scope, name), _checked_letter_filter(criteria)
    return await store.letters_after(scope_of_account, criteria, ChangePage(limit, after, now - SETTLED))


async def walked_bounces(
    store: Store, scope: Scope, name: str, criteria: BounceFilter, walk: BounceWalk, *, now: dt.datetime
) -> list[BounceRow]:
    """Give up to *walk.limit* bounces of an account beyond a place, in the order of the walk. Raises NotFound, InvalidValue.

    Fewer are given where the list ends, and where few of MOST_PARTS parts of it fit.
    """
    scope_of_account, filter_in_force = await recorded_scope(store, scope, name), checked_filter(criteria)
    rows, place = list[BounceRow](), walk.after_id
    for _ in range(MOST_PARTS):
        limit = walk.limit - len(rows)
        if walk.oldest_first:
            page = await store.bounces_after(
                scope_of_account, filter_in_force, ChangePage(limit, place or 0, now + SETTLED)
            )
        else:
            page = await store.bounce_page(scope_of_account, filter_in_force, Page(limit, place))
        rows += page.rows
        place = page.next
        if place is None or len(rows) >= walk.limit:
            break
    return rows


async def counted_bounces(
    store: Store,
    scope: Scope,
    name: str,
    criteria: BounceFilter,
    *,
    is_stopped: bool | None,
    offset: int,
    limit: int,
    now: dt.datetime,
) -> CountedBounces:
    """Give the bounces of an account after the *offset* newest ones, and count them. Raises NotFound, InvalidValue."""
    scope_of_account, filter_in_force = await recorded_scope(store, scope, name), checked_filter(criteria)
    return await store.bounces_from(
        scope_of_account, filter_in_force, is_stopped=is_stopped, offset=offset, limit=limit, now=now
    )


async def bounce_by_short_id(store: Store, scope: Scope, name: str, number: int) -> BounceRow:
    """Give the bounce of an account with a short id. Raises NotFound, and Conflict in the very rare case that two have it."""
    scope_of_account = await recorded_scope(store, scope, name)
    least, before = ids_of_millisecond(number)
    found_rows = list[BounceRow]()
    while before > least:
        rows = await store.bounces(scope_of_account, BounceFilter(), Page(_OF_MILLISECOND, before))
        found_rows += [row for row in rows if row.id >= least and short_id(row.id) == number]
        before = rows[-1].id if len(rows) == _OF_MILLISECOND else least
    if len(found_rows) > 1:
        raise Conflict(f"two bounces have the id {number}: ask for them by their addresses", field="id")
    if not found_rows:
        raise NotFound(f"there is no bounce {number}")
    return found_rows[0]


async def letter_page(store: Store, scope: Scope, name: str | None, criteria: LetterFilter, page: Page) -> LetterPage:
    """Give a page of letters, newest first, in bounded time whatever the filter. Raises NotFound, InvalidValue."""
    scope_of_account = await recorded_scope(store, scope, name)
    return await store.letter_page(scope_of_account, _checked_letter_filter(criteria), page)


def _checked_letter_filter(criteria: LetterFilter) -> LetterFilter:
    return dataclasses.replace(criteria, reporting=criteria.reporting and checked_filter(criteria.reporting))


def checked_filter(criteria: BounceFilter) -> BounceFilter:
    """Give a filter with the provider's name as it is spelled. Raises InvalidValue for an unknown provider."""
    if criteria.provider is None:
        return criteria
    return dataclasses.replace(criteria, provider=known_provider(criteria.provider))


def known_provider(name: str) -> str:
    """Give the provider's name as it is spelled, by its *name* in any case. Raises InvalidValue for an unknown provider."""
    provider = _PROVIDERS.get(name.casefold())
    if provider is None:
        raise InvalidValue(f"{name!r} is no provider that is known: {', '.join(PROVIDERS)}", field="provider")
    return provider


async def list_letters(
    store: Store, scope: Scope, name: str | None, criteria: LetterFilter, page: Page
) -> list[LetterRow]:
    """Give letters, newest first, of an account, a removed one too, or all inside *scope*. Raises NotFound."""
    return list(await store.letters(await recorded_scope(store, scope, name), criteria, page))


async def recorded_reading(store: Store, scope: Scope, letter_id: int, page: Page) -> RecordedReading:
    """Give the recorded reading of a letter, with a *page* of its recipients; its octets are not read again.

    Raises NotFound where it is unknown or outside *scope*.
    """
    rows = await store.letters(scope, LetterFilter(), Page(1, letter_id + 1))
    if not rows or rows[0].letter_id != letter_id:
        raise NotFound(f"there is no letter {spell_id(letter_id)}")
    recipients = await store.bounces(scope, BounceFilter(letter_id=letter_id), page)
    return RecordedReading(rows[0], tuple(recipients))


async def kept_letter(store: Store, scope: Scope, letter_id: int) -> KeptLetter:
    """Give one letter with its octets. Raises NotFound where it is unknown, outside *scope*, or its octets are forgotten."""
    letter = await store.letter(scope, letter_id)
    if letter is None:
        raise NotFound(f"there is no letter {spell_id(letter_id)}, or its octets are not kept any more")
    return letter
