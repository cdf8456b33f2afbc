"""Custom arguments: values that the sender's program wrote into the message's header for itself, as providers' programs do.

``X-SMTPAPI`` (SendGrid) and ``X-Mailgun-Variables`` hold a JSON object; ``X-PM-Metadata-name`` and ``X-PM-Tag`` (Postmark) a text
each. The returned header is a stranger's, so the values are bounded in number and size, and are data only.
"""

import json
from collections.abc import Iterator

from bouncer.ndr.header import Headers

MAX_ARGS = 20
"""Arguments of one message; Postmark allows 10."""
MAX_NAME = 100
"""Characters of a name."""
MAX_ARG = 500
"""Characters of a value: a longer one is left out, since half an id would be another id."""
TAG = "X-PM-Tag"
"""The name under which Postmark's tag stands among the arguments."""

CustomArgs = tuple[tuple[str, str], ...]
"""Names, each with its value; a name stands once."""

_SENDGRID, _MAILGUN, _METADATA = "x-smtpapi", "x-mailgun-variables", "x-pm-metadata-"
_OF_PROVIDERS = (_SENDGRID, _MAILGUN, _METADATA, TAG.lower())
_IN_SENDGRID = ("unique_args", "custom_args")


def custom_args(returned: Headers) -> CustomArgs:
    """Give the custom arguments in the header of a returned message, at most MAX_ARGS."""
    chosen = dict[str, str]()
    if not [field for field in returned if field.startswith(_OF_PROVIDERS)]:
        return ()
    for name, value in _all_args(returned):
        spelled = " ".join(name.split())
        if spelled and len(spelled) <= MAX_NAME and len(value) <= MAX_ARG:
            chosen.setdefault(spelled, value)
        if len(chosen) == MAX_ARGS:
            break
    return tuple(chosen.items())


def _all_args(returned: Headers) -> Iterator[tuple[str, str]]:
    for field in returned:
        if field.startswith(_METADATA):
            yield field.removeprefix(_METADATA), returned.get(field)
    if tag := returned.get(TAG.lower()):
        yield TAG, tag
    sendgrid = _object(returned.get(_SENDGRID))
    for member in _IN_SENDGRID:
        value = sendgrid.get(member)
        yield from _scalars(value if isinstance(value, dict) else {})
    yield from _scalars(_object(returned.get(_MAILGUN)))


def _object(text: str) -> dict[str, object]:
    try:
        value = json.loads(text) if text.startswith("{") else {}
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _scalars(members: dict[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in members.items():
        if isinstance(value, str):
            yield name, value
        elif isinstance(value, bool | int | float):
            yield name, json.dumps(value)
