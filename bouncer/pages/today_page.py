"""Today: "what must I do today?" A few sentences, each with the page where it is done, and what came last."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.manage.records import list_bounces, list_letters
from bouncer.manage.suppressing import list_suppressions
from bouncer.ndr.reading import Action
from bouncer.pages.drawing import link
from bouncer.pages.page_route import Drawn, PageRoute, Visit
from bouncer.pages.report_page import ShownOutcome
from bouncer.pages.wording import tell
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, Page
from bouncer.verdict.verdict import Category

DAY = dt.timedelta(days=1)
MOST_COUNTED = 500
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
    rows = await list_bounces(visit.store, visit.scope, None, BounceFilter(since=since), Page(MOST_COUNTED))
    newest = rows or await list_bounces(visit.store, visit.scope, None, BounceFilter(), Page(ROWS_SHOWN))
    unread = await list_letters(visit.store, visit.scope, None, LetterFilter(unread=True), Page(1))
    held = await list_suppressions(visit.store, visit.scope, None, now=visit.now, page=Page(1))
    failed = [row for row in rows if row.action is Action.FAILED]
    return Drawn(
        "today.html.j2",
        {
            "answer": _answer(rows, failed, visit.language),
            "tasks": list(_tasks(failed, since, visit.language)),
            "has_unread": bool(unread) and unread[0].received_at >= since,
            "counted": MOST_COUNTED if len(rows) == MOST_COUNTED else None,
            "rows": [ShownOutcome(row, tell(row, visit.language)) for row in newest[:ROWS_SHOWN]],
            "is_empty": not (newest or held),
            "shows_account": visit.signed_in.account is None,
        },
    )


def _answer(rows: Sequence[BounceRow], failed: Sequence[BounceRow], language: Language) -> str:
    if len(rows) == MOST_COUNTED:
        most = language.number(MOST_COUNTED)
        return language.say("More than {number} reports came in the last 24 hours.", number=most)
    if not failed:
        return language.say("No mail came back in the last 24 hours.")
    number, stopped = len(failed), sum(row.suppressed for row in failed)
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


def _tasks(failed: Sequence[BounceRow], since: dt.datetime, language: Language) -> Iterator[Task]:
    by_category = Counter(row.category for row in failed)
    day = since.replace(microsecond=0)
    if blocked := by_category[Category.BLOCK]:
        words = language.count(
            "{number} mail was blocked, and the address is not at fault: see what the server asks for.",
            "{number} mails were blocked, and the addresses are not at fault: see what the servers ask for.",
            blocked,
        )
        yield Task(words, "block", link("/activity", category="block", since=day), language.say("See the blocks"))
    if doubtful := sum(row.belief != "proven" for row in failed):
        words = language.count(
            "{number} report is not proven, so it suppressed nobody.",
            "{number} reports are not proven, so they suppressed nobody.",
            doubtful,
        )
        yield Task(words, "other", link("/activity", since=day), language.say("See the reports"))


TODAY_PAGES = (PageRoute("GET", "/", "What must I do today?", Role.SUPPORT, _today),)
"""The page Today."""
