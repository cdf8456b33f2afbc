"""Parameters that routes of /v3 share, and the account that a request is for."""

import datetime as dt
import re
from typing import Any

from bouncer.web.parameter import MAX_TEXT, TEXT, Parameter, ParameterType
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest

MAX_ROWS = 500
"""Rows of a page: SendGrid's own limit, and its own number where none is asked for."""
MAX_OFFSET = 10_000_000
"""Rows that an offset passes over at most: a longer list is read with a later start_time."""
MAX_NAME = 2 * MAX_TEXT
_DIGITS = re.compile(r"[0-9]{1,10}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_LAST = 4_102_444_800  # 2100-01-01: ids and times of rows hold no later moment
_ON_BEHALF_OF = "on-behalf-of"
_ACCOUNT_ID = "account-id "


def whole_number(minimum: int, maximum: int, usual: int | None = None) -> ParameterType:
    """Make the type of a number from *minimum* to *maximum*."""

    def parse(text: str) -> int:
        if not _DIGITS.fullmatch(text) or not minimum <= int(text) <= maximum:
            raise ValueError(f"must be a number from {minimum} to {maximum}")
        return int(text)

    default = {} if usual is None else {"default": usual}
    return ParameterType({"type": "integer", "minimum": minimum, "maximum": maximum, **default}, parse)


def _parse_second(text: str) -> dt.datetime:
    if not _DIGITS.fullmatch(text) or int(text) > _LAST:
        raise ValueError("must be a time in seconds since 1970")
    return dt.datetime.fromtimestamp(int(text), dt.UTC)


def _day(text: str) -> dt.datetime:
    try:
        day = dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year < 2100:  # noqa: PLR2004 -- the years of rows
        raise ValueError("must be a day as YYYY-MM-DD")
    return day


def _address(text: str) -> str:
    if not text or len(text) > MAX_TEXT:
        raise ValueError(f"must have 1 to {MAX_TEXT} characters")
    return text


def _names(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in text.split(",") if part.strip()))


SECOND = ParameterType({"type": "integer", "minimum": 0, "maximum": _LAST}, _parse_second)
DAY = ParameterType({"type": "string", "format": "date"}, _day)
ADDRESS = ParameterType({"type": "string", "minLength": 1, "maxLength": MAX_TEXT}, _address, spans_slashes=True)
NAMES = ParameterType({"type": "string"}, _names)
"""Names, repeated or joined by commas."""

ON_BEHALF_OF = Parameter(
    _ON_BEHALF_OF,
    TEXT,
    "the account that an operator's key acts for: its name, or account-id and its name",
    "acme",
    where="header",
)
LISTS = (
    Parameter("start_time", SECOND, "only from this second on", "1772323200"),
    Parameter("end_time", SECOND, "only up to this second", "1893456000"),
    Parameter("limit", whole_number(1, MAX_ROWS, MAX_ROWS), "rows of a page", "50", default=MAX_ROWS),
    Parameter("offset", whole_number(0, MAX_OFFSET, 0), "rows before the page", "0", default=0),
    Parameter("email", TEXT, "only addresses that begin so; % stands for any characters", "jane%"),
)
"""The parameters of SendGrid's lists of addresses."""
EMAIL = Parameter("email", ADDRESS, "the address", "jane@example.org", where="path")


def account_of(request: ApiRequest) -> str:
    """Give the account that a request is for: the key's own, or the one that an operator's key acts for.

    Raises ProblemError: 403 for an account other than the key's own, 422 where an operator's key names none.
    """
    requested_account: str | None = request.parameters[_ON_BEHALF_OF]
    name = requested_account.removeprefix(_ACCOUNT_ID).strip() if requested_account else None
    key_account = request.key.account
    if key_account is not None and name not in (None, key_account):
        raise ProblemError(403, "This key is for one account, and acts for no other.")
    if (account := key_account or name) is None:
        raise ProblemError(422, "Name the account in the header On-Behalf-Of: this key is for all accounts.")
    return account


def seconds(moment: dt.datetime) -> int:
    """Give a moment as SendGrid writes it."""
    return int(moment.timestamp())


def array_of(row: dict[str, Any]) -> dict[str, Any]:
    """Give the schema of a list."""
    return {"type": "array", "items": row}


def object_of(**members: Any) -> dict[str, Any]:
    """Give the schema of an object, all of whose members are there."""
    return {"type": "object", "properties": members, "required": list(members)}


TEXT_SCHEMA = {"type": "string"}
NUMBER_SCHEMA = {"type": "integer"}
