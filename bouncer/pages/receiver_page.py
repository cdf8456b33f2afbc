"""Receivers: "who rejects us since yesterday?" Each line has the week before beside it.

Rates are shown where sends are counted, else numbers of failures.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.compose.sentences import join_sentences
from bouncer.manage.receivers import ReceiverComparison, ReceiverLine, ReceiversBy, compare_receivers, failures
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.advice_texts import AdviceText, advice_on
from bouncer.pages.marks import cut
from bouncer.pages.page_route import PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.pages.repeated_failures import HELD_DAYS, SOFT_DAYS, shown_repeated
from bouncer.pages.wording import reason_title
from bouncer.policy.rates import Rates
from bouncer.policy.sign_in import Role
from bouncer.verdict.provider import PROVIDERS
from bouncer.verdict.verdict import Reason
from bouncer.web.parameter import MAX_TEXT, Parameter, word_of

LINES_SHOWN = 25
"""Groups that are shown, those with the most failures: with them the page stays below 60 kB."""
FEWEST, TIMES = 5, 2
"""Failures of a day, and times the usual number, from which on a group has more than usual."""
RAISED_SHOWN = 3
"""Groups with more failures than usual that sentences name."""
NAME_SHOWN = 60
"""Characters of a group's name in a sentence, as many as in the table."""
CHART_HEIGHT, BAR_WIDTH = 100, 20

_BY = Parameter("by", word_of(ReceiversBy), "what failures are grouped by", "provider")
_NAMES = {
    ReceiversBy.PROVIDER: "Provider",
    ReceiversBy.DOMAIN: "Domain",
    ReceiversBy.HOUR: "Hour",
    ReceiversBy.CAMPAIGN: "Campaign",
    ReceiversBy.STREAM: "Stream",
}
_UNNAMED = {ReceiversBy.PROVIDER: "small domains", ReceiversBy.DOMAIN: "small domains"}


@dataclass(frozen=True, slots=True)
class ShownReceiver:
    """A group in words; *rate* and *usual_rate* are empty where nothing is known to be sent."""

    name: str
    path: str | None  # the reports on it
    line: ReceiverLine
    rate: str
    usual: str
    usual_rate: str
    is_more: bool
    why: str
    advice: Sequence[AdviceText]


@dataclass(frozen=True, slots=True)
class ChartBar:
    """The failures of an hour of the last day, and their usual number; places and heights are in units of the chart."""

    hour: str
    failed: int
    usual: str
    left: int
    height: int
    usual_height: int


async def _receivers(visit: Visit) -> TemplatePage:
    account, language = visit.parameters["account"], visit.language
    by = visit.parameters["by"] or ReceiversBy.PROVIDER
    by_hour = await _compare(visit, ReceiversBy.HOUR)
    compared = by_hour if by is ReceiversBy.HOUR else await _compare(visit, by)
    total = by_hour.total
    lines = [line for line in compared.lines if line.failed or line.usual]
    is_compared = _has_week_before(total)
    raised_lines = [line for line in lines if by is not ReceiversBy.HOUR and _is_raised(line, by, total)]
    hours = {line.group: line for line in by_hour.lines}
    soft, bars = await shown_repeated(visit), _bars(hours, visit.now, language)
    values = {
        "answer": _answer(total, language),
        "tone": "hard"
        if raised_lines or _is_raised(total, by, total)
        else "good"
        if is_compared or not total.failed
        else "other",
        "raised": [_comparison(line, by, language) for line in raised_lines[:RAISED_SHOWN]],
        "knows_sends": total.now.sent > 0,
        "lines": [_show_receiver(line, by, visit, total) for line in lines[:LINES_SHOWN]],
        "is_compared": is_compared,
        "omitted": max(0, len(lines) - LINES_SHOWN) + compared.further,
        "bars": bars,
        "highest": _highest(bars, language),
        "soft": soft,
        "soft_days": SOFT_DAYS,
        "held_days": HELD_DAYS,
        "held_until": (visit.now + dt.timedelta(days=HELD_DAYS)).date().isoformat(),
        "by": by.value,
        "choices": [(choice.value, language.say(name)) for choice, name in _NAMES.items()],
        "account": account,
    }
    return TemplatePage("receivers.html.j2", {**values, "shows_account": visit.signed_in.account is None})


_NOTHING = Rates(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, {})


async def _compare(visit: Visit, by: ReceiversBy) -> ReceiverComparison:
    return await compare_receivers(visit.store, visit.scope, visit.parameters["account"], by, now=visit.now)


def _answer(total: ReceiverLine, language: Language) -> str:
    failed, usual = language.number(total.failed), usual_number(total.usual, language)
    if not _has_week_before(total):
        return join_sentences(_first_day(total, language), language)
    if total.now.sent:
        return language.say(
            "Since yesterday {failed} of {sent} messages failed: {rate}. In the week before: {usual}.",
            failed=failed,
            sent=language.number(total.now.sent),
            rate=_rate(total.now, language),
            usual=_rate(total.before, language) or language.say("unknown"),
        )
    return language.say(
        "Failures since yesterday: {failed}. In the week before: {usual} a day.",
        failed=failed,
        usual=usual,
    )


