"""The lists: activity, suppressions. Filters stand as words in the URL; the same URL with .csv or .ndjson is the export."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from bouncer.manage.records import list_bounces
from bouncer.manage.suppressing import SuppressionOrder, list_suppressions, release_addresses, suppress_addresses
from bouncer.notify.serialize import to_plain
from bouncer.pages.activity_filters import ACTIVITY_FILTERS
from bouncer.pages.address_page import ACCOUNT, ADDRESS, WHY
from bouncer.pages.drawing import link
from bouncer.pages.page_route import Drawn, Elsewhere, PageRoute, Visit
from bouncer.pages.report_page import ToldOutcome
from bouncer.pages.saved_filter_pages import shown_filters
from bouncer.pages.wording import category_label, reason_title, source_words, tell, until_words
from bouncer.policy.records import Suppression
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.verdict.verdict import Category
from bouncer.web.exporting import ROWS_AT_ONCE, Export, ExportFormat
from bouncer.web.parameter import CURSOR, MOMENT, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.row_schema import row_schema

ROWS_SHOWN = 25
"""Rows of one page of a list: with them it stays below 60 kB."""

_BEFORE = Parameter("before", CURSOR, "the next page", "4611686018427387904")

ReadPage = Callable[[Page], Awaitable[Sequence[tuple[int, Any]]]]


def _which(visit: Visit) -> BounceFilter:
    asked = visit.parameters
    return BounceFilter(asked["recipient"], asked["category"], None, asked["since"])


async def _activity(visit: Visit) -> Drawn:
    asked = visit.parameters
    page = Page(ROWS_SHOWN, asked["before"])
    rows = await list_bounces(visit.store, visit.scope, asked["account"], _which(visit), page)
    query = {name: asked[name] for name in ("account", "category", "since", "recipient")}
    categories = [(category.value, category_label(category, visit.language)) for category in Category]
    values = {"rows": [ToldOutcome(row, tell(row, visit.language)) for row in rows], "query": query}
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
    page = Page(ROWS_SHOWN, asked["before"])
    rows = await list_suppressions(visit.store, visit.scope, asked["account"], now=visit.now, page=page)
    shown = [
        (row, reason_title(row.reason, language), until_words(row.until, language), source_words(row.source, language))
        for _, row in rows
    ]
    query = {"account": asked["account"]}
    following = link("/suppressions", **query, before=rows[-1][0]) if len(rows) == ROWS_SHOWN else None
    values = {"rows": shown, "query": query, "next": following, "is_first": asked["before"] is None}
    return Drawn("suppressions.html.j2", {**values, "shows_account": visit.signed_in.account is None})


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


def _suppression_export(form: ExportFormat) -> Callable[[Visit], Awaitable[Export]]:
    async def answer(visit: Visit) -> Export:
        async def read(page: Page) -> Sequence[tuple[int, Any]]:
            account = visit.parameters["account"]
            return await list_suppressions(visit.store, visit.scope, account, now=visit.now, page=page)

        return Export(form, tuple(row_schema(Suppression)["properties"]), _pages(read))

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
        (ACCOUNT, _BEFORE),
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
    *_exports("/suppressions", _suppression_export, (ACCOUNT,)),
)
"""The pages of lists, and their exports."""
