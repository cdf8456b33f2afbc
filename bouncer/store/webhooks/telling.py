"""Events of accounts for their endpoints, written in the transaction of the change that they tell of."""

import datetime as dt
from collections.abc import Iterable, Mapping

import sqlalchemy as sa

from bouncer.policy.account_events import AccountEvent, account_entries, any_wants
from bouncer.policy.webhooks import Endpoint, EventType
from bouncer.ports.webhooks import WebhookState
from bouncer.store.outbox.rows import add_rows, new_row
from bouncer.store.tables import webhooks
from bouncer.store.webhooks.endpoints import endpoint_of

Endpoints = Mapping[str, tuple[Endpoint, ...]]
"""The endpoints of accounts, by account."""

_OF_ACCOUNTS = (
    sa.select(webhooks)
    .where(webhooks.c.account.in_(sa.bindparam("names", expanding=True)), webhooks.c.state != WebhookState.ENDED)
    .order_by(webhooks.c.id)
)


def endpoints_for(connection: sa.Connection, accounts: Iterable[str], *types: EventType) -> Endpoints:
    """Give the endpoints of the accounts in which somebody wants events of one of *types*; others are missing."""
    by_account: dict[str, tuple[Endpoint, ...]] = {}
    for row in connection.execute(_OF_ACCOUNTS, {"names": sorted(set(accounts))}):
        by_account[row.account] = (*by_account.get(row.account, ()), endpoint_of(row))
    return {account: endpoints for account, endpoints in by_account.items() if any_wants(endpoints, *types)}


def tell(
    connection: sa.Connection, endpoints: Endpoints, events: Iterable[tuple[str, AccountEvent]], *, now: dt.datetime
) -> None:
    """Add the entries of *events*, each with its account, to the outbox: they are about no letter."""
    events_of: dict[str, list[AccountEvent]] = {}
    for account, event in events:
        events_of.setdefault(account, []).append(event)
    rows = [
        new_row(entry, letter_id=None, account=account, message_id=entry.event, now=now)
        for account, of_account in events_of.items()
        for entry in account_entries(endpoints.get(account, ()), of_account, account)
    ]
    add_rows(connection, rows)
