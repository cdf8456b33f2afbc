"""Letters that come to a return path and report no failure: each is seen for what it is, none as a bounce or a delay.

``NN-slug.json`` beside each letter has ``source`` (where it comes from), ``why`` (what tempts a reader to misread it) and
``kind`` (what it is).
"""

import json
from pathlib import Path

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind
from bouncer.verdict.judge import judge

FIXTURES = Path(__file__).parents[2] / "fixtures" / "not-bounces"
LETTERS = sorted(FIXTURES.glob("*.eml"))
FAILURES = {Kind.BOUNCE, Kind.DELAY}


def story(letter: Path) -> dict[str, str]:
    return json.loads(letter.with_suffix(".json").read_text("utf-8"))


def name_of(letter: Path) -> str:
    return letter.stem


@pytest.mark.parametrize("letter", LETTERS, ids=name_of)
def test_a_letter_is_what_its_story_says(letter: Path):
    """The kind is right, and it is no failure."""
    reading = read(letter.read_bytes(), strict=True)

    assert reading.kind not in FAILURES
    assert reading.kind == Kind(story(letter)["kind"])


@pytest.mark.parametrize("letter", LETTERS, ids=name_of)
def test_a_letter_is_the_same_with_other_line_ends(letter: Path):
    """Line ends do not make a bounce of it."""
    with_lf, with_cr = (read(letter.read_bytes().replace(b"\r\n", ends), strict=True) for ends in (b"\n", b"\r"))

    assert with_lf.kind == with_cr.kind == Kind(story(letter)["kind"])


@pytest.mark.parametrize("letter", LETTERS, ids=name_of)
def test_no_recipient_of_a_letter_that_is_no_bounce_is_judged(letter: Path):
    """No recipient gets a verdict: nothing in it failed."""
    assert set(judge(read(letter.read_bytes(), strict=True)).verdicts) <= {None}


@pytest.mark.parametrize("letter", LETTERS, ids=name_of)
def test_a_letter_has_a_story(letter: Path):
    """Source and reason are written down."""
    letter_story = story(letter)

    assert letter_story["source"].strip()
    assert letter_story["why"].strip()
    assert Kind(letter_story["kind"]) not in FAILURES


def test_the_letters_are_many_and_of_many_kinds():
    """At least thirty, of every kind that is no failure and can be told."""
    kinds = {Kind(story(letter)["kind"]) for letter in LETTERS}

    assert len(LETTERS) >= 30
    assert kinds == set(Kind) - FAILURES - {Kind.UNREADABLE}
