"""Addresses whose mail failed for now again and again, for a person to look at: each held or freed by a button beside it."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.manage.records import list_bounces
from bouncer.manage.suppressing import check_addresses
from bouncer.pages.page_route import Visit
from bouncer.ports.letters import BounceFilter, Page
from bouncer.verdict.verdict import Category

SOFT_DAYS, SOFT_READ, SOFT_SHOWN = 14, 500, 10
"""Days, reports (the newest), and addresses of the list of repeated failures: reading them takes a hundredth of a second."""
HELD_DAYS = 30
"""Days for which the button beside such an address suppresses it, as on its own page."""
REPEATED = 3
"""Failures for now of one address that are worth a look."""


@dataclass(frozen=True, slots=True)
class RepeatedFailure:
    """An address whose mail failed *count* times for now; *is_held*: no mail goes to it."""

    address: str
    account: str
    count: int
    is_held: bool


async def repeated_failures(visit: Visit) -> Sequence[RepeatedFailure]:
    """Give the addresses whose mail failed for now most often."""
    which = BounceFilter(category=Category.SOFT, since=visit.now - dt.timedelta(days=SOFT_DAYS))
    rows = await list_bounces(visit.store, visit.scope, visit.parameters["account"], which, Page(SOFT_READ))
    counted = Counter((row.account or "", row.recipient) for row in rows)
    often = [(*key, count) for key, count in counted.most_common(SOFT_SHOWN) if count >= REPEATED]
    return [await _failing(visit, account, address, count) for account, address, count in often]


async def _failing(visit: Visit, account: str, address: str, count: int) -> RepeatedFailure:
    (checked,) = await check_addresses(visit.store, visit.scope, account, [address], stream=None, now=visit.now)
    return RepeatedFailure(address, account, count, is_held=checked.suppressed)
