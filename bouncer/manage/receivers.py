"""Receivers: what they refused in the last day, compared with the week before. The counts of sends tell it; no bounce is read."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bouncer.manage.scopes import recorded_scope
from bouncer.policy.rates import Rates, sum_up
from bouncer.ports.scope import Scope
from bouncer.ports.sends import Count, SendFilter
from bouncer.ports.store import Store
from bouncer.verdict.provider import provider

DAYS_BEFORE = 7
"""Days that the last one is compared with: each day of the week is among them."""
_HOUR = dt.timedelta(hours=1)


class ReceiversBy(StrEnum):
    """What failures are grouped by."""

    PROVIDER = "provider"
    DOMAIN = "domain"
    HOUR = "hour"
    CAMPAIGN = "campaign"
    STREAM = "stream"


@dataclass(frozen=True, slots=True)
class ReceiverLine:
    """A group with its counts of the last day, and those of all DAYS_BEFORE days before it.

    *group* is a name, or the hour of a day in UTC, two digits; empty for small domains, and for mail without a word.
    """

    group: str
    now: Rates
    before: Rates

    @property
    def failed(self) -> int:
        """Failures of the last day."""
        return failures(self.now)

    @property
    def usual(self) -> float:
        """Failures of a day of those before."""
        return failures(self.before) / DAYS_BEFORE


def failures(rates: Rates) -> int:
    """Give the number of failures of any category."""
    return sum(rates.reasons.values())


async def compare_receivers(
    store: Store, scope: Scope, name: str | None, by: ReceiversBy | None, *, now: dt.datetime
) -> list[ReceiverLine]:
    """Compare mail that was sent in the last 24 hours with that of the days before, most failures first; None: in one line.

    Of the account *name*, a removed one too, or all inside *scope*. Raises NotFound.
    """
    inside = await recorded_scope(store, scope, name)
    since = now.replace(minute=0, second=0, microsecond=0) - 23 * _HOUR
    first = since - dt.timedelta(days=DAYS_BEFORE)
    stored = () if by is None else ("domain",) if by is ReceiversBy.PROVIDER else (by.value,)
    recent = _grouped(await store.counts(inside, SendFilter(since=since), stored), by)
    earlier = _grouped(await store.counts(inside, SendFilter(since=first, before=since), stored), by)
    lines = [
        ReceiverLine(group, sum_up(recent[group]), sum_up(earlier[group])) for group in sorted({*recent, *earlier})
    ]
    return sorted(lines, key=lambda line: (-line.failed, -line.usual, line.group))


def _grouped(counts: Sequence[Count], by: ReceiversBy | None) -> defaultdict[str, list[tuple[str, int]]]:
    groups = defaultdict[str, list[tuple[str, int]]](list)
    for count in counts:
        groups[_group(count, by)].append((count.event.value, count.count))
    return groups


def _group(count: Count, by: ReceiversBy | None) -> str:
    match by:
        case None:
            return ""
        case ReceiversBy.PROVIDER:
            return provider(count.domain)
        case ReceiversBy.HOUR:
            return f"{count.hour:%H}" if count.hour else ""
        case _:
            return str(getattr(count, by.value))
