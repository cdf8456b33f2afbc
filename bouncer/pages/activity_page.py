"""Activity: "what happened since yesterday?" Filters are words of the URL; the same URL with .csv or .ndjson is the export."""

import datetime as dt
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from bouncer.compose.language import Language
from bouncer.manage.records import bounce_page, list_bounces
from bouncer.pages.activity_filters import ACTIVITY_FILTERS, FURTHER_FILTERS, activity_query, read_filter
from bouncer.pages.list_pages import NEXT, ROWS_SHOWN, export_rows, exports
from bouncer.pages.page_route import PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.pages.report_page import ShownOutcome
from bouncer.pages.saved_filter_pages import shown_filters
from bouncer.pages.wording import belief_label, category_label, reason_title, tell
from bouncer.policy.records import Belief
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceRow, Page
from bouncer.ports.record_lists import BouncePage
from bouncer.verdict.provider import PROVIDERS
from bouncer.verdict.verdict import Category, Reason
from bouncer.web.exporting import Export, ExportFormat
from bouncer.web.row_schema import row_schema

MOST_PARTS = 10
"""Parts of the list, of a thousand reports and more each, that one page looks at for rows that fit: some fifty milliseconds."""
_DAYS = {"yesterday": 1, "week": 7, "month": 30}


async def _activity(visit: Visit) -> TemplatePage:
    query, before, language = activity_query(visit.parameters), visit.parameters["before"], visit.language
    page = await _fitting(visit, query, before)
    is_chosen = any(value is not None for value in query.values())
    values = {
        "rows": [ShownOutcome(row, tell(row, language)) for row in page.rows],
        "query": query,
        "is_filtered": is_chosen or before is not None,
        "is_savable": is_chosen,
        "is_further": any(query[name] is not None for name in FURTHER_FILTERS),
        "days": {name: link("/activity", **{**query, "since": _day(visit, days)}) for name, days in _DAYS.items()},
        "next": link("/activity", **query, before=page.next) if page.next is not None else None,
        "saved": await shown_filters(visit),
    }
    shows_account = visit.signed_in.account is None
    return TemplatePage("activity.html.j2", {**values, **_choices(language), "shows_account": shows_account})


def _day(visit: Visit, days_ago: int) -> str:
    return (visit.now - dt.timedelta(days=days_ago)).date().isoformat()


def _choices(language: Language) -> Mapping[str, Any]:
    """Give what the fields of the form offer, each value with its words."""
    reasons = [(reason.value, reason_title(reason, language)) for reason in Reason]
    return {
        "categories": [(category.value, category_label(category, language)) for category in Category],
        "reasons": sorted(reasons, key=lambda choice: choice[1]),
        "beliefs": [(belief.value, belief_label(belief, language)) for belief in Belief],
        "providers": [(name, name) for name in PROVIDERS],
    }


async def _fitting(visit: Visit, query: Mapping[str, Any], before: int | None) -> BouncePage:
    """Give the next reports that match the filter. Where few match, MOST_PARTS parts of the list are read at most."""
    rows = list[BounceRow]()
    for _ in range(MOST_PARTS):
        page = Page(ROWS_SHOWN - len(rows), before)
        part = await bounce_page(visit.store, visit.scope, query["account"], read_filter(query), page)
        rows += part.rows
        before = part.next
        if before is None or len(rows) == ROWS_SHOWN:
            break
    return BouncePage(rows, before)


def _export(form: ExportFormat) -> Callable[[Visit], Awaitable[Export]]:
    async def answer(visit: Visit) -> Export:
        query = activity_query(visit.parameters)

        async def read(page: Page) -> Sequence[tuple[int, Any]]:
            rows = await list_bounces(visit.store, visit.scope, query["account"], read_filter(query), page)
            return [(row.id, row) for row in rows]

        return Export(form, tuple(row_schema(BounceRow)["properties"]), export_rows(read))

    return answer


ACTIVITY_PAGES = (
    PageRoute("GET", "/activity", "What happened since yesterday?", Role.SUPPORT, _activity, (*ACTIVITY_FILTERS, NEXT)),
    *exports("/activity", _export, ACTIVITY_FILTERS),
)
"""The page Activity, and its exports."""
