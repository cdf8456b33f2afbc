"""The news since a person last looked at the page: numbers of new rows, each with the list that has these rows."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from bouncer.manage.records import count_outcomes
from bouncer.manage.suppressing import list_suppressions
from bouncer.pages.page_route import Visit
from bouncer.pages.rendering import link
from bouncer.pages.today_tasks import MOST_LETTERS, count_unread, number_of
from bouncer.ports.letters import Page

MOST_REPORTS = 1000
"""Reports that are counted, which takes a hundredth of a second; where there are more, the page says so."""
MOST_SUPPRESSIONS = 100
"""Suppressions that are counted: reading them takes a few milliseconds."""


@dataclass(frozen=True, slots=True)
class NewLine:
    """A sentence that counts new rows, and the path of their list."""

    words: str
    path: str


async def news(visit: Visit, since: dt.datetime) -> list[NewLine]:
    """Give the sentences about rows that came after *since*; empty where nothing came."""
    reports = number_of(await count_outcomes(visit.store, visit.scope, since, limit=MOST_REPORTS + 1))
    page = Page(MOST_SUPPRESSIONS + 1)
    listed = await list_suppressions(visit.store, visit.scope, None, now=visit.now, page=page)
    suppressed = sum(suppression.since >= since for _, suppression in listed)
    return list(_lines(visit, since, reports, suppressed, await count_unread(visit, since)))


def _lines(visit: Visit, since: dt.datetime, reports: int, suppressed: int, unread: int) -> Iterator[NewLine]:
    language = visit.language
    if reports > MOST_REPORTS:
        yield NewLine(
            language.say("More than {number} reports", number=language.number(MOST_REPORTS)),
            link("/activity", since=since),
        )
    elif reports:
        yield NewLine(language.count("{number} report", "{number} reports", reports), link("/activity", since=since))
    if suppressed > MOST_SUPPRESSIONS:
        limit = language.number(MOST_SUPPRESSIONS)
        yield NewLine(language.say("More than {number} suppressed addresses", number=limit), "/suppressions")
    elif suppressed:
        words = ("{number} suppressed address", "{number} suppressed addresses")
        yield NewLine(language.count(*words, suppressed), "/suppressions")
    if unread > MOST_LETTERS:
        yield NewLine(
            language.say("More than {number} letters to read", number=language.number(MOST_LETTERS)), "/unread"
        )
    elif unread:
        yield NewLine(language.count("{number} letter to read", "{number} letters to read", unread), "/unread")
