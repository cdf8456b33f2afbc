"""Many rules searched at once: only the phrases whose words the text has are tried, in the rules' order."""

import re
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from bouncer.verdict.rules import needs
from bouncer.verdict.rules.rule import Rule, pattern_of
from bouncer.verdict.words import AnswerText

_REMEMBERED = 8_192
"""Beginnings of words whose marks are remembered: those of several languages; four letters each, so at most some megabytes."""
_EDGE = r"[\x00-/:-@\[-^`{-\x7f]"
"""A sign before a word, in place of ``\\b``: the engine skips from one to the next, and phrases are found in a third less time."""
_OTHER_SIGN = re.compile(r"[^\w\x00-\x7f](?=[a-z0-9\u00df-\u052f])")
"""A sign beyond ASCII before a word of an alphabet; it is searched as a blank."""


_LEVELS = 3
"""Needs of a phrase that are marked, its rarest ones: a phrase is tried where all of them are met."""


class _Phrase(NamedTuple):
    rule: Rule
    pattern: re.Pattern[str]
    literal: str  # plain text that has to be there


class _Marks(dict[str, int]):
    """What a word says by its beginning: on each of the levels, a bit for each phrase whose need of that level it meets.

    A word is marked by its own beginning and by those that are shorter.
    """

    def __init__(self) -> None:
        super().__init__()
        self._of: dict[str, int] = {}

    def add(self, beginnings: needs.Need, bit: int) -> None:
        for beginning in beginnings:
            self._of[beginning] = self._of.get(beginning, 0) | bit

    def __missing__(self, beginning: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        marks = reduce(or_, (self._of.get(beginning[:length], 0) for length in needs.LENGTHS))
        if len(beginning) < needs.LENGTHS[-1]:
            marks |= self._of.get(beginning + needs.WHOLE, 0)
        return self.setdefault(beginning, marks)


class Lexicon:
    """Rules made ready for searching: phrases in the rules' order, and by the rarest words that they need."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        patterns = [(rule, pattern_of(phrase)) for rule in rules for phrase in rule.phrases]
        self._marks = _Marks()
        self._always = 0  # levels on which a phrase needs nothing
        self._size = len(patterns)
        self._phrases = [self._phrase(rank, *each) for rank, each in enumerate(patterns)]

    def _phrase(self, rank: int, rule: Rule, pattern: str) -> _Phrase:
        needed = needs.needed(pattern)
        for level in range(_LEVELS):
            bit = 1 << (level * self._size + rank)
            if level < len(needed):
                self._marks.add(needed[level], bit)
            else:
                self._always |= bit
        return _Phrase(rule, re.compile(_after_one(pattern)), needs.literal(pattern))

    def find(self, words: AnswerText, knows: Callable[[Rule], bool] = lambda _: True) -> tuple[Rule, int] | None:
        """Give the first rule, in the rules' order, that *words* fit and *knows* allows, and where."""
        worth = self._worth_trying(words.beginnings)
        rank = worth.find("1")
        if rank < 0:
            return None
        text = " " + (words.text if words.text.isascii() else _OTHER_SIGN.sub(" ", words.text))
        while rank >= 0:
            rule, pattern, literal = self._phrases[rank]
            if literal in text and (found := pattern.search(text)) and knows(rule):
                return rule, found.start()
            rank = worth.find("1", rank + 1)
        return None

    def _worth_trying(self, beginnings: Iterable[str]) -> str:
        """Give a digit for each phrase, in their order, "1" where its needs are met: finding the next one costs least so."""
        marks = reduce(or_, filter(None, map(self._marks.__getitem__, beginnings)), self._always)
        met = marks & (marks >> self._size) & (marks >> 2 * self._size) & ((1 << self._size) - 1)
        return bin(met)[:1:-1]


def _after_one(pattern: str) -> str:
    """Give *pattern* with the one sign before it; in a text with one more before it, the offset is that of *pattern* alone."""
    return _EDGE + pattern.removeprefix(r"\b") if pattern.startswith(r"\b") else r"[\s\S]" + pattern
