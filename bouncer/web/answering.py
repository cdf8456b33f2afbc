"""Steps of every answer, to a program or a person: an error becomes an answer, and the log gets a line."""

import logging
from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from bouncer.errors import StoreError, UseCaseError
from bouncer.logs import log_event
from bouncer.policy.api_key import cut_keys
from bouncer.ports.api_keys import ApiKey
from bouncer.ports.sign_ins import Session
from bouncer.web.problem import Problem, ProblemError, problem_of


async def answer_errors(
    answer: Awaitable[Response], show: Callable[[Problem], Response], log: logging.Logger
) -> Response:
    """Await *answer*; *show* makes one of the problem where it raises. An unforeseen error is logged with its traceback."""
    try:
        return await answer
    except ProblemError as error:
        return show(error.problem)
    except (UseCaseError, StoreError) as error:
        if isinstance(error, StoreError):
            log.warning("the store does not answer a request: %s", error)
        return show(problem_of(error))
    except Exception:  # a bug in one answer must not end the connection without any
        log.exception("a request could not be answered")
        return show(Problem(500, "An error of ours; our log has it."))


def log_answer(
    log: logging.Logger,
    request: Request,
    response: Response,
    *,
    at: str,
    client: ApiKey | Session | None,
    peer: str,
    seconds: float,
) -> None:
    """Log the line of an answer. *at*: the path without addresses; *seconds*: the time that it took."""
    log_event(
        log,
        logging.INFO,
        "answered",
        method=request.method,
        at=cut_keys(at),
        code=response.status_code,
        key=client.id if client else None,
        account=client.account if client else None,
        peer=peer,
        octets=len(getattr(response, "body", b"")),
        milliseconds=round(seconds * 1000),
    )
