"""The form of /v3: SendGrid's errors and rate headers, and requests as its clients send them."""

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import msgspec

from bouncer.web.credentials import BEARER, bearer
from bouncer.web.form import ApiForm
from bouncer.web.problem import Problem

UNPROCESSABLE, BAD_REQUEST = 422, 400
_MESSAGES = {
    401: "authorization required",
    403: "access forbidden",
    404: "not found",
    405: "method not allowed",
    413: "payload too large",
    429: "too many requests",
    500: "internal server error",
    503: "service unavailable",
}
"""SendGrid's words for a status. Our own sentence is beside them as help."""
_RATE = {"ratelimit-limit": "x-ratelimit-limit", "ratelimit-remaining": "x-ratelimit-remaining"}
_RESET = "ratelimit-reset"
_ERRORS = {
    "type": "object",
    "properties": {
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "message": {"type": "string"},
                    "field": {"type": ["string", "null"]},
                    "help": {"type": "object"},
                },
                "required": ["message", "field"],
            },
        }
    },
    "required": ["errors"],
}


def _encode(problem: Problem) -> bytes:
    error: dict[str, Any] = {"message": problem.detail, "field": problem.parameter}
    if message := _MESSAGES.get(problem.status):
        error = {"message": message, "field": None, "help": {"reason": problem.detail}}
    return msgspec.json.encode({"errors": [{**error, **problem.members}]})


def _status(status: int) -> int:
    return BAD_REQUEST if status == UNPROCESSABLE else status


def _headers(headers: Mapping[str, str], now: float) -> Mapping[str, str]:
    """Name the rate headers as SendGrid does; its Reset is a moment in seconds since 1970, until which its client for Go sleeps."""
    sent = {_RATE.get(name, name): value for name, value in headers.items() if name != _RESET}
    if _RESET in headers:
        sent["x-ratelimit-reset"] = str(math.ceil(now) + int(headers[_RESET]))
    return sent


SENDGRID_FORM = ApiForm(
    "SendGridErrors",
    _ERRORS,
    "application/json",
    _encode,
    _status,
    _headers,
    lenient=True,
    credentials=replace(BEARER, find=bearer("SG.")),  # its client for Node warns about a key without
)