def _first_day(total: ReceiverLine, language: Language) -> Iterator[str]:
    """Give the sentences of a day before which nothing is known."""
    failed, sent, rate = language.number(total.failed), language.number(total.now.sent), _rate(total.now, language)
    if rate:
        yield language.say(
            "Since yesterday {failed} of {sent} messages failed: {rate}.", failed=failed, sent=sent, rate=rate
        )
    else:
        yield language.say("Failures since yesterday: {failed}.", failed=failed)
    if total.failed:
        yield language.say("Nothing is known of the week before, so nothing is compared.")


def usual_number(usual: float, language: Language) -> str:
    """Write the failures of an average day; a number above 0 is never rounded down to 0."""
    return "<1" if 0 < usual < 1 else language.number(round(usual))


def _rate(rates: Rates, language: Language) -> str:
    """Write the part that failed; empty where nothing is known to be sent."""
    return language.percent(failures(rates), rates.sent) if rates.sent else ""


def _has_week_before(line: ReceiverLine) -> bool:
    """Whether anything is known of the week before."""
    return line.before.sent > 0 or line.usual > 0


def _is_raised(line: ReceiverLine, by: ReceiversBy, total: ReceiverLine) -> bool:
    """Whether the last day has more failures than usual: by rate where sends are known for both, else by number.

    A group without earlier days may be new: a campaign or a stream is new; a receiver is new only where all sends are known.
    """
    may_be_new = by in (ReceiversBy.CAMPAIGN, ReceiversBy.STREAM) or total.before.sent > 0
    if line.failed < FEWEST or not _has_week_before(total) or (may_be_new and not _has_week_before(line)):
        return False
    if line.now.sent and line.before.sent:
        return line.now.rate > TIMES * line.before.rate
    return line.failed > TIMES * line.usual


def _path(line: ReceiverLine, by: ReceiversBy, visit: Visit) -> str | None:
    """Give the list of the reports on a group since yesterday; None where it has no name that can be asked for."""
    if not 0 < len(line.group) <= MAX_TEXT or by is ReceiversBy.HOUR:
        return None
    word = ReceiversBy.DOMAIN if by is ReceiversBy.PROVIDER and line.group not in PROVIDERS else by
    since = (visit.now - dt.timedelta(days=1)).date().isoformat()
    return link("/activity", since=since, **{word.value: line.group}, account=visit.parameters["account"])


def _show_receiver(line: ReceiverLine, by: ReceiversBy, visit: Visit, total: ReceiverLine) -> ShownReceiver:
    reason, language = next(iter(line.now.reasons), None), visit.language
    return ShownReceiver(
        _name(line, by, language),
        _path(line, by, visit),
        line,
        _rate(line.now, language),
        usual_number(line.usual, language) if _has_week_before(line) else "",
        _rate(line.before, language),
        _is_raised(line, by, total),
        reason_title(reason, language) if reason else "",
        advice_on(line.group if by is ReceiversBy.PROVIDER else None, Reason(reason), language) if reason else (),
    )


def _name(line: ReceiverLine, by: ReceiversBy, language: Language) -> str:
    name = f"{line.group}:00" if by is ReceiversBy.HOUR and line.group else line.group
    return name or language.say(_UNNAMED.get(by, "without a name"))


def _comparison(line: ReceiverLine, by: ReceiversBy, language: Language) -> str:
    """Say of a group that it has more failures than usual."""
    number = language.number(line.failed)
    name = cut(_name(line, by, language), NAME_SHOWN)
    return language.say("More than usual: {name}, {number}.", name=name, number=number)


def _bars(lines: Mapping[str, ReceiverLine], now: dt.datetime, language: Language) -> list[ChartBar]:
    """Make the bars of the last 24 hours, the oldest first; empty where nothing failed."""
    hours = [f"{now - dt.timedelta(hours=ago):%H}" for ago in reversed(range(24))]
    hour_lines = [lines.get(hour, ReceiverLine(hour, _NOTHING, _NOTHING)) for hour in hours]
    highest = max(max(line.failed, line.usual) for line in hour_lines)
    if not highest:
        return []
    scale = CHART_HEIGHT / highest
    return [
        ChartBar(
            f"{line.group}:00",
            line.failed,
            usual_number(line.usual, language),
            place * BAR_WIDTH,
            round(line.failed * scale),
            round(line.usual * scale),
        )
        for place, line in enumerate(hour_lines)
    ]


def _highest(bars: Sequence[ChartBar], language: Language) -> str:
    """Write the number of the highest bar, by which the others are read; empty where there are none."""
    tops = (bar for bar in bars if CHART_HEIGHT in (bar.height, bar.usual_height))
    bar = next(tops, None)
    if bar is None:
        return ""
    return language.number(bar.failed) if bar.height == CHART_HEIGHT else bar.usual


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return (*_NAMES.values(), *_UNNAMED.values(), "without a name")


RECEIVER_PAGES = (
    PageRoute("GET", "/receivers", "Who rejects us since yesterday?", Role.SUPPORT, _receivers, (ACCOUNT, _BY)),
)
"""The page Receivers."""
