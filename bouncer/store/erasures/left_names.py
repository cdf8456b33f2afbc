"""Names that people of an account gave, and that an erasure leaves: how many of them name an erased address.

The operation of an account hangs on them: a report finds its owner by an alias, a webhook its reader by a URL.
"""

from typing import Any

import sqlalchemy as sa

from bouncer.ports.scope import Scope
from bouncer.store.engine.queries import with_pauses
from bouncer.store.erasures.erased_address import ErasedAddresses
from bouncer.store.scoping import scope_checks
from bouncer.store.tables import accounts, aliases, api_keys, send_totals, subscriptions, taught_rules, webhooks

NAME_COLUMNS: tuple[tuple[sa.Column[Any], sa.Column[Any] | None], ...] = (
    *((accounts.c.name, accounts.c.name), (accounts.c.owners, accounts.c.name), (accounts.c.senders, accounts.c.name)),
    *((aliases.c.address, aliases.c.account), (subscriptions.c.destination, subscriptions.c.account)),
    *(
        (api_keys.c.label, api_keys.c.account),
        (webhooks.c.label, webhooks.c.account),
        (webhooks.c.url, webhooks.c.account),
    ),
    *((send_totals.c.campaign, send_totals.c.account), (send_totals.c.stream, send_totals.c.account)),
    *((taught_rules.c.phrases, None), (taught_rules.c.before, None), (taught_rules.c.after, None)),
)
"""Each column of such names, with the one of its account; None where only the operator gives them."""


def count_names(connection: sa.Connection, scope: Scope, erased: ErasedAddresses) -> int:
    """Count the labels, URLs and other given names that contain an address. Only reads."""
    return sum(_count(connection, column, account, scope, erased) for column, account in NAME_COLUMNS)


def _count(
    connection: sa.Connection,
    column: sa.Column[Any],
    account: sa.Column[Any] | None,
    scope: Scope,
    erased: ErasedAddresses,
) -> int:
    if account is None and scope.account is not None:
        return 0
    checks = () if account is None else scope_checks(scope, account)
    names = set[Any]()
    for condition in erased.may_name([column]):
        names.update(with_pauses(connection.scalars(sa.select(column).where(condition, *checks).distinct())))
    return sum(any(map(erased.names, name if isinstance(name, tuple) else (name,))) for name in names)
