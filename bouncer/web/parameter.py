"""Parameters of paths and queries: their types with bounds, and how the text of a request becomes a value."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bouncer.mail.letter import read_id
from bouncer.web.problem import NOTHING_HERE, ProblemError

MAX_TEXT = 320
"""Characters of a text: the longest address has 254, and the longest local part with the longest domain 320."""
MAX_LIMIT = 1000
"""Rows of a page: a page stays below a megabyte, and costs the store no more than a hundredth of a second."""
USUAL_LIMIT = 100
"""Rows of a page where the client asks for no number."""
NO_NUL = "\ufffd"
"""The character in place of NUL: PostgreSQL stores no NUL, and nobody means one."""

_DIGITS = re.compile(r"[0-9]{1,19}", re.ASCII)
_CURSOR = re.compile(r"[0-9]{1,18}|[0-8][0-9]{18}", re.ASCII)  # ids have 63 bits, and stay below 9e18 until 2105
_STATUS = re.compile(r"[245](?:\.[0-9]{1,3}){0,2}", re.ASCII)
_YEARS = range(1970, 2100)  # ids hold milliseconds in 42 bits, until 2109


@dataclass(frozen=True, slots=True)
class ParameterType:
    """A type: its JSON schema, and the function that makes a value of a text, or raises ValueError with the reason."""

    schema: Mapping[str, Any]
    parse: Callable[[str], Any]
    spans_slashes: bool = False
    """Whether a slash may be part of the value, for a parameter in the path."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a route. *where* is ``query``, ``path`` or ``header``; one in the path is required."""

    name: str
    type: ParameterType
    says: str
    example: str
    where: str = "query"
    default: Any = None


def _text(text: str) -> str:
    if not text or len(text) > MAX_TEXT:
        raise ValueError(f"must have 1 to {MAX_TEXT} characters")
    return text


def _letter_id(text: str) -> int:
    number = read_id(text)
    if number is None:
        raise ValueError("is no id of a letter: 13 characters, as lists show them")
    return number


def _cursor(text: str) -> int:
    if not _CURSOR.fullmatch(text):
        raise ValueError("is no cursor: take `next` of the page before")
    return int(text)


def _number(text: str) -> int:
    if not _CURSOR.fullmatch(text):
        raise ValueError("is no number of a notice")
    return int(text)


def _moment(text: str) -> dt.datetime:
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        raise ValueError("is no day, as 2026-11-01, and no time, as 2026-11-01T12:30:00Z")
    try:
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
    except OverflowError:
        raise ValueError("is a time that no calendar has") from None


def convert_to_utc(moment: dt.datetime, name: str) -> dt.datetime:
    """Give a moment of a body in UTC. Raises ProblemError (422) for a moment that is outside the calendar in UTC."""
    try:
        return moment.astimezone(dt.UTC)
    except OverflowError:
        raise ProblemError(422, f"{name} is a time that no calendar has.", parameter=name) from None


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        raise ValueError("must be true or false")
    return text == "true"


def _status(text: str) -> str:
    if not _STATUS.fullmatch(text):
        raise ValueError("is no enhanced status code, as 5.1.1, nor the beginning of one")
    return text


def _limit(text: str) -> int:
    if not _DIGITS.fullmatch(text) or not 1 <= int(text) <= MAX_LIMIT:
        raise ValueError(f"must be a number from 1 to {MAX_LIMIT}")
    return int(text)


def word_of(words: type[StrEnum]) -> ParameterType:
    """Make the type of the members of *words*."""

    def parse(text: str) -> StrEnum:
        try:
            return words(text)
        except ValueError:
            raise ValueError(f"must be one of {', '.join(words)}") from None

    return ParameterType({"type": "string", "enum": [word.value for word in words]}, parse)


TEXT = ParameterType({"type": "string", "minLength": 1, "maxLength": MAX_TEXT}, _text)
LETTER_ID = ParameterType({"type": "string", "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{12}$"}, _letter_id)
CURSOR = ParameterType({"type": "string", "pattern": f"^(?:{_CURSOR.pattern})$"}, _cursor)
NUMBER = ParameterType({"type": "string", "pattern": f"^(?:{_CURSOR.pattern})$"}, _number)
MOMENT = ParameterType({"type": "string", "format": "date-time"}, _moment)
FLAG = ParameterType({"type": "boolean"}, _flag)
STATUS = ParameterType({"type": "string", "pattern": f"^(?:{_STATUS.pattern})$"}, _status)
LIMIT = ParameterType({"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": USUAL_LIMIT}, _limit)


def parse_parameters(
    parameters: tuple[Parameter, ...],
    elsewhere: Mapping[str, str],
    query: list[tuple[str, str]],
    *,
    is_lenient: bool = False,
    joins: bool = True,
) -> dict[str, Any]:
    """Give the value of each parameter; *elsewhere* has those of the path and the header.

    Raises ProblemError (422) for a parameter whose text does not fit its type, and, unless *is_lenient*, for an unknown or
    repeated one. With *is_lenient*, unknown and empty parameters are ignored; repeated ones are joined by commas with *joins*,
    else the last one counts; and brackets behind a name count for nothing: `a[]=1` is how clients for Node write an array.
    """
    in_query = {parameter.name for parameter in parameters if parameter.where == "query"}
    texts = dict(elsewhere)
    for written, text in query:
        name = written.removesuffix("[]") if is_lenient else written
        if is_lenient:
            if name in in_query and text:
                texts[name] = f"{texts[name]},{text}" if joins and name in texts else text
            continue
        if name not in in_query:
            raise ProblemError(422, f"There is no parameter {name!r} here.", parameter=name)
        if name in texts:
            raise ProblemError(422, f"The parameter {name} is given twice.", parameter=name)
        texts[name] = text
    return {parameter.name: _value(parameter, texts.get(parameter.name)) for parameter in parameters}


def _value(parameter: Parameter, text: str | None) -> Any:
    if text is None:
        return parameter.default
    if not text and parameter.where == "path":
        raise ProblemError(404, NOTHING_HERE)
    try:
        return parameter.type.parse(text.replace("\0", NO_NUL))
    except ValueError as error:
        raise ProblemError(422, f"{parameter.name} {error}.", parameter=parameter.name) from None
