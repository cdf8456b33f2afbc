"""Many rules searched at once: only the phrases whose words the text has are tried, in the rules' order."""

import re
from collections.abc import Callable, Iterable
from functools import reduce
from operator import or_
from typing import NamedTuple

from bouncer.verdict.rules import needs
from bouncer.verdict.rules.rule import Rule, pattern_of
from bouncer.verdict.words import Words

_REMEMBERED = 8_192
"""Beginnings of words whose marks are remembered: those of several languages; four letters each, so at most some megabytes."""
_EDGE = r"[\x00-/:-@\[-^`{-\x7f]"
"""A sign before a word, in place of ``\\b``: the engine skips from one to the next, and phrases are found in a third less time."""
_OTHER_SIGN = re.compile(r"[^\w\x00-\x7f](?=[a-z0-9\u00df-\u052f])")
"""A sign beyond ASCII before a word of an alphabet; it is searched as a blank."""


class _Phrase(NamedTuple):
    rule: Rule
    pattern: re.Pattern[str]
    literal: str  # plain text that has to be there
    needs: int  # the marks of all needs that have to be met


class _Marks(dict[str, int]):
    """What a word says by its beginning: a bit for each phrase that is worth trying for it, and one for each need that it meets.

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
    """Rules made ready for searching: phrases in the rules' order, and by the rarest word that they need."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        patterns = [(rule, pattern_of(phrase)) for rule in rules for phrase in rule.phrases]
        self._marks = _Marks()
        self._all = (1 << len(patterns)) - 1
        self._bits: dict[needs.Need, int] = {}
        self._phrases = [self._phrase(rank, *each) for rank, each in enumerate(patterns)]

    def _phrase(self, rank: int, rule: Rule, pattern: str) -> _Phrase:
        rarest, *others = needs.needed(pattern)
        self._marks.add(rarest, 1 << rank)
        wanted = reduce(or_, map(self._bit, others), 0)
        return _Phrase(rule, re.compile(_after_one(pattern)), needs.literal(pattern), wanted)

    def _bit(self, need: needs.Need) -> int:
        """Give the bit of a need: those of the phrases come first."""
        if need not in self._bits:
            self._bits[need] = (self._all + 1) << len(self._bits)
            self._marks.add(need, self._bits[need])
        return self._bits[need]

    def find(self, words: Words, knows: Callable[[Rule], bool] = lambda _: True) -> tuple[Rule, int] | None:
        """Give the first rule, in the rules' order, that *words* fit and *knows* allows, and where."""
        marks = reduce(or_, map(self._marks.__getitem__, words.beginnings), 0)
        text = " " + (words.text if words.text.isascii() else _OTHER_SIGN.sub(" ", words.text))
        # a digit for each phrase, in their order: finding the next one costs least so
        worth = bin(marks & self._all)[:1:-1]
        rank = worth.find("1")
        while rank >= 0:
            rule, pattern, literal, wanted = self._phrases[rank]
            if literal in text and marks & wanted == wanted and (found := pattern.search(text)) and knows(rule):
                return rule, found.start()
            rank = worth.find("1", rank + 1)
        return None


def _after_one(pattern: str) -> str:
    """Give *pattern* with the one sign before it; in a text with one more before it, the offset is that of *pattern* alone."""
    return _EDGE + pattern.removeprefix(r"\b") if pattern.startswith(r"\b") else r"[\s\S]" + pattern
