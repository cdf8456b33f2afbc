"""The spellings of texts in a body: the pattern that a text must have, and the words by which an error tells what is allowed.

A pattern is a regular expression of ECMA's dialect, as OpenAPI has them, and of Python's. Python's ``$`` also matches before a last
line end, so each forbids one by itself.
"""

from dataclasses import dataclass

import msgspec

_END = "$(?![\\n])"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A *pattern*, and the *words* for what it allows."""

    pattern: str
    words: str

    def bounds(self, *, max_length: int | None = None) -> msgspec.Meta:
        """Give the bounds of a text that is spelled so."""
        description = f"{self.words[0].upper()}{self.words[1:]}"
        return msgspec.Meta(pattern=self.pattern, max_length=max_length, description=description)


LETTER = Spelling(f"^[0-7][0-9a-hjkmnp-tv-z]{{12}}{_END}", "the id of a letter: 13 characters, as lists show them")
NOTICE = Spelling(f"^[0-9]{{1,18}}{_END}", "the id of a notice: 1 to 18 digits, as lists show them")
REFERENCE = Spelling(f"^[a-z0-9]{{1,12}}{_END}", "a reference: 1 to 12 of the characters a-z and 0-9")
LINE = Spelling(f"^[^\\x00-\\x1f\\x7f]*{_END}", "one line without control characters")

SPELLINGS = (LETTER, NOTICE, REFERENCE, LINE)
"""All spellings of texts in bodies."""


def spell_out(error: str) -> str:
    """Give the words of an *error* of msgspec's: it says in words what is allowed, and shows no pattern."""
    for spelling in SPELLINGS:
        error = error.replace(f"`str` matching regex {spelling.pattern!r}", spelling.words)
    return error
