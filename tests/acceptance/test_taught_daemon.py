"""The running daemon reads by a rule as soon as it is taught, and tells what it read as of any report."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours
from wire.taught_world import notice

JANE, BOB, EVE = "jane@example.org", "bob@example.net", "eve@example.com"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        yield daemon


def test_a_letter_that_comes_after_the_teaching_is_read_told_and_leads_to_a_suppression(ours: Ours):
    ours.command("account", "add", "acme", "--owner", "ann@acme.example")
    ours.send(ours.path("acme", JANE), notice(JANE))
    (unread,) = ours.until(lambda: ours.rows("letters", "--unread"))
    rule = ours.command(
        "rule", "add", str(unread["letter_id"]), "--says", "2", "--names", "2", "--reason", "invalid-recipient"
    ).stdout.strip()
    assert [row["address"] for row in ours.rows("suppressions", "list")] == [JANE]

    def sent_and_read() -> bool:
        """The daemon knows of the rule within a second."""
        ours.send(ours.path("acme", BOB), notice(BOB))
        return bool(ours.rows("bounces", "--recipient", BOB))

    ours.until(sent_and_read)
    ours.send(f"acme@{DOMAIN}", notice(EVE))
    row = ours.rows("bounces", "--recipient", BOB)[0]
    assert (row["rule"], row["belief"], row["reason"]) == (f"taught-{rule}", "proven", "invalid-recipient")
    assert ours.until(lambda: [mail for mail in ours.notices() if BOB in mail.get_body(("plain",)).get_content()])
    assert {row["address"] for row in ours.rows("suppressions", "list")} == {JANE, BOB}
