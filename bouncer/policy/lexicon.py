"""Many rules searched at once: only the phrases whose words the text has are tried, in the rules' order."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from bouncer.policy.rules import needs
from bouncer.policy.rules.rule import Rule, pattern_of
from bouncer.policy.words import Words


class _Phrase(NamedTuple):
    rule: Rule
    pattern: re.Pattern[str]
    needs: tuple[needs.Need, ...]  # all but the rarest, by which it was found


class Lexicon:
    """Rules made ready for searching: phrases in the rules' order, and by the rarest word that they need."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._phrases: list[_Phrase] = []
        self._by_need: dict[str, list[int]] = {}
        for rule in rules:
            for phrase in rule.phrases:
                self._add(rule, pattern_of(phrase))

    def _add(self, rule: Rule, pattern: str) -> None:
        rarest, *others = needs.needed(pattern)
        for beginning in rarest:
            self._by_need.setdefault(beginning, []).append(len(self._phrases))
        self._phrases.append(_Phrase(rule, re.compile(pattern), tuple(others)))

    def find(self, words: Words) -> tuple[Rule, int] | None:
        """Give the first rule, in the rules' order, that *words* fit, and where."""
        by_need, there = self._by_need, words.beginnings
        for rank in sorted({rank for beginning in by_need.keys() & there for rank in by_need[beginning]}):
            rule, pattern, others = self._phrases[rank]
            if not any(map(there.isdisjoint, others)) and (found := pattern.search(words.text)):
                return rule, found.start()
        return None
