"""The queue of notices: listing, showing, retrying and dropping them, by number or by a filter.

To a caller, a notice outside its scope does not exist.
"""

import datetime as dt
from collections.abc import Sequence

from bouncer.errors import NotFound
from bouncer.manage.scopes import recorded_scope
from bouncer.policy.records import EntryState
from bouncer.ports.letters import Page
from bouncer.ports.outbox import EntryFilter, OutboxEntry
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

RETRIED = (EntryState.WAITING, EntryState.GIVEN_UP)
"""States that are retried where the caller names none: neither held for a digest, nor dropped by somebody."""
MAY_BE_RETRIED = (*RETRIED, EntryState.HELD, EntryState.DROPPED)
MAY_BE_DROPPED = (EntryState.WAITING, EntryState.HELD)


async def list_queue(
    store: Store, scope: Scope, name: str | None, *, state: EntryState | None, to: str | None, page: Page
) -> list[OutboxEntry]:
    """Give the notices of an account, a removed one too, or all inside *scope*, newest first.

    Raises NotFound for an unknown account.
    """
    return list(await store.entries(await recorded_scope(store, scope, name), state=state, page=page, to=to))


async def show_notice(store: Store, scope: Scope, number: int) -> OutboxEntry:
    """Give the notice *number*. Raises NotFound where there is none inside *scope*."""
    entry = await store.entry(scope, number)
    if entry is None:
        raise NotFound(f"there is no notice {number}")
    return entry


async def retry_notices(store: Store, scope: Scope, numbers: Sequence[int], *, now: dt.datetime) -> list[bool]:
    """Send notices now. Gives by number whether that is done: False where the notice was sent already, or does not exist."""
    return [await store.retry_entry(scope, number, now=now) for number in numbers]


async def drop_notices(store: Store, scope: Scope, numbers: Sequence[int], *, now: dt.datetime) -> list[bool]:
    """Drop notices. Gives by number whether that is done: False where the notice does not wait, or does not exist."""
    return [await store.drop_entry(scope, number, now=now) for number in numbers]


async def count_notices(store: Store, scope: Scope, name: str | None, criteria: EntryFilter) -> int:
    """Count the notices of an account, or all inside *scope*, that *criteria* choose. Raises NotFound for an unknown account."""
    return await store.count_entries(await recorded_scope(store, scope, name), criteria)


async def retry_all(store: Store, scope: Scope, name: str | None, criteria: EntryFilter, *, now: dt.datetime) -> int:
    """Send now all notices that ``count_notices`` counts and that do not leave at this moment; gives how many.

    Raises NotFound for an unknown account.
    """
    return await store.retry_entries(await recorded_scope(store, scope, name), criteria, now=now)


async def drop_all(store: Store, scope: Scope, name: str | None, criteria: EntryFilter, *, now: dt.datetime) -> int:
    """Drop the notices that ``count_notices`` counts; gives how many. Raises NotFound for an unknown account."""
    return await store.drop_entries(await recorded_scope(store, scope, name), criteria, now=now)
