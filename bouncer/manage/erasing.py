"""Erasing a person's addresses: all rows that name them are deleted, and suppressions in force stay in force."""

import datetime as dt
from collections.abc import Sequence

from bouncer.errors import InvalidValue
from bouncer.mail.address import is_plausible
from bouncer.manage.change_values import ChangedBy
from bouncer.manage.scopes import recorded_scope
from bouncer.ports.erasures import Erasure, ErasureOrder
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store

MOST_ERASED = 100
"""Addresses of one erasure: all are looked for at once in the texts of every letter."""
MOST_IN_JOB = 5000
"""Addresses of one job, which is an erasure for each MOST_ERASED of them: SendGrid's own limit."""
_MAX_SHOWN = 100
"""Characters of a malformed address that an error repeats."""


async def erase_addresses(
    store: Store,
    scope: Scope,
    name: str | None,
    addresses: Sequence[str],
    *,
    by: ChangedBy,
    now: dt.datetime,
    keeps_suppressions: bool = True,
) -> Erasure:
    """Erase up to MOST_ERASED *addresses* of the account *name*, a removed one too, or of all inside *scope*.

    With *keeps_suppressions* mail to them is still refused where it is refused now. Raises NotFound for an unknown account,
    InvalidValue for a malformed address or too many; then nothing is erased.
    """
    _refuse_unusable(addresses, MOST_ERASED, "addresses")
    scope_of_account = await recorded_scope(store, scope, name)
    return await store.erase(scope_of_account, ErasureOrder(addresses, by.source, by.words, now, keeps_suppressions))


async def erase_by_job(
    store: Store, scope: Scope, name: str, addresses: Sequence[str], *, job: str, by: ChangedBy, now: dt.datetime
) -> None:
    """Erase up to MOST_IN_JOB *addresses* of the account *name*, part by part, and return when all are erased.

    Mail to them is still refused where it is refused now. The audit trail names the *job*. Raises as ``erase_addresses``, before
    anything is erased; any other error leaves the parts before it in force, and the call can be repeated.
    """
    distinct = list(dict.fromkeys(addresses))
    _refuse_unusable(distinct, MOST_IN_JOB, "email_addresses")
    scope_of_account = await recorded_scope(store, scope, name)
    for start in range(0, len(distinct), MOST_ERASED):
        part = distinct[start : start + MOST_ERASED]
        await store.erase(scope_of_account, ErasureOrder(part, by.source, f"{by.words}, job {job}", now))


def _refuse_unusable(addresses: Sequence[str], limit: int, field: str) -> None:
    if len(addresses) > limit:
        raise InvalidValue(f"more than {limit} addresses at once", field=field)
    for address in addresses:
        if not is_plausible(address):
            raise InvalidValue(f"{address[:_MAX_SHOWN]!r} is no mail address", field=field)
