"""Cookies of the pages: the session's secret, that of forms without a session, the language, the last looks at Today, a path.

Over TLS their names begin with ``__Host-`` (RFC 6265bis section 4.1.3.2): no other host can set them for ours.
"""

from starlette.requests import Request
from starlette.responses import Response

from bouncer.policy.sign_in import SESSION_LASTS

SESSION = "bouncer-session"
FORM = "bouncer-form"
"""The secret of forms in a browser that is not signed in."""
LANGUAGE = "bouncer-language"
LOOKS = "bouncer-looks"
"""The times of the last looks at the page Today (``last_look``)."""
WANTED = "bouncer-wanted"
"""The path that a person asked for before signing in; after signing in the browser goes on there."""
MAX_WANTED = 1000
"""Characters of such a path; a longer path is not stored, since the browser would send it in every request."""

_LANGUAGE_SECONDS = 365 * 24 * 60 * 60
_LOOKS_SECONDS = 30 * 24 * 60 * 60  # after a longer absence a person needs the trend, not the list of news
_SECONDS = {SESSION: int(SESSION_LASTS.total_seconds()), LANGUAGE: _LANGUAGE_SECONDS, LOOKS: _LOOKS_SECONDS}
"""Seconds for which a browser keeps each cookie; it keeps any other cookie until it is closed."""


def cookie_of(request: Request, name: str, *, secure: bool) -> str:
    """Give the value of a cookie; empty where the browser sent none."""
    return request.cookies.get(_name(name, secure=secure), "")


def set_cookie(response: Response, name: str, value: str | None, *, secure: bool) -> None:
    """Let the browser keep a cookie, or with None drop it. Scripts never see it, and other sites' requests do not carry it."""
    response.set_cookie(
        _name(name, secure=secure),
        value or "",
        max_age=0 if value is None else _SECONDS.get(name),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",  # "strict" would sign people out who follow a link of a mail
    )


def _name(name: str, *, secure: bool) -> str:
    return f"__Host-{name}" if secure else name
