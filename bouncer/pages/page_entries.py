"""The router's entries of the pages: one for each path, one for their style sheet, and one for unknown paths."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from importlib import resources

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from bouncer.errors import NotFound
from bouncer.pages.layout import STYLE_PATH
from bouncer.pages.page_context import PageContext
from bouncer.pages.page_exchange import PageExchange
from bouncer.pages.page_route import PageAnswer, PageRoute, Visit
from bouncer.web.busy_page import wants_page
from bouncer.web.encoding import FixedAnswer
from bouncer.web.exact_route import ExactRoute

_STYLE_HEADERS = {"cache-control": "public, max-age=31536000, immutable"}  # its URL changes with it


def page_entries(routes: Sequence[PageRoute], context: PageContext) -> list[BaseRoute]:
    """Make the router's entries of the pages, and of their style sheet."""
    by_path: dict[str, dict[str, PageRoute]] = {}
    for route in routes:
        by_path.setdefault(route.path, {})[route.method] = route
    literal_first = sorted(by_path.items(), key=lambda entry: "{" in entry[0])
    entries: list[BaseRoute] = [ExactRoute(path, PageEndpoint(context, methods)) for path, methods in literal_first]
    style = FixedAnswer(_read_style, _STYLE_HEADERS, "text/css; charset=utf-8")
    return [*entries, ExactRoute(STYLE_PATH, style), Route("/{path:path}", UnknownPath(context))]


def _read_style() -> bytes:
    return resources.files("bouncer.pages").joinpath("pages.css").read_bytes()


class PageEndpoint:
    """The endpoint of a page's path. As it is no function, Starlette calls it for every method."""

    def __init__(self, context: PageContext, routes: Mapping[str, PageRoute]) -> None:
        self._context = context
        self._routes = routes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        exchange = PageExchange(self._context, Request(scope, receive, send))
        await (await exchange.respond(self._routes))(scope, receive, send)


class UnknownPath:
    """Answers a browser that asks for an unknown path with a page; programs, and paths of the API, get the API's answer."""

    def __init__(self, context: PageContext) -> None:
        self._endpoint = PageEndpoint(context, {"GET": PageRoute("GET", "/", "", None, _no_page)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope)
        if request.method != "GET" or not wants_page(request):
            raise HTTPException(HTTPStatus.NOT_FOUND)
        await self._endpoint({**scope, "query_string": b""}, receive, send)


async def _no_page(visit: Visit) -> PageAnswer:
    raise NotFound(visit.language.say("There is no such page here."))
