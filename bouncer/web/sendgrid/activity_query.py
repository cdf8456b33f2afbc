"""Queries of SendGrid's activity: conditions ``field="value"`` joined by AND, without nesting."""

import re
from dataclasses import dataclass

from bouncer.web.problem import ProblemError

FIELDS = ("to_email", "status", "msg_id")
"""The fields by which messages can be asked for."""
MAX_QUERY = 2000
"""Characters of a query: ten conditions with long values."""
_CONDITION = re.compile(r"""\s*([A-Za-z_]+)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*(?:AND\b|$)""", re.IGNORECASE)
_OTHER_NAMES = {"sg_message_id": "msg_id"}


@dataclass(frozen=True, slots=True)
class ActivityQuery:
    """The values that a message must have; None: any."""

    to_email: str | None = None
    status: str | None = None
    msg_id: str | None = None


def parse_activity_query(text: str) -> ActivityQuery:
    """Parse a query. Raises ProblemError (422) with SendGrid's words for one that cannot be read."""
    values, place = dict[str, str](), 0
    while place < len(text):
        match = _CONDITION.match(text, place)
        if match is None:
            raise ProblemError(422, f"invalid syntax: cannot read {text[place : place + 40]!r}", parameter="query")
        name = _OTHER_NAMES.get(match[1].lower(), match[1].lower())
        if name not in FIELDS:
            raise ProblemError(422, f"invalid syntax: '{match[1]}' is not a known field", parameter="query")
        values[name] = match[2] if match[2] is not None else match[3]
        place = match.end()
    if not values:
        raise ProblemError(422, f"Ask for one of {', '.join(FIELDS)}.", parameter="query")
    return ActivityQuery(**values)
