"""Routes for records: bounces, letters, and the trail of changes."""

from collections.abc import Mapping
from typing import Any

from bouncer.manage.records import bounce_changes, bounce_page, kept_letter, letter_changes, letter_page
from bouncer.manage.stories import AddressStory, changes, stories
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import Belief, LetterState
from bouncer.ports.letters import BounceFilter, BounceRow, LetterFilter, LetterRow, Page
from bouncer.ports.record_lists import BouncePage, LetterPage
from bouncer.ports.suppressions import TrailRow
from bouncer.verdict.verdict import Category, Reason
from bouncer.web.parameter import CURSOR, FLAG, LETTER_ID, MOMENT, STATUS, TEXT, Parameter, word_of
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

_OF_REPORTS = ("domain", "provider", "reason", "status", "belief", "campaign", "stream")
_OF_BOUNCES = (*_OF_REPORTS, "since", "before", "message_id")
"""Fields of a filter that are parameters of the same name."""

_REPORTS = (
    Parameter("recipient", TEXT, "only reports on this address", "jane@example.org"),
    Parameter("domain", TEXT, "only reports on addresses of this domain", "example.org"),
    Parameter("provider", TEXT, "only reports of this mailbox provider, by domain or server", "Gmail"),
    Parameter("category", word_of(Category), "only this category", "hard"),
    Parameter("reason", word_of(Reason), "only this reason", "invalid-recipient"),
    Parameter("status", STATUS, "only this enhanced status code, or those that begin so", "5.1"),
    Parameter("belief", word_of(Belief), "only reports that are believed so", "proven"),
    Parameter("campaign", TEXT, "only reports on mail of this campaign", "march"),
    Parameter("stream", TEXT, "only reports on mail of this stream", "news"),
    Parameter("message_id", TEXT, "only reports on the message with this Message-ID", "m1@acme.example"),
)
_TIMES = (
    Parameter("since", MOMENT, "only what came from this day or time on, UTC", "2026-11-01"),
    Parameter("before", MOMENT, "only what came before this day or time, UTC", "2026-12-01"),
)
OF_BOUNCES = (
    *_REPORTS,
    Parameter("letter", LETTER_ID, "only what this letter says", "38g0n6damk02s"),
    *_TIMES,
)
OF_LETTERS = (
    Parameter("state", word_of(LetterState), "only letters in this state", "shunted"),
    Parameter("unread", FLAG, "true: only what a person has to see", "true", default=False),
    *_REPORTS,
    *_TIMES,
)
OF_ADDRESS = Parameter("address", TEXT, "only changes of this address", "jane@example.org")
"""The filters of the three lists, which their exports have, too."""
_CHANGED_SINCE = Parameter(
    "changed_since", CURSOR, "0, or `next` of the last answer: what was recorded after it, oldest first, each once", "0"
)
_ARRIVED_SINCE = Parameter(
    "changed_since",
    CURSOR,
    "0, or `next` of the last answer: what came and was read after it, oldest first, each once",
    "0",
)


def _page(request: ApiRequest) -> Page:
    return Page(request.parameters["limit"], request.parameters["cursor"])


def bounce_filter(parameters: Mapping[str, Any]) -> BounceFilter:
    """Give the filter of the parameters OF_BOUNCES."""
    return BounceFilter(
        parameters["recipient"],
        parameters["category"],
        parameters["letter"],
        **{name: parameters[name] for name in _OF_BOUNCES},
    )


def letter_filter(parameters: Mapping[str, Any]) -> LetterFilter:
    """Give the filter of the parameters OF_LETTERS."""
    reporting = BounceFilter(
        parameters["recipient"], parameters["category"], **{name: parameters[name] for name in _OF_REPORTS}
    )
    times = {name: parameters[name] for name in ("since", "before", "message_id")}
    return LetterFilter(parameters["state"], unread=parameters["unread"], **times, reporting=reporting)


async def _bounces(request: ApiRequest) -> Any:
    parameters, criteria = request.parameters, bounce_filter(request.parameters)
    store, scope, account, after = request.store, request.scope, parameters["account"], _changed_since(request)
    if after is None:
        return _page_answer(await bounce_page(store, scope, account, criteria, _page(request)))
    limit, now = parameters["limit"], request.now
    return _page_answer(await bounce_changes(store, scope, account, criteria, after=after, limit=limit, now=now))


def _changed_since(request: ApiRequest) -> int | None:
    """Give the id after which a list is to begin, oldest first; None where its pages are asked for, newest first."""
    after: int | None = request.parameters["changed_since"]
    if after is not None and request.parameters["cursor"] is not None:
        raise ProblemError(422, "Give changed_since or cursor, not both.", parameter="cursor")
    return after


def _page_answer(page: BouncePage | LetterPage) -> dict[str, Any]:
    return {"data": [to_plain(row) for row in page.rows], "next": None if page.next is None else str(page.next)}


async def _letters(request: ApiRequest) -> Any:
    parameters, criteria = request.parameters, letter_filter(request.parameters)
    store, scope, account, after = request.store, request.scope, parameters["account"], _changed_since(request)
    if after is None:
        return _page_answer(await letter_page(store, scope, account, criteria, _page(request)))
    limit, now = parameters["limit"], request.now
    return _page_answer(await letter_changes(store, scope, account, criteria, after=after, limit=limit, now=now))


async def _trail(request: ApiRequest) -> Any:
    parameters, page = request.parameters, _page(request)
    rows = await changes(request.store, request.scope, parameters["account"], address=parameters["address"], page=page)
    return page_of([to_plain(row) for row in rows], page.limit, rows[-1].id if rows else None)


async def _raw_letter(request: ApiRequest) -> bytes:
    letter = await kept_letter(request.store, request.scope, request.parameters["letter_id"])
    return letter.received.raw


async def _story(request: ApiRequest) -> Any:
    address, name = request.parameters["address"], request.parameters["account"]
    if address is None:
        raise ProblemError(422, "Name the address.", parameter="address")
    told_stories = await stories(request.store, request.scope, address, name, now=request.now)
    return {"data": [to_plain(story) for story in told_stories if not story.is_empty]}


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
            *OF_BOUNCES,
            _CHANGED_SINCE,
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
            *OF_LETTERS,
            _ARRIVED_SINCE,
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
        "All that is known of an address: messages to it, reports, changes, what holds now; for each account that knows it",
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
            OF_ADDRESS,
            *PAGES,
        ),
        errors=(404,),
        example=Example("address=jane@example.org"),
    ),
)
"""The routes, in the manual's order."""
