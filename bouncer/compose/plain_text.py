"""Making strangers' text plain: one bounded line without hidden characters, text direction marks and terminal controls.

Control characters, bidirectional controls and invisible characters become visible marks (Unicode Technical Report 36,
"Unicode Security Considerations"), so that a person sees all of the text.
"""

import functools
import re
import unicodedata
from collections.abc import Iterator

MARK = "\ufffd"
"""The character in place of an invisible one."""
CUT = "..."
"""The character in place of text that was cut off."""

_BLANKS = re.compile(r"\s+")
_BETWEEN_WORDS = re.compile(r"[^\S\u00a0\u202f]+")
# Printable by Unicode's categories, yet invisible: grapheme joiner, Hangul fillers, Khmer inherent vowels, Mongolian
# selectors, tags and variation selectors (DerivedCoreProperties.txt, Default_Ignorable_Code_Point).
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0e\uffa0\U000e0000-\U000e0fff]"
)
# Marks that stack on one letter and, unbounded, cover the lines around it. No language stacks more than four of these.
_MARKS = "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
_STACKED = re.compile(f"({_MARKS}{{4}}){_MARKS}+")
_PICTURES = {chr(code): chr(0x2400 + code) for code in range(0x20)} | {"\x7f": "\u2421"}  # Unicode's Control Pictures
_WIDE = frozenset("WF")
# Scripts that are written without blanks: kana, ideographs, Hangul, their punctuation and fullwidth forms. No line begins with a
# closing mark, nor ends with an opening one (JIS X 4051).
_OPENING = "（「『【〈《〔［｛"  # noqa: RUF001 -- the fullwidth marks are meant, not the ASCII ones
_CLOSING = "、。，．・：；？！）」』】〉》〕］｝ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ"  # noqa: RUF001 -- as above
_IDEOGRAPHS = "\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60"
_IDEOGRAPH = re.compile(f"[{_IDEOGRAPHS}]")
_ATOMS = re.compile(f"[{_OPENING}]*(?:[^{_IDEOGRAPHS}]+|[{_IDEOGRAPHS}])[{_CLOSING}]*")


def line(text: str, limit: int) -> str:
    """Give *text* as one line of at most *limit* characters, all of them visible."""
    text = text[: 4 * limit]  # the rest is cut in any case: no time is spent on it
    text = _BLANKS.sub(" ", text).strip()
    if not text.isprintable():
        text = "".join(map(_make_visible, text))
    if not text.isascii():
        text = _STACKED.sub(rf"\1{MARK}", _UNSEEN.sub(MARK, text))
    return text if len(text) <= limit else text[: limit - len(CUT)] + CUT


def _make_visible(character: str) -> str:
    if character.isprintable():
        return character
    return _PICTURES.get(character, MARK)


def columns(text: str) -> int:
    """Count the columns that *text* takes on a terminal (Unicode Standard Annex 11)."""
    if text.isascii():
        return len(text)
    return sum(_columns_of(character) for character in text)


_SHORT = 4
_short_columns = functools.lru_cache(maxsize=8192)(columns)  # ideographs with the closing marks after them


@functools.lru_cache(maxsize=8192)  # characters of a few languages
def _columns_of(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1


def wrap(text: str, width: int) -> list[str]:
    """Break *text* into lines of at most *width* columns, at blanks where possible; no-break blanks stay."""
    lines: list[str] = []
    room = 0
    for word in filter(None, _BETWEEN_WORDS.split(text)):
        gap = " "
        for piece, piece_width in _pieces(word, width):
            if lines and room >= piece_width + len(gap):
                lines[-1] += gap + piece
                room -= piece_width + len(gap)
            else:
                lines.append(piece)
                room = width - piece_width
            gap = ""
    return lines


def _pieces(word: str, width: int) -> Iterator[tuple[str, int]]:
    """Split a word where a line may end in it: between wide characters, as in texts without blanks; and a word that is too wide.

    Gives each piece with its width in columns.
    """
    if word.isascii() and len(word) <= width:
        yield word, len(word)
        return
    for atom in _ATOMS.findall(word) if _IDEOGRAPH.search(word) else (word,):
        piece_width = _short_columns(atom) if len(atom) <= _SHORT else columns(atom)
        if piece_width <= width:
            yield atom, piece_width
        else:
            yield from _cut(atom, width)


def _cut(atom: str, width: int) -> Iterator[tuple[str, int]]:
    begin, piece_width = 0, 0
    for at, character in enumerate(atom):
        added = _columns_of(character)
        if piece_width + added > width:
            yield atom[begin:at], piece_width
            begin, piece_width = at, 0
        piece_width += added
    yield atom[begin:], piece_width
