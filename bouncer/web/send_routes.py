"""Routes for sends: counting what a program sent, and comparing failures with it."""

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any

import msgspec

from bouncer.manage.sends import ReportLine, count_sends, report_sends
from bouncer.notify.serialize import to_plain
from bouncer.policy.api_key import KeyAccess
from bouncer.policy.records import MAX_STREAM
from bouncer.ports.sends import SendFilter, Sent
from bouncer.web.parameter import MAX_TEXT, MOMENT, TEXT, Parameter, word_of
from bouncer.web.problem import ProblemError
from bouncer.web.route import OF_ACCOUNT, ApiRequest, ApiRoute, Example, data_schema
from bouncer.web.row_schema import row_schema
from bouncer.web.suppression_routes import Address

MOST_MESSAGES = 1000
"""Messages of one request: one commit."""
MOST_RECIPIENTS = 1000
"""Recipients of one message; a mailing is many messages."""
MAX_SUBJECT = 998
"""Characters of a subject: a line of a message has no more (RFC 5322 section 2.1.1)."""
OLDEST = dt.timedelta(days=366)
"""Age of a send that is counted; older ones would be forgotten soon."""

Word = Annotated[str, msgspec.Meta(max_length=MAX_STREAM)]


class MessageSent(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A message that was sent: to whom, when (null: now), and the words by which it is counted."""

    recipients: Annotated[tuple[Address, ...], msgspec.Meta(min_length=1, max_length=MOST_RECIPIENTS)]
    at: Annotated[dt.datetime, msgspec.Meta(tz=True)] | None = None
    message_id: Annotated[str, msgspec.Meta(max_length=MAX_TEXT)] | None = None
    subject: Annotated[str, msgspec.Meta(max_length=MAX_SUBJECT)] | None = None
    campaign: Word | None = None
    stream: Word | None = None


class MessagesToCount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Messages that are to be counted. Not idempotent: name the request by ``Idempotency-Key``."""

    messages: Annotated[tuple[MessageSent, ...], msgspec.Meta(min_length=1, max_length=MOST_MESSAGES)]


class Grouping(StrEnum):
    """The dimensions by which the lines of statistics can be grouped; members of ``manage.sends.GROUPS``."""

    DAY = "day"
    HOUR = "hour"
    CAMPAIGN = "campaign"
    STREAM = "stream"
    DOMAIN = "domain"
    PROVIDER = "provider"


async def _count(request: ApiRequest) -> Any:
    sends = [_read_sent(request, message) for message in request.body.messages]
    counted = await count_sends(request.store, request.scope, request.account, sends)
    return {"messages": counted.messages, "recipients": counted.recipients}


def _read_sent(request: ApiRequest, message: MessageSent) -> Sent:
    at = message.at or request.now
    if not request.now - OLDEST <= at <= request.now + dt.timedelta(hours=1):
        raise ProblemError(422, "at lies in the future, or more than a year back.", parameter="at")
    return Sent(
        request.account,
        at.astimezone(dt.UTC),
        message.recipients,
        message.message_id,
        message.subject,
        message.campaign,
        message.stream,
    )


async def _statistics(request: ApiRequest) -> Any:
    parameters = request.parameters
    domains = None if parameters["domain"] is None else [parameters["domain"]]
    criteria = SendFilter(
        parameters["campaign"], parameters["stream"], domains, parameters["since"], parameters["before"]
    )
    group_by = [parameters["by"].value] if parameters["by"] else []
    rows = await report_sends(request.store, request.scope, parameters["account"], criteria, group_by)
    return {"data": [to_plain(row) for row in rows]}


_COUNTED = {
    "type": "object",
    "properties": {"messages": {"type": "integer"}, "recipients": {"type": "integer"}},
    "required": ["messages", "recipients"],
}

SEND_ROUTES = (
    ApiRoute(
        "POST",
        "/api/v1/sends",
        "Count up to 1,000 messages that were sent, where no milter counts them",
        KeyAccess.WRITE,
        _count,
        _COUNTED,
        (OF_ACCOUNT,),
        MessagesToCount,
        errors=(404,),
        example=Example(
            body='{"messages": [{"recipients": ["jane@example.org"], "message_id": "<1@acme.example>", "campaign": "march"}]}'
        ),
    ),
    ApiRoute(
        "GET",
        "/api/v1/statistics",
        "Failures against sends, a line for each account and each group",
        KeyAccess.READ,
        _statistics,
        data_schema(row_schema(ReportLine)),
        (
            OF_ACCOUNT,
            Parameter("by", word_of(Grouping), "what the lines are grouped by", "campaign"),
            Parameter("since", MOMENT, "only sends from this day or time on, UTC", "2026-11-01"),
            Parameter("before", MOMENT, "only sends before this day or time, UTC", "2026-12-01"),
            Parameter("campaign", TEXT, "only this campaign", "march"),
            Parameter("stream", TEXT, "only this stream", "news"),
            Parameter("domain", TEXT, "only recipients of this domain", "example.org"),
        ),
        errors=(404,),
        example=Example("by=campaign"),
    ),
)
"""The routes, in the manual's order."""
