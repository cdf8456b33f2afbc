"""The answer to a person who has too many requests under way: a page of one sentence, where a program gets a problem."""

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from bouncer.web.problem import Problem
from bouncer.web.reading_language import chosen_language

OF_PROGRAMS = ("/api/", "/v3/")
"""The beginnings of paths that programs ask for."""
RETRY_SECONDS = 5
"""Seconds after which a browser may ask again: most answers take a hundredth of a second."""
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
    "retry-after": str(RETRY_SECONDS),
    "vary": "accept, accept-language",
    "x-content-type-options": "nosniff",
    "x-robots-tag": "noindex, nofollow",
}
_PAGE = """<!DOCTYPE html>
<html lang="{code}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>{status} · bouncer</title>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{words}</p>
</main>
</body>
</html>
"""


def wants_page(request: Request) -> bool:
    """Whether a browser asks for a page: it shows the answer to a person. Paths of the API are for programs."""
    is_of_program = request.url.path.startswith(OF_PROGRAMS)
    return not is_of_program and "text/html" in request.headers.get("accept", "")


def crowded_page(request: Request, problem: Problem) -> Response:
    """Make the page that asks the person to try again later, in the browser's language. It repeats nothing of the request."""
    language = chosen_language("", request.headers.get("accept-language", ""))
    title = language.say("That did not work.")
    words = language.say("Too much at once: wait a moment, then try again.")
    values = {"code": language.code, "status": str(problem.status), "title": title, "words": words}
    page = _PAGE.format(**{name: escape(text) for name, text in values.items()})
    return Response(page, problem.status, _HEADERS, "text/html; charset=utf-8")
