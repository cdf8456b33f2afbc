"""The form of Postmark's API: its errors and its token, and requests as its clients send them."""

import msgspec

from bouncer.web.credentials import KeyPlace, field_of
from bouncer.web.form import ApiForm
from bouncer.web.problem import Problem

_BAD_REQUEST, _UNPROCESSABLE = 400, 422
_CODES = {400: 402, 401: 10, 422: 300}
"""Postmark's own codes: 402 for bad JSON, 10 for a bad token, 300 for a value that cannot be used; else the status."""
_ERROR = {
    "type": "object",
    "properties": {"ErrorCode": {"type": "integer"}, "Message": {"type": "string"}},
    "required": ["ErrorCode", "Message"],
}
_KEY_PLACE = KeyPlace(
    "postmark",
    field_of("x-postmark-server-token"),
    {"type": "apiKey", "in": "header", "name": "X-Postmark-Server-Token"},
    "Send an API key in the header X-Postmark-Server-Token.",
    'Postmark realm="bouncer"',
)


def _encode(problem: Problem) -> bytes:
    code = _CODES.get(problem.status, problem.status)
    return msgspec.json.encode({"ErrorCode": code, "Message": problem.detail})


def _status(status: int) -> int:
    return _UNPROCESSABLE if status == _BAD_REQUEST else status


POSTMARK_FORM = ApiForm(
    "PostmarkError",
    _ERROR,
    "application/json",
    _encode,
    _status,
    lambda headers, _now: headers,
    lenient=True,
    credentials=_KEY_PLACE,
    repeats=False,
    any_case=True,
)
