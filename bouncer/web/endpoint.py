"""One path of the API: every request to it, from its key to its answer."""

import contextlib
import datetime as dt
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, quote

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from bouncer.manage.mail_host import MailHost
from bouncer.ports.api_keys import BEGUN, ApiKey, KeptAnswer
from bouncer.ports.store import Store
from bouncer.settings.sections import ForwardSettings
from bouncer.web.answering import answer_errors, log_answer
from bouncer.web.authenticate import authenticate, is_known
from bouncer.web.body import decode_body, read_body
from bouncer.web.encoding import encode_answer, problem_response, stream_answer
from bouncer.web.exporting import Export
from bouncer.web.form import OWN, ApiForm
from bouncer.web.idempotency import IdempotentRequests, digest_of_request
from bouncer.web.parameter import parse_parameters
from bouncer.web.peer import Peers
from bouncer.web.problem import NOTHING_HERE, Problem, ProblemError
from bouncer.web.rates import KeyRates
from bouncer.web.route import JSON, ApiRequest, ApiRoute

MOST_FIELDS = 50
"""Parameters of one query: more than any route has."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class HttpContext:
    """The values that all requests share. *max_body*: octets of a body; *now*: the time in UTC.

    *elapsed*: seconds of a clock that never goes back, by which requests are counted.
    """

    store: Store
    rates: KeyRates
    idempotent: IdempotentRequests
    peers: Peers
    max_body: int
    now: Callable[[], dt.datetime]
    elapsed: Callable[[], float]
    forward: ForwardSettings
    """The settings with the networks that webhooks may go to, and with the operator, who may be told of their faults."""
    host: MailHost


class Exchange:
    """A request and what is known of it so far: its key, and the headers that its answer gets."""

    def __init__(self, context: HttpContext, request: Request) -> None:
        self._context = context
        self._request = request
        self._start = context.elapsed()
        self._form = OWN
        self._at = request.url.path
        self._limits: Mapping[str, str] = {}
        self._key: ApiKey | None = None

    async def respond(self, routes: Mapping[str, ApiRoute]) -> Response:
        """Answer by the route of the request's method. Every error is a problem; an unforeseen one is logged with its traceback."""
        any_route = next(iter(routes.values()))
        self._form = any_route.form
        if any_route.pattern != any_route.path:
            self._at = any_route.path  # the log gets no address
        response = await answer_errors(self._respond(routes), self._error, _log)
        peer = self._context.peers.client_of(self._request)
        seconds = self._context.elapsed() - self._start
        log_answer(_log, self._request, response, at=self._at, client=self._key, peer=peer, seconds=seconds)
        return response

    async def refuse(self, problem: Problem, form: ApiForm) -> Response:
        """Answer a request to a path that no route has, in the form of its tree."""
        self._form = form
        return await answer_errors(self._refuse(problem), self._error, _log)

    async def _refuse(self, problem: Problem) -> Response:
        """Raise the problem of a request that no route answers; it counts among those of its key, if that is known."""
        with contextlib.suppress(ProblemError):
            self._key = await authenticate(
                self._context.store, self._request.headers, self._form.credentials, self._context.now()
            )
        if self._key is not None:
            self._limits = self._context.rates.take(self._key.id, self._context.elapsed())
        raise ProblemError(problem.status, problem.detail, headers=problem.headers)

    def _error(self, problem: Problem) -> Response:
        return problem_response(problem, self._limits, self._form, self._context.now().timestamp())

    async def _respond(self, routes: Mapping[str, ApiRoute]) -> Response:
        context, request = self._context, self._request
        context.peers.require_safe_way(request)
        method = "GET" if request.method == "HEAD" else request.method
        if "" in request.path_params.values():
            return await self._refuse(Problem(404, NOTHING_HERE))
        if method not in routes:
            allowed = {"allow": ", ".join([*routes, *(["HEAD"] if "GET" in routes else [])])}
            return await self._refuse(Problem(405, "This path has no such method.", headers=allowed))
        route, now = routes[method], context.now()
        self._key = await authenticate(context.store, request.headers, route.form.credentials, now)
        self._limits = context.rates.take(self._key.id, context.elapsed())
        self._require_access(route, self._key)
        if request.headers.get("if-match", "*").strip() != "*":
            raise ProblemError(412, "Entity tags are weak here: no request can depend on one by If-Match.")
        parameters = parse_parameters(
            route.parameters,
            {**request.path_params, **_fields(route, request)},
            _query(route, request),
            is_lenient=route.form.lenient,
            joins=route.form.repeats,
        )
        limit = min(context.max_body, route.max_body or context.max_body)
        body = await read_body(request, limit) if route.body else b""
        value = decode_body(route, request.headers.get("content-type"), body) if route.body else None
        api_request = ApiRequest(
            context.store, self._key, parameters, value, now, context.forward, context.host, self._url
        )
        name = request.headers.get("idempotency-key") if method == "POST" else None
        if name is None:
            value = await route.answer(api_request)
            if isinstance(value, Export):
                return await stream_answer(request, value, self._headers, is_open=self._is_open)
            return await encode_answer(
                request, route.status, _octets(route, value), self._headers, media_type=route.media_type
            )
        return await self._respond_once(route, api_request, name, body)

    def _require_access(self, route: ApiRoute, key: ApiKey) -> None:
        """Require that *key* may use *route*, and take one of its requests of a minute. Raises ProblemError (403, 429)."""
        if not key.access.includes(route.access):
            raise ProblemError(403, f"This key may not do that; it needs the access {route.access}.")
        if route.operator_only and key.account is not None:
            raise ProblemError(403, f"This key may not do that; it needs one of the operator, with {route.access}.")
        if route.per_minute is not None:
            rates = self._context.rates
            limits = rates.take_of_route(key.id, route.path, route.per_minute, self._context.elapsed())
            self._limits = min(self._limits, limits, key=lambda headers: int(headers["ratelimit-remaining"]))

    async def _is_open(self) -> bool:
        """Whether the key still gives access to the data: a key may be revoked while a long answer is sent."""
        return await is_known(self._context.store, self._request.headers, self._form.credentials)

    async def _respond_once(self, route: ApiRoute, api_request: ApiRequest, name: str, body: bytes) -> Response:
        """Answer a request that has a *name*, or give the answer that it got before."""
        if route.shows_secret:
            raise ProblemError(422, "This answer is shown once, so the request cannot have an Idempotency-Key.")
        idempotent, request = self._context.idempotent, self._request
        digest = digest_of_request(route.method, f"{request.url.path}?{request.url.query}", body)
        request_answer = KeptAnswer(api_request.key.id, name, digest, BEGUN, b"", api_request.now)
        if (earlier_answer := await idempotent.earlier_answer(request_answer)) is not None:
            return await encode_answer(
                request, earlier_answer.status, earlier_answer.body, {**self._headers, "idempotency-replayed": "true"}
            )
        async with idempotent.answering(request_answer):
            answer = _octets(route, await route.answer(api_request))
            await idempotent.record_answer(replace(request_answer, status=route.status, body=answer))
        return await encode_answer(request, route.status, answer, self._headers)

    @property
    def _url(self) -> str:
        url = self._request.url
        scheme = "https" if self._context.peers.is_secure(self._request) else "http"
        return f"{scheme}://{url.netloc}{quote(self._request.scope['path'])}"

    @property
    def _headers(self) -> Mapping[str, str]:
        return self._form.headers(self._limits, self._context.now().timestamp())


def _octets(route: ApiRoute, value: Any) -> bytes:
    """Give the body of the answer with this *value*."""
    if route.media_type != JSON:
        return bytes(value)
    return b"" if route.schema is None else msgspec.json.encode(value)


def _fields(route: ApiRoute, request: Request) -> dict[str, str]:
    """Give the header fields that are parameters of the route."""
    names = [parameter.name for parameter in route.parameters if parameter.where == "header"]
    return {name: request.headers[name] for name in names if request.headers.get(name)}


def _query(route: ApiRoute, request: Request) -> list[tuple[str, str]]:
    try:
        fields = parse_qsl(request.url.query, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise ProblemError(422, f"The query has more than {MOST_FIELDS} parameters.") from None
    return [(name.lower(), text) for name, text in fields] if route.form.any_case else fields
