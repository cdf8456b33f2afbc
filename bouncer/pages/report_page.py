"""The page of a report: "what did they say, and do I believe it?" The deciding line is marked in the letter, shown as text."""

from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.errors import NotFound
from bouncer.mail.letter import spell_id
from bouncer.manage.records import kept_letter, list_bounces, list_letters
from bouncer.manage.suppressing import check_addresses
from bouncer.pages.advice_texts import AdviceText, advice_of_report
from bouncer.pages.deciding_line import mark_line
from bouncer.pages.letter_text import letter_text
from bouncer.pages.page_route import PageRoute, PlainText, TemplatePage, Visit
from bouncer.pages.unread_page import is_teachable
from bouncer.pages.wording import OutcomeWords, tell
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, BounceRow, KeptLetter, LetterFilter, Page
from bouncer.web.parameter import LETTER_ID, Parameter

MOST_RECIPIENTS = 20
"""Recipients of one report that are shown; the activity has them all."""
LETTER = Parameter("letter_id", LETTER_ID, "the id of the report", "38g0n6damk02s", where="path")


@dataclass(frozen=True, slots=True)
class ShownOutcome:
    """The outcome for one recipient of a report: the row, and the row in words."""

    row: BounceRow
    wording: OutcomeWords
    is_held: bool = False  # whether no mail goes to the recipient now
    advice: Sequence[AdviceText] = ()


async def _report(visit: Visit) -> TemplatePage:
    number = visit.parameters["letter_id"]
    rows = await list_bounces(visit.store, visit.scope, None, BounceFilter(letter_id=number), Page(MOST_RECIPIENTS))
    letter = await _letter_of(visit, number)
    if not rows and letter is None:
        raise NotFound(visit.language.say("There is no report {id}.", id=spell_id(number)))
    outcomes = [await _outcome(visit, row) for row in reversed(rows)]
    line = next((row.evidence for row in rows if row.evidence), "") or ""
    shown = letter_text(letter.received.raw) if letter else None
    text = mark_line(shown.text, line) if shown else None
    head = await list_letters(visit.store, visit.scope, None, LetterFilter(), Page(1, number + 1))
    facts = head[0] if head and head[0].letter_id == number else None
    teaches = facts is not None and visit.signed_in.role.includes(Role.OPERATOR) and is_teachable(facts)
    values = {"id": spell_id(number), "outcomes": outcomes, "text": text, "letter": facts, "teaches": teaches}
    return TemplatePage("report.html.j2", {**values, "is_decoded": shown is not None and shown.is_decoded})


async def _outcome(visit: Visit, row: BounceRow) -> ShownOutcome:
    (checked,) = await check_addresses(
        visit.store, visit.scope, row.account or "", [row.recipient], stream=None, now=visit.now
    )
    return ShownOutcome(row, tell(row, visit.language), checked.suppressed, advice_of_report(row, visit.language))


async def _letter_of(visit: Visit, number: int) -> KeptLetter | None:
    try:
        return await kept_letter(visit.store, visit.scope, number)
    except NotFound:
        return None


async def _letter(visit: Visit) -> PlainText:
    number = visit.parameters["letter_id"]
    letter = await kept_letter(visit.store, visit.scope, number)
    return PlainText(letter.received.raw, f"{spell_id(number)}.eml.txt")


REPORT_PAGES = (
    PageRoute(
        "GET", "/report/{letter_id}", "What did they say, and do I believe it?", Role.SUPPORT, _report, (LETTER,)
    ),
    PageRoute("GET", "/report/{letter_id}/letter", "The letter as it came", Role.OWNER, _letter, (LETTER,)),
)
"""The pages of a report."""
