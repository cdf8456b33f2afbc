"""Subscriptions in the store: destinations of channels that get an account's events, beside the mails to its owners."""

import datetime as dt

import sqlalchemy as sa

from bouncer.policy.notifications import Subscription
from bouncer.policy.records import EntryState
from bouncer.store.engine.engine import insert
from bouncer.store.tables import accounts, outbox, subscriptions


def subscriptions_by_account(connection: sa.Connection) -> dict[str, tuple[Subscription, ...]]:
    """Give all subscriptions by account, in a stable order."""
    subscribed: dict[str, tuple[Subscription, ...]] = {}
    ordered = sa.select(subscriptions).order_by(subscriptions.c.channel, subscriptions.c.destination)
    for row in connection.execute(ordered):
        subscription = Subscription(row.account, row.channel, row.destination, row.topics)
        subscribed[row.account] = (*subscribed.get(row.account, ()), subscription)
    return subscribed


def subscribe(connection: sa.Connection, subscription: Subscription, *, now: dt.datetime) -> bool:
    """Add a subscription, or change its topics; False where the account is unknown."""
    account_exists = sa.select(accounts.c.name).where(accounts.c.name == subscription.account)
    if connection.scalar(account_exists) is None:
        return False
    row = {
        "account": subscription.account,
        "channel": subscription.channel,
        "destination": subscription.destination,
        "topics": subscription.topics,
        "created_at": now,
    }
    insertion = insert(connection, subscriptions).values(row)
    key = ["account", "channel", "destination"]
    connection.execute(insertion.on_conflict_do_update(index_elements=key, set_={"topics": insertion.excluded.topics}))
    return True


def unsubscribe(connection: sa.Connection, account: str, channel: str, destination: str, *, now: dt.datetime) -> bool:
    """Delete a subscription and drop the outbox entries that wait for it; False where there is none."""
    keys = {"account": account, "channel": channel, "destination": destination}
    where = sa.and_(*(subscriptions.c[name] == key for name, key in keys.items()))
    if not connection.execute(sa.delete(subscriptions).where(where)).rowcount:
        return False
    is_unsent = outbox.c.state.in_((EntryState.WAITING, EntryState.HELD))
    entries = sa.and_(is_unsent, *(outbox.c[name] == key for name, key in keys.items()))
    dropped = {"state": EntryState.DROPPED.value, "ended_at": now}
    connection.execute(sa.update(outbox).where(entries).values(dropped))
    return True
