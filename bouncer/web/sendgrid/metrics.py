"""SendGrid's metrics, computed from our counts."""

from collections import Counter
from collections.abc import Iterable

from bouncer.policy.address_list import INVALID_REASONS
from bouncer.policy.rates import sum_up

METRICS = (
    *("blocks", "bounce_drops", "bounces", "clicks", "deferred", "delivered", "invalid_emails", "opens", "processed"),
    *("requests", "spam_report_drops", "spam_reports", "unique_clicks", "unique_opens"),
    *("unsubscribe_drops", "unsubscribes"),
)
"""SendGrid's names. Metrics that we do not count are 0: clicks, opens, and the causes of drops, which are all ``bounce_drops``."""
PROVIDER_METRICS = (
    *("blocks", "bounces", "clicks", "deferred", "delivered", "drops", "opens", "processed", "requests"),
    *("spam_reports", "unique_clicks", "unique_opens"),
)


def metrics_of(counts: Iterable[tuple[str, int]], names: tuple[str, ...] = METRICS) -> dict[str, int]:
    """Give the metrics *names* of pairs (event, number)."""
    pairs = list(counts)
    summed = sum_up(pairs)
    dropped = summed.dropped + summed.refused
    invalid = sum(count for name, count in pairs if name in INVALID_REASONS)
    counts_by_name = Counter(
        blocks=summed.blocked,
        bounce_drops=dropped,
        drops=dropped,
        bounces=summed.hard - invalid,
        deferred=summed.soft + summed.technical + summed.other,
        delivered=summed.delivered,
        invalid_emails=invalid,
        processed=summed.sent,
        requests=summed.sent + dropped,
        spam_reports=summed.complained,
        unsubscribes=summed.unsubscribed,
    )
    return {name: counts_by_name[name] for name in names}
