"""Today: "what must I do today?" A few sentences, each with the page where it is done; then the trend and what is new."""

import datetime as dt
from collections.abc import Sequence

from bouncer.compose.language import Language
from bouncer.manage.records import count_outcomes, list_bounces
from bouncer.manage.suppressing import list_suppressions
from bouncer.manage.trend import trend
from bouncer.ndr.reading import Action
from bouncer.pages import cookies
from bouncer.pages.last_look import looks_at, spell
from bouncer.pages.page_route import PageRoute, TemplatePage, Visit
from bouncer.pages.report_page import ShownOutcome
from bouncer.pages.today_news import news
from bouncer.pages.today_tasks import number_of, tasks_of
from bouncer.pages.trend_chart import trend_chart
from bouncer.pages.wording import tell
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, Page
from bouncer.ports.record_lists import OutcomeCount

DAY = dt.timedelta(days=1)
MOST_COUNTED = 1000
"""Reports of a day that are counted, which takes a hundredth of a second; where there are more, the page says so."""
ROWS_SHOWN = 8
"""The newest reports below the sentences."""
TREND_DAYS = 14
"""Days of the trend: each day of the week is among them twice, and the columns are wide enough on a telephone."""


async def _today(visit: Visit) -> TemplatePage:
    since, looks, language = visit.now - DAY, looks_at(visit.looks, visit.now), visit.language
    counts = await count_outcomes(visit.store, visit.scope, since, limit=MOST_COUNTED)
    newest = await list_bounces(visit.store, visit.scope, None, BounceFilter(), Page(ROWS_SHOWN))
    is_in_use = newest or await list_suppressions(visit.store, visit.scope, None, now=visit.now, page=Page(1))
    days = await trend(visit.store, visit.scope, days=TREND_DAYS, now=visit.now)
    is_cut = number_of(counts) == MOST_COUNTED
    values = {
        "answer": _answer(counts, language, is_cut=is_cut),
        "tasks": await tasks_of(visit, counts, since, is_new=not is_in_use),
        "counted": MOST_COUNTED if is_cut else None,
        "chart": trend_chart(days, language),
        "looked": looks.before,
        "news": await news(visit, looks.before) if looks.before else [],
        "rows": [ShownOutcome(row, tell(row, language)) for row in newest],
        "is_empty": not is_in_use,
        "shows_account": visit.signed_in.account is None,
    }
    return TemplatePage("today.html.j2", values, cookies={cookies.LOOKS: spell(looks)})


def _answer(counts: Sequence[OutcomeCount], language: Language, *, is_cut: bool) -> str:
    failed = [outcome for outcome in counts if outcome.action is Action.FAILED]
    if is_cut:
        limit = language.number(MOST_COUNTED)
        return language.say("More than {number} reports came in the last 24 hours.", number=limit)
    if not failed:
        return language.say("No mail came back in the last 24 hours.")
    number, suppressed_number = number_of(failed), number_of(outcome for outcome in failed if outcome.suppressed)
    failure_line = language.count(
        "{number} failure was reported in the last 24 hours.",
        "{number} failures were reported in the last 24 hours.",
        number,
    )
    if not suppressed_number:
        return failure_line
    after = language.count("{number} address was suppressed.", "{number} addresses were suppressed.", suppressed_number)
    return language.say("{general} {special}", general=failure_line, special=after)


TODAY_PAGES = (PageRoute("GET", "/", "What must I do today?", Role.SUPPORT, _today),)
"""The page Today."""
