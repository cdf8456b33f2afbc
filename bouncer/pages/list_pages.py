"""The lists: activity, suppressions. Filters stand as words in the URL; the same URL with .csv or .ndjson is the export."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bouncer.compose.language import Language
from bouncer.manage.finding_suppressions import FoundSuppressions, find_suppressions
from bouncer.manage.records import list_bounces
from bouncer.manage.suppressing import SuppressionOrder, list_suppressions, release_addresses, suppress_addresses
from bouncer.notify.serialize import to_plain
from bouncer.pages.activity_filters import ACTIVITY_FILTERS
from bouncer.pages.address_page import ACCOUNT, ADDRESS, WHY
from bouncer.pages.cause_words import cause_words
from bouncer.pages.drawing import link
from bouncer.pages.page_route import Drawn, Elsewhere, PageRoute, Visit
from bouncer.pages.report_page import ShownOutcome
from bouncer.pages.saved_filter_pages import shown_filters
from bouncer.pages.wording import category_label, letter_of, reason_title, source_words, tell, until_words
from bouncer.policy.records import Suppression
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.verdict.verdict import Category
from bouncer.web.exporting import ROWS_AT_ONCE, Export, ExportFormat
from bouncer.web.parameter import CURSOR, MOMENT, TEXT, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.row_schema import row_schema

ROWS_SHOWN = 25
"""Rows of one page of a list: with them it stays below 60 kB."""

WHOSE = Parameter("address", TEXT, "only this address, or the addresses of this domain", "example.org")

_BEFORE = Parameter("before", CURSOR, "the next page", "4611686018427387904")

ReadPage = Callable[[Page], Awaitable[Sequence[tuple[int, Any]]]]


@dataclass(frozen=True, slots=True)
class ShownSuppression:
    """A suppression in words: why, until when, and who asked for it, or the report that led to it."""

    row: Suppression
    reason: str
    until: str
    source: str
    cause: str
    letter: str | None


def _which(visit: Visit) -> BounceFilter:
    asked = visit.parameters
    return BounceFilter(asked["recipient"], asked["category"], None, asked["since"])


async def _activity(visit: Visit) -> Drawn:
    asked = visit.parameters
    page = Page(ROWS_SHOWN, asked["before"])
    rows = await list_bounces(visit.store, visit.scope, asked["account"], _which(visit), page)
    query = {name: asked[name] for name in ("account", "category", "since", "recipient")}
    categories = [(category.value, category_label(category, visit.language)) for category in Category]
    values = {"rows": [ShownOutcome(row, tell(row, visit.language)) for row in rows], "query": query}
    is_filtered = any(value is not None for value in (*query.values(), asked["before"]))
    days = {name: (visit.now - dt.timedelta(days=days)).date().isoformat() for name, days in _DAYS.items()}
    choices = {"categories": categories, "is_filtered": is_filtered, "days": days, "next": _next(rows, query)}
    choices |= {"saved": await shown_filters(visit), "is_savable": any(value is not None for value in query.values())}
    return Drawn("activity.html.j2", {**values, **choices, "shows_account": visit.signed_in.account is None})


_DAYS = {"yesterday": 1, "week": 7, "month": 30}


def _next(rows: Sequence[BounceRow], query: dict[str, Any]) -> str | None:
    return link("/activity", **query, before=rows[-1].id) if len(rows) == ROWS_SHOWN else None


async def _suppressions(visit: Visit) -> Drawn:
    asked, language = visit.parameters, visit.language
    part = await _asked_suppressions(visit, Page(ROWS_SHOWN, asked["before"]))
    shown = [_shown_suppression(row, language) for _, row in part.rows]
    query = {"account": asked["account"], "address": asked["address"]}
    following = link("/suppressions", **query, before=part.next) if part.next is not None else None
    values = {"rows": shown, "query": query, "next": following, "looked_at": part.looked_at}
    values["is_first"] = asked["before"] is None
    return Drawn("suppressions.html.j2", {**values, "shows_account": visit.signed_in.account is None})


def _shown_suppression(row: Suppression, language: Language) -> ShownSuppression:
    reason, until = reason_title(row.reason, language), until_words(row.until, language)
    source, cause = source_words(row.source, language), cause_words(row, language)
    return ShownSuppression(row, reason, until, source, cause, letter_of(row))


async def _asked_suppressions(visit: Visit, page: Page) -> FoundSuppressions:
    """Give a page of the suppressions: of all, or of those that are searched for."""
    account, text = visit.parameters["account"], visit.parameters["address"]
    if text:
        return await find_suppressions(visit.store, visit.scope, account, text, now=visit.now, page=page)
    rows = await list_suppressions(visit.store, visit.scope, account, now=visit.now, page=page)
    return FoundSuppressions(rows, next=rows[-1][0] if len(rows) == page.limit else None)


async def _add(visit: Visit) -> Elsewhere:
    address, until = visit.form["address"], visit.form["until"]
    if address is None:
        raise ProblemError(422, visit.language.say("Name an address."), parameter="address")
    if until is not None and until <= visit.now:
        raise ProblemError(422, visit.language.say("The end lies in the past."), parameter="until")
    order, by = SuppressionOrder("manual", until), visit.by(visit.form["why"])
    await suppress_addresses(visit.store, visit.scope, visit.account, [address], order, by=by, now=visit.now)
    return Elsewhere(link("/address", address=address, account=visit.form["account"]))


async def _free(visit: Visit) -> Elsewhere:
    address, account = visit.parameters["address"], visit.account
    if address is None:
        raise ProblemError(422, visit.language.say("Name an address."), parameter="address")
    await release_addresses(visit.store, visit.scope, account, [address], by=visit.by(None), now=visit.now)
    return Elsewhere(link("/address", address=address, account=visit.parameters["account"]))


async def _pages(read: ReadPage) -> AsyncIterator[Sequence[dict[str, Any]]]:
    before: int | None = None
    while rows := await read(Page(ROWS_AT_ONCE, before)):
        yield [to_plain(row) for _, row in rows]
        before = rows[-1][0]


def _activity_export(form: ExportFormat) -> Callable[[Visit], Awaitable[Export]]:
    async def answer(visit: Visit) -> Export:
        async def read(page: Page) -> Sequence[tuple[int, Any]]:
            rows = await list_bounces(visit.store, visit.scope, visit.parameters["account"], _which(visit), page)
            return [(row.id, row) for row in rows]

        return Export(form, tuple(row_schema(BounceRow)["properties"]), _pages(read))

    return answer


async def _suppression_pages(visit: Visit) -> AsyncIterator[Sequence[dict[str, Any]]]:
    part = await _asked_suppressions(visit, Page(ROWS_AT_ONCE))
    while True:
        if part.rows:
            yield [to_plain(row) for _, row in part.rows]
        if part.next is None:
            return
        part = await _asked_suppressions(visit, Page(ROWS_AT_ONCE, part.next))


def _suppression_export(form: ExportFormat) -> Callable[[Visit], Awaitable[Export]]:
    async def answer(visit: Visit) -> Export:
        return Export(form, tuple(row_schema(Suppression)["properties"]), _suppression_pages(visit))

    return answer


def _exports(path: str, make: Callable[[ExportFormat], Any], filters: tuple[Parameter, ...]) -> tuple[PageRoute, ...]:
    return tuple(
        PageRoute("GET", f"{path}.{form}", "The same list as a file", Role.OWNER, make(form), filters)
        for form in ExportFormat
    )


LIST_PAGES = (
    PageRoute(
        "GET", "/activity", "What happened since yesterday?", Role.SUPPORT, _activity, (*ACTIVITY_FILTERS, _BEFORE)
    ),
    *_exports("/activity", _activity_export, ACTIVITY_FILTERS),
    PageRoute(
        "GET",
        "/suppressions",
        "Whom do we not write to, and until when?",
        Role.SUPPORT,
        _suppressions,
        (ACCOUNT, WHOSE, _BEFORE),
    ),
    PageRoute(
        "POST",
        "/suppressions",
        "Stop mail to an address",
        Role.SUPPORT,
        _add,
        (),
        (ADDRESS, ACCOUNT, WHY, Parameter("until", MOMENT, "the end; none: until somebody frees it", "2026-12-24")),
    ),
    PageRoute("POST", "/suppressions/free", "Let mail go to it again", Role.SUPPORT, _free, (ADDRESS, ACCOUNT)),
    *_exports("/suppressions", _suppression_export, (ACCOUNT, WHOSE)),
)
"""The pages of lists, and their exports."""
