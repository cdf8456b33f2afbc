"""Signing in and out, who is signed in, and the language."""

import re
import secrets
from typing import Any

from bouncer.mail.address import is_plausible
from bouncer.manage.sharing import list_shares
from bouncer.manage.signing_in import end_session, list_sessions, use_link
from bouncer.pages import cookies
from bouncer.pages.page_route import Elsewhere, PageRoute, TemplatePage, Visit
from bouncer.policy.languages import LANGUAGE_CODES
from bouncer.policy.sign_in import SECRET_OCTETS, Role
from bouncer.web.parameter import TEXT, Parameter, ParameterType
from bouncer.web.problem import ProblemError

MAX_PATH = 4000
"""Characters of a path that a browser is sent back to."""
_OWN_PATH = re.compile(r"/(?![/\\])[!-\[\]-~]*", re.ASCII)
"""A path of ours: it begins with one slash, so that no browser takes it for another host."""

_PRODUCTS = (
    *(("Edg/", "Edge"), ("Firefox/", "Firefox"), ("HeadlessChrome/", "Chromium")),
    *(("Chrome/", "Chrome"), ("Safari/", "Safari")),
)
"""Words of a User-Agent, each with its browser; browsers that name others besides themselves come first."""
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)

_LINK = Parameter("link", TEXT, "the secret of a sign-in link", "")
_EMAIL = Parameter("email", TEXT, "the address of an owner", "ann@acme.example")


async def _sign_in(visit: Visit) -> TemplatePage | Elsewhere:
    """Show a button that signs in: a link that did so by itself would be used up by programs that check the links in mails."""
    if visit.session and visit.parameters["link"] is None:
        return Elsewhere("/")
    return _sign_in_page(visit, link_secret=visit.parameters["link"])


def _sign_in_page(visit: Visit, status: int = 200, **changed_values: Any) -> TemplatePage:
    """Give the page: a link's button, else a field for an address where links can be mailed."""
    values = {"link_secret": None, "is_refused": False, "is_sent": False, "sends_mail": visit.mails.are_taken}
    return TemplatePage("sign-in.html.j2", {**values, **changed_values}, status)


async def _use_link(visit: Visit) -> TemplatePage | Elsewhere:
    octets = secrets.token_bytes(SECRET_OCTETS)
    new_session = await use_link(visit.store, visit.form["link"] or "", visit.browser, octets=octets, now=visit.now)
    if new_session is None:
        return _sign_in_page(visit, 403, is_refused=True)
    if visit.session:
        await end_session(visit.store, visit.scope, visit.session.id)
    changed_cookies = {cookies.SESSION: new_session.secret, cookies.FORM: None, cookies.WANTED: None}
    return Elsewhere(own_path(visit.requested_path), changed_cookies)


async def _mail_link(visit: Visit) -> TemplatePage:
    """Have a link mailed if the address is an owner's; the answer is the same for every address."""
    address = visit.form["email"]
    if address is None or not is_plausible(address):
        raise ProblemError(422, visit.language.say("Name an address."), parameter="email")
    if not visit.mails.are_taken:
        raise ProblemError(404, visit.language.say("There is no such page here."))
    if not visit.mails.take(address, visit.client):
        raise ProblemError(429, visit.language.say("Too much at once: wait a moment, then try again."))
    return _sign_in_page(visit, is_sent=True)


async def _sign_out(visit: Visit) -> Elsewhere:
    await end_session(visit.store, visit.scope, visit.signed_in.id)
    return Elsewhere("/sign-in", {cookies.SESSION: None})


async def _sessions(visit: Visit) -> TemplatePage:
    rows = await list_sessions(visit.store, visit.scope, None, now=visit.now)
    shares = await list_shares(visit.store, visit.scope, now=visit.now)
    return TemplatePage(
        "sessions.html.j2", {"rows": [(row, browser_name(row.browser)) for row in rows], "shares": shares}
    )


def browser_name(text: str) -> str:
    """Give the short name of a browser and its system, as its User-Agent says; another text as it is."""
    product = next((name for sign, name in _PRODUCTS if sign in text), None)
    system = next((name for sign, name in _SYSTEMS if sign in text), "")
    return f"{product} {system}".strip() if product else text


async def _end(visit: Visit) -> Elsewhere:
    session_id = visit.parameters["session_id"]
    await end_session(visit.store, visit.scope, session_id)
    return Elsewhere("/sign-in" if session_id == visit.signed_in.id else "/sessions")


async def _language(visit: Visit) -> Elsewhere:
    code = visit.form["language"]
    if code not in LANGUAGE_CODES:
        raise ProblemError(422, "There is no such language.", parameter="language")
    return Elsewhere(visit.form["back"] or "/", {cookies.LANGUAGE: code})


def own_path(text: str) -> str:
    """Give *text* where it is a path of ours, and else the first page: a form leads to no other site."""
    return text if len(text) <= MAX_PATH and _OWN_PATH.fullmatch(text) else "/"


_PATH = ParameterType({"type": "string"}, own_path)

SESSION_PAGES = (
    PageRoute("GET", "/sign-in", "Sign in", None, _sign_in, (_LINK,), opens_by_link=True),
    PageRoute("POST", "/sign-in", "Sign in", None, _use_link, (), (_LINK,)),
    PageRoute("POST", "/sign-in/mail", "Have a sign-in link mailed", None, _mail_link, (), (_EMAIL,)),
    PageRoute("POST", "/sign-out", "Sign out", Role.SUPPORT, _sign_out),
    PageRoute("GET", "/sessions", "Who is signed in?", Role.OWNER, _sessions),
    PageRoute(
        "POST",
        "/sessions/{session_id}/end",
        "Sign a browser out",
        Role.OWNER,
        _end,
        (Parameter("session_id", TEXT, "the id of a session", "5f0c1f3d9a7b", where="path"),),
    ),
    PageRoute(
        "POST",
        "/language",
        "Choose a language",
        None,
        _language,
        (),
        (Parameter("language", TEXT, "its code", "de"), Parameter("back", _PATH, "the page to go back to", "/")),
    ),
)
"""The pages of sessions."""
