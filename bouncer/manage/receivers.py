"""Receivers: the failures at each in the last day, compared with the week before, from the counts of sends; no bounce is read.

A sender's mail goes to any number of domains, so only those that fail most are compared.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain

from bouncer.manage.scopes import recorded_scope
from bouncer.policy.rates import Rates, sum_up
from bouncer.ports.scope import Scope
from bouncer.ports.sends import Count, SendFilter
from bouncer.ports.store import Store
from bouncer.verdict.provider import KNOWN_DOMAINS, provider
from bouncer.verdict.verdict import Reason

DAYS_BEFORE = 7
"""Days that the last one is compared with: each day of the week is among them."""
MOST_DOMAINS = 100
"""Domains that are compared, those with the most failures, beside those of known providers: some ten milliseconds."""
SMALL_DOMAINS = ""
"""The name under which the roll-up puts small domains together."""
_HOUR = dt.timedelta(hours=1)


class ReceiversBy(StrEnum):
    """The dimension by which failures are grouped."""

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
        """Failures of an average day of those before."""
        return failures(self.before) / DAYS_BEFORE


@dataclass(frozen=True, slots=True)
class ReceiverComparison:
    """Groups, most failures first; *further*: the number of others that fail, each less than any domain among the groups.

    *total* is the sum of all groups.
    """

    lines: Sequence[ReceiverLine]
    total: ReceiverLine
    further: int


def failures(rates: Rates) -> int:
    """Give the number of failures of any category."""
    return sum(rates.reasons.values())


async def compare_receivers(
    store: Store, scope: Scope, name: str | None, by: ReceiversBy, *, now: dt.datetime
) -> ReceiverComparison:
    """Compare mail that was sent in the last 24 hours with that of the days before.

    Compares mail of the account *name*, a removed one too, or with None all mail inside *scope*. Raises NotFound.
    """
    scope_of_account = await recorded_scope(store, scope, name)
    since = now.replace(minute=0, second=0, microsecond=0) - 23 * _HOUR
    first = since - dt.timedelta(days=DAYS_BEFORE)
    domains, failing_counts = await _domains(store, scope_of_account, by, since)
    stored = (by.value,) if domains is None else ("domain",)
    of_day = await store.counts(scope_of_account, SendFilter(domains=domains, since=since), stored)
    of_week = await store.counts(scope_of_account, SendFilter(domains=domains, since=first, before=since), stored)
    recent, earlier = _group_counts(of_day, by), _group_counts(of_week, by)
    compared_domains = {count.domain for count in of_day if isinstance(count.event, Reason)}
    lines = [
        ReceiverLine(group, sum_up(recent[group]), sum_up(earlier[group])) for group in sorted({*recent, *earlier})
    ]
    lines.sort(key=lambda line: (-line.failed, -line.usual, line.group))
    total = ReceiverLine("", sum_up(chain(*recent.values())), sum_up(chain(*earlier.values())))
    return ReceiverComparison(lines, total, max(0, failing_counts - len(compared_domains)))


async def _domains(store: Store, scope: Scope, by: ReceiversBy, since: dt.datetime) -> tuple[Sequence[str] | None, int]:
    """Give the domains to compare, and the number of all that fail; None where groups are not of domains."""
    if by not in (ReceiversBy.PROVIDER, ReceiversBy.DOMAIN):
        return None, 0
    failing_counts = await store.failing_domains(scope, since, limit=MOST_DOMAINS)
    provider_domains = KNOWN_DOMAINS if by is ReceiversBy.PROVIDER else ()
    return sorted({*failing_counts.names, *provider_domains, SMALL_DOMAINS}), failing_counts.number


def _group_counts(counts: Sequence[Count], by: ReceiversBy) -> defaultdict[str, list[tuple[str, int]]]:
    groups = defaultdict[str, list[tuple[str, int]]](list)
    for count in counts:
        groups[_group(count, by)].append((count.event.value, count.count))
    return groups


def _group(count: Count, by: ReceiversBy) -> str:
    match by:
        case ReceiversBy.PROVIDER:
            return provider(count.domain)
        case ReceiversBy.HOUR:
            return f"{count.hour:%H}" if count.hour else ""
        case _:
            return str(getattr(count, by.value))
