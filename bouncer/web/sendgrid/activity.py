"""SendGrid's activity (messages, logs): the messages that reports are about. A message without a report is not in it."""

import re
from collections.abc import Callable
from typing import Any

from bouncer.mail.letter import read_id, spell_id
from bouncer.manage.records import list_bounces
from bouncer.policy.webhooks import EventType, event_type
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.activity_query import ActivityQuery, parse_activity_query
from bouncer.web.sendgrid.parameters import account_of

MOST_READ = 1000
"""Reports that one answer looks at, the newest."""
_MESSAGE_ID = re.compile(r"([0-9a-z]{13})\.([0-9]{1,4})", re.ASCII)
_STATUS = {EventType.DELIVERED: "delivered", EventType.DELAY: "processed"}
_LOG_STATUS = {
    EventType.BOUNCE: "bounced",
    EventType.BLOCK: "blocked",
    EventType.DELIVERED: "delivered",
    EventType.DELAY: "deferred",
    EventType.DEFERRAL: "deferred",
}
_EVENT = {"bounced": "bounce", "blocked": "bounce", "not_delivered": "bounce"}


async def messages(request: ApiRequest) -> Any:
    """Give the messages that a query asks for, by the newest reports."""
    query = parse_activity_query(request.parameters["query"] or "")
    rows = await _rows(request, query, _status, request.parameters["limit"])
    return {"messages": [_message(row, number) for number, row in rows]}


async def message(request: ApiRequest) -> Any:
    """Give one message with its events."""
    number, row = await _row(request, request.parameters["msg_id"])
    whole = _message(row, number)
    return {**whole, "events": [_event(row)]}


async def logs(request: ApiRequest) -> Any:
    """Give the messages that a query asks for, in the form of logs."""
    query = parse_activity_query(request.body.query)
    rows = await _rows(request, query, _log_status, request.body.limit)
    return {"messages": [_log(row, number) for number, row in rows]}


async def log(request: ApiRequest) -> Any:
    """Give the log of one message with its events."""
    number, row = await _row(request, request.parameters["msg_id"])
    return {**_log(row, number), "events": [_event(row)], "custom_args": dict(row.custom_args)}


async def _rows(
    request: ApiRequest, query: ActivityQuery, status_of: Callable[[BounceRow], str], limit: int
) -> list[tuple[int, BounceRow]]:
    """Give up to *limit* reports that a query is about, newest first, each with its number in its letter."""
    if query.msg_id is not None:
        row = await _find(request, query.msg_id)
        rows = [row[1]] if row and query.to_email in (None, row[1].recipient) else []
    else:
        rows = await _read(request, BounceFilter(recipient=query.to_email))
    chosen = [row for row in rows if query.status in (None, status_of(row))][:limit]
    ids = {letter_id: await _ids_of_letter(request, letter_id) for letter_id in {row.letter_id for row in chosen}}
    return [(ids[row.letter_id].index(row.id) + 1, row) for row in chosen if row.id in ids[row.letter_id]]


async def _ids_of_letter(request: ApiRequest, letter_id: int) -> list[int]:
    return [row.id for row in await _of_letter(request, letter_id)]


async def _read(request: ApiRequest, which: BounceFilter) -> list[BounceRow]:
    return list(await list_bounces(request.store, request.scope, account_of(request), which, Page(MOST_READ)))


async def _of_letter(request: ApiRequest, letter_id: int) -> list[BounceRow]:
    return sorted(await _read(request, BounceFilter(letter_id=letter_id)), key=lambda row: row.id)


async def _row(request: ApiRequest, name: str) -> tuple[int, BounceRow]:
    row = await _find(request, name)
    if row is None:
        raise ProblemError(404, "There is no such message.")
    return row


async def _find(request: ApiRequest, name: str) -> tuple[int, BounceRow] | None:
    match = _MESSAGE_ID.fullmatch(name)
    letter_id = read_id(match[1]) if match else None
    if match is None or letter_id is None:
        return None
    number, rows = int(match[2]), await _of_letter(request, letter_id)
    return (number, rows[number - 1]) if 1 <= number <= len(rows) else None


def _event_type(row: BounceRow) -> EventType:
    return event_type(row.kind, row.action, row.category)


def _status(row: BounceRow) -> str:
    return _STATUS.get(_event_type(row), "not_delivered")


def _log_status(row: BounceRow) -> str:
    return _LOG_STATUS.get(_event_type(row), "delivered")  # a complaint is about a message that arrived


def _facts(row: BounceRow) -> dict[str, Any]:
    return {"from_email": row.original_from or "", "subject": row.subject or "", "to_email": row.recipient}


def _time_of(row: BounceRow) -> str:
    return row.at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _message(row: BounceRow, number: int) -> dict[str, Any]:
    counts = {"opens_count": 0, "clicks_count": 0}
    name = f"{spell_id(row.letter_id)}.{number}"
    return {**_facts(row), "msg_id": name, "status": _status(row), **counts, "last_event_time": _time_of(row)}


def _log(row: BounceRow, number: int) -> dict[str, Any]:
    return {
        **_facts(row),
        "sg_message_id": f"{spell_id(row.letter_id)}.{number}",
        "status": _log_status(row),
        "reason": _words(row),
        "sg_message_id_created_at": _time_of(row),
    }


def _words(row: BounceRow) -> str:
    return row.diagnostic_code or row.evidence or ""


def _event(row: BounceRow) -> dict[str, Any]:
    status = _log_status(row)
    facts = {"event": _EVENT.get(status, status), "processed": _time_of(row), "reason": _words(row)}
    return {**facts, "status": row.status or "", "bounce_type": "blocked" if status == "blocked" else "bounce"}
