"""Routes for exports: whole lists, as NDJSON or CSV."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

from bouncer.manage.records import list_bounces, list_letters
from bouncer.manage.stories import changes
from bouncer.manage.suppressing import list_suppressions
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import Suppression
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, LetterRow, Page
from bouncer.ports.suppressions import TrailRow
from bouncer.web.exporting import CSV, NDJSON, ROWS_AT_ONCE, Export, ExportFormat
from bouncer.web.parameter import MOMENT, Parameter, word_of
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example
from bouncer.web.row_schema import row_schema

ReadPage = Callable[[Page], Awaitable[Sequence[tuple[int, Any]]]]
"""Reads a page of a list: its rows, each with its id."""


async def _pages(read: ReadPage) -> AsyncIterator[Sequence[dict[str, Any]]]:
    before: int | None = None
    while rows := await read(Page(ROWS_AT_ONCE, before)):
        yield [to_plain(row) for _, row in rows]
        before = rows[-1][0]


def _export(request: ApiRequest, row: type, read: ReadPage) -> Export:
    return Export(request.parameters["format"], tuple(row_schema(row)["properties"]), _pages(read))


async def _bounces(request: ApiRequest) -> Any:
    asked = request.parameters

    async def read(page: Page) -> Sequence[tuple[int, Any]]:
        which = BounceFilter(since=asked["since"])
        rows = await list_bounces(request.store, request.scope, asked["account"], which, page)
        return [(row.id, row) for row in rows]

    return _export(request, BounceRow, read)


async def _letters(request: ApiRequest) -> Any:
    asked = request.parameters

    async def read(page: Page) -> Sequence[tuple[int, Any]]:
        which = LetterFilter(since=asked["since"])
        rows = await list_letters(request.store, request.scope, asked["account"], which, page)
        return [(row.letter_id, row) for row in rows]

    return _export(request, LetterRow, read)


async def _suppressions(request: ApiRequest) -> Any:
    async def read(page: Page) -> Sequence[tuple[int, Any]]:
        account = request.parameters["account"]
        return await list_suppressions(request.store, request.scope, account, now=request.now, page=page)

    return _export(request, Suppression, read)


async def _trail(request: ApiRequest) -> Any:
    async def read(page: Page) -> Sequence[tuple[int, Any]]:
        account = request.parameters["account"]
        rows = await changes(request.store, request.scope, account, address=None, page=page)
        return [(row.id, row) for row in rows]

    return _export(request, TrailRow, read)


_FORMAT = Parameter("format", word_of(ExportFormat), "ndjson or csv", "csv", default=ExportFormat.NDJSON)
_SINCE = Parameter("since", MOMENT, "only what was recorded from this day or time on, UTC", "2026-11-01")


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
    _route("bounces", "All that reports say of each recipient, newest first", _bounces, _SINCE),
    _route("letters", "All letters that were received, without their octets, newest first", _letters, _SINCE),
    _route("suppressions", "All addresses that mail must not go to now, newest first", _suppressions),
    _route("trail", "Every change of suppressions and of the allow-list, newest first", _trail),
)
"""The routes, in the manual's order."""
