"""A text remembers what it was made of, and is a string as any other."""

import copy
import json
import pickle

import pytest

from bouncer.compose.filled_text import fill
from bouncer.compose.language import LANGUAGES

GERMAN = LANGUAGES["de"]


def test_a_text_is_the_english_string():
    text = fill("expires on {what}, in {number} days", what="2026-03-03", number=12)

    assert text == "expires on 2026-03-03, in 12 days"
    assert json.dumps([text]) == '["expires on 2026-03-03, in 12 days"]'


def test_a_text_is_said_in_another_language_with_its_values():
    assert GERMAN.translate(fill("answers as {what}", what="mx.example.com")) == "antwortet als mx.example.com"


def test_a_text_within_a_text_is_said_too():
    inner = fill("no such name")

    assert GERMAN.translate(fill("{what}: {other}", what="A", other=inner)) == "A: diesen Namen gibt es nicht"


@pytest.mark.parametrize("word", ["certificate", "no such name", "{what}", "{number.__class__}", "<b>", ""])
def test_a_value_stays_as_it_is_whatever_it_looks_like(word: str):
    assert GERMAN.translate(fill("answers as {what}", what=word)) == f"antwortet als {word}"


def test_an_unknown_text_has_no_translation():
    assert GERMAN.translate("something that nobody wrote") is None
    assert GERMAN.translate(fill("something about {what}", what="x")) is None
    assert GERMAN.translate("answers as mx.example.com") is None


def test_a_text_that_no_catalogue_has_stays_english_within_one_that_it_has():
    assert GERMAN.translate(fill("answers as {what}", what=fill("a {what}", what="b"))) == "antwortet als a b"


def test_a_copy_remembers_it_too():
    text = fill("answers as {what}", what="x")
    for twin in (copy.deepcopy(text), pickle.loads(pickle.dumps(text))):  # noqa: S301 -- our own
        assert GERMAN.translate(twin) == "antwortet als x"


def test_a_missing_value_is_an_error_of_the_programmer():
    with pytest.raises(KeyError):
        fill("answers as {what}")
