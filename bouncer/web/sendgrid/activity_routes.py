"""Routes of SendGrid's activity and of its validation of addresses."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

import msgspec

from bouncer.policy.api_key import KeyAccess
from bouncer.web.parameter import TEXT, Parameter, ParameterType
from bouncer.web.route import ApiRequest, ApiRoute, Example
from bouncer.web.sendgrid.activity import log, logs, message, messages
from bouncer.web.sendgrid.activity_query import MAX_QUERY
from bouncer.web.sendgrid.form import SENDGRID_FORM
from bouncer.web.sendgrid.parameters import NUMBER_SCHEMA, ON_BEHALF_OF, TEXT_SCHEMA, array_of, object_of, whole_number
from bouncer.web.sendgrid.validation import validate
from bouncer.web.suppression_routes import Address

MOST_MESSAGES = 1000
"""Messages of one answer: SendGrid's own limit."""
USUAL_MESSAGES = 10
"""Messages where no number is asked for: SendGrid's own."""
MAX_SOURCE = 100
"""Characters of a validation's source."""


class LogsToRead(msgspec.Struct, frozen=True):
    """A query of logs."""

    query: Annotated[str, msgspec.Meta(max_length=MAX_QUERY)] = ""
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST_MESSAGES)] = USUAL_MESSAGES


class AddressToValidate(msgspec.Struct, frozen=True):
    """An address, and a word for where it comes from, which the answer repeats."""

    email: Address
    source: Annotated[str, msgspec.Meta(max_length=MAX_SOURCE)] = ""


def _query_text(text: str) -> str:
    if len(text) > MAX_QUERY:
        raise ValueError(f"must have {MAX_QUERY} characters at most")
    return text


def _route(
    method: str,
    path: str,
    says: str,
    answer: Callable[[ApiRequest], Awaitable[Any]],
    schema: dict[str, Any],
    parameters: tuple[Parameter, ...] = (),
    *,
    body: Any = None,
    example: Example,
) -> ApiRoute:
    return ApiRoute(
        method,
        path,
        says,
        KeyAccess.READ,
        answer,
        schema,
        (ON_BEHALF_OF, *parameters),
        body,
        errors=(404,),
        example=example,
        form=SENDGRID_FORM,
    )


_FACTS = dict.fromkeys(("from_email", "subject", "to_email", "status"), TEXT_SCHEMA)
_COUNTS = dict.fromkeys(("opens_count", "clicks_count"), NUMBER_SCHEMA)
_MESSAGE = {**_FACTS, **_COUNTS, "msg_id": TEXT_SCHEMA, "last_event_time": TEXT_SCHEMA}
_LOG = {**_FACTS, **dict.fromkeys(("sg_message_id", "reason", "sg_message_id_created_at"), TEXT_SCHEMA)}
_EVENTS = array_of({"type": "object"})
_QUERY = (
    Parameter(
        "query",
        ParameterType({"type": "string", "maxLength": MAX_QUERY}, _query_text),
        'conditions joined by AND, as to_email="jane@example.org"; of to_email, status, msg_id',
        'to_email="jane@example.org"',
    ),
    Parameter(
        "limit", whole_number(1, MOST_MESSAGES, USUAL_MESSAGES), "messages of the answer", "50", default=USUAL_MESSAGES
    ),
)
_MSG_ID = Parameter("msg_id", TEXT, "the id, as lists show it", "38g0n6damk02s", where="path")
_WITH_ID = Example(path={"msg_id": "38g0n6damk02s"})

ACTIVITY_ROUTES = (
    _route(
        "GET",
        "/v3/messages",
        "The messages that reports are about, newest first",
        messages,
        object_of(messages=array_of(object_of(**_MESSAGE))),
        _QUERY,
        example=Example("query=to_email%3D%22jane%40example.org%22"),
    ),
    _route(
        "GET",
        "/v3/messages/{msg_id}",
        "One of these messages, with its event",
        message,
        object_of(**_MESSAGE, events=_EVENTS),
        (_MSG_ID,),
        example=_WITH_ID,
    ),
    _route(
        "POST",
        "/v3/logs",
        "The same messages, in the form of logs",
        logs,
        object_of(messages=array_of(object_of(**_LOG))),
        body=LogsToRead,
        example=Example(body='{"query": "to_email=\\"jane@example.org\\"", "limit": 10}'),
    ),
    _route(
        "GET",
        "/v3/logs/{msg_id}",
        "The log of one message, with its event",
        log,
        object_of(**_LOG, events=_EVENTS, custom_args={"type": "object"}),
        (_MSG_ID,),
        example=_WITH_ID,
    ),
    _route(
        "POST",
        "/v3/validations/email",
        "Judge an address by what is on record about it",
        validate,
        object_of(result={"type": "object"}),
        body=AddressToValidate,
        example=Example(body='{"email": "jane@example.org", "source": "signup"}'),
    ),
)
"""The routes, in the manual's order."""
