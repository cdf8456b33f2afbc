"""Routes for records: bounces, letters, and the trail of changes."""

from typing import Any

from bouncer.manage.records import kept_letter, list_bounces, list_letters
from bouncer.manage.stories import AddressStory, changes, stories
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import LetterState
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, LetterRow, Page
from bouncer.ports.suppressions import TrailRow
from bouncer.verdict.verdict import Category
from bouncer.web.parameter import FLAG, LETTER_ID, MOMENT, TEXT, Parameter, word_of
from bouncer.web.problem import ProblemError
from bouncer.web.route import (
    OF_ACCOUNT,
    PAGES,
    RAW_MESSAGE,
    ApiRequest,
    ApiRoute,
    Example,
    data_schema,
    page_of,
    page_schema,
)
from bouncer.web.row_schema import row_schema


def _page(request: ApiRequest) -> Page:
    return Page(request.parameters["limit"], request.parameters["cursor"])


async def _bounces(request: ApiRequest) -> Any:
    asked, page = request.parameters, _page(request)
    which = BounceFilter(asked["recipient"], asked["category"], asked["letter"], asked["since"])
    rows = await list_bounces(request.store, request.scope, asked["account"], which, page)
    return page_of([to_plain(row) for row in rows], page.limit, rows[-1].id if rows else None)


async def _letters(request: ApiRequest) -> Any:
    asked, page = request.parameters, _page(request)
    which = LetterFilter(asked["state"], unread=asked["unread"])
    rows = await list_letters(request.store, request.scope, asked["account"], which, page)
    return page_of([to_plain(row) for row in rows], page.limit, rows[-1].letter_id if rows else None)


async def _trail(request: ApiRequest) -> Any:
    asked, page = request.parameters, _page(request)
    rows = await changes(request.store, request.scope, asked["account"], address=asked["address"], page=page)
    return page_of([to_plain(row) for row in rows], page.limit, rows[-1].id if rows else None)


async def _raw_letter(request: ApiRequest) -> bytes:
    letter = await kept_letter(request.store, request.scope, request.parameters["letter_id"])
    return letter.received.raw


async def _story(request: ApiRequest) -> Any:
    address, name = request.parameters["address"], request.parameters["account"]
    if address is None:
        raise ProblemError(422, "Name the address.", parameter="address")
    known = await stories(request.store, request.scope, address, name, now=request.now)
    return {"data": [to_plain(story) for story in known if not story.is_empty]}


RECORD_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/bounces",
        "What reports say of each recipient, newest first",
        KeyAccess.READ,
        _bounces,
        page_schema(row_schema(BounceRow)),
        (
            OF_ACCOUNT,
            Parameter("recipient", TEXT, "only reports on this address", "jane@example.org"),
            Parameter("category", word_of(Category), "only this category", "hard"),
            Parameter("letter", LETTER_ID, "only what this letter says", "38g0n6damk02s"),
            Parameter("since", MOMENT, "only what was recorded from this day or time on, UTC", "2026-11-01"),
            *PAGES,
        ),
        errors=(404,),
        example=Example("category=hard&since=2026-11-01"),
    ),
    ApiRoute(
        "GET",
        "/api/v1/letters",
        "The letters that were received, newest first",
        KeyAccess.READ,
        _letters,
        page_schema(row_schema(LetterRow)),
        (
            OF_ACCOUNT,
            Parameter("state", word_of(LetterState), "only letters in this state", "shunted"),
            Parameter("unread", FLAG, "true: only what a person has to see", "true", default=False),
            *PAGES,
        ),
        errors=(404,),
        example=Example("state=read"),
    ),
    ApiRoute(
        "GET",
        "/api/v1/letters/{letter_id}/raw",
        "A letter as it came, or what is left of it",
        KeyAccess.READ,
        _raw_letter,
        {"type": "string", "format": "binary"},
        (Parameter("letter_id", LETTER_ID, "the id, as lists show it", "38g0n6damk02s", where="path"),),
        media_type=RAW_MESSAGE,
        errors=(404,),
        example=Example(path={"letter_id": "38g0n6damk02s"}),
    ),
    ApiRoute(
        "GET",
        "/api/v1/story",
        "All that is known of an address: reports, changes, what holds now; for each account that knows it",
        KeyAccess.READ,
        _story,
        data_schema(row_schema(AddressStory)),
        (OF_ACCOUNT, Parameter("address", TEXT, "the address", "jane@example.org")),
        errors=(404,),
        example=Example("address=jane@example.org"),
    ),
    ApiRoute(
        "GET",
        "/api/v1/trail",
        "Every change of suppressions and of the allow-list, newest first",
        KeyAccess.READ,
        _trail,
        page_schema(row_schema(TrailRow)),
        (
            OF_ACCOUNT,
            Parameter("address", TEXT, "only changes of this address", "jane@example.org"),
            *PAGES,
        ),
        errors=(404,),
        example=Example("address=jane@example.org"),
    ),
)
"""The routes, in the manual's order."""
