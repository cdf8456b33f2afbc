"""Routes for notices: mails and events on their way, listed, shown, sent now or never."""

from typing import Annotated, Any

import msgspec

from bouncer.manage.queue import drop_notices, list_queue, retry_notices, show_notice
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import EntryState
from bouncer.ports.letters import Page
from bouncer.ports.outbox import OutboxEntry
from bouncer.web.parameter import NUMBER, TEXT, Parameter, word_of
from bouncer.web.route import OF_ACCOUNT, PAGES, ApiRequest, ApiRoute, Example, data_schema, page_of, page_schema
from bouncer.web.row_schema import row_schema
from bouncer.web.spelling import NOTICE

MOST_NOTICES = 100
"""Notices of one change: each is a commit, and other writers write in between."""

Number = Annotated[str, NOTICE.bounds()]


class NoticesToChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ids of notices, as lists show them."""

    ids: Annotated[tuple[Number, ...], msgspec.Meta(min_length=1, max_length=MOST_NOTICES)]


async def _list(request: ApiRequest) -> Any:
    parameters = request.parameters
    page = Page(parameters["limit"], parameters["cursor"])
    rows = await list_queue(
        request.store, request.scope, parameters["account"], state=parameters["state"], to=parameters["to"], page=page
    )
    return page_of([to_plain(row) for row in rows], page.limit, rows[-1].id if rows else None)


async def _show(request: ApiRequest) -> Any:
    return to_plain(await show_notice(request.store, request.scope, request.parameters["number"]))


async def _retry(request: ApiRequest) -> Any:
    numbers = [int(text) for text in request.body.ids]
    return _results(request, "retried", await retry_notices(request.store, request.scope, numbers, now=request.now))


async def _drop(request: ApiRequest) -> Any:
    numbers = [int(text) for text in request.body.ids]
    return _results(request, "dropped", await drop_notices(request.store, request.scope, numbers, now=request.now))


def _results(request: ApiRequest, name: str, results: list[bool]) -> dict[str, Any]:
    rows = zip(request.body.ids, results, strict=True)
    return {"data": [{"id": number, name: result} for number, result in rows]}


def _result(name: str) -> dict[str, Any]:
    properties = {"id": {"type": "string"}, name: {"type": "boolean"}}
    return {"type": "object", "properties": properties, "required": list(properties)}


_NOTICE = row_schema(OutboxEntry)

NOTICE_ROUTES = (
    ApiRoute(
        "GET",
        "/api/v1/notices",
        "The notices and events on their way, newest first",
        KeyAccess.READ,
        _list,
        page_schema(_NOTICE),
        (
            OF_ACCOUNT,
            Parameter("state", word_of(EntryState), "only those in this state", "waiting"),
            Parameter("to", TEXT, "only those to this address", "ann@acme.example"),
            *PAGES,
        ),
        errors=(404,),
        example=Example("state=waiting"),
    ),
    ApiRoute(
        "GET",
        "/api/v1/notices/{number}",
        "One notice or event, with its state and the last answer",
        KeyAccess.READ,
        _show,
        _NOTICE,
        (Parameter("number", NUMBER, "its id, as lists show it", "17", where="path"),),
        errors=(404,),
        example=Example(path={"number": "17"}),
    ),
    ApiRoute(
        "POST",
        "/api/v1/notices/retry",
        "Send up to 100 notices now",
        KeyAccess.WRITE,
        _retry,
        data_schema(_result("retried")),
        (),
        NoticesToChange,
        example=Example(body='{"ids": ["17"]}'),
    ),
    ApiRoute(
        "POST",
        "/api/v1/notices/drop",
        "Never send up to 100 notices that wait",
        KeyAccess.WRITE,
        _drop,
        data_schema(_result("dropped")),
        (),
        NoticesToChange,
        example=Example(body='{"ids": ["17"]}'),
    ),
)
"""The routes, in the manual's order."""
