"""Receivers: "who rejects us since yesterday?" Beside the week before; rates only where sends are known, and else counts."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.compose.reasons import WORDS
from bouncer.manage.receivers import ReceiverLine, ReceiversBy, compare_receivers, failures
from bouncer.manage.records import list_bounces
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.page_route import Drawn, PageRoute, Visit
from bouncer.pages.wording import reason_title
from bouncer.policy.rates import Rates
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, Page
from bouncer.verdict.verdict import Category, Reason
from bouncer.web.parameter import Parameter, word_of

LINES_SHOWN = 25
"""Groups that are shown, those with the most failures: with them the page stays below 60 kB."""
FEWEST, TIMES = 5, 2
"""Failures of a day, and times the usual number, from which on a group has more than usual."""
SOFT_DAYS, SOFT_READ, SOFT_SHOWN = 14, 500, 10
"""Days, reports (the newest), and addresses of the list of repeated failures: reading them takes a hundredth of a second."""
REPEATED = 3
"""Failures for now of one address that are worth a look."""
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
    line: ReceiverLine
    rate: str
    usual: str
    usual_rate: str
    is_more: bool
    why: str
    advice: str


@dataclass(frozen=True, slots=True)
class ChartBar:
    """The failures of an hour of the last day, and their usual number; places and heights are in units of the chart."""

    hour: str
    failed: int
    usual: str
    left: int
    height: int
    usual_height: int


async def _receivers(visit: Visit) -> Drawn:
    account, language = visit.parameters["account"], visit.language
    by = visit.parameters["by"] or ReceiversBy.PROVIDER
    (total, *_) = [*await _compare(visit, None), ReceiverLine("", _NOTHING, _NOTHING)]
    lines = [line for line in await _compare(visit, by) if line.failed or line.now.sent or line.usual]
    hours = {line.group: line for line in await _compare(visit, ReceiversBy.HOUR)}
    soft = await _repeated(visit)
    values = {
        "answer": _answer(total, language),
        "tone": "hard" if _is_more(total) else "good",
        "knows_sends": total.now.sent > 0,
        "lines": [_shown(line, by, language) for line in lines[:LINES_SHOWN]],
        "omitted": len(lines) - LINES_SHOWN,
        "bars": _bars(hours, visit.now, language),
        "soft": soft,
        "soft_days": SOFT_DAYS,
        "by": by.value,
        "choices": [(choice.value, language.say(name)) for choice, name in _NAMES.items()],
        "account": account,
    }
    return Drawn("receivers.html.j2", {**values, "shows_account": visit.signed_in.account is None})


_NOTHING = Rates(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0.0, {})


async def _compare(visit: Visit, by: ReceiversBy | None) -> list[ReceiverLine]:
    return await compare_receivers(visit.store, visit.scope, visit.parameters["account"], by, now=visit.now)


async def _repeated(visit: Visit) -> Sequence[tuple[str, int]]:
    """Give the addresses whose mail failed for now most often, with the number."""
    which = BounceFilter(category=Category.SOFT, since=visit.now - dt.timedelta(days=SOFT_DAYS))
    rows = await list_bounces(visit.store, visit.scope, visit.parameters["account"], which, Page(SOFT_READ))
    counted = Counter(row.recipient for row in rows)
    return [(address, count) for address, count in counted.most_common(SOFT_SHOWN) if count >= REPEATED]


def _answer(total: ReceiverLine, language: Language) -> str:
    failed, usual = language.number(total.failed), language.number(round(total.usual))
    if total.now.sent:
        return language.say(
            "Since yesterday {failed} of {sent} mails failed: {rate}. In the week before: {usual}.",
            failed=failed,
            sent=language.number(total.now.sent),
            rate=_rate(total.now),
            usual=_rate(total.before) or language.say("unknown"),
        )
    return language.say(
        "Since yesterday mail failed {failed} times. In the week before: {usual} times a day.",
        failed=failed,
        usual=usual,
    )


def _rate(rates: Rates) -> str:
    """Write the part that failed in whole percent; empty where nothing is known to be sent."""
    if not rates.sent:
        return ""
    percent = 100 * failures(rates) / rates.sent
    return f"{percent:.0f} %" if not 0 < percent < 1 else "<1 %"


def _is_more(line: ReceiverLine) -> bool:
    """Whether the last day has more failures than usual: by rate where sends are known for both, else by number."""
    if line.failed < FEWEST:
        return False
    if line.now.sent and line.before.sent:
        return line.now.rate > TIMES * line.before.rate
    return line.failed > TIMES * line.usual


def _shown(line: ReceiverLine, by: ReceiversBy, language: Language) -> ShownReceiver:
    reason = next(iter(line.now.reasons), None)
    advice = WORDS[Reason(reason)].advice if reason else ()
    name = f"{line.group}:00" if by is ReceiversBy.HOUR and line.group else line.group
    return ShownReceiver(
        name or language.say(_UNNAMED.get(by, "without a name")),
        line,
        _rate(line.now),
        language.number(round(line.usual)),
        _rate(line.before),
        _is_more(line),
        reason_title(reason, language) if reason else "",
        language.say(advice[0]) if advice else "",
    )


def _bars(lines: Mapping[str, ReceiverLine], now: dt.datetime, language: Language) -> list[ChartBar]:
    """Make the bars of the last 24 hours, the oldest first; empty where nothing failed."""
    hours = [f"{now - dt.timedelta(hours=ago):%H}" for ago in reversed(range(24))]
    shown = [lines.get(hour, ReceiverLine(hour, _NOTHING, _NOTHING)) for hour in hours]
    most = max(max(line.failed, line.usual) for line in shown)
    if not most:
        return []
    scale = CHART_HEIGHT / most
    return [
        ChartBar(
            f"{line.group}:00",
            line.failed,
            language.number(round(line.usual)),
            place * BAR_WIDTH,
            round(line.failed * scale),
            round(line.usual * scale),
        )
        for place, line in enumerate(shown)
    ]


def texts() -> tuple[str, ...]:
    """Give the texts of this module that appear in no call, for translators."""
    return (*_NAMES.values(), *_UNNAMED.values(), "without a name")


RECEIVER_PAGES = (
    PageRoute("GET", "/receivers", "Who rejects us since yesterday?", Role.SUPPORT, _receivers, (ACCOUNT, _BY)),
)
"""The page Receivers."""
