"""Parameters that Mailgun's routes share, the account that a request is for, and Mailgun's form of a time."""

import datetime as dt
import re
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from bouncer.errors import NotFound
from bouncer.web.parameter import TEXT, Parameter
from bouncer.web.problem import ProblemError
from bouncer.web.route import ApiRequest
from bouncer.web.sendgrid.parameters import ADDRESS, whole_number

MAX_ROWS = 1000
"""Rows of a page: Mailgun's own limit."""
USUAL_ROWS = 100
"""Rows of a page where no number is asked for: Mailgun's own."""
_SECONDS = re.compile(r"[0-9]{1,11}(?:\.[0-9]{1,9})?", re.ASCII)
_YEARS = range(1970, 2100)  # ids and times of rows hold no others

DOMAIN = Parameter("domain", TEXT, "the account's name, or a domain that it sends from", "acme", where="path")
ADDRESS_IN_PATH = Parameter("address", ADDRESS, "the address", "jane@example.org", where="path")
LIMIT = Parameter("limit", whole_number(1, MAX_ROWS, USUAL_ROWS), "rows of a page", "50", default=USUAL_ROWS)


async def account_of(request: ApiRequest) -> str:
    """Give the account that the domain of a request's path names: by its name, or as a domain that it sends from.

    Raises NotFound where the key opens no such account.
    """
    domain = request.parameters["domain"].lower()
    directory = await request.store.directory(request.scope)
    name = domain if domain in directory.accounts else directory.whose_senders().get(domain)
    if name is None:
        raise NotFound("Domain not found: the key opens no account that has this name or sends from this domain.")
    return name


def spell_time(moment: dt.datetime) -> str:
    """Write a moment as Mailgun does (RFC 1123): ``Fri, 21 Oct 2011 11:02:55 UTC``."""
    return format_datetime(moment.astimezone(dt.UTC), usegmt=True).replace("GMT", "UTC")


def parse_time(text: str) -> dt.datetime | None:
    """Parse a moment as Mailgun's clients write it (RFC 2822, ISO 8601, seconds since 1970); None for any other text."""
    for read in (_seconds, parsedate_to_datetime, dt.datetime.fromisoformat):
        try:
            moment = read(text)
            moment = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)
        except (ValueError, OverflowError):
            continue
        if moment.year in _YEARS:
            return moment
    return None


def _seconds(text: str) -> dt.datetime:
    if not _SECONDS.fullmatch(text):
        raise ValueError
    return dt.datetime.fromtimestamp(float(text), dt.UTC)


def read_time(text: str) -> dt.datetime | None:
    """Read a moment as Mailgun's clients write it; None for empty. Raises ProblemError (422)."""
    if not text:
        return None
    if (moment := parse_time(text)) is not None:
        return moment
    raise ProblemError(
        422, f"created_at is no time as {spell_time(dt.datetime(2011, 10, 21, 11, 2, 55, tzinfo=dt.UTC))}."
    )


def message_with(**members: Any) -> dict[str, Any]:
    """Give the schema of an answer that says what was done."""
    properties = {"message": {"type": "string"}, **members}
    return {"type": "object", "properties": properties, "required": ["message"]}
