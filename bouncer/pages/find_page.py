"""Find: one field for an address, a domain, a Message-ID, the id of a report, or words."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from bouncer.errors import NotFound
from bouncer.mail.letter import spell_id
from bouncer.manage.finding_suppressions import suppressed_beginning
from bouncer.manage.records import bounce_page, kept_letter, list_bounces, newest_bounces
from bouncer.manage.stories import stories
from bouncer.pages.list_pages import ROWS_SHOWN
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.pages.pasted import addresses_meant, filters_meant, is_message_id, report_meant
from bouncer.pages.rendering import link
from bouncer.pages.report_page import ShownOutcome
from bouncer.pages.wording import tell
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.ports.record_lists import BouncePage
from bouncer.web.parameter import CURSOR, TEXT, Parameter

MOST_LOOKED_AT = 1000
"""Reports, the newest, in which words are looked for: a hundredth of a second. No index finds words."""
BEGINNINGS_SHOWN = 10
"""Suppressed addresses that begin with the words: who has more of them writes more of the address."""
_NOTHING_FOUND: Mapping[str, Any] = {"rows": (), "looked_at": 0, "next": None, "begun": (), "more_begun": ()}


async def _find(visit: Visit) -> TemplatePage | Elsewhere:
    text = visit.parameters["q"]
    if text is None:
        return TemplatePage("find.html.j2", {**_NOTHING_FOUND, "shows_account": False})
    text = text.strip()
    number, meant = report_meant(text), addresses_meant(text)
    if number is not None and await _is_known(visit, number):
        return Elsewhere(link(f"/report/{spell_id(number)}"))
    for address in meant:
        if await _has_story(visit, address):
            return Elsewhere(link("/address", address=address))
    if page := await _find_by_index(visit, text):
        following = link("/find", q=text, before=page.next) if page.next is not None else None
        return _list(visit, text, page.rows, {"found": len(page.rows), "next": following})
    newest = await newest_bounces(visit.store, visit.scope, None, BounceFilter(), MOST_LOOKED_AT)
    rows = list(matching(newest, text))
    if meant and not rows and not is_message_id(text):
        return Elsewhere(link("/address", address=meant[0]))
    matches = await suppressed_beginning(
        visit.store, visit.scope, text.strip("<>"), now=visit.now, limit=BEGINNINGS_SHOWN + 1
    )
    beginning = {"begun": matches[:BEGINNINGS_SHOWN], "more_begun": matches[BEGINNINGS_SHOWN:]}
    return _list(visit, text, rows, {"looked_at": len(newest), "found": len(rows), **beginning})


def _list(visit: Visit, text: str, rows: Sequence[BounceRow], facts: Mapping[str, Any]) -> TemplatePage:
    outcomes = [ShownOutcome(row, tell(row, visit.language)) for row in rows[:ROWS_SHOWN]]
    values = {**_NOTHING_FOUND, "asked": text, "rows": outcomes, **facts}
    return TemplatePage("find.html.j2", {**values, "shows_account": visit.signed_in.account is None})


async def _find_by_index(visit: Visit, text: str) -> BouncePage | None:
    """Give a page of the reports, of any age, that an index finds by the whole *text*; None where it finds none."""
    for criteria in filters_meant(text):
        page = await bounce_page(visit.store, visit.scope, None, criteria, Page(ROWS_SHOWN, visit.parameters["before"]))
        if page.rows:
            return page
    return None


async def _is_known(visit: Visit, number: int) -> bool:
    if await list_bounces(visit.store, visit.scope, None, BounceFilter(letter_id=number), Page(1)):
        return True
    try:
        await kept_letter(visit.store, visit.scope, number)
    except NotFound:
        return False
    return True


async def _has_story(visit: Visit, address: str) -> bool:
    told_stories = await stories(visit.store, visit.scope, address, None, now=visit.now)
    return any(not story.is_empty for story in told_stories)


def matching(rows: list[BounceRow], text: str) -> Iterator[BounceRow]:
    """Give the rows that have every word of *text*; angle brackets of a Message-ID do not count."""
    words = text.casefold().strip("<>").split()
    for row in rows:
        facts = "\n".join(filter(None, _facts(row))).casefold()
        if all(word in facts for word in words):
            yield row


def _facts(row: BounceRow) -> tuple[str | None, ...]:
    return (
        row.recipient,
        row.message_id,
        row.subject,
        row.campaign,
        row.stream,
        row.reason,
        row.status,
        row.remote_mta,
        row.reporting_mta,
        row.diagnostic_code,
    )


FIND_PAGES = (
    PageRoute(
        "GET",
        "/find",
        "Where is it?",
        Role.SUPPORT,
        _find,
        (
            Parameter(
                "q", TEXT, "an address, a domain, a Message-ID, the id of a report, or words", "jane@example.org"
            ),
            Parameter("before", CURSOR, "the next page", "4611686018427387904"),
        ),
    ),
)
"""The page Find."""
