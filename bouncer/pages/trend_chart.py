"""The trend as a chart that is made on the server: a column for each day, its failures by category, readable as a table, too."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.manage.receivers import failures
from bouncer.manage.trend import TrendDay
from bouncer.pages.wording import category_label
from bouncer.policy.rates import Rates
from bouncer.verdict.verdict import Category

CHART_HEIGHT, CHART_WIDTH = 100, 480
"""Units of the chart's picture."""
_GAP = 4
"""Units between two columns."""
_COUNTS = {
    Category.HARD: "hard",
    Category.SOFT: "soft",
    Category.TECHNICAL: "technical",
    Category.BLOCK: "blocked",
    Category.OTHER: "other",
}
"""By category: the field of ``Rates``. The order is that of columns, from below, and of the table."""


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """The failures of one category on one day; *tone* is its colour, *top* and *height* are in units of the chart."""

    tone: str
    title: str
    top: int
    height: int


@dataclass(frozen=True, slots=True)
class ChartDay:
    """A day with its column and its line of the table; *sent* and *rate* are empty where nothing is known to be sent."""

    date: str
    mark: str
    left: int
    parts: Sequence[ColumnPart]
    counts: Sequence[str]
    failed: str
    sent: str
    rate: str


@dataclass(frozen=True, slots=True)
class TrendChart:
    """The chart: a sentence of it all, its days, its categories with their words."""

    answer: str
    days: Sequence[ChartDay]
    width: int
    """Units of a column."""
    categories: Sequence[tuple[str, str]]
    highest: str
    """The number of the highest column, by which the others are read."""
    knows_sends: bool


def trend_chart(days: Sequence[TrendDay], language: Language) -> TrendChart | None:
    """Draw the trend; None where nothing was sent and nothing failed."""
    highest = max((failures(day.rates) for day in days), default=0)
    sent = sum(day.rates.sent for day in days)
    if not highest and not sent:
        return None
    step = CHART_WIDTH // len(days)
    labels = {category: category_label(category, language) for category in _COUNTS}
    columns = [
        _day(day, place * step, CHART_HEIGHT / max(highest, 1), labels, language) for place, day in enumerate(days)
    ]
    categories = [(category.value, label) for category, label in labels.items()]
    answer, top = _answer(days, sent, language), language.number(highest)
    return TrendChart(answer, columns, step - _GAP, categories, top, knows_sends=sent > 0)


def _answer(days: Sequence[TrendDay], sent: int, language: Language) -> str:
    failed = sum(failures(day.rates) for day in days)
    rate = _rate(failed, sent, language)
    if not rate:
        words = (
            "{number} message of the last {days} days failed, as far as is known.",
            "{number} messages of the last {days} days failed, as far as is known.",
        )
        return language.count(*words, failed, days=len(days))
    return language.say(
        "Of {sent} messages of the last {days} days {failed} failed: {rate}.",
        sent=language.number(sent),
        days=len(days),
        failed=language.number(failed),
        rate=rate,
    )


def _rate(failed: int, sent: int, language: Language) -> str:
    """Write the part that failed; empty where nothing is known to be sent, or less than failed."""
    if not sent or failed > sent:
        return ""
    return language.percent(failed, sent)


def _day(day: TrendDay, left: int, scale: float, labels: Mapping[Category, str], language: Language) -> ChartDay:
    counts = {category: _count(day.rates, category) for category in _COUNTS}
    failed, sent, date = failures(day.rates), day.rates.sent, language.day(day.day)
    return ChartDay(
        date,
        _mark(day.day),
        left,
        _parts(counts, scale, {category: f"{date}, {label}" for category, label in labels.items()}, language),
        [language.number(count) for count in counts.values()],
        language.number(failed),
        language.number(sent) if sent else "",
        _rate(failed, sent, language),
    )


def _count(rates: Rates, category: Category) -> int:
    count: int = getattr(rates, _COUNTS[category])
    return count


def _mark(day: dt.date) -> str:
    """Write a day below its column: the month and the day, in the order of ISO 8601, which no language reads otherwise."""
    return f"{day:%m-%d}"


def _parts(
    counts: Mapping[Category, int], scale: float, titles: Mapping[Category, str], language: Language
) -> list[ColumnPart]:
    """Stack the categories of a day, each with at least one unit of height."""
    parts, stack_height = list[ColumnPart](), 0
    for category, count in counts.items():
        if count:
            height = max(1, round(count * scale))
            stack_height += height
            title = f"{titles[category]}: {language.number(count)}"
            parts.append(ColumnPart(category.value, title, CHART_HEIGHT - stack_height, height))
    return parts
