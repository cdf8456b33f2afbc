"""The form of the routes of one tree: our own, or that of another provider, whose clients can use the routes unmodified."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bouncer.web.credentials import BEARER, KeyPlace
from bouncer.web.problem import MEDIA_TYPE, Problem

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ApiForm:
    """The form of a tree's errors and headers, and how exact a request must be.

    *status* gives the status that a problem goes out with, *errors* the statuses that the errors of a route have in this
    tree. *headers* gives the header fields of an answer, those of the rate limit among them, at a time in seconds since 1970. A
    *lenient* tree ignores unknown parameters and members, takes repeated parameters, empty ones and bodies of any media type, and
    an empty body for an empty object.
    """

    name: str
    schema: Mapping[str, Any]
    media_type: str
    encode: Callable[[Problem], bytes]
    status: Callable[[int], int]
    headers: Callable[[Headers, float], Headers]
    lenient: bool = False
    credentials: KeyPlace = BEARER
    repeats: bool = True
    """Whether a lenient tree joins repeated parameters; where not, the last one counts."""

    has_form_bodies: bool = False
    """Whether bodies may be forms, too: ``application/x-www-form-urlencoded`` or ``multipart/form-data``."""

    any_case: bool = False
    """Whether paths and names of parameters may be in any case, and a path may end with a slash."""

    def errors(self, statuses: tuple[int, ...]) -> tuple[int, ...]:
        """Give the HTTP statuses with which a client of this form gets errors of *statuses*, the lowest first."""
        return tuple(sorted(set(map(self.status, statuses))))


_PROBLEM = {
    "type": "object",
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "parameter": {"type": "string"},
    },
    "required": ["type", "title", "status", "detail"],
}

OWN = ApiForm("Problem", _PROBLEM, MEDIA_TYPE, Problem.encode, lambda status: status, lambda headers, _now: headers)
"""The form of /api/v1: problems of RFC 9457, and nothing in a request that is not known."""
