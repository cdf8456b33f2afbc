"""Every letter under fixtures/ndr, read and compared with the expectation beside it.

``NN-slug.eml`` has ``NN-slug.json`` with ``source`` (where the letter comes from), ``why`` (its story) and ``reading`` (what
``bouncer read --format jsonl`` prints, without the file's name). ``REGOLD=1`` rewrites ``reading``; read the change as a diff.
"""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from bouncer.ndr.dialects.order import DIALECTS
from bouncer.ndr.reader import read
from bouncer.verdict.judge import as_json, judge

FIXTURES = Path(__file__).parents[2] / "fixtures" / "ndr"
LETTERS = sorted(FIXTURES.glob("**/*.eml"))


def expectation(letter: Path) -> dict[str, Any]:
    return json.loads(letter.with_suffix(".json").read_text("utf-8"))


def reading_of(raw: bytes) -> dict[str, Any]:
    reading = as_json("", judge(read(raw, strict=True)))
    reading.pop("file", None)
    return json.loads(json.dumps(reading))


def regold(letter: Path) -> None:
    story = expectation(letter) if letter.with_suffix(".json").exists() else {"source": "", "why": ""}
    story["reading"] = reading_of(letter.read_bytes())
    letter.with_suffix(".json").write_text(json.dumps(story, indent=2, ensure_ascii=False) + "\n", "utf-8")


def name_of(letter: Path) -> str:
    return str(letter.relative_to(FIXTURES))


@pytest.mark.parametrize("letter", LETTERS, ids=name_of)
def test_a_letter_reads_as_its_story_says(letter: Path) -> None:
    if os.environ.get("REGOLD"):
        regold(letter)
    assert reading_of(letter.read_bytes()) == expectation(letter)["reading"]


@pytest.mark.parametrize("letter", LETTERS, ids=name_of)
def test_a_letter_reads_the_same_with_other_line_ends(letter: Path) -> None:
    expected = expectation(letter)["reading"]
    with_lf = letter.read_bytes().replace(b"\r\n", b"\n")
    assert reading_of(with_lf) == expected, "with LF"
    assert reading_of(with_lf.replace(b"\n", b"\r")) == expected, "with CR"


def test_each_letter_has_a_story() -> None:
    stories = {name_of(letter): expectation(letter) for letter in LETTERS}
    assert [name for name, story in stories.items() if not story["source"].strip() or not story["why"].strip()] == []


def test_every_dialect_has_a_letter() -> None:
    read_by = {expectation(letter)["reading"]["dialect"] for letter in LETTERS}
    assert {dialect.name for dialect in DIALECTS} - read_by == set()
