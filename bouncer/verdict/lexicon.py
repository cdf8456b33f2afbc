"""Searching many rules at once: only phrases whose required words the text has are tried, in the rules' order."""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache, reduce
from operator import or_

from bouncer.ndr.cached import cached_property
from bouncer.verdict.rules import needs, written_needs
from bouncer.verdict.rules.rule import Rule, pattern_of
from bouncer.verdict.words import AnswerText

_REMEMBERED = 8_192
"""Word prefixes whose marks are cached: those of several languages; six letters each, so some megabytes at most."""
_RECENT = 128
"""Texts whose matches are cached, of at most 4,000 characters each: servers answer thousands of mails in the same words."""
_EDGE = r"[\x00-/:-@\[-^`{-\x7f]"
"""A character before a word, instead of ``\\b``: the engine skips from one to the next, which saves a third of the time."""
_OTHER_SIGN = re.compile(r"[^\w\x00-\x7f](?=[a-z0-9\u00df-\u052f])")
"""A character beyond ASCII before a word of an alphabet; it is replaced with a blank for the search."""


class _Phrase:
    """A phrase of a rule; it is compiled when it is first tried, because most letters try few of a thousand and more."""

    def __init__(self, rule: Rule, source: str) -> None:
        self.rule = rule
        self.source = source
        self._begin = 0 if source.startswith(r"\b") else 1  # the pattern holds the character before the phrase, or not

    def find(self, text: str) -> int:
        """Give the index of the phrase in *text*, which has one character more before it, -1 where the text does not match."""
        for literals in self._literals:
            for literal in literals:
                if literal in text:
                    break
            else:
                return -1
        match = self.pattern.search(text, self._begin)
        return match.start() - self._begin if match else -1

    @cached_property
    def _literals(self) -> tuple[needs.Literals, ...]:
        return needs.literals(self.source)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The phrase; where it begins a word, with the character before it."""
        source = self.source
        return re.compile(_EDGE + source.removeprefix(r"\b") if self._begin == 0 else source)


class _Marks(dict[str, int]):
    """Word prefix to bit set, with one segment for each level: a phrase's bit is set where the word meets its requirement.

    A word has the marks of its whole prefix and of all shorter ones.
    """

    def __init__(self) -> None:
        super().__init__()
        self._bits: dict[str, int] = {}

    def add(self, beginnings: needs.Need, bit: int) -> None:
        for beginning in beginnings:
            self._bits[beginning] = self._bits.get(beginning, 0) | bit

    def __missing__(self, beginning: str) -> int:
        if len(self) >= _REMEMBERED:
            self.clear()
        marks = reduce(or_, (self._bits.get(beginning[:length], 0) for length in needs.LENGTHS))
        if len(beginning) < needs.LENGTHS[-1]:
            marks |= self._bits.get(beginning + needs.WHOLE, 0)
        return self.setdefault(beginning, marks)


class Lexicon:
    """Rules compiled for searching: phrases in the rules' order, indexed by the rarest words that they require."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        patterns = [(rule, pattern_of(phrase)) for rule in rules for phrase in rule.phrases]
        self._marks = _Marks()
        self._always = 0  # levels on which a phrase has no requirement
        self._size = len(patterns)
        self._phrases = [self._phrase(rank, *item) for rank, item in enumerate(patterns)]
        self._matches = lru_cache(_RECENT)(self._find_matches)

    def _phrase(self, rank: int, rule: Rule, pattern: str) -> _Phrase:
        needed = written_needs.needs_of(pattern)
        for level in range(written_needs.LEVELS):
            bit = 1 << ((level + 1) * self._size - 1 - rank)  # the first phrase has the highest bit
            if level < len(needed):
                self._marks.add(needed[level], bit)
            else:
                self._always |= bit
        return _Phrase(rule, pattern)

    @property
    def patterns(self) -> tuple[str, ...]:
        """The patterns of the phrases, in order."""
        return tuple(phrase.source for phrase in self._phrases)

    def find(self, words: AnswerText, knows: Callable[[Rule], bool] = lambda _: True) -> tuple[Rule, int] | None:
        """Give the first rule, in order, that matches *words*, and the index of the match; *knows* accepts providers' own rules."""
        for match in self._matches(words.text):
            if not match[0].providers or knows(match[0]):
                return match
        return None

    def _find_matches(self, text: str) -> tuple[tuple[Rule, int], ...]:
        """Give the first match in *text* of a rule for everybody's answers, after those of providers' own rules before it."""
        worth = self._worth_trying(needs.beginnings(text))
        rank = worth.find("1")
        if rank < 0:
            return ()
        matches: list[tuple[Rule, int]] = []
        searched = " " + (text if text.isascii() else _OTHER_SIGN.sub(" ", text))
        while rank >= 0:
            phrase = self._phrases[rank]
            if (index := phrase.find(searched)) >= 0:
                matches.append((phrase.rule, index))
                if not phrase.rule.providers:
                    break
            rank = worth.find("1", rank + 1)
        return tuple(matches)

    def _worth_trying(self, beginnings: Iterable[str]) -> str:
        """Give a digit for each phrase, in order, "1" where its requirements are met: str.find then finds the next one fastest."""
        marks = reduce(or_, filter(None, map(self._marks.__getitem__, beginnings)), self._always)
        guard_bit = 1 << self._size
        met_bits = marks & (marks >> self._size) & (marks >> 2 * self._size) & (guard_bit - 1)
        return bin(guard_bit | met_bits)[len("0b1") :]
