"""Strangers' text made plain: one line, bounded, nothing in it that hides, turns round or steers.

Control characters, bidirectional controls and invisible characters become visible marks (Unicode Technical Report 36,
"Unicode Security Considerations"), so that what a person sees is what is there.
"""

import functools
import re
import unicodedata

MARK = "\ufffd"
"""Stands for a character that would not be seen."""
CUT = "..."
"""Stands for what was left out for length."""

_BLANKS = re.compile(r"\s+")
_BETWEEN_WORDS = re.compile(r"[^\S\u00a0\u202f]+")
# Printable by Unicode's categories, yet drawn as nothing: grapheme joiner, Hangul fillers, Khmer inherent vowels, Mongolian
# selectors, tags and variation selectors (DerivedCoreProperties.txt, Default_Ignorable_Code_Point).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0000-\U000e0fff]"
)
# Marks that stack on one letter and, without end, cover the lines around it. No language stacks more than four of these.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
_PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\x7f": "\u2421"}  # Unicode's Control Pictures
_WIDE = frozenset("WF")
_CLOSING = frozenset(["Pe", "Pf", "Po"])  # categories of what never begins a line (JIS X 4051) ...
_SMALL = frozenset("ーぁぃぅぇぉっゃゅょァィゥェォッャュョ")  # ... as these letters do not


def line(text: str, limit: int) -> str:
    """Give *text* as one line of at most *limit* characters in which everything can be seen."""
    text = text[: 4 * limit]  # what follows is cut in any case: no time is spent on it
    text = _BLANKS.sub(" ", text).strip()
    if not text.isprintable():
        text = "".join(map(_seen, text))
    if not text.isascii():
        text = _STACKED.sub(rf"\1{MARK}", _UNSEEN.sub(MARK, text))
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT


def _seen(character: str) -> str:
    if character.isprintable():
        return character
    return _PICTURES.get(character, MARK)


def columns(text: str) -> int:
    """Count the columns that *text* takes on a terminal (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


@functools.lru_cache(maxsize=8192)  # characters of a few languages
def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def wrap(text: str, width: int) -> list[str]:
    """Break *text* into lines of at most *width* columns, at blanks where it can be; no-break blanks hold together."""
    lines: list[str] = []
    room = 0
    for word in filter(None, _BETWEEN_WORDS.split(text)):
        for piece in _pieces(word, width):
            taken = columns(piece)
            if lines and room > taken:
                lines[-1] += " " + piece
                room -= taken + 1
            else:
                lines.append(piece)
                room = width - taken
    return lines


def _pieces(word: str, width: int) -> list[str]:
    """Cut a word that is wider than a line, as texts without blanks are; no line begins with what closes the one before."""
    if columns(word) <= width:
        return [word]
    if word.isascii():
        return [word[at : at + width] for at in range(0, len(word), width)]
    pieces, begin, taken = [], 0, 0
    for at, character in enumerate(word):
        taken += _columns_of(character)
        if taken > width:
            cut = at - 1 if _closes(character) and at - 1 > begin else at
            pieces.append(word[begin:cut])
            begin, taken = cut, columns(word[cut : at + 1])
    return [*pieces, word[begin:]]


def _closes(character: str) -> bool:
    return character in _SMALL or unicodedata.category(character) in _CLOSING
