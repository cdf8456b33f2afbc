"""The form of /v3/{domain}: Mailgun's errors and authentication, and requests as its clients send them."""

import msgspec

from bouncer.web.credentials import KeyPlace, basic_password
from bouncer.web.form import ApiForm
from bouncer.web.problem import Problem

_UNPROCESSABLE, _BAD_REQUEST = 422, 400
_ERROR = {"type": "object", "properties": {"message": {"type": "string"}}, "required": ["message"]}
_CREDENTIALS = KeyPlace(
    "mailgun",
    basic_password,
    {"type": "http", "scheme": "basic"},
    "Send an API key as the password of Basic authentication, with the user api.",
    'Basic realm="bouncer", charset="UTF-8"',
)


def _encode(problem: Problem) -> bytes:
    return msgspec.json.encode({"message": problem.detail})


def _status(status: int) -> int:
    return _BAD_REQUEST if status == _UNPROCESSABLE else status


MAILGUN_FORM = ApiForm(
    "MailgunError",
    _ERROR,
    "application/json",
    _encode,
    _status,
    lambda headers, _now: headers,
    lenient=True,
    credentials=_CREDENTIALS,
    repeats=False,  # its client for Node repeats the limit on every page but the first
    has_form_bodies=True,
)
