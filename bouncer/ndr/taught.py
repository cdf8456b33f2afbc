"""Reading by taught forms: the letters in which no dialect found a report are compared with the forms' words.

A form is applied only to letters in which no dialect found a report, and only to letters that may be a report: they came with the
null reverse-path, or a mail system wrote them. It has no patterns, only words that are compared, so its work is linear in the
letter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bouncer.ndr import addresses, codes, fallback, origin, phrases
from bouncer.ndr.blocks import MAX_WORDS
from bouncer.ndr.dialects import ordinary
from bouncer.ndr.letter import Letter
from bouncer.ndr.notice_text import NEVER
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.ndr.taught_form import RecipientPlace, TaughtForm

MAX_TEXT = 32 * 1024
"""Characters of subject and evidence that are searched for phrases; a report says what it is on its first pages."""
MAX_CONTEXT = 80
"""Characters before and after an address that are compared."""
_OPENS = " <(\"'[{\u201e\u201c\u00ab\u300c"
_CLOSES = " >)\"'].,;:}\u201d\u201c\u00bb\u300d"
"""Signs around an address that are not compared: brackets, quotation marks, and ends of sentences."""


def why_not_teachable(letter: Letter) -> str | None:
    """Give the reason why no taught form may read *letter*, in which no dialect found a report; None where forms may."""
    if sign := ordinary.machine_sign(letter):
        return sign
    if letter.tells_success:
        return "it says that mail was delivered"
    if origin.has_another_purpose(letter.headers) or origin.is_from_helpdesk(letter.headers):
        return "a person answers"
    if letter.is_by_mail_system or origin.may_have_null_path(letter.headers, letter.envelope.reverse_path):
        return None
    return "it came from somebody's own address, and reports come with the null reverse-path"


def read_taught(letter: Letter, forms: Sequence[TaughtForm]) -> Reading | None:
    """Read *letter* by the first of *forms* that fits; None where none fits, or the letter cannot be a report."""
    if not forms or why_not_teachable(letter) is not None:
        return None
    text, host = letter.flat[:MAX_TEXT], sender_host(letter)
    fitting_forms = [form for form in forms if _is_known(form, text, host)]
    places = _places(letter) if any(form.place is RecipientPlace.LINE for form in fitting_forms) else ()
    for form in fitting_forms:
        if recipients := _recipients(letter, form, places):
            return Reading(
                kind=Kind.DELAY if form.is_delay else Kind.BOUNCE,
                dialect=form.dialect,
                original=letter.original,
                addressed_to=letter.addressed_to,
                recipients=recipients,
            )
    return None


def sender_host(letter: Letter) -> str:
    """Give the domain of the address in From, in lower case; empty without one."""
    senders = addresses.find_in_field(letter.headers.raw("from"))
    return senders[-1].rpartition("@")[2].lower().rstrip(".") if senders else ""


def context(line: str, start: int, address: str) -> tuple[str, str]:
    """Give the normalized words before and after *address*, which begins in *line* at *start* or a few characters later."""
    begin = max(line.find(address, start), start)
    end = begin + len(address)
    head = line[max(0, begin - 2 * MAX_CONTEXT) : begin]
    before = phrases.normalize(head).rstrip(_OPENS)
    if begin > len(head):
        before = before[-MAX_CONTEXT:]
    return before, phrases.normalize(line[end : end + 2 * MAX_CONTEXT]).lstrip(_CLOSES)


@dataclass(frozen=True, slots=True)
class _NamedAddress:
    """An address on a *line*, with the normalized words before and after it."""

    address: str
    before: str
    after: str
    line: str


def _is_known(form: TaughtForm, text: str, host: str) -> bool:
    if form.host and host != form.host and not host.endswith(f".{form.host}"):
        return False
    return all(phrase in text for phrase in form.phrases)


def _places(letter: Letter) -> list[_NamedAddress]:
    """Give the addresses in subject and text that may be recipients; computed once, for a stranger decides how many there are."""
    return [
        _NamedAddress(address, *context(line, start, address), line)
        for line in (letter.headers.get("subject"), *letter.lines)
        if "@" in line
        for start, address in addresses.find_with_positions(line)
        if address.lower() not in letter.parties and not NEVER.match(address)
    ]


def _recipients(letter: Letter, form: TaughtForm, places: Sequence[_NamedAddress]) -> tuple[Recipient, ...]:
    """Give the recipients that the letter names where *form* says; none where it names nobody there."""
    lines = _lines_of_recipients(letter, form, places)
    words = " ".join(letter.evidence.split())[:MAX_WORDS]
    deciding_line = _line_of(letter, form.phrases[0]) if lines else ""
    return tuple(
        _recipient(address, form, words if len(lines) == 1 else " ".join(line.split())[:MAX_WORDS], deciding_line)
        for address, line in lines.items()
    )


def _lines_of_recipients(letter: Letter, form: TaughtForm, places: Sequence[_NamedAddress]) -> dict[str, str]:
    """Give each recipient with the line that names it."""
    if form.place is RecipientPlace.PATH:
        recipient = fallback.from_return_path(letter)
        return {} if recipient is None else {recipient: ""}
    if form.place is RecipientPlace.ONLY:
        strangers = fallback.from_text(letter)
        return {strangers[0]: ""} if len(strangers) == 1 else {}
    lines: dict[str, str] = {}
    for place in places:
        if len(lines) < letter.limits.recipients and _stands(place, form):
            lines.setdefault(place.address, place.line)
    return lines


def _stands(place: _NamedAddress, form: TaughtForm) -> bool:
    begins = place.before.endswith(form.before) if form.before else not place.before
    return begins and place.after.startswith(form.after)


def _recipient(address: str, form: TaughtForm, words: str, deciding_line: str) -> Recipient:
    return Recipient(
        recipient=address,
        action=Action.DELAYED if form.is_delay else Action.FAILED,
        status=codes.status(words),
        reply_code=codes.reply_code(words),
        diagnostic_code=words or None,
        own_lines=(deciding_line,) if deciding_line else (),
    )


def _line_of(letter: Letter, phrase: str) -> str:
    """Give the line with *phrase*, else the first line of the text."""
    lines = [letter.headers.get("subject"), *letter.lines]
    return next(
        (line for line in _strip_lines(lines) if phrase in phrases.normalize(line)), next(_strip_lines(lines), "")
    )


def _strip_lines(lines: Sequence[str]) -> Iterator[str]:
    return (line.strip()[:MAX_WORDS] for line in lines if line.strip())
