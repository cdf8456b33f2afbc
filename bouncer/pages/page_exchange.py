"""The pages in the HTTP server: every request for one, from its cookie to its answer."""

import datetime as dt
import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bouncer.manage.signing_in import session_of
from bouncer.pages import cookies
from bouncer.pages.layout import layout
from bouncer.pages.page_context import PageContext
from bouncer.pages.page_route import Elsewhere, PageAnswer, PageRoute, PlainText, TemplatePage, Visit
from bouncer.pages.problem_words import problem_words
from bouncer.pages.receiving_upload import receive_upload
from bouncer.pages.rendering import render
from bouncer.pages.sent_form import fields_of, parse_fields, sending_page, typed_texts
from bouncer.pages.session_pages import own_path
from bouncer.pages.uploads import ReceivedFile
from bouncer.policy.sign_in import SECRET_OCTETS, is_form_token, is_secret, make_secret
from bouncer.ports.sign_ins import Session
from bouncer.web.answering import answer_errors, log_answer
from bouncer.web.body import read_body
from bouncer.web.encoding import encode_answer, stream_answer
from bouncer.web.exporting import Export
from bouncer.web.form_data import is_multipart
from bouncer.web.parameter import parse_parameters
from bouncer.web.problem import Problem, ProblemError
from bouncer.web.reading_language import chosen_language

MOST_FORM_OCTETS = 16 * 1024
"""Octets of a form: the longest has an address, a reason and a date."""
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
"""The Content-Security-Policy of every page: our own style sheet, no script, and no other site around it."""
HEADERS = {
    "content-security-policy": POLICY,
    "x-frame-options": "DENY",  # for browsers that do not know frame-ancestors
    "referrer-policy": "same-origin",  # with no-referrer browsers say "Origin: null" where a form of ours is sent
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-robots-tag": "noindex, nofollow",  # a page that a link opens must not be found by search engines
    "vary": "accept-encoding, cookie, accept-language",
}
PRIVATE = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
"""The headers of an answer that only the signed-in person may see."""
HTML = "text/html; charset=utf-8"
SIGN_IN = "/sign-in"

_log = logging.getLogger(__name__)


