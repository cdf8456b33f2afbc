"""Paragraphs: whether lines stand in one that says that mail failed, searched one by one or all at once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.ndr import paragraphs, phrases
from bouncer.ndr.paragraphs import FailureLines, paragraph

PIECES = (
    "delivery",
    "failed",
    "has",
    "been",
    "NOT",
    "delivered",
    "a@b.example",
    "couldn\u2019t",
    "be",
    "\u0130",
    "is",
    "full",
)
WORDS = st.sampled_from((*PIECES, "не", "удалось", "\u3000"))
LINES = st.lists(st.lists(WORDS, max_size=3).map(" ".join), min_size=1, max_size=40)


@given(LINES)
def test_all_at_once_finds_what_each_paragraph_says(lines: list[str]):
    failures = FailureLines(lines)
    failures._searches = paragraphs.MOST_SINGLE_SEARCHES  # noqa: SLF001 -- from the next line on all words are searched

    for number, line in enumerate(lines):
        if line.strip():
            whole = phrases.normalize(paragraph(lines, number))
            assert failures.says_failed(number) == phrases.contains_any(phrases.FAILED, whole)


def test_thousands_of_lines_are_each_searched_once(monkeypatch: pytest.MonkeyPatch):
    """And not sixteen times, with the lines around each."""
    searched = [0]
    normalize = phrases.normalize

    def counted(text: str) -> str:
        searched[0] += len(text)
        return normalize(text)

    monkeypatch.setattr(phrases, "normalize", counted)
    lines = [f"]<a{number}@b.example>:" for number in range(2000)]
    failures = FailureLines(lines)

    assert not any(failures.says_failed(number) for number in range(len(lines)))
    assert searched[0] < 3 * sum(map(len, lines))
