"""Unread: "what could nobody read?" Letters that no program can act on, each with its first lines as text."""

from dataclasses import dataclass

from bouncer.compose.language import Language
from bouncer.manage.records import letter_page
from bouncer.pages.address_page import ACCOUNT
from bouncer.pages.marks import cut
from bouncer.pages.page_route import PageRoute, TemplatePage, Visit
from bouncer.pages.rendering import link
from bouncer.policy.records import Unread
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import LetterFilter, LetterRow, Page
from bouncer.web.parameter import CURSOR, Parameter

LETTERS_SHOWN = 10
"""Letters of one page, each with its first lines: with each character of them escaped the page stays below 60 kB."""
MAX_SUBJECT = 80
"""Characters of a subject that are shown."""

_BEFORE = Parameter("before", CURSOR, "the next page", "4611686018427387904")


@dataclass(frozen=True, slots=True)
class UnreadRow:
    """A letter with why a person has to see it, in words."""

    letter: LetterRow
    title: str
    is_teachable: bool  # it may be a report: nobody's own address sent it


async def _show_unread(visit: Visit) -> TemplatePage:
    parameters = visit.parameters
    criteria, requested_page = LetterFilter(unread=True), Page(LETTERS_SHOWN, parameters["before"])
    page = await letter_page(visit.store, visit.scope, parameters["account"], criteria, requested_page)
    following = link("/unread", account=parameters["account"], before=page.next) if page.next is not None else None
    values = {
        "rows": [_row(letter, visit.language) for letter in page.rows],
        "next": following,
        "is_first": parameters["before"] is None,
        "account": parameters["account"],
        "teaches": visit.signed_in.role.includes(Role.OPERATOR),
    }
    return TemplatePage("unread.html.j2", {**values, "shows_account": visit.signed_in.account is None})


def _row(letter: LetterRow, language: Language) -> UnreadRow:
    return UnreadRow(letter, _title(letter, language), is_teachable(letter))


def is_teachable(letter: LetterRow) -> bool:
    """Whether a letter that a person has to see may be a report: nobody's own address sent it."""
    return letter.unread == Unread.UNREADABLE or (letter.unread == Unread.WRITTEN and not letter.reverse_path)


def _title(letter: LetterRow, language: Language) -> str:
    subject = cut(letter.subject or "", MAX_SUBJECT) or language.say("(no subject)")
    match letter.unread:
        case Unread.WISH:
            return language.say("Wants no more mail: {subject}", subject=subject)
        case Unread.ANSWER:
            return language.say("Reply: {subject}", subject=subject)
        case Unread.UNREADABLE:
            return language.say("Could not be read: {subject}", subject=subject)
        case _:
            return language.say("Mail: {subject}", subject=subject)


UNREAD_PAGES = (PageRoute("GET", "/unread", "What could nobody read?", Role.SUPPORT, _show_unread, (ACCOUNT, _BEFORE)),)
"""The page Unread."""
