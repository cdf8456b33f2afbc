"""Marking the deciding line in the text of a letter, also where the letter folds it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bouncer.pages.marks import make_visible

MOST_LETTER = 6000
"""Characters of a letter that are shown, around the deciding line; with each of them escaped the page stays below 60 kB."""
BEFORE = 2000
"""Characters of a long letter that are shown before the deciding line."""
MOST_EVIDENCE_WORDS = 40
"""Words of the deciding line that are looked for in the letter."""

_BETWEEN_WORDS = r"(?:\s++|<[^<>]{0,300}>|&nbsp;|(?<=\n)>){1,40}"
"""Between two words of the deciding line a letter has blanks, tags of HTML, or marks of a quotation."""
MOST_SEARCHED = 512 * 1024
"""Characters of a letter in which the whole line is looked for: a hostile letter takes a twentieth of a second."""
MOST_SEARCHED_BY_WORD = 16 * 1024
"""Characters in which runs of its words are looked for, each word by itself: at worst a tenth of a second."""
LEAST_RUN = 12
"""Characters of a part of the deciding line that is marked where the whole line is not found: fewer may be anywhere."""


@dataclass(frozen=True, slots=True)
class MarkedText:
    """A letter as text: the part before the deciding line, the line, the part after it; *is_cut*: the letter has more."""

    before: str
    line: str
    after: str
    is_cut: bool


def mark_line(raw: str, line: str) -> MarkedText:
    """Find the deciding *line* in a letter, however it is folded, and give the text around it."""
    text = raw.replace("\r\n", "\n")
    begin, end = _place_of(line, text)
    first = max(0, begin - BEFORE) if end > MOST_LETTER else 0
    last = min(len(text), first + MOST_LETTER)
    before, middle, after = (make_visible(text[a:b]) for a, b in ((first, begin), (begin, end), (end, max(end, last))))
    left = MOST_LETTER
    parts = []
    for part in (before, middle, after):
        parts.append(part[:left])
        left -= len(parts[-1])
    return MarkedText(parts[0], parts[1], parts[2], first > 0 or last < len(text) or left <= 0)


def _place_of(line: str, text: str) -> tuple[int, int]:
    """Give where *line* begins and ends in *text*, or the longest run of its words; (0, 0) where not even a run is found.

    A reader leaves lines out that say nothing, so the words of the deciding line may be apart in the letter.
    """
    words = [re.escape(word) for word in line.split()[:MOST_EVIDENCE_WORDS]]
    if not words:
        return 0, 0
    if whole := re.search(_BETWEEN_WORDS.join(words), text[:MOST_SEARCHED], re.IGNORECASE):
        return whole.span()
    begin, end = max(_runs(words, text[:MOST_SEARCHED_BY_WORD]), key=lambda run: run[1] - run[0], default=(0, 0))
    return (begin, end) if end - begin >= LEAST_RUN else (0, 0)


def _runs(words: Sequence[str], text: str) -> Iterator[tuple[int, int]]:
    """For each of the words, give the place in *text* of the longest run of words that begins with it."""
    for first in range(len(words)):
        run = words[-1]
        for word in reversed(words[first:-1]):
            run = f"{word}(?:{_BETWEEN_WORDS}{run})?"
        yield from (match.span() for match in re.finditer(run, text, re.IGNORECASE))
