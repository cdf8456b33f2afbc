"""The small cases under fixtures/cases: letters with what a careful postmaster makes of them.

The expectations were written before the rules that read the letters.

Each folder has ``cases.jsonl``, a line a letter: ``file``, ``fault`` (what tempts a reader to go wrong), ``source``, ``why``, and
``expected``:

    kind             the kinds that are right, any of them
    recipients       for each address that must be named: ``recipient`` (its spellings), and ``category``, ``reason``, ``status``,
                     ``action``, ``reply_code`` where they matter (any of these is right)
    also, optional   addresses that may be named besides; expected addresses that may be left out
    any_recipients   who is named is not compared; empty_ok: naming nobody is right, too
    written_to       this address must be the recipient, or its original recipient
    never_hard       nobody besides the recipients above may be hard; never: addresses that may not be named
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bouncer.ndr.reader import read
from bouncer.verdict.judge import as_json, judge

FIXTURES = Path(__file__).parents[2] / "fixtures" / "cases"
FOLDERS = sorted(path.parent for path in FIXTURES.glob("*/cases.jsonl"))
COMPARED = ("category", "reason", "status", "action", "reply_code")


def cases(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "cases.jsonl").read_text("utf-8").splitlines()]


def answer_to(letter: Path) -> dict[str, Any]:
    return as_json(letter.name, judge(read(letter.read_bytes(), strict=True)))


def lowered(addresses: list[str] | None) -> set[str]:
    return {address.lower() for address in addresses or ()}


def faults(expected: dict[str, Any], answer: dict[str, Any]) -> Iterator[str]:
    """Say what is wrong with an answer."""
    recipients: list[dict[str, Any]] = answer["recipients"]
    if answer["kind"] not in expected["kind"]:
        yield f"kind {answer['kind']}"
    yield from (
        f"{recipient['recipient']} is named"
        for recipient in recipients
        if recipient["recipient"].lower() in lowered(expected.get("never"))
    )
    if recipients or not expected.get("empty_ok"):
        yield from wrong_recipients(expected, recipients)


def wrong_recipients(expected: dict[str, Any], recipients: list[dict[str, Any]]) -> Iterator[str]:
    left = list(recipients)
    for expected_row in expected["recipients"]:
        spellings = lowered(expected_row["recipient"])
        match = next((recipient for recipient in left if recipient["recipient"].lower() in spellings), None)
        if match is None:
            if not spellings & lowered(expected.get("optional")):
                yield f"{expected_row['recipient'][0]} is not named"
            continue
        left.remove(match)
        yield from (
            f"{key} {match[key]}"
            for key in COMPARED
            if expected_row.get(key) and match[key] not in allowed(expected_row[key])
        )
        if (target := expected.get("written_to")) and target.lower() not in spelled(match):
            yield f"{target} is not whom it was written to"
    if expected.get("never_hard"):
        yield from (f"{recipient['recipient']} is hard" for recipient in left if recipient["category"] == "hard")
    if not expected.get("any_recipients"):
        others = lowered(expected.get("also"))
        yield from (
            f"{recipient['recipient']} is named besides"
            for recipient in left
            if recipient["recipient"].lower() not in others
        )


def allowed(values: list[Any]) -> list[Any]:
    return [*values, *(int(value) for value in values if isinstance(value, str) and value.isdigit())]


def spelled(recipient: dict[str, Any]) -> set[str]:
    return lowered([recipient[key] for key in ("recipient", "original_recipient") if recipient[key]])


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_case_is_read_as_expected(folder: Path) -> None:
    wrong = {
        case["file"]: case_faults
        for case in cases(folder)
        if (case_faults := list(faults(case["expected"], answer_to(folder / case["file"]))))
    }

    assert wrong == {}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_each_case_is_told_and_each_letter_is_a_case(folder: Path) -> None:
    expected_cases = cases(folder)

    assert {case["file"] for case in expected_cases} == {path.name for path in folder.glob("*.eml")}
    assert [case["file"] for case in expected_cases if not case["source"].strip() or not case["why"].strip()] == []


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "complaint"},
        {"recipients": []},
        {"recipients": [{"recipient": "bob@example.org", "category": "hard", "reason": "bad-domain"}]},
        {"recipients": [{"recipient": "jane@example.org", "category": "soft", "reason": "mailbox-full"}]},
    ],
)
def test_a_wrong_answer_is_seen(change: dict[str, Any]) -> None:
    """The comparison can fail."""
    right = {
        "kind": "bounce",
        "recipients": [{"recipient": "jane@example.org", "category": "hard", "reason": "bad-domain"}],
    }
    expected = {
        "kind": ["bounce"],
        "recipients": [{"recipient": ["jane@example.org"], "category": ["hard"], "reason": ["bad-domain"]}],
    }

    assert list(faults(expected, right)) == []
    assert list(faults(expected, {**right, **change})) != []
