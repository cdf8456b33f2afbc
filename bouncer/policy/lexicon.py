"""Many rules searched at once: only the phrases whose words the text has are tried, in the rules' order."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bouncer.policy.rules import needs
from bouncer.policy.rules.rule import Rule, pattern_of
from bouncer.policy.words import Words

_REMEMBERED = 8_192
"""Beginnings of words whose meaning is remembered: those of several languages; four letters each, so at most about a megabyte."""


class _Phrase(NamedTuple):
    rule: Rule
    pattern: re.Pattern[str]
    literal: str  # plain text that has to be there
    needs: int  # the needs that have to be met, one bit each


class Lexicon:
    """Rules made ready for searching: phrases in the rules' order, and by the rarest word that they need."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._phrases: list[_Phrase] = []
        self._ranks: dict[str, list[int]] = {}
        self._bits: dict[needs.Need, int] = {}
        self._met_by: dict[str, int] = {}
        for rule in rules:
            for phrase in rule.phrases:
                self._add(rule, pattern_of(phrase))
        self._meant: dict[str, tuple[int, tuple[int, ...]]] = {}

    def _add(self, rule: Rule, pattern: str) -> None:
        rarest, *others = needs.needed(pattern)
        for beginning in rarest:
            self._ranks.setdefault(beginning, []).append(len(self._phrases))
        wanted = 0
        for need in others:
            wanted |= self._bit(need)
        self._phrases.append(_Phrase(rule, re.compile(pattern), needs.literal(pattern), wanted))

    def _bit(self, need: needs.Need) -> int:
        if need not in self._bits:
            self._bits[need] = 1 << len(self._bits)
            for beginning in need:
                self._met_by[beginning] = self._met_by.get(beginning, 0) | self._bits[need]
        return self._bits[need]

    def _look_up(self, beginning: str) -> tuple[int, tuple[int, ...]]:
        """Give the needs that a word of this *beginning* meets, and the phrases that are worth trying for it; remember both."""
        met, ranks = 0, list[int]()
        for shorter in {beginning[:length] for length in needs.LENGTHS}:
            met |= self._met_by.get(shorter, 0)
            ranks += self._ranks.get(shorter, ())
        if len(self._meant) >= _REMEMBERED:
            self._meant.clear()
        return self._meant.setdefault(beginning, (met, tuple(ranks)))

    def find(self, words: Words) -> tuple[Rule, int] | None:
        """Give the first rule, in the rules' order, that *words* fit, and where."""
        met, worth = 0, set[int]()
        for beginning in words.beginnings:
            meets, ranks = self._meant.get(beginning) or self._look_up(beginning)
            met |= meets
            if ranks:
                worth.update(ranks)
        text = words.text
        for rank in sorted(worth):
            rule, pattern, literal, wanted = self._phrases[rank]
            if met & wanted == wanted and literal in text and (found := pattern.search(text)):
                return rule, found.start()
        return None
