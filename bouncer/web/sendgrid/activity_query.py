"""Queries of SendGrid's activity: conditions ``field="value"`` and ``status IN ("a", "b")`` joined by AND, without nesting."""

import re
from dataclasses import dataclass

from bouncer.web.problem import ProblemError

FIELDS = ("to_email", "status", "msg_id")
"""The fields by which messages can be asked for."""
MAX_QUERY = 2000
"""Characters of a query: ten conditions with long values."""
_VALUE = r"""(?:"[^"]*"|'[^']*')"""
_CONDITION = re.compile(
    rf"\s*([A-Za-z_]+)\s*(?:=\s*({_VALUE})|\bIN\s*\(\s*({_VALUE}(?:\s*,\s*{_VALUE})*)\s*\))\s*(AND\b|$)",
    re.IGNORECASE,
)
_VALUES = re.compile(_VALUE)
_OTHER_NAMES = {"sg_message_id": "msg_id"}


@dataclass(frozen=True, slots=True)
class ActivityQuery:
    """The values that a message must have, one of *statuses*; None and none: any."""

    to_email: str | None = None
    statuses: tuple[str, ...] = ()
    msg_id: str | None = None


def parse_activity_query(text: str) -> ActivityQuery:
    """Parse a query. Raises ProblemError (422) with SendGrid's words for one that cannot be read."""
    values, place, joint = dict[str, tuple[str, ...]](), 0, ""
    while place < len(text) or joint:
        match = _CONDITION.match(text, place)
        if match is None:
            raise ProblemError(422, f"invalid syntax: cannot read {text[place : place + 40]!r}", parameter="query")
        name = _OTHER_NAMES.get(match[1].lower(), match[1].lower())
        if name not in FIELDS:
            raise ProblemError(422, f"invalid syntax: '{match[1]}' is not a known field", parameter="query")
        if name in values:
            raise ProblemError(422, f"invalid syntax: '{match[1]}' is given twice", parameter="query")
        values[name] = tuple(value[1:-1] for value in _VALUES.findall(match[2] or match[3]))
        if len(values[name]) > 1 and name != "status":
            raise ProblemError(422, f"invalid syntax: '{match[1]}' takes one value", parameter="query")
        place, joint = match.end(), match[4]
    if not values:
        raise ProblemError(422, f"Ask for one of {', '.join(FIELDS)}.", parameter="query")
    statuses = values.pop("status", ())
    return ActivityQuery(statuses=statuses, **{name: value for name, (value,) in values.items()})
