"""Addresses whose mail failed for now again and again, for a person to look at: each held or freed by a button beside it."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.manage.records import repeated_failures
from bouncer.manage.suppressing import check_addresses
from bouncer.pages.page_route import Visit
from bouncer.ports.record_lists import MOST_REPEATED_EXAMINED, RepeatedFailure, RepeatedFailures

SOFT_DAYS, SOFT_SHOWN = 14, 10
"""Days of the list of repeated failures, and its addresses."""
HELD_DAYS = 30
"""Days for which the button beside such an address suppresses it, as on its own page."""
REPEATED = 3
"""Least number of temporary failures with which an address is listed."""


@dataclass(frozen=True, slots=True)
class ShownRepeated:
    """The addresses that are shown, each with whether mail to it is suppressed; *further* is the number of the others."""

    rows: Sequence[tuple[RepeatedFailure, bool]]
    further: int
    examined: int | None  # the reports that were looked at, where there are more


async def failing_again(visit: Visit, *, limit: int) -> RepeatedFailures:
    """Give the addresses that the person may see whose mail failed for now most often, *limit* of them."""
    since, account = visit.now - dt.timedelta(days=SOFT_DAYS), visit.parameters.get("account")
    return await repeated_failures(visit.store, visit.scope, account, since, fewest=REPEATED, limit=limit)


async def shown_repeated(visit: Visit) -> ShownRepeated:
    """Give the list of the page Receivers."""
    failing = await failing_again(visit, limit=SOFT_SHOWN)
    suppressed = await find_held(visit, failing.rows)
    is_cut = failing.examined >= MOST_REPEATED_EXAMINED
    rows = [(row, row in suppressed) for row in failing.rows]
    return ShownRepeated(rows, failing.number - len(rows), failing.examined if is_cut else None)


async def find_held(visit: Visit, rows: Sequence[RepeatedFailure]) -> set[RepeatedFailure]:
    """Give those of *rows* to which no mail goes."""
    by_account = defaultdict[str, list[RepeatedFailure]](list)
    for row in rows:
        by_account[row.account].append(row)
    suppressed = set[RepeatedFailure]()
    for account, failing in by_account.items():
        addresses = [row.address for row in failing]
        checked = await check_addresses(visit.store, visit.scope, account, addresses, stream=None, now=visit.now)
        suppressed |= {row for row, answer in zip(failing, checked, strict=True) if answer.suppressed}
    return suppressed
