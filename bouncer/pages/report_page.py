"""The page of a report: "what did they say, and do I believe it?" The deciding line is marked in the letter, shown as text."""

import re
from dataclasses import dataclass

from bouncer.errors import NotFound
from bouncer.mail.letter import spell_id
from bouncer.manage.records import kept_letter, list_bounces, list_letters
from bouncer.manage.suppressing import check_addresses
from bouncer.pages.marks import visible
from bouncer.pages.page_route import Drawn, PageRoute, PlainText, Visit
from bouncer.pages.wording import OutcomeWords, tell
from bouncer.policy.sign_in import Role
from bouncer.ports.letters import BounceFilter, BounceRow, KeptLetter, LetterFilter, Page
from bouncer.web.parameter import LETTER_ID, Parameter

MOST_RECIPIENTS = 20
"""Recipients of one report that are shown; the activity has them all."""
MOST_LETTER = 6000
"""Characters of a letter that are shown, around the deciding line; with each of them escaped the page stays below 60 kB."""
BEFORE = 2000
"""Characters of a long letter that are shown before the deciding line."""
MOST_EVIDENCE_WORDS = 40
"""Words of the deciding line that are looked for in the letter."""

LETTER = Parameter("letter_id", LETTER_ID, "the id of the report", "38g0n6damk02s", where="path")


@dataclass(frozen=True, slots=True)
class ShownOutcome:
    """The outcome for one recipient of a report: the row, and the row in words."""

    row: BounceRow
    wording: OutcomeWords
    is_held: bool = False  # whether no mail goes to the recipient now


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A letter as text: the part before the deciding line, the line, the part after it; *is_cut*: the letter has more."""

    before: str
    line: str
    after: str
    is_cut: bool


async def _report(visit: Visit) -> Drawn:
    number = visit.parameters["letter_id"]
    rows = await list_bounces(visit.store, visit.scope, None, BounceFilter(letter_id=number), Page(MOST_RECIPIENTS))
    letter = await _letter_of(visit, number)
    if not rows and letter is None:
        raise NotFound(visit.language.say("There is no report {id}.", id=spell_id(number)))
    outcomes = [await _outcome(visit, row) for row in reversed(rows)]
    line = next((row.evidence for row in rows if row.evidence), "") or ""
    text = mark_line(letter.received.raw.decode("utf-8", "replace"), line) if letter else None
    head = await list_letters(visit.store, visit.scope, None, LetterFilter(), Page(1, number + 1))
    facts = head[0] if head and head[0].letter_id == number else None
    return Drawn("report.html.j2", {"id": spell_id(number), "outcomes": outcomes, "text": text, "letter": facts})


async def _outcome(visit: Visit, row: BounceRow) -> ShownOutcome:
    (checked,) = await check_addresses(
        visit.store, visit.scope, row.account or "", [row.recipient], stream=None, now=visit.now
    )
    return ShownOutcome(row, tell(row, visit.language), is_held=checked.suppressed)


async def _letter_of(visit: Visit, number: int) -> KeptLetter | None:
    try:
        return await kept_letter(visit.store, visit.scope, number)
    except NotFound:
        return None


def mark_line(raw: str, line: str) -> MarkedText:
    """Find the deciding *line* in a letter, however it is folded, and give the text around it."""
    text = raw.replace("\r\n", "\n")
    place = _place_of(line, text)
    begin, end = place.span() if place else (0, 0)
    first = max(0, begin - BEFORE) if end > MOST_LETTER else 0
    last = min(len(text), first + MOST_LETTER)
    before, middle, after = (visible(text[a:b]) for a, b in ((first, begin), (begin, end), (end, max(end, last))))
    left = MOST_LETTER
    parts = []
    for part in (before, middle, after):
        parts.append(part[:left])
        left -= len(parts[-1])
    return MarkedText(parts[0], parts[1], parts[2], first > 0 or last < len(text) or left <= 0)


def _place_of(line: str, text: str) -> re.Match[str] | None:
    words = line.split()[:MOST_EVIDENCE_WORDS]
    return re.search(r"\s+".join(map(re.escape, words)), text, re.IGNORECASE) if words else None


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
