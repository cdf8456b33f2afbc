"""The needs of the rules' phrases, as ``bouncer/verdict/rules/needs.tsv`` has them: ``REGOLD=1`` writes them anew."""

import os
from pathlib import Path

from bouncer.verdict.classify import patterns
from bouncer.verdict.rules import needs, written_needs

FILE = Path(written_needs.__file__).with_name(written_needs.FILE)


def test_the_file_has_the_needs_of_every_phrase() -> None:
    text = written_needs.write_needs(patterns())
    if os.environ.get("REGOLD"):
        FILE.write_text(text, "utf-8")
    assert FILE.read_text("utf-8") == text, "a phrase has changed: make regold"


def test_needs_that_were_written_are_those_that_are_worked_out() -> None:
    for pattern in patterns():
        assert written_needs.needs_of(pattern) == needs.needs_of(pattern)[: written_needs.LEVELS], pattern


def test_a_phrase_that_is_not_in_the_file_has_its_needs_worked_out() -> None:
    assert written_needs.needs_of(r"\bno such penguin") == needs.needs_of(r"\bno such penguin") != ()
