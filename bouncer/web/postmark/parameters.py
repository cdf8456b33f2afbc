"""Parameters that Postmark's routes share, in its spelling; the account that a request is for, its streams and times."""

import datetime as dt
from collections.abc import Iterable

from bouncer.mail.short_id import MAX_SHORT_ID
from bouncer.web.parameter import FLAG, MOMENT, Parameter, ParameterType
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest

OUTBOUND = "outbound"
"""Postmark's usual stream: here the mail of no stream, which only suppressions for all mail stop."""
DAY_CHARACTERS = len("2026-11-01")
"""Characters of a day without a time, which as an end means the whole day."""


def any_case(words: Iterable[str]) -> ParameterType:
    """Make the type of *words*, which clients write in any case."""
    spelled = {word.lower(): word for word in words}

    def parse(text: str) -> str:
        if (word := spelled.get(text.lower())) is None:
            raise ValueError(f"must be one of {', '.join(spelled.values())}")
        return word

    return ParameterType({"type": "string", "enum": list(spelled.values())}, parse)


def _short_id(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_SHORT_ID)) or int(text) > MAX_SHORT_ID:
        raise ValueError("is no id of a bounce")
    return int(text)


def _end(text: str) -> dt.datetime:
    moment: dt.datetime = MOMENT.parse(text)
    return moment + (dt.timedelta(days=1) if len(text) == DAY_CHARACTERS else dt.timedelta(seconds=1))


def _any_flag(text: str) -> bool:
    return bool(FLAG.parse(text.lower()))


ANY_FLAG = ParameterType(FLAG.schema, _any_flag)
"""True or false in any case: its client for Python sends ``True``."""
END = ParameterType(MOMENT.schema, _end)
"""The end of a time, inclusive: the whole day, or the whole second."""
BOUNCE_ID = Parameter(
    "bounce_id",
    ParameterType({"type": "integer", "minimum": 0, "maximum": MAX_SHORT_ID}, _short_id),
    "the ID, as lists and webhooks show it",
    "1593176881889898",
    where="path",
)


def account_of(request: ApiRequest) -> str:
    """Give the key's account. Raises ProblemError (422) for the operator's key: no parameter of Postmark's names an account."""
    if request.key.account is None:
        raise ProblemError(422, "This key is for all accounts; Postmark's routes need the key of one.")
    return request.key.account


def stream_of(name: str) -> str:
    """Give our stream for a message stream of Postmark's."""
    return "" if name.lower() == OUTBOUND else name
