"""The trend: sent and failed mail on each of the last days, by the roll-ups. No bounce is read."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from bouncer.policy.rates import Rates, sum_up
from bouncer.ports.scope import Scope
from bouncer.ports.store import Store


@dataclass(frozen=True, slots=True)
class TrendDay:
    """The counts of mail that was sent on a UTC day."""

    day: dt.date
    rates: Rates


async def trend(store: Store, scope: Scope, *, days: int, now: dt.datetime) -> list[TrendDay]:
    """Give the counts inside *scope* of the last *days* days, oldest first, the day of *now* among them; each day has an entry."""
    today = now.astimezone(dt.UTC).date()
    first = today - dt.timedelta(days=days - 1)
    events = defaultdict[dt.date, list[tuple[str, int]]](list)
    for count in await store.daily_counts(scope, first, days=days):
        events[count.day].append((count.event.value, count.count))
    dates = (first + dt.timedelta(days=n) for n in range(days))
    return [TrendDay(date, sum_up(events[date])) for date in dates]
