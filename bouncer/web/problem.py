"""Problems: every error of the HTTP API as one JSON object (RFC 9457), and the exception that carries it."""

import contextlib
import http
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import msgspec

from bouncer.errors import Conflict, InvalidValue, NotFound, StoreError, UseCaseError

MEDIA_TYPE = "application/problem+json"
NOTHING_HERE = "There is nothing at this path."
"""The sentence of a 404 for a path that no route has."""
RETRY_SECONDS = 5
"""Seconds after which a client may ask again when the store did not answer: a lock or a restart is over by then."""

_STATUS_OF: Mapping[type[UseCaseError], int] = {NotFound: 404, Conflict: 409, InvalidValue: 422}


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as the client gets it: the status, a sentence, the parameter that is meant, if any, and further headers."""

    status: int
    detail: str
    parameter: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    members: Mapping[str, object] = field(default_factory=dict)
    """Further members of the error, where another provider's form has some."""

    def encode(self) -> bytes:
        """Give the JSON object."""
        members: dict[str, object] = {
            "type": "about:blank",  # RFC 9457 section 4.2.1: the title is that of the status
            "title": http.HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": self.detail,
        }
        if self.parameter is not None:
            members["parameter"] = self.parameter
        return msgspec.json.encode(members)


class ProblemError(Exception):
    """Ends a request; its ``problem`` is what the client gets."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        parameter: str | None = None,
        headers: Mapping[str, str] | None = None,
        members: Mapping[str, object] | None = None,
    ) -> None:
        super().__init__(detail)
        self.problem = Problem(status, detail, parameter, headers or {}, members or {})


def problem_of(error: UseCaseError | StoreError) -> Problem:
    """Give the problem for an error of a use case or of the store, whose cause stays in our log."""
    if isinstance(error, StoreError):
        return Problem(503, "The store does not answer now; try again.", headers={"retry-after": str(RETRY_SECONDS)})
    status = next((status for kind, status in _STATUS_OF.items() if isinstance(error, kind)), 422)
    return Problem(status, str(error), error.field or None)


@contextlib.contextmanager
def naming(member: str) -> Iterator[None]:
    """Raise InvalidValue with the member's name, where the block raises it for the value of the JSON member *member*."""
    try:
        yield
    except InvalidValue as error:
        raise InvalidValue(str(error), field=member) from None
