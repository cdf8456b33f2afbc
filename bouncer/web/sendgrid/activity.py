"""SendGrid's activity (messages, logs): the messages that reports are about. A message without a report is not in it."""

from collections.abc import Mapping
from typing import Any

from bouncer.mail.address import comparable
from bouncer.mail.letter import read_id, spell_id
from bouncer.manage.records import BounceWalk, list_bounces, walked_bounces
from bouncer.policy.outcome_kinds import OutcomeKind
from bouncer.policy.webhooks import OF_OUTCOMES, EventType, event_type
from bouncer.ports.letters import BounceFilter, BounceRow, Page
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.activity_query import ActivityQuery, parse_activity_query
from bouncer.web.sendgrid.parameters import account_of

MAX_ID = (1 << 63) - 1
"""The largest number of an id."""
_STATUS = {
    EventType.BOUNCE: "not_delivered",
    EventType.BLOCK: "not_delivered",
    EventType.DEFERRAL: "not_delivered",
    EventType.DELAY: "processed",
}
_LOG_STATUS = {
    EventType.BOUNCE: "bounced",
    EventType.BLOCK: "blocked",
    EventType.DELAY: "deferred",
    EventType.DEFERRAL: "deferred",
}
_ARRIVED = "delivered"
"""The status of all other events: a complaint, too, is about a message that arrived."""
_EVENT = {"bounced": "bounce", "blocked": "bounce", "not_delivered": "bounce"}


async def messages(request: ApiRequest) -> Any:
    """Give the messages that a query asks for, by the newest reports."""
    query = parse_activity_query(request.parameters["query"] or "")
    return {"messages": [_message(row) for row in await _rows(request, query, _STATUS, request.parameters["limit"])]}


async def message(request: ApiRequest) -> Any:
    """Give one message with its events."""
    row = await _row(request, request.parameters["msg_id"])
    return {**_message(row), "events": [_event(row)]}


async def logs(request: ApiRequest) -> Any:
    """Give the messages that a query asks for, in the form of logs."""
    query = parse_activity_query(request.body.query)
    return {"messages": [_log(row) for row in await _rows(request, query, _LOG_STATUS, request.body.limit)]}


async def log(request: ApiRequest) -> Any:
    """Give the log of one message with its events."""
    row = await _row(request, request.parameters["msg_id"])
    return {**_log(row), "events": [_event(row)], "custom_args": dict(row.custom_args)}


async def _rows(
    request: ApiRequest, query: ActivityQuery, status_of: Mapping[EventType, str], limit: int
) -> list[BounceRow]:
    """Give up to *limit* reports that a query is about, newest first; *status_of* gives the list's words for an outcome."""
    kinds = tuple(OutcomeKind(event) for event in OF_OUTCOMES if status_of.get(event, _ARRIVED) in query.statuses)
    if query.statuses and not kinds:
        return []
    if query.msg_id is None:
        criteria = BounceFilter(recipient=query.to_email, outcomes=kinds)
        walk = BounceWalk(limit)
        return await walked_bounces(request.store, request.scope, account_of(request), criteria, walk, now=request.now)
    row = await _find(request, query.msg_id)
    is_asked = (
        row is not None
        and (query.to_email is None or comparable(query.to_email) == comparable(row.recipient))
        and (not kinds or OutcomeKind(_event_type(row)) in kinds)
    )
    return [row] if row is not None and is_asked else []


async def _row(request: ApiRequest, name: str) -> BounceRow:
    row = await _find(request, name)
    if row is None:
        raise ProblemError(404, "There is no such message.")
    return row


async def _find(request: ApiRequest, name: str) -> BounceRow | None:
    """Give the report with an id, as the first one below the next higher id."""
    number = read_id(name)
    if number is None:
        return None
    page = Page(1, min(number + 1, MAX_ID))
    rows = await list_bounces(request.store, request.scope, account_of(request), BounceFilter(), page)
    return next((row for row in rows if row.id == number), None)


def _event_type(row: BounceRow) -> EventType:
    return event_type(row.kind, row.action, row.category)


def _facts(row: BounceRow) -> dict[str, Any]:
    return {"from_email": _address_in(row.original_from or ""), "subject": row.subject or "", "to_email": row.recipient}


def _address_in(written: str) -> str:
    """Give the address in the field From (RFC 5322 section 3.4); a decoded display name may hold commas and other addresses."""
    _, bracket, rest = written.rpartition("<")
    return rest.partition(">")[0].strip() if bracket else written


def _time_of(row: BounceRow) -> str:
    return row.at.isoformat(timespec="seconds").replace("+00:00", "Z")


def _message(row: BounceRow) -> dict[str, Any]:
    counts = {"opens_count": 0, "clicks_count": 0}
    status = _STATUS.get(_event_type(row), _ARRIVED)
    return {**_facts(row), "msg_id": spell_id(row.id), "status": status, **counts, "last_event_time": _time_of(row)}


def _log(row: BounceRow) -> dict[str, Any]:
    return {
        **_facts(row),
        "sg_message_id": spell_id(row.id),
        "status": _log_status(row),
        "reason": _words(row),
        "sg_message_id_created_at": _time_of(row),
    }


def _log_status(row: BounceRow) -> str:
    return _LOG_STATUS.get(_event_type(row), _ARRIVED)


def _words(row: BounceRow) -> str:
    return row.diagnostic_code or row.evidence or ""


def _event(row: BounceRow) -> dict[str, Any]:
    status = _log_status(row)
    facts = {"event": _EVENT.get(status, status), "processed": _time_of(row), "reason": _words(row)}
    return {**facts, "status": row.status or "", "bounce_type": "blocked" if status == "blocked" else "bounce"}
