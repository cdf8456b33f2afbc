"""The table of diagnostics: what servers write, the rule that knows it, and the reason that it means."""

import dataclasses
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bouncer.mail.status import EnhancedStatus
from bouncer.ndr.reading import Action, Kind, Reading, Recipient
from bouncer.verdict.classify import classify
from bouncer.verdict.rules.order import PLAIN, VAGUE
from bouncer.verdict.verdict import Category, Reason, Verdict


@dataclasses.dataclass(frozen=True)
class Row:
    reason: Reason
    rule: str
    recipient: Recipient

    @classmethod
    def parse(cls, line: str) -> "Row":
        reason, rule, diagnostic, *columns = line.split("\t")
        status, action, code = (*columns, "-", "-", "-")[:3]
        reply = re.match(r"(?:#)?([245]\d\d)\b", diagnostic)
        return cls(
            Reason(reason),
            rule,
            Recipient(
                "jane@example.org",
                Action(action) if action != "-" else Action.FAILED,
                status=EnhancedStatus.parse(status) or EnhancedStatus.find(diagnostic),
                reply_code=int(code) if code != "-" else reply and int(reply[1]),
                diagnostic_code=None if diagnostic == "-" else diagnostic,
            ),
        )


TABLE = (Path(__file__).parent / "diagnostics.tsv").read_text(encoding="utf-8")
ROWS = [Row.parse(line) for line in TABLE.splitlines() if line and not line.startswith("#")]
SPOKEN = [row for row in ROWS if row.recipient.diagnostic_code]


def judged(recipient: Recipient) -> Verdict:
    return classify(recipient, Reading(Kind.BOUNCE, recipients=(recipient,)))


def name_of(row: Row) -> str:
    return f"{row.reason}: {(row.recipient.diagnostic_code or str(row.recipient.status))[:60]}"


@pytest.mark.parametrize("reason", sorted({row.reason for row in ROWS}))
def test_diagnostic_means_its_reason_by_its_rule(reason: Reason):
    """The reason is right, and it is right by the rule that was made for it."""
    rows = [row for row in ROWS if row.reason is reason]

    assert wrong(rows, lambda _: {}, same_reason_and_rule) == []


def test_the_table_is_wide():
    """At least 250 rows, and at least four for each reason: no reason is unreachable."""
    rows = Counter(row.reason for row in ROWS)

    assert len(ROWS) >= 250
    assert {reason: rows[reason] for reason in Reason if rows[reason] < 4} == {}


def test_every_text_rule_decides_a_row():
    """A rule that decides nothing in the table is untested: give it a row or take it out."""
    assert {rule.id for rule in (*PLAIN, *VAGUE)} - {row.rule for row in ROWS} == set()


BLAMED = [
    row
    for row in SPOKEN
    if row.reason.category is Category.BLOCK and not row.rule.startswith(("vague", "registry", "published"))
]


def wrong(rows: list[Row], change: Callable[[Recipient], dict[str, Any]], right: Callable[[Row, Verdict], bool]) -> Any:
    """Judge each row as *change* alters it; give those whose verdict is not right."""
    verdicts = [(row, judged(dataclasses.replace(row.recipient, **change(row.recipient)))) for row in rows]
    return [(name_of(row), verdict) for row, verdict in verdicts if not right(row, verdict)]


def same_reason_and_rule(row: Row, verdict: Verdict) -> bool:
    return (verdict.reason, verdict.rule) == (row.reason, row.rule)


def same_reason(row: Row, verdict: Verdict) -> bool:
    return verdict.reason is row.reason


def not_hard(_row: Row, verdict: Verdict) -> bool:
    return verdict.category is not Category.HARD


@pytest.mark.parametrize("status", ["5.1.1", "5.1.2", "5.1.3", "5.1.6"])
def test_sender_s_fault_is_never_the_recipient_s(status: str):
    """A fault that the text blames on the sender stays so, whatever status of the address the server chose."""
    assert wrong(BLAMED, lambda _: {"status": EnhancedStatus.parse(status)}, not_hard) == []


def test_a_late_message_is_never_hard():
    """A message that may yet arrive proves nothing of its address."""
    assert wrong(ROWS, lambda _: {"action": Action.DELAYED}, not_hard) == []


def test_the_letter_s_lines_speak_like_a_diagnostic():
    """Where a letter has no diagnostic field, its own lines are read alike."""

    def in_lines(recipient: Recipient) -> dict[str, Any]:
        return {"diagnostic_code": None, "own_lines": ("jane@example.org", recipient.diagnostic_code or "")}

    assert wrong(SPOKEN, in_lines, same_reason) == []


def test_line_breaks_change_nothing():
    """Servers wrap their lines; a phrase is found over a line's end."""

    def wrapped(recipient: Recipient) -> dict[str, Any]:
        return {"diagnostic_code": re.sub(r"(?<=[^\W\d]) (?=[^\W\d])", "\r\n  ", recipient.diagnostic_code or "")}

    assert wrong(SPOKEN, wrapped, same_reason) == []


def test_shouting_changes_nothing():
    """Servers write in capitals too."""
    assert (
        wrong(SPOKEN, lambda recipient: {"diagnostic_code": (recipient.diagnostic_code or "").upper()}, same_reason)
        == []
    )


HEADINGS = (
    "Recipient: jane@example.org",
    "Failed recipient: <jane@example.org>:",
    "User jane@example.org",
    "Delivery to the address jane@example.org failed:",
    "Your message to the following user could not be delivered: jane@example.org",
    "The following recipient(s) could not be reached: jane@example.org on 1/2/2024",
)


@pytest.mark.parametrize(("place", "heading"), tuple(enumerate(HEADINGS)))
def test_a_heading_that_names_the_recipient_proves_nothing(place: int, heading: str):
    """Whether the address is given up on is said by the reason below, never by the words that introduce it.

    Each heading introduces a third of the answers, so each answer has two of the headings.
    """

    def below(recipient: Recipient) -> dict[str, Any]:
        return {"diagnostic_code": None, "own_lines": (heading, recipient.diagnostic_code or "")}

    def as_hard(row: Row, verdict: Verdict) -> bool:
        return (verdict.category is Category.HARD) == (row.reason.category is Category.HARD)

    assert wrong(SPOKEN[place % 3 :: 3], below, as_hard) == []
