"""A letter's reading does not change when something is changed in it that means nothing (``harmless_changes``)."""

import random
from pathlib import Path
from typing import Any

import pytest

from bouncer.ndr.reader import read
from bouncer.verdict.judge import as_json, judge
from tests.golden.harmless_changes import CHANGES, Change

FIXTURES = Path(__file__).parents[2] / "fixtures"
LETTERS = sorted((FIXTURES / "cases").glob("*/*.eml"))
EACH = 24
"""Letters for each change."""
MENDED = {
    "HTML, paragraphs": [
        "dialogue/b006-exim-pipelined-mail-from-no-mailbox",
        "kinds/077-exim-helo",
        "unforeseen/002-user-unknown",
    ],
    "links of addresses": ["kinds/079-haraka-text"],
    "blanks that keep together": [
        "dialogue-signs/102-two-bare-none-0",
        "told-apart/006",
        "small-letters/128-exim-forward",
    ],
    "scanner below": ["kinds/406-stage-fields-halon", "whole-letters/357-no-sv"],
    "legal below": ["letterbox/051-one-sentence", "free-wording/037-message-to"],
    "first above": ["kinds/053-french", "reported/107-exchange55-text"],
    "caution above": ["offices/004-a-filter-s-noreply-tells-a-refusal"],
}
"""Letters that were once read differently after a change."""


def reading_of(raw: bytes) -> tuple[str, dict[str, Any]]:
    answer = as_json("", judge(read(raw, strict=True)))
    return answer["kind"], {
        recipient["recipient"].lower(): (recipient["action"], recipient["category"], recipient["status"])
        for recipient in answer["recipients"]
    }


def sample(name: str) -> list[Path]:
    """Choose the letters for the change *name*: others for each, and the same in each run."""
    mended = [FIXTURES / "cases" / f"{letter}.eml" for letter in MENDED.get(name, ())]
    return mended + random.Random(name).sample(LETTERS, EACH)  # noqa: S311 -- no secret


@pytest.mark.parametrize(("name", "change"), CHANGES.items(), ids=CHANGES)
def test_a_change_that_means_nothing_changes_no_reading(name: str, change: Change) -> None:
    changed = {letter: changed for letter in sample(name) if (changed := change(letter.read_bytes())) is not None}

    assert changed
    assert [
        f"{letter.parent.name}/{letter.name}"
        for letter, raw in changed.items()
        if reading_of(raw) != reading_of(letter.read_bytes())
    ] == []
