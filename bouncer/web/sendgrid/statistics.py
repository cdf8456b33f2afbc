"""SendGrid's statistics: all mail, by category (campaign here), by mailbox provider, and classes of failures."""

import dataclasses
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from typing import Any

from bouncer.manage.dated_counts import CountedBy, DatedCounts, Period, dated_counts
from bouncer.policy.bounce_classes import CLASS_NAMES, class_of
from bouncer.verdict.provider import provider
from bouncer.verdict.verdict import Reason
from bouncer.web.exporting import CSV, Export, ExportFormat
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.metrics import METRICS, PROVIDER_METRICS, metrics_of
from bouncer.web.sendgrid.parameters import account_of

USUAL_DAYS = 30
"""Days of classifications for a request that names no first day."""
MOST_DAYS = 1100
"""Days of one answer: three years."""
MOST_NAMES = 10
"""Categories, or providers, of one answer: SendGrid's own limit."""
KNOWN_FOR = dt.timedelta(days=400)
"""The time for which a category without mail is still listed."""
_DAY = dt.timedelta(days=1)
_SMALL = "Other"

Names = tuple[str, ...]


def _span(request: ApiRequest) -> tuple[dt.datetime, dt.datetime]:
    """Give the first moment of the days that are asked for, and the first after them."""
    first, last = request.parameters["start_date"], request.parameters["end_date"]
    if first is None:
        raise ProblemError(422, "start_date is missing.", parameter="start_date")
    today = request.now.replace(hour=0, minute=0, second=0, microsecond=0)
    after = (max(today, first) if last is None else last) + _DAY
    if not dt.timedelta() < after - first <= MOST_DAYS * _DAY:
        raise ProblemError(422, f"end_date must be 0 to {MOST_DAYS} days after start_date.", parameter="end_date")
    return first, after


def _set_first_day(request: ApiRequest) -> ApiRequest:
    """Set the first day of a request that names none, so that it asks for ``USUAL_DAYS`` days."""
    if request.parameters["start_date"] is not None:
        return request
    last = request.parameters["end_date"] or request.now.replace(hour=0, minute=0, second=0, microsecond=0)
    first = last - (USUAL_DAYS - 1) * _DAY
    return dataclasses.replace(request, parameters={**request.parameters, "start_date": first})


async def _counts(request: ApiRequest, by: CountedBy, period: Period) -> DatedCounts:
    first, after = _span(request)
    return await dated_counts(request.store, request.scope, account_of(request), first, after, period, by)


def _dates(request: ApiRequest, period: Period) -> Sequence[dt.date]:
    """Give the first day of each period of the page."""
    first, after = _span(request)
    days = (first.date() + number * _DAY for number in range((after - first).days))
    dates = list(dict.fromkeys(map(period.first_day, days)))
    start, limit = request.parameters.get("offset", 0), request.parameters.get("limit", MOST_DAYS)
    return dates[start : start + limit]


async def all_by_date(request: ApiRequest) -> Any:
    """Give the metrics of all mail by date."""
    period = request.parameters["aggregated_by"]
    counts = await _counts(request, CountedBy.NOTHING, period)
    return [
        {"date": date.isoformat(), "stats": [{"metrics": metrics_of(counts.get((date, ""), ()))}]}
        for date in _dates(request, period)
    ]


def _named_group(
    request: ApiRequest, counts: DatedCounts, names: Iterable[str], kind: str, metrics: tuple[str, ...]
) -> list[dict[str, Any]]:
    """Write for each date the metrics of each name."""
    in_order = tuple(names)
    return [
        {
            "date": date.isoformat(),
            "stats": [
                {"type": kind, "name": name, "metrics": metrics_of(counts.get((date, name), ()), metrics)}
                for name in in_order
            ],
        }
        for date in _dates(request, request.parameters["aggregated_by"])
    ]


def _names_asked(request: ApiRequest, parameter: str, *, is_needed: bool) -> Names:
    names: Names = request.parameters[parameter] or ()
    if len(names) > MOST_NAMES or (is_needed and not names):
        least = 1 if is_needed else 0
        raise ProblemError(422, f"Name {least} to {MOST_NAMES} {parameter}.", parameter=parameter)
    return names


async def categories_by_date(request: ApiRequest) -> Any:
    """Give the metrics of some categories by date."""
    names = _names_asked(request, "categories", is_needed=True)
    counts = await _counts(request, CountedBy.CAMPAIGN, request.parameters["aggregated_by"])
    return _named_group(request, counts, names, "category", METRICS)


