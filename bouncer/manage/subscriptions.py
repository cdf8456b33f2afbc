"""Subscriptions: destinations that get an account's events beside its owners' mails."""

import datetime as dt

from bouncer.errors import NotFound
from bouncer.manage.scopes import known_account, require_account
from bouncer.policy.notifications import Subscription
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store


async def add_subscription(store: Store, scope: Scope, subscription: Subscription, now: dt.datetime) -> None:
    """Subscribe a destination to an account's events; where it is subscribed already, change its topics.

    The caller has checked that the channel can use the destination. Raises NotFound for an unknown account.
    """
    account = await known_account(store, scope, subscription.account)
    if not await store.subscribe(scope, subscription, now=now):
        raise NotFound(f"there is no account {account.name!r}")


async def remove_subscription(store: Store, scope: Scope, account: str, channel: str, destination: str) -> None:
    """Unsubscribe a destination; entries that wait for it are dropped.

    Raises NotFound for an unknown account, and for a destination that does not hear of it.
    """
    await require_account(store, scope, account)
    if not await store.unsubscribe(scope, account, channel, destination):
        raise NotFound(f"{channel} {destination} does not hear of {account}")
