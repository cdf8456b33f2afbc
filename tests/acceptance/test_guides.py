"""The guides for those who come from another tool: their commands run as they stand there, with lists in the tools' own forms."""

import contextlib
import dataclasses
import datetime as dt
import re
import shlex
import shutil
import sqlite3
import textwrap
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from manual import ROOT
from programs.empty_store import make_empty_store

from bouncer.cli.root import root
from bouncer.settings.load import load
from bouncer.settings.sections import RetentionSettings

LISTS = ROOT / "fixtures/lists"
GUIDES = {page.stem: page.read_text() for page in sorted((ROOT / "docs/guides").glob("*.md"))}
ERASURE = (ROOT / "docs/erasure.md").read_text()
JANE = "jane@example.org"
CHAPTERS = ("What it is called here", "What to import", "What changes for you", "The first week")
MAY_SAY_ONE = {("suppressions", "import"), ("check",)}
"""Exit code 1 says that lines were left out, or that something is missing in the settings."""
TAKEN = {
    "sendgrid": {
        ("gone@example.org", "invalid-recipient", ""),
        ("moved@example.net", "invalid-recipient", ""),
        ("jane@nowhere.example", "bad-domain", ""),
        ("cross@example.org", "complaint", ""),
        ("leaver@example.org", "unsubscribe", ""),
        ("reader@example.org", "unsubscribe", "Weekly news"),
        ("other@example.net", "unsubscribe", "Weekly news"),
    },
    "postmark": {
        ("gone@example.org", "bounce", ""),
        ("cross@example.org", "complaint", ""),
        ("left@example.org", "unsubscribe", ""),
        ("reader@example.org", "unsubscribe", "broadcast"),
    },
    "mailgun": {
        ("gone@example.org", "invalid-recipient", ""),
        ("cross@example.org", "complaint", ""),
        ("left@example.org", "unsubscribe", ""),
    },
    "ses": {
        ("gone@example.org", "bounce", ""),
        ("moved@example.net", "bounce", ""),
        ("cross@example.org", "complaint", ""),
    },
    "listmonk": {
        ("left@example.org", "import", ""),
        ("off@example.net", "import", ""),
        ("gone@example.org", "bounce", ""),
        ("cross@example.org", "complaint", ""),
    },
    "mailman": {("gone@example.org", "bounce", ""), ("moved@example.net", "bounce", "")},
}
"""The suppressions after all commands of a guide: address, reason, stream."""


def commands(page: str) -> list[str]:
    """The command lines of a page, in its order."""
    blocks = re.findall(r"^ *```sh\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def written(command: str) -> str | None:
    """The file that a command of another tool writes its list to; None for a command of ours."""
    words = shlex.split(command)
    return None if words[0] == "bouncer" else words[words.index(">") + 1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a store and a key of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "key").write_bytes(b"a secret of at least sixteen octets")
    monkeypatch.setenv("BOUNCER_STORE__URL", f"sqlite:///{tmp_path}/bouncer.db")
    make_empty_store(tmp_path / "bouncer.db")
    monkeypatch.setenv("BOUNCER_TOKENS__KEYS", str(tmp_path / "key"))
    return tmp_path


def run(command: str) -> Result:
    """Run one of our commands; ``check`` without the name servers of the world."""
    _, *words = shlex.split(command)
    quiet = ["--no-dns", "--timeout", "0.2"] if words[0] == "check" else []
    result = CliRunner().invoke(root, [*words, *quiet])
    may_say_one = any(tuple(words[: len(name)]) == name for name in MAY_SAY_ONE)
    assert result.exit_code in ((0, 1) if may_say_one else (0,)), (command, result.output)
    assert result.exception is None or isinstance(result.exception, SystemExit), (command, result.exception)
    return result


@pytest.mark.parametrize("name", GUIDES)
def test_all_commands_of_a_guide_run_and_the_lists_are_taken_in(folder: Path, name: str):
    shutil.copytree(LISTS / name, folder, dirs_exist_ok=True)

    for command in commands(GUIDES[name]):
        if (list_file := written(command)) is None:
            run(command)
        else:
            assert (LISTS / name / list_file).exists(), command

    (account,) = {word for command in commands(GUIDES[name]) for word in re.findall(r"account add (\w+)", command)}
    listed = run(f"bouncer suppressions export --account {account} --format csv").stdout.splitlines()[1:]
    columns = [line.split(",") for line in listed]
    assert {(address, reason, stream) for address, reason, _, _, _, stream, *_ in columns} == TAKEN[name]


@pytest.mark.parametrize("page", [*GUIDES.values(), ERASURE], ids=[*GUIDES, "erasure"])
def test_the_settings_that_a_page_shows_are_taken(page: str):
    for block in re.findall(r"^ *```toml\n(.*?)^ *```$", page, re.MULTILINE | re.DOTALL):
        load(textwrap.dedent(block), {}, "page")


def test_the_facts_about_an_address_are_shown_and_after_its_removal_are_gone(folder: Path):
    """The commands of the page on erasing."""
    run("bouncer account add acme")
    run("bouncer suppressions add jane@example.org --account acme")

    explained, bounces, trail, erase = commands(ERASURE)

    assert [JANE in run(command).stdout for command in (explained, bounces, trail)] == [True, False, True]
    run(f"{erase} --yes")
    assert JANE not in run("bouncer suppressions list --account acme").stdout
    assert JANE not in run(trail).stdout
    checked = CliRunner().invoke(root, ["suppressions", "check", JANE, "--account", "acme"])
    assert (checked.exit_code, JANE in checked.output) == (1, True), "mail to her is still refused"


def test_a_removed_suppression_leaves_no_row_even_if_it_had_run_out(folder: Path):
    """So that its trail can be forgotten, too."""
    run("bouncer account add acme")
    until = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=1)
    Path("mine.csv").write_text(f"address,reason,source,since,until,stream,why\n{JANE},soft,bounce,,{until},,\n")
    run("bouncer suppressions import --account acme mine.csv")
    time.sleep(max(0.0, (until - dt.datetime.now(dt.UTC)).total_seconds()))

    run(commands(ERASURE)[-2])

    assert rows_about_jane() == 0


def rows_about_jane() -> int:
    with contextlib.closing(sqlite3.connect("bouncer.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM suppressions WHERE address = ?", (JANE,)).fetchone()
    return int(count)


def test_the_page_on_erasing_names_every_time_of_retention_with_its_default():
    for field in dataclasses.fields(RetentionSettings):
        assert f"`retention.{field.name}`, {field.default} days" in ERASURE


@pytest.mark.parametrize("name", GUIDES)
def test_a_dry_run_stands_before_the_first_import(name: str):
    imports = [command for command in commands(GUIDES[name]) if " import " in command]

    assert "--dry-run" in imports[0] or name == "mailman"


@pytest.mark.parametrize("name", GUIDES)
def test_every_list_of_the_fixtures_is_imported_by_its_guide(name: str):
    imported = {word for command in commands(GUIDES[name]) if " import " in command for word in shlex.split(command)}

    assert {file.name for file in (LISTS / name).iterdir()} <= imported


def test_every_guide_has_the_same_chapters():
    assert set(GUIDES) == set(TAKEN) == {folder.name for folder in LISTS.iterdir()}
    for name, page in GUIDES.items():
        assert [title for title in CHAPTERS if f"\n## {title}" not in page] == [], name
        assert "**For whom.**" in page
