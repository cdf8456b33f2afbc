"""Searching many rules at once."""

import re

import pytest

from bouncer.verdict import lexicon
from bouncer.verdict.lexicon import Lexicon
from bouncer.verdict.rules import needs
from bouncer.verdict.rules.order import PLAIN
from bouncer.verdict.rules.rule import Rule
from bouncer.verdict.verdict import Reason
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
        phrases = rules.find(AnswerText.of(["550 5.1.1 no such user here"]))
        assert phrases is not None

    assert 0 < len(compiled) < 50
    assert len(compiled) == len(set(compiled))


@pytest.mark.parametrize(
    ("pattern", "texts"),
    [
        (r"\buser unknown\b", (("user unknown",),)),
        (r"\brecipient ?rate ?limit", (("recipient",), ("limit",), ("rate",))),
        (r"(?<!der )(?:\w{0,20}regel|règle|rules?)", (("regel", "règle", "rule"),)),
        (r"\[ac\d\d\] (?:policy|spam){1,3} no", (("policy", "spam"), ("[ac",), ("] ",), (" no",))),
        (r"\b(?:mail|\d{1,3}) (?:is )?(?:not|gone)+", (("not", "gone"),)),
        (r"\d{1,3}(?= kb)", ()),
    ],
)
def test_a_phrase_needs_a_text_of_each_set(pattern: str, texts: tuple[tuple[str, ...], ...]):
    """Groups that may be absent, alternatives without plain text, and look-arounds need none."""
    assert sorted(needs.literals(pattern)) == sorted(texts)


def test_words_that_were_searched_before_match_the_rules_of_whoever_may_have_answered_now():
    rules = Lexicon(
        [
            Rule("own", Reason.POLICY, "a provider's own words", ("user unknown",), providers=("KDDI",)),
            Rule("usual", Reason.INVALID_RECIPIENT, "everybody's words", ("unknown",)),
        ]
    )
    answer = AnswerText.of(["550 user unknown"])

    phrases = [rules.find(answer, lambda _, is_theirs=is_theirs: is_theirs) for is_theirs in (True, False, True, False)]

    assert [match and (match[0].id, match[1]) for match in phrases] == [("own", 4), ("usual", 9)] * 2
