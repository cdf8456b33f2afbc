"""The ASGI application: a route of Starlette for each path of the list, and for the two documents that describe it."""

from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

import msgspec
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Router
from starlette.types import ASGIApp, Receive, Scope, Send

from bouncer.web.encoding import FixedAnswer, problem_response
from bouncer.web.endpoint import Exchange, HttpContext
from bouncer.web.exact_route import ExactRoute
from bouncer.web.form import OWN, ApiForm
from bouncer.web.openapi import openapi
from bouncer.web.problem import NOTHING_HERE, Problem, ProblemError
from bouncer.web.reference_page import POLICY, reference_page
from bouncer.web.request_form import settle_target
from bouncer.web.route import ApiRoute


def make_application(routes: Sequence[ApiRoute], context: HttpContext, others: Sequence[BaseRoute] = ()) -> ASGIApp:
    """Make the application of *routes* and of *others*, which are no part of the API. Anything else than their paths is 404."""
    by_path: dict[str, dict[str, ApiRoute]] = {}
    for route in routes:
        by_path.setdefault(route.pattern, {})[route.method] = route
    literal_first = sorted(
        by_path.items(), key=lambda entry: _literal(entry[0])
    )  # the router takes the first that fits
    endpoints = [(path, PathEndpoint(context, methods)) for path, methods in literal_first]
    entries: list[BaseRoute] = [ExactRoute(path, end, any_case=end.form.any_case) for path, end in endpoints]
    entries += [
        ExactRoute("/openapi.json", _document(lambda: msgspec.json.encode(openapi(routes)), "application/json")),
        ExactRoute("/docs", _document(lambda: reference_page(routes).encode(), "text/html; charset=utf-8")),
    ]
    forms = dict[str, list[ApiForm]]()
    for route in routes:
        of_tree = forms.setdefault(route.path.split("/")[1], [])
        if route.form not in of_tree:
            of_tree.append(route.form)
    return Application([*entries, *others], forms, context)


def _literal(pattern: str) -> tuple[bool, int, int]:
    """Give the sort key of a path: more octets before the first parameter go first, then fewer parameters."""
    return "{" in pattern, -pattern.find("{"), pattern.count("{")


class Application:
    """Starlette's router; requests that it cannot place are problems, and connections other than HTTP are refused."""

    def __init__(
        self, entries: Sequence[BaseRoute], forms: Mapping[str, Sequence[ApiForm]], context: HttpContext
    ) -> None:
        self._router = Router(entries, redirect_slashes=False)
        self._forms = forms
        of_providers = [form for of_tree in forms.values() for form in of_tree if form is not OWN]
        self._all_forms = (OWN, *of_providers)
        self._context = context

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            scope = settle_target(scope)
            await self._router({**scope, "app": self}, receive, send)
        except ProblemError as error:
            response = problem_response(error.problem, {}, self._form(scope), self._context.now().timestamp())
            await response(scope, receive, send)
        except HTTPException as error:
            exchange = Exchange(self._context, Request(scope, receive, send))
            response = await exchange.refuse(_problem_without_route(error), self._form(scope))
            await response(scope, receive, send)

    def _form(self, scope: Scope) -> ApiForm:
        """Give the form of a path's tree; where several trees share it, the form whose key the request has, else the first.

        A path of no tree may be one that a provider's client asks for: they share it all.
        """
        _, _, path = scope["path"].partition("/")
        forms = self._forms.get(path.partition("/")[0], self._all_forms)
        headers = Headers(scope=scope)
        return next((form for form in forms if form.credentials.find(headers)), forms[0])


def _problem_without_route(error: HTTPException) -> Problem:
    is_unknown = error.status_code == HTTPStatus.NOT_FOUND
    words = NOTHING_HERE if is_unknown else "This path has no such method."
    return Problem(error.status_code, words, headers=error.headers or {})


class PathEndpoint:
    """The endpoint of a path. As it is no function, Starlette calls it for every method, and it answers 405 itself."""

    def __init__(self, context: HttpContext, routes: Mapping[str, ApiRoute]) -> None:
        self._context = context
        self._routes = routes
        self.form = next(iter(routes.values())).form

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        response = await Exchange(self._context, Request(scope, receive, send)).respond(self._routes)
        await response(scope, receive, send)


def _document(write: Callable[[], bytes], media_type: str) -> ASGIApp:
    """Make the endpoint of a document, which is written when it is asked for first: few ask, and it takes two megabytes."""
    return FixedAnswer(write, {"content-security-policy": POLICY}, media_type)
