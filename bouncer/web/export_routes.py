"""Routes for exports: whole lists, as NDJSON or CSV."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bouncer.manage.records import bounce_page, letter_page
from bouncer.manage.stories import changes
from bouncer.manage.suppressing import list_suppressions
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import Suppression
from bouncer.ports.letters import BounceRow, LetterRow, Page
from bouncer.ports.record_lists import BouncePage, LetterPage
from bouncer.ports.suppressions import TrailRow
from bouncer.web.exporting import CSV, NDJSON, ROWS_AT_ONCE, Export, ExportFormat
from bouncer.web.parameter import Parameter, word_of
from bouncer.web.record_routes import OF_ADDRESS, OF_BOUNCES, OF_LETTERS, bounce_filter, letter_filter
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example
from bouncer.web.row_schema import row_schema


@dataclass(frozen=True, slots=True)
class RowPage:
    """Rows of a list, and the id from which the next page continues; None after the last row."""

    rows: Sequence[Any]
    next: int | None


RecordPage = BouncePage | LetterPage
"""A page that may have no rows and still another page after it."""
ReadPage = Callable[[Page], Awaitable[RowPage | RecordPage]]
"""Reads a page of a list."""


async def _pages(read: ReadPage) -> AsyncIterator[Sequence[dict[str, Any]]]:
    page = await read(Page(ROWS_AT_ONCE))
    while page.rows or page.next is not None:
        if page.rows:
            yield [to_plain(row) for row in page.rows]
        if page.next is None:
            break
        page = await read(Page(ROWS_AT_ONCE, page.next))


def _export(request: ApiRequest, row: type, read: ReadPage) -> Export:
    return Export(request.parameters["format"], tuple(row_schema(row)["properties"]), _pages(read))


async def _bounces(request: ApiRequest) -> Any:
    criteria, account = bounce_filter(request.parameters), request.parameters["account"]

    async def read(page: Page) -> RecordPage:
        return await bounce_page(request.store, request.scope, account, criteria, page)

    return _export(request, BounceRow, read)


async def _letters(request: ApiRequest) -> Any:
    criteria, account = letter_filter(request.parameters), request.parameters["account"]

    async def read(page: Page) -> RecordPage:
        return await letter_page(request.store, request.scope, account, criteria, page)

    return _export(request, LetterRow, read)


async def _suppressions(request: ApiRequest) -> Any:
    async def read(page: Page) -> RowPage:
        account = request.parameters["account"]
        rows = await list_suppressions(request.store, request.scope, account, now=request.now, page=page)
        return RowPage([row for _, row in rows], rows[-1][0] if rows else None)

    return _export(request, Suppression, read)


async def _trail(request: ApiRequest) -> Any:
    async def read(page: Page) -> RowPage:
        account, address = request.parameters["account"], request.parameters["address"]
        rows = await changes(request.store, request.scope, account, address=address, page=page)
        return RowPage(rows, rows[-1].id if rows else None)

    return _export(request, TrailRow, read)


_FORMAT = Parameter("format", word_of(ExportFormat), "ndjson or csv", "csv", default=ExportFormat.NDJSON)


def _route(name: str, says: str, answer: Callable[[ApiRequest], Awaitable[Any]], *parameters: Parameter) -> ApiRoute:
    return ApiRoute(
        "GET",
        f"/api/v1/exports/{name}",
        says,
        KeyAccess.READ,
        answer,
        {"type": "string"},
        (OF_ACCOUNT, _FORMAT, *parameters),
        media_type=NDJSON,
        other_media_types=(CSV,),
        errors=(404,),
        example=Example("format=csv"),
    )


EXPORT_ROUTES = (
    _route("bounces", "All that reports say of each recipient, newest first", _bounces, *OF_BOUNCES),
    _route("letters", "All letters that were received, without their octets, newest first", _letters, *OF_LETTERS),
    _route("suppressions", "All addresses that mail must not go to now, newest first", _suppressions),
    _route("trail", "Every change of suppressions and of the allow-list, newest first", _trail, OF_ADDRESS),
)
"""The routes, in the manual's order."""
