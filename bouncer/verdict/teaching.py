"""Making a rule out of a letter and a person's marks: the line that names the recipient, and the lines that say why. Pure."""

import re
from dataclasses import dataclass

from bouncer.errors import InvalidValue
from bouncer.ndr import addresses, phrases
from bouncer.ndr.taught import MAX_CONTEXT, context
from bouncer.ndr.taught_form import Outline, RecipientPlace, TaughtForm
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

MOST_PHRASES = 4
"""Phrases of a rule: a person who decides on a rule hardly reads more."""
MAX_PHRASE = 200
"""Characters of a phrase."""
MIN_PHRASE = 12
"""Octets of a phrase in UTF-8: two words, or four characters of Chinese. A shorter one stands in many other letters."""
LEAST_PART = 3
"""Characters of a local part or domain that are taken for a name; shorter ones are words, too."""
PIECES = 2
"""Phrases that are made of one line: the words before an address, and those after it."""
MIN_LETTERS = 4
"""Letters in a phrase: rules of dashes stand everywhere."""

_CHANGES = re.compile(r"[!-~]{0,200}\d[!-~]{0,200}|\d{1,200}|https?://\S{1,300}", re.IGNORECASE)
"""Text that differs from letter to letter beside addresses: words with digits, and links."""
_MARKS = " <>()[]{}\"'.,;:"
_GAP = "\0"
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.){1,10}[a-z0-9-]{2,63}")


@dataclass(frozen=True, slots=True)
class Marks:
    """A person's marks on the lines of a letter; line 0 is the subject."""

    says: tuple[int, ...]
    """The lines by which such letters are known."""
    names: int | None
    """The line that names the recipient; None for the place that *place* says."""
    reason: Reason
    place: RecipientPlace = RecipientPlace.LINE
    is_delay: bool = False
    with_host: bool = True
    """Whether only letters from this letter's domain are known."""
    phrases: tuple[str, ...] = ()
    """Words by which such letters are known, beside those of the lines."""


def derive_rule(outline: Outline, marks: Marks) -> TaughtRule:
    """Make the rule that *marks* describe. Raises InvalidValue where they point at lines that hold no fitting words."""
    if outline.refusal:
        raise InvalidValue(f"no rule can read this letter: {outline.refusal}", field="letter")
    of_lines = (phrase for number in marks.says for phrase in _phrases(_line(outline, number, "says"), outline))
    known_by = (*of_lines, *marks.phrases)
    place, before, after = marks.place, "", ""
    if marks.names is not None:
        place, before, after = _surroundings(_line(outline, marks.names, "names"), outline)
    host = outline.sender_host if marks.with_host and _HOST.fullmatch(outline.sender_host) else ""
    return checked_rule(TaughtRule(TaughtForm(known_by, place, before, after, host, marks.is_delay), marks.reason))


def checked_rule(rule: TaughtRule) -> TaughtRule:
    """Give *rule* with its texts normalized. Raises InvalidValue for one that would fit too many letters, or names an address."""
    form = rule.form
    known_by = tuple(dict.fromkeys(phrases.normalize(phrase) for phrase in form.phrases))
    before, after = phrases.normalize(form.before), phrases.normalize(form.after)
    if not 1 <= len(known_by) <= MOST_PHRASES:
        raise InvalidValue(f"a rule has 1 to {MOST_PHRASES} phrases", field="phrases")
    for phrase in known_by:
        if flaw := _flaw(phrase):
            raise InvalidValue(f"{flaw}: {phrase[:MAX_PHRASE]!r}", field="phrases")
    for name, words in (("before", before), ("after", after)):
        if len(words) > MAX_CONTEXT or _names_somebody(words):
            raise InvalidValue(f"at most {MAX_CONTEXT} characters, without an address", field=name)
    host = form.host.strip().lower().rstrip(".")
    if host and not _HOST.fullmatch(host):
        raise InvalidValue("a domain with a dot in it, or none", field="host")
    if form.place is not RecipientPlace.LINE:
        before = after = ""
    checked = TaughtForm(known_by, form.place, before, after, host, form.is_delay)
    return TaughtRule(checked, rule.reason)


def _flaw(phrase: str) -> str | None:
    if len(phrase) > MAX_PHRASE:
        return f"a phrase has at most {MAX_PHRASE} characters"
    if len(phrase.encode("utf-8", "replace")) < MIN_PHRASE or sum(map(str.isalpha, phrase)) < MIN_LETTERS:
        return f"a phrase has at least {MIN_PHRASE} octets and {MIN_LETTERS} letters, for a shorter one stands in many letters"
    if not phrase.isprintable():
        return "a phrase has printable characters only"
    return "a phrase names no address" if _names_somebody(phrase) else None


def _names_somebody(words: str) -> bool:
    return "@" in words


def _line(outline: Outline, number: int, field: str) -> str:
    if not 0 <= number < len(outline.lines):
        raise InvalidValue(f"there is no line {number}", field=field)
    return outline.lines[number]


def _phrases(line: str, outline: Outline) -> list[str]:
    """Give the longest pieces of *line* that do not differ from letter to letter, at most PIECES, in the line's order."""
    pieces = (phrases.normalize(piece).strip(_MARKS) for piece in _with_gaps(line, outline).split(_GAP))
    fitting = [piece for text in pieces if not _flaw(piece := text[:MAX_PHRASE].strip())]
    longest = sorted(fitting, key=len, reverse=True)[:PIECES]
    if not longest:
        raise InvalidValue(
            "the line has no words that every such letter has; take one with at least two words", field="says"
        )
    return [piece for piece in fitting if piece in longest]


def _with_gaps(text: str, outline: Outline) -> str:
    """Give *text* with a gap for each piece that differs from letter to letter, or is a part of a recipient's address."""
    strangers = {
        address.lower()
        for line in outline.lines
        for address in addresses.find(line)
        if address.lower() not in outline.own
    }
    for address in addresses.find(text):
        text = text.replace(address, _GAP)
    parts = {part for address in strangers for part in address.rpartition("@")[::2] if len(part) >= LEAST_PART}
    if parts:
        by_length = sorted(parts, key=len, reverse=True)
        text = re.sub(rf"(?<!\w)(?:{'|'.join(map(re.escape, by_length))})(?!\w)", _GAP, text, flags=re.IGNORECASE)
    return _CHANGES.sub(_GAP, text)


def _surroundings(line: str, outline: Outline) -> tuple[RecipientPlace, str, str]:
    """Give where the recipient stands on *line*: between words, or as the only address of the text where the words differ."""
    strangers = [
        (start, address) for start, address in addresses.find_with_positions(line) if address.lower() not in outline.own
    ]
    count = len({address.lower() for _, address in strangers})
    if count != 1:
        raise InvalidValue(f"the line names {'several addresses' if count else 'no recipient'}", field="names")
    before, after = context(line, *strangers[0])
    first_words = _with_gaps(before, outline).rpartition(_GAP)[2].strip()[-MAX_CONTEXT:]
    last_words = _with_gaps(after, outline).partition(_GAP)[0].strip()[:MAX_CONTEXT]
    if before and not first_words:
        return RecipientPlace.ONLY, "", ""
    return RecipientPlace.LINE, first_words, "" if _names_somebody(last_words) else last_words
