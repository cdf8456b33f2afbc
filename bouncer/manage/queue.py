"""The queue: the notices on their way, listed, looked at, sent now or never; one by one, or all that a filter means.

The outbox itself is not scoped yet: an account's queue is narrowed by the filter, and single notices are the operator's.
"""

import datetime as dt
from collections.abc import Sequence

from bouncer.errors import NotFound
from bouncer.manage.scopes import recorded_scope
from bouncer.policy.records import ParcelState
from bouncer.ports.letters import Page
from bouncer.ports.outbox import OutboxEntry, ParcelFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store

RETRIED = (ParcelState.WAITING, ParcelState.GIVEN_UP)
"""What is sent now where no state is named: not what waits for a digest, nor what somebody dropped."""
MAY_BE_RETRIED = (*RETRIED, ParcelState.HELD, ParcelState.DROPPED)
MAY_BE_DROPPED = (ParcelState.WAITING, ParcelState.HELD)


async def list_queue(
    store: Store, name: str | None, *, state: str | None, to: str | None, page: Page
) -> list[OutboxEntry]:
    """Give the notices of an account, removed ones too, or all, newest first. Raises NotFound for an unknown account."""
    await recorded_scope(store, OPERATOR, name)
    return list(await store.outbox(state=state, page=page, account=name, to=to))


async def show_notice(store: Store, number: int) -> OutboxEntry:
    """Give the notice *number*. Raises NotFound."""
    entry = await store.parcel(number)
    if entry is None:
        raise NotFound(f"there is no notice {number}")
    return entry


async def retry_notices(store: Store, numbers: Sequence[int], *, now: dt.datetime) -> list[bool]:
    """Send notices now; gives of each whether it could be: not one that was sent, or that there is not."""
    return [await store.retry_parcel(number, now=now) for number in numbers]


async def drop_notices(store: Store, numbers: Sequence[int], *, now: dt.datetime) -> list[bool]:
    """Never send notices; gives of each whether it could be: not one that does not wait, or that there is not."""
    return [await store.drop_parcel(number, now=now) for number in numbers]


async def count_notices(store: Store, which: ParcelFilter) -> int:
    """Count the notices that are meant. Raises NotFound for an unknown account."""
    await recorded_scope(store, OPERATOR, which.account)
    return await store.count_parcels(which)


async def retry_all(store: Store, which: ParcelFilter, *, now: dt.datetime) -> int:
    """Send now all that are meant and do not leave at this moment; gives how many. Raises NotFound for an unknown account."""
    await recorded_scope(store, OPERATOR, which.account)
    return await store.retry_parcels(which, now=now)


async def drop_all(store: Store, which: ParcelFilter, *, now: dt.datetime) -> int:
    """Never send any that are meant; gives how many. Raises NotFound for an unknown account."""
    await recorded_scope(store, OPERATOR, which.account)
    return await store.drop_parcels(which, now=now)