class PageExchange:
    """A request, and the facts about it that are known so far."""

    def __init__(self, context: PageContext, request: Request) -> None:
        self._pages = context
        self._context = context.http
        self._request = request
        self._start = context.http.elapsed()
        self._secure = context.http.peers.is_secure(request)
        self._session: Session | None = None
        self._received: ReceivedFile | None = None
        self._secret = self._cookie(cookies.FORM)
        self._typed: Sequence[str] = ()
        self._is_signed_out = False
        self._fresh_secret: str | None = None
        self._headers = HEADERS
        self._language = chosen_language(self._cookie(cookies.LANGUAGE), request.headers.get("accept-language", ""))

    def _cookie(self, name: str) -> str:
        return cookies.cookie_of(self._request, name, secure=self._secure)

    @property
    def _path_and_query(self) -> str:
        """The path of this page, with its query."""
        return f"{self._request.url.path}?{self._request.url.query}".rstrip("?")

    async def respond(self, routes: Mapping[str, PageRoute]) -> Response:
        """Answer by the route of the request's method. Every error is a page; an unforeseen one is logged with its traceback."""
        self._headers = {**HEADERS, **{name: text for route in routes.values() for name, text in route.headers.items()}}
        response = await answer_errors(self._respond(routes), self._problem, _log)
        request, peer = self._request, self._context.peers.client_of(self._request)
        seconds = self._context.elapsed() - self._start
        log_answer(_log, request, response, at=request.url.path, client=self._session, peer=peer, seconds=seconds)
        return response

    async def _respond(self, routes: Mapping[str, PageRoute]) -> Response:
        context, request = self._context, self._request
        context.peers.require_safe_way(request)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in routes:
            raise ProblemError(405, "This page has no such method.", headers={"allow": ", ".join(routes)})
        route, now = routes[method], context.now()
        secret = self._cookie(cookies.SESSION)
        self._session = await session_of(context.store, secret, now)
        if self._session:
            self._secret = secret
        elif route.role and method == "GET":
            requested_path = own_path(self._path_and_query) if len(self._path_and_query) <= cookies.MAX_WANTED else None
            return self._finish(RedirectResponse(SIGN_IN, HTTPStatus.SEE_OTHER), {cookies.WANTED: requested_path})
        elif not is_secret(self._secret):
            self._secret = self._fresh_secret = make_secret(secrets.token_bytes(SECRET_OCTETS))
        self._bound_requests()
        if route.role and not self._session:
            await self._refuse_form(route)
        self._check_role(route)
        if route.takes_file and self._session and is_multipart(request.headers.get("content-type", "")):
            with self._pages.uploads.receiving(self._session, self._language):
                return await self._answer_with_file(route, now)
        form = await self._read_form(route) if method == "POST" else []
        return await self._answer(await route.answer(self._visit(route, form, now)))

    async def _answer_with_file(self, route: PageRoute, now: dt.datetime) -> Response:
        """Answer a form that carries a file, which is closed unless it is kept."""
        self._check_site()
        fields, self._received = await receive_upload(self._request, self._check_token, self._language)
        try:
            visit = self._visit(route, fields_of(route, fields), now)
            return await self._answer(await route.answer(visit))
        finally:
            if self._received and not self._pages.uploads.has(self._received):
                self._received.file.close()

    def _visit(self, route: PageRoute, form: list[tuple[str, str]], now: dt.datetime) -> Visit:
        context, request = self._context, self._request
        return Visit(
            context.store,
            self._session,
            parse_parameters(
                route.parameters,
                request.path_params,
                parse_fields(request.url.query),
                is_lenient=route.opens_by_link,
                joins=False,
            ),
            parse_parameters(route.form, {}, form),
            self._language,
            request.headers.get("user-agent", ""),
            now,
            context.forward,
            f"{'https' if self._secure else 'http'}://{request.url.netloc}",
            context.host,
            self._pages.checks,
            context.peers.client_of(request),
            self._pages.mails,
            self._cookie(cookies.LOOKS),
            self._cookie(cookies.WANTED),
            self._pages.uploads,
            self._received,
        )

    def _bound_requests(self) -> None:
        """Bound the requests of a session, or those of a client that has none."""
        client = self._context.peers.client_of(self._request)
        try:
            self._pages.count_request(self._session, client, self._request.method)
        except ProblemError as error:
            sentence = self._language.say("Too much at once: wait a moment, then try again.")
            raise ProblemError(error.problem.status, sentence, headers=error.problem.headers) from None

    async def _refuse_form(self, route: PageRoute) -> None:
        """Refuse the form of a person whose session has ended; a file that comes with it is not read."""
        if not is_multipart(self._request.headers.get("content-type", "")):
            await self._read_form(route)
        self._is_signed_out = True
        sentence = self._language.say(
            "You are not signed in any more, so nothing was changed. Sign in, then do it again."
        )
        raise ProblemError(403, sentence)

    def _check_role(self, route: PageRoute) -> None:
        if route.role and not (self._session and self._session.role.includes(route.role)):
            raise ProblemError(403, self._language.say("Your role does not allow this."))

    async def _read_form(self, route: PageRoute) -> list[tuple[str, str]]:
        """Give the fields of a form that a page of ours has sent. Raises ProblemError: 403 for one of another site."""
        body = await read_body(self._request, MOST_FORM_OCTETS)
        self._check_site()
        fields = parse_fields(body.decode("utf-8", "replace"))
        self._typed = typed_texts(route, fields)
        if self._session or not route.role:
            self._check_token(fields)
        return fields_of(route, fields)

    def _check_site(self) -> None:
        if not self._is_from_us():
            raise ProblemError(403, "This form was sent by another site.")

    def _check_token(self, fields: list[tuple[str, str]]) -> None:
        """Refuse a form without the token of this browser's pages. Raises ProblemError (403)."""
        tokens = [value for name, value in fields if name == "token"]
        if len(tokens) != 1 or not is_form_token(tokens[0], self._secret):
            raise ProblemError(403, self._language.say("This form is too old: load the page again."))

    def _is_from_us(self) -> bool:
        """Whether the browser says that a page of ours sent the request; one that says nothing has the form's token.

        Sec-Fetch-Site (W3C Fetch Metadata) is the browser's own judgement, which is also right behind a proxy that changes Host.
        """
        headers = self._request.headers
        if (site := headers.get("sec-fetch-site")) is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc == headers.get("host", "")

    async def _answer(self, answer: PageAnswer) -> Response:
        match answer:
            case Export():
                return self._finish(await stream_answer(self._request, answer, self._headers, is_open=self._is_open))
            case PlainText():
                headers = {**self._headers, "content-disposition": f'attachment; filename="{answer.name}"'}
                text = "text/plain; charset=utf-8"
                return self._finish(await encode_answer(self._request, 200, answer.octets, headers, media_type=text))
            case Elsewhere():
                return self._finish(RedirectResponse(answer.path, HTTPStatus.SEE_OTHER), answer.cookies)
            case TemplatePage():
                return self._finish(self._page(answer), answer.cookies)

    async def _is_open(self) -> bool:
        """Whether the session is still open: a long answer may outlast it."""
        return await session_of(self._context.store, self._secret, self._context.now()) is not None

    def _page(self, page: TemplatePage) -> Response:
        is_asked = self._request.method in ("GET", "HEAD")
        where = self._path_and_query if is_asked else self._sending_page() or "/"  # a form's own path may be no page
        values = {**layout(self._language, self._session, self._secret, where), **page.values}
        # not compressed: the size of a page that has both a token and words of a link would tell of the token (BREACH)
        return Response(render(page.template, values), page.status, {**self._headers, **PRIVATE}, HTML)

    def _problem(self, problem: Problem) -> Response:
        translated = replace(problem, detail=problem_words(problem.detail, self._language))
        values = {"problem": translated, "typed": self._typed, "is_signed_out": self._is_signed_out}
        response = self._page(TemplatePage("problem.html.j2", values, problem.status))
        response.headers.update(problem.headers)
        return self._finish(response, {cookies.WANTED: self._sending_page()} if self._is_signed_out else {})

    def _sending_page(self) -> str | None:
        return sending_page(self._request.headers.get("referer", ""))

    def _finish(self, response: Response, changed: Mapping[str, str | None] | None = None) -> Response:
        """Add the headers of every answer, and the cookies."""
        for name, text in self._headers.items():
            if name != "vary":
                response.headers.setdefault(name, text)
        response.headers.setdefault("cache-control", "no-store")
        own_cookies = {cookies.FORM: self._fresh_secret} if self._fresh_secret else {}
        for name, value in {**own_cookies, **(changed or {})}.items():
            cookies.set_cookie(response, name, value, secure=self._secure)
        return response
