"""Paragraphs of a notice: which lines stand in one that says that mail failed.

The paragraph of a line is all lines around it up to a blank line on either side, at most LINES_AROUND before and after it.
In a letter of few lines, each paragraph is searched. Only a hostile letter has thousands of lines: there, the whole text is
searched once, since a search for each line would read the sixteen lines around it again.
"""

import re
from collections.abc import Iterable, Sequence
from itertools import accumulate

from bouncer.ndr import phrases
from bouncer.ndr.cached import cached_property

LINES_AROUND = 8
"""Lines of a paragraph before a line, and, the line itself among them, after it; a sentence is no longer."""
MOST_SINGLE_SEARCHES = 64
"""Paragraphs that are searched singly. Few reports need more; for more, one search of the whole text is cheaper."""

MOST_IN_SENTENCES = 16
"""Recipients that sentences name one by one; a report about more lists them."""
_LINES_BELOW = 12
"""Lines below an address that a sentence names, which may be about it: an answer after a blank line."""
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s++|(?<=[\u3002\uff01\uff1f])")


def sentences_about(address: str, words: str, recipients: Iterable[str]) -> str:
    """Give of *words* the sentences about *address*, without those about others of the *recipients*."""
    own = address.lower()
    others = {recipient.lower() for recipient in recipients} - {own}
    chosen: list[str] = []
    is_about_it = False
    for sentence in _SENTENCE_END.split(words):
        lower = sentence.lower()
        is_about_it = own in lower or (is_about_it and not any(other in lower for other in others))
        if is_about_it:
            chosen.append(sentence)
    return " ".join(chosen)


def lines_about(number: int, address: str, recipients: Iterable[str], lines: Sequence[str]) -> list[str]:
    """Give line *number*, which names *address*, with its sentence's lines above, and those below that name none of the others."""
    others = {recipient.lower() for recipient in recipients} - {address.lower()}

    def names_other(line: str) -> bool:
        return "@" in line and any(other in line.lower() for other in others)

    first, end = number, number + 1
    while (
        first > 0 and number - first < LINES_AROUND and _goes_on(lines[first - 1]) and not names_other(lines[first - 1])
    ):
        first -= 1
    while end < len(lines) and end - number < _LINES_BELOW and not names_other(lines[end]):
        end += 1
    return [line.strip() for line in lines[first:end]]


def _goes_on(line: str) -> bool:
    """Whether a sentence on *line* goes on below it."""
    return bool(line.strip()) and not line.rstrip().endswith((".", ":", "!", "?"))


def paragraph(lines: list[str], number: int) -> str:
    """Join the lines around *number* between two blank lines."""
    first, last = _bounds(lines, number)
    return " ".join(line.strip() for line in lines[first : last + 1])


def _bounds(lines: list[str], number: int) -> tuple[int, int]:
    first = number
    while first > 0 and number - first < LINES_AROUND and lines[first - 1].strip():
        first -= 1
    end = number + 1
    while end < len(lines) and end - number < LINES_AROUND and lines[end].strip():
        end += 1
    return first, end - 1


class FailureLines:
    """Says of each of *lines* whether its paragraph has one of ``phrases.FAILED``."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._searches = 0

    def says_failed(self, number: int) -> bool:
        """Whether the paragraph of line *number* says that mail failed."""
        self._searches += 1
        if self._searches <= MOST_SINGLE_SEARCHES:
            return phrases.contains_any(phrases.FAILED, phrases.normalize(paragraph(self._lines, number)))
        first, last = _bounds(self._lines, number)
        return self._next_end[first] <= last

    @cached_property
    def _next_end(self) -> list[int]:
        """By line: the first line on which a phrase ends that begins on this line or a later one."""
        ends = [len(self._lines)] * len(self._lines)
        for begin, end in self._places():
            ends[begin] = min(ends[begin], end)
        return list(accumulate(reversed(ends), min))[::-1]

    def _places(self) -> list[tuple[int, int]]:
        """Give the lines on which each phrase begins and ends. Where a phrase begins twice on a line, only the first counts."""
        words = [phrases.normalize(line) for line in self._lines]
        text = " ".join(words)
        line_of = [number for number, line in enumerate(words) for _ in range(len(line) + 1)]
        ends = list(accumulate(len(line) + 1 for line in words))
        places = list[tuple[int, int]]()
        for phrase in phrases.FAILED.ascii if text.isascii() else phrases.FAILED.shortest:
            at = text.find(phrase)
            while at >= 0:
                places.append((line_of[at], line_of[at + len(phrase) - 1]))
                at = text.find(phrase, ends[line_of[at]])
        return places
