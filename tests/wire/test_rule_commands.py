"""``bouncer rule``: a letter that nobody could read is taught, and the others of its form are read."""

import asyncio
import json
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from programs.empty_store import make_filled_store
from wire.taught_world import keep_and_read, notice, path_of, write_settings

from bouncer.cli.root import root
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.store.sql import open_store

ALIAS = ReturnPath("news@rp.example.com", PathKind.ALIAS, "acme")
JANE, BOB, EVE = "jane@example.org", "bob@example.net", "eve@example.com"
MARKS = ("--says", "2", "--names", "2", "--reason", "invalid-recipient")


async def fill(store: Store) -> str:
    """Keep the letters, with the key that every installation of ``write_settings`` has; give the id of the one about jane."""
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=now())
    with tempfile.TemporaryDirectory() as folder:
        settings = write_settings(Path(folder))
        own, bobs = path_of(settings, JANE), path_of(settings, BOB)
        letters = ((own, JANE), (bobs, BOB), (bobs, EVE), (ALIAS, EVE))
        jane, *_ = [await keep_and_read(store, settings, notice(address), path) for path, address in letters]
    return jane


class Taught:
    """An installation with letters of one form: about jane and bob, and two forged ones about eve, to bob's path and an alias."""

    def __init__(self, folder: Path) -> None:
        self.settings = write_settings(folder)
        self.file = folder / "bouncer.toml"
        _, self.jane = asyncio.run(make_filled_store(folder / "bouncer.db", fill))

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(root, ["--settings", str(self.file), *words])

    def rows(self, *words: str) -> list[dict[str, object]]:
        return [json.loads(line) for line in self(*words, "--json").stdout.splitlines()]


@pytest.fixture
def taught(tmp_path: Path) -> Taught:
    return Taught(tmp_path)


def test_the_lines_of_a_letter_have_numbers(taught: Taught):
    result = taught("rule", "lines", taught.jane)

    assert result.stdout.splitlines()[2] == "  2  Vastaanottajaa jane@example.org ei ole talossa."


def test_a_trial_shows_what_the_rule_would_read_and_changes_nothing(taught: Taught):
    before = taught.rows("letters"), taught.rows("bounces")
    result = taught("rule", "try", taught.jane, *MARKS)

    assert "vastaanottajaa" in result.stdout
    assert "failed hard invalid-recipient - proven" in result.stdout
    assert "failed hard invalid-recipient - unproven" in result.stdout
    assert "It reads 4 of 4 unread letters, and changes 0 outcomes of 0 others." in result.stderr
    assert (taught.rows("letters"), taught.rows("bounces"), taught.rows("rule", "list")) == (*before, [])


def test_a_kept_rule_reads_the_unread_letters_and_a_forged_one_silences_nobody(taught: Taught):
    result = taught("rule", "add", taught.jane, *MARKS)
    (rule,) = taught.rows("rule", "list")

    assert result.stdout.strip() == rule["id"]
    assert (rule["letter"], rule["letters"], rule["reason"]) == (taught.jane, 4, "invalid-recipient")
    assert {row["recipient"]: row["belief"] for row in taught.rows("bounces")} == {
        JANE: "proven",
        BOB: "proven",
        EVE: "unproven",
    }
    assert {row["address"] for row in taught.rows("suppressions", "list")} == {JANE, BOB}
    assert {row["rule"] for row in taught.rows("bounces")} == {f"taught-{rule['id']}"}
    assert [row["unread"] for row in taught.rows("letters")] == [None] * 4


def test_a_letter_that_comes_later_is_read_by_the_rule(taught: Taught):
    taught("rule", "add", taught.jane, *MARKS)

    async def come() -> str:
        store = await open_store(taught.settings.store)
        path = path_of(taught.settings, "zoe@example.org")
        try:
            return await keep_and_read(store, taught.settings, notice("zoe@example.org"), path)
        finally:
            await store.close()

    letter = asyncio.run(come())
    assert [row["letter_id"] for row in taught.rows("bounces", "--recipient", "zoe@example.org")] == [letter]
    assert taught.rows("rule", "list")[0]["letters"] == 5


def test_a_removed_rule_leaves_the_letters_unread_again_and_the_suppressions_in_force(taught: Taught):
    rule = taught("rule", "add", taught.jane, *MARKS).stdout.strip()
    result = taught("rule", "remove", rule)

    assert result.stdout == f"removed {rule}; 4 letters are as before it was taught\n"
    assert taught.rows("rule", "list") == []
    assert taught.rows("bounces") == []
    assert [row["unread"] for row in taught.rows("letters")] == ["written"] * 4
    assert {row["address"] for row in taught.rows("suppressions", "list")} == {JANE, BOB}
    assert isinstance(taught("rule", "remove", rule).exception, BouncerError)


def test_the_same_form_is_taught_once(taught: Taught):
    assert taught("rule", "add", taught.jane, *MARKS).exit_code == 0
    again = taught("rule", "add", taught.jane, *MARKS)

    assert isinstance(again.exception, BouncerError)
    assert len(taught.rows("rule", "list")) == 1


def test_an_export_names_nobody(taught: Taught, tmp_path: Path):
    rule = taught("rule", "add", taught.jane, *MARKS).stdout.strip()
    taught("rule", "export", rule, "--to", str(tmp_path / "out"))
    letter = (tmp_path / "out" / f"{rule}.eml").read_text("utf-8")
    story = json.loads((tmp_path / "out" / f"{rule}.json").read_text("utf-8"))

    assert "Vastaanottajaa jane@example.org ei ole talossa." in letter  # the name that all examples have
    assert "vahti@" not in letter
    assert story["rule"]["phrases"] == ["vastaanottajaa", "ei ole talossa"]
    exported = tmp_path / "out" / f"{rule}.eml"
    assert json.loads(taught("read", str(exported), "--format", "jsonl").stdout)["kind"] == "unreadable"
    by_rules = json.loads(taught("read", "--taught", str(exported), "--format", "jsonl").stdout)
    assert (by_rules["kind"], by_rules["recipients"][0]["recipient"]) == ("bounce", JANE)
    assert f"taught-{rule}: reads it, bounce" in taught("read", "--taught", "--explain", str(exported)).stdout


@pytest.mark.parametrize(
    "words",
    [
        (*MARKS, "--place", "only"),
        ("--says", "2", "--reason", "policy"),
        ("--says", "2", "--names", "2"),
        ("--says", "99", "--names", "2", "--reason", "policy"),
        ("--says", "3", "--names", "2", "--reason", "policy"),
        ("--says", "2", "--names", "1", "--reason", "policy"),
        ("--names", "2", "--reason", "policy"),
        ("--phrase", "short", "--names", "2", "--reason", "policy"),
        ("--says", "2", "--names", "2", "--reason", "because"),
    ],
)
def test_marks_that_make_no_rule_are_refused_with_a_reason(taught: Taught, words: tuple[str, ...]):
    result = taught("rule", "add", taught.jane, *words)

    assert result.exit_code != 0
    assert taught.rows("rule", "list") == []


def test_the_letter_itself_is_read_however_many_came_after_it(taught: Taught, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bouncer.manage.teaching.MOST_TRIED", 1)
    monkeypatch.setattr("bouncer.manage.teaching.MOST_REREAD", 1)

    assert "It reads 2 of 2 unread letters" in taught("rule", "try", taught.jane, *MARKS).stderr
    taught("rule", "add", taught.jane, *MARKS)
    assert JANE in {row["recipient"] for row in taught.rows("bounces")}
