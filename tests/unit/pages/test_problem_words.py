"""The errors that people meet on pages, in their language."""

import re
from pathlib import Path

import pytest
from unit.pages.wordings import texts_of

import bouncer
from bouncer.compose.language import LANGUAGES
from bouncer.pages.problem_words import TEXTS, problem_words
from bouncer.policy.languages import ENGLISH

GERMAN = LANGUAGES["de"]
SPEAKING = {"manage", "pages", "policy", "web"}
"""Packages that say these texts: they are read first, and the others only where a text is missing."""


def test_each_text_is_what_some_module_says():
    """Texts about a request's parameter, or a preference, begin with its name."""
    modules = sorted(Path(bouncer.__file__).parent.rglob("*.py"), key=lambda module: module.parent.name not in SPEAKING)
    missing = {re.sub(r"\{\w+\}", "{}", text) for text in TEXTS}
    for module in modules:
        if missing and module.name not in {"problem_words.py", "check_words.py"}:
            missing -= {form for text in texts_of([module]) for form in (text, f"{{}} {text}.", f"{{}}: {text}")}

    assert missing == set()


@pytest.mark.parametrize(
    ("detail", "sentence"),
    [
        ("there is no account 'zoo'", "Ein Konto 'zoo' gibt es nicht."),
        ("'x' is no mail address", "'x' ist keine Mailadresse."),
        ("since must be one of a, b.", "Seit muss eines von diesen sein: a, b."),
        (
            "quiet: must be two times of day, 22:00-07:00",
            "Stunden ohne Mail: muss aus zwei Uhrzeiten bestehen, 22:00-07:00.",
        ),
        ("you have 20 saved filters: delete one first", "Sie haben 20 gespeicherte Filter: Löschen Sie zuerst einen."),
        ("Nennen Sie eine Adresse.", "Nennen Sie eine Adresse."),
        ("some error that nobody foresaw", "Some error that nobody foresaw."),
        ("", ""),
    ],
)
def test_an_error_is_a_sentence_in_the_readers_language(detail: str, sentence: str):
    assert problem_words(detail, GERMAN) == sentence


def test_an_english_problem_is_the_use_cases_own_words_as_a_sentence():
    assert problem_words("there is no account 'zoo'", LANGUAGES[ENGLISH]) == "There is no account 'zoo'."


def test_a_japanese_sentence_ends_as_one():
    assert problem_words("there is no account 'zoo'", LANGUAGES["ja"]).endswith("。")
