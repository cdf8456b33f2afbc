"""Searching many rules at once."""

import re

import pytest

from bouncer.verdict import lexicon
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.rules.order import PLAIN
from bouncer.verdict.words import AnswerText


@pytest.fixture
def compiled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The expressions that the module compiles from now on."""
    sources: list[str] = []

    def compile_noted(source: str) -> re.Pattern[str]:
        sources.append(source)
        return re.compile(source)

    monkeypatch.setattr(
        lexicon, "re", type("Noting", (), {"compile": staticmethod(compile_noted), "Pattern": re.Pattern})
    )
    return sources


def test_only_the_phrases_that_are_tried_are_compiled_and_each_once(compiled: list[str]):
    rules = Lexicon(PLAIN)
    assert compiled == []

    for _ in range(2):
        found = rules.find(AnswerText.of(["550 5.1.1 no such user here"]))
        assert found is not None

    assert 0 < len(compiled) < 50
    assert len(compiled) == len(set(compiled))
