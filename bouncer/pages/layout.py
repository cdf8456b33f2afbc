"""The frame of every page: the menu, the person who is signed in, the language."""

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from bouncer.compose.language import Language
from bouncer.compose.sentences import join_sentences
from bouncer.policy.languages import LANGUAGE_NAMES
from bouncer.policy.sign_in import Role, form_token
from bouncer.ports.sign_ins import Session

STYLE_PATH = "/pages.css"


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the menu; *is_here*: the page that is shown is below it."""

    path: str
    name: str
    is_here: bool


def layout(language: Language, session: Session | None, secret: str, where: str) -> Mapping[str, Any]:
    """Give the values that the template of all pages needs. *where*: path and query of this page."""
    return {
        "language": language,
        "say": language.say,
        "count": language.count,
        "sentences": lambda *texts: join_sentences(filter(None, texts), language),
        "when": language.when,
        "session": session,
        "role": session.role if session else None,
        "exports": session is not None and session.role.includes(Role.OWNER),
        "token": form_token(secret) if secret else "",
        "menu": _menu(language, session, where) if session else (),
        "languages": tuple(LANGUAGE_NAMES.items()),
        "where": where,
        "asked": "",
        "style": f"{STYLE_PATH}?{_style_version()}",
    }


def _menu(language: Language, session: Session, where: str) -> tuple[MenuEntry, ...]:
    say, path = language.say, where.partition("?")[0]
    entries = [("/", say("Today")), ("/activity", say("Activity")), ("/receivers", say("Receivers"))]
    entries += [("/suppressions", say("Suppressions")), ("/unread", say("Unread"))]
    if session.role.includes(Role.OWNER):
        entries += [("/connections", say("Connections")), ("/setup", say("Setup")), ("/sessions", say("Sessions"))]
    return tuple(MenuEntry(page, name, f"{path}/".startswith(f"{page}/")) for page, name in entries)


@functools.cache
def _style_version() -> str:
    return hashlib.sha256(resources.files("bouncer.pages").joinpath("pages.css").read_bytes()).hexdigest()[:12]