async def category_sums(request: ApiRequest) -> Any:
    """Give the metrics of all categories, sorted by one metric."""
    counts = await _counts(request, CountedBy.CAMPAIGN, Period.DAY)
    summed = defaultdict[str, list[tuple[str, int]]](list)
    for (_, name), pairs in counts.items():
        if name:
            summed[name] += pairs
    rows: list[dict[str, Any]] = [
        {"type": "category", "name": name, "metrics": metrics_of(pairs)} for name, pairs in sorted(summed.items())
    ]
    metric = request.parameters["sort_by_metric"]
    rows.sort(key=lambda row: row["metrics"][metric], reverse=request.parameters["sort_by_direction"] == "desc")
    first = request.parameters["offset"]
    date = request.parameters["start_date"].date().isoformat()
    return {"date": date, "stats": rows[first : first + request.parameters["limit"]]}


async def categories(request: ApiRequest) -> Any:
    """Give the names of the categories."""
    name, after = account_of(request), request.now + _DAY
    counts = await dated_counts(
        request.store, request.scope, name, after - KNOWN_FOR, after, Period.MONTH, CountedBy.CAMPAIGN
    )
    begins = request.parameters["category"] or ""
    names = sorted({campaign for _, campaign in counts if campaign and campaign.startswith(begins)})
    first = request.parameters["offset"]
    return [{"category": campaign} for campaign in names[first : first + request.parameters["limit"]]]


async def providers_by_date(request: ApiRequest) -> Any:
    """Give the metrics of mailbox providers by date."""
    by_domain = await _counts(request, CountedBy.DOMAIN, request.parameters["aggregated_by"])
    counts = defaultdict[tuple[dt.date, str], list[tuple[str, int]]](list)
    for (date, domain), pairs in by_domain.items():
        provider_name = provider(domain) if domain else _SMALL
        counts[date, _SMALL if provider_name == domain else provider_name] += pairs
    names = _names_asked(request, "mailbox_providers", is_needed=False) or sorted({name for _, name in counts})
    return _named_group(request, counts, names, "mailbox_provider", PROVIDER_METRICS)


async def classes(request: ApiRequest) -> Any:
    """Give the failures of each date by classification."""
    request = _set_first_day(request)
    counts = await _counts(request, CountedBy.NOTHING, Period.DAY)
    by_date = {
        date: _sum_counts((class_of(event), count) for event, count in _failures(pairs))
        for (date, _), pairs in counts.items()
    }
    return _write_classified(request, by_date, "classification")


async def domains_of_class(request: ApiRequest) -> Any:
    """Give the failures of one classification by date and domain."""
    request, name = _set_first_day(request), request.parameters["name"]
    class_name = next((class_name for class_name in CLASS_NAMES if name in (class_name, class_name.lower())), None)
    if class_name is None:
        raise ProblemError(404, f"There is no classification {name!r}.")
    by_date = defaultdict[dt.date, Counter[str]](Counter)
    for (date, domain), pairs in (await _counts(request, CountedBy.DOMAIN, Period.DAY)).items():
        if failed := sum(count for event, count in _failures(pairs) if class_of(event) == class_name):
            by_date[date][domain] += failed
    return _write_classified(request, by_date, "domain")


def _failures(pairs: Iterable[tuple[str, int]]) -> Iterable[tuple[str, int]]:
    return ((event, count) for event, count in pairs if event in set(Reason))


def _sum_counts(pairs: Iterable[tuple[str, int]]) -> Counter[str]:
    counts = Counter[str]()
    for name, count in pairs:
        counts[name] += count
    return counts


def _write_classified(request: ApiRequest, by_date: Mapping[dt.date, Counter[str]], column: str) -> Any:
    """Write counts by date, the greatest first; as a table for a client that asks for CSV."""
    rows: list[dict[str, Any]] = [
        {
            "date": date.isoformat(),
            "stats": [{column: name, "count": count} for name, count in by_date[date].most_common()],
        }
        for date in _dates(request, Period.DAY)
        if by_date.get(date)
    ]
    if request.parameters["accept"] != CSV:
        return {"result": rows}
    lines = [{"date": row["date"], **line} for row in rows for line in row["stats"]]
    return Export(ExportFormat.CSV, ("date", column, "count"), _one_page(lines))


async def _one_page(lines: Sequence[dict[str, Any]]) -> AsyncIterator[Sequence[dict[str, Any]]]:
    yield lines
