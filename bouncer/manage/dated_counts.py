"""Counts of sends and failures for each day. The counts come from the roll-ups; no bounce is read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from enum import StrEnum

from bouncer.manage.scopes import known_account
from bouncer.ports.scope import AccountScope, Scope
from bouncer.ports.sends import SendFilter
from bouncer.ports.store import Store

DatedCounts = Mapping[tuple[dt.date, str], list[tuple[str, int]]]
"""By the first day of a period and by group: the events that were counted, each with its number."""


class Period(StrEnum):
    """The length of a period that counts are summed up over."""

    DAY = "day"
    WEEK = "week"  # from Monday on
    MONTH = "month"

    def first_day(self, day: dt.date) -> dt.date:
        """Give the first day of the period in which *day* lies."""
        if self is Period.WEEK:
            return day - dt.timedelta(days=day.weekday())
        return day.replace(day=1) if self is Period.MONTH else day


class CountedBy(StrEnum):
    """The dimension of the roll-ups by which counts are grouped beside the period, or none."""

    NOTHING = ""
    CAMPAIGN = "campaign"
    DOMAIN = "domain"


async def dated_counts(
    store: Store, scope: Scope, name: str, first: dt.datetime, after: dt.datetime, period: Period, by: CountedBy
) -> DatedCounts:
    """Give the counts of the account *name* of sends from *first* on and before *after*, both in UTC. Raises NotFound."""
    account = await known_account(store, scope, name)
    group_by = ("hour", by.value) if by else ("hour",)
    sums = defaultdict[tuple[dt.date, str], list[tuple[str, int]]](list)
    for count in await store.counts(AccountScope(account.name), SendFilter(since=first, before=after), group_by):
        assert count.hour is not None
        group = getattr(count, by.value) if by else ""
        sums[period.first_day(count.hour.date()), group].append((count.event.value, count.count))
    return sums
