"""Today: "what must I do today?" A few sentences, each with the page where it is done, and what came last."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.manage.records import count_outcomes, list_bounces, list_letters
from bouncer.manage.suppressing import list_suppressions
from bouncer.ndr.reading import Action
from bouncer.pages.drawing import link
from bouncer.pages.page_route import Drawn, PageRoute, Visit
from bouncer.pages.report_page import ShownOutcome
from bouncer.pages.wording import tell
from bouncer.policy.records import Belief
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, LetterFilter, Page
from bouncer.ports.record_lists import OutcomeCount
from bouncer.verdict.verdict import Category

DAY = dt.timedelta(days=1)
MOST_COUNTED = 1000
"""Reports of a day that are counted: a hundredth of a second. Of more, the page says that there are more."""
ROWS_SHOWN = 8
"""The newest reports below the sentences."""


@dataclass(frozen=True, slots=True)
class Task:
    """A sentence that asks for something, with the page where it is done."""

    words: str
    tone: str
    path: str
    button: str


async def _today(visit: Visit) -> Drawn:
    since = visit.now - DAY
    counts = await count_outcomes(visit.store, visit.scope, since, most=MOST_COUNTED)
    newest = await list_bounces(visit.store, visit.scope, None, BounceFilter(), Page(ROWS_SHOWN))
    unread = await list_letters(visit.store, visit.scope, None, LetterFilter(unread=True), Page(1))
    held = newest or await list_suppressions(visit.store, visit.scope, None, now=visit.now, page=Page(1))
    failed = [outcome for outcome in counts if outcome.action is Action.FAILED]
    is_cut = _number(counts) == MOST_COUNTED
    return Drawn(
        "today.html.j2",
        {
            "answer": _answer(failed, visit.language, is_cut=is_cut),
            "tasks": list(_tasks(failed, since, visit.language)),
            "has_unread": bool(unread) and unread[0].received_at >= since,
            "counted": MOST_COUNTED if is_cut else None,
            "rows": [ShownOutcome(row, tell(row, visit.language)) for row in newest],
            "is_empty": not held,
            "shows_account": visit.signed_in.account is None,
        },
    )


def _number(outcomes: Iterable[OutcomeCount]) -> int:
    return sum(outcome.count for outcome in outcomes)


def _answer(failed: Sequence[OutcomeCount], language: Language, *, is_cut: bool) -> str:
    if is_cut:
        most = language.number(MOST_COUNTED)
        return language.say("More than {number} reports came in the last 24 hours.", number=most)
    if not failed:
        return language.say("No mail came back in the last 24 hours.")
    number, stopped = _number(failed), _number(outcome for outcome in failed if outcome.suppressed)
    came = language.count(
        "{number} failure was reported in the last 24 hours.",
        "{number} failures were reported in the last 24 hours.",
        number,
    )
    if not stopped:
        return came
    after = language.count(
        "{number} address was suppressed for it.", "{number} addresses were suppressed for it.", stopped
    )
    return language.say("{general} {special}", general=came, special=after)


def _tasks(failed: Sequence[OutcomeCount], since: dt.datetime, language: Language) -> Iterator[Task]:
    day = since.replace(microsecond=0)
    if blocked := _number(outcome for outcome in failed if outcome.category == Category.BLOCK):
        words = language.count(
            "{number} mail was blocked, and the address is not at fault: see what the server asks for.",
            "{number} mails were blocked, and the addresses are not at fault: see what the servers ask for.",
            blocked,
        )
        yield Task(words, "block", link("/activity", category="block", since=day), language.say("See the blocks"))
    if doubtful := _number(outcome for outcome in failed if outcome.belief is not Belief.PROVEN):
        words = language.count(
            "{number} report is not proven, so it suppressed nobody.",
            "{number} reports are not proven, so they suppressed nobody.",
            doubtful,
        )
        yield Task(words, "other", link("/activity", since=day), language.say("See the reports"))


TODAY_PAGES = (PageRoute("GET", "/", "What must I do today?", Role.SUPPORT, _today),)
"""The page Today."""
