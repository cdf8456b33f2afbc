"""Every command as a person types it, on a store of its own."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from programs.ours import DOMAIN, Ours

from bouncer.cli.root import COMMANDS, root
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import create_store

ROOT = Path(__file__).parents[2]


def every_command() -> Iterator[tuple[str, ...]]:
    """Each command's words, those of groups one by one."""
    context = click.Context(root)
    for name in COMMANDS:
        command = root.get_command(context, name)
        subcommands = command.list_commands(context) if isinstance(command, click.Group) else [None]
        yield from ((name, subcommand) if subcommand else (name,) for subcommand in subcommands)


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    """A daemon that is not started: commands need none."""
    return Ours(tmp_path)


@pytest.fixture
def acme(ours: Ours) -> Ours:
    ours.command("account", "add", "acme", "--owner", "ann@acme.example")
    return ours


@pytest.mark.parametrize("words", [*every_command()], ids=" ".join)
def test_every_command_has_help_with_an_example(words: tuple[str, ...]):
    result = CliRunner().invoke(root, [*words, "--help"])

    assert re.search(rf"Examples?:.*\bbouncer (--settings \S+ )?{' '.join(words)}", result.output, re.DOTALL)


def test_an_account_is_listed_changed_shown_and_removed(acme: Ours):
    assert [row["name"] for row in acme.rows("account", "list")] == ["acme"]
    acme.command("account", "set", "acme", "--owner", "ann@acme.example", "--owner", "bob@acme.example", "--no-forward")
    (account,) = acme.rows("account", "show", "acme")
    assert (account["owners"], account["forwarding"]) == (["ann@acme.example", "bob@acme.example"], False)
    assert account["aliases"] == [f"acme@{DOMAIN}"]
    assert account["preferences"]["bob@acme.example"]["soft"] == "daily"
    acme.command("account", "remove", "acme", "--yes")
    assert acme.rows("account", "list") == acme.rows("alias", "list") == []


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("account", "add", "acme"), "there is an account acme already"),
        (("account", "add", "bouncer"), "kept for the return paths of our own notices"),
        (("account", "add", "a..b"), "two dots in a row makes return paths that are no addresses"),
        (("account", "add", "postmaster"), "mail to postmaster@ is the operator's in each domain"),
        (("account", "add", "abuse"), "mail to abuse@ is the operator's in each domain"),
        (("account", "add", "Not-Good-"), "a letter or digit at both ends"),
        (("account", "add", "shop", "--owner", "nonsense"), "is no mail address"),
        (("account", "show", "ghost"), "there is no account 'ghost'"),
        (("account", "set", "ghost"), "there is no account 'ghost'"),
        (("account", "remove", "ghost", "--yes"), "there is no account 'ghost'"),
        (("account", "remove", "acme"), "nothing was removed: say --yes"),
        (("alias", "add", f"acme@{DOMAIN}", "--account", "acme"), "registered already"),
        (("alias", "add", "x@example.com", "--account", "acme"), "none of the return-path domains"),
        (("alias", "add", f"x+y@{DOMAIN}", "--account", "acme"), "cannot be an alias"),
        (("alias", "add", f"postmaster@{DOMAIN}", "--account", "acme"), "belongs to the operator"),
        (("alias", "add", f"x@{DOMAIN}", "--account", "ghost"), "there is no account 'ghost'"),
        (("alias", "remove", f"x@{DOMAIN}"), "there is no alias"),
        (("suppressions", "add", "--account", "ghost", "jane@example.org"), "there is no account 'ghost'"),
        (("suppressions", "check", "--account", "ghost", "jane@example.org"), "there is no account 'ghost'"),
        (("suppressions", "remove", "--account", "ghost", "jane@example.org"), "there is no account 'ghost'"),
        (("suppressions", "export", "--account", "ghost"), "there is no account 'ghost'"),
        (("suppressions", "list", "--account", "ghost"), "there is no account 'ghost'"),
        (("suppressions", "add", "--account", "acme", "jane"), "is no mail address"),
        (("letters", "--raw", "0000000000000"), "there is no letter"),
        (("letters", "--raw", "nonsense"), "13 characters"),
        (("token", "sign", "Not-Good-", "jane@example.org"), "not an account name"),
        (("token", "sign", "ghost", "jane@example.org"), "there is no account 'ghost'"),
        (("token", "sign", "acme", "jane@example.org", "--domain", "x.example"), "none of the return-path domains"),
        (("bounces", "--account", "ghost"), "there is no account 'ghost'"),
        (("bounces", "--account", "acme/removed-1"), "there is no account 'acme/removed-1'"),
        (("letters", "--account", "ghost", "--json"), "there is no account 'ghost'"),
        (("sends", "report", "--account", "ghost"), "there is no account 'ghost'"),
        (("sends", "report", "--account", "ACME"), "there is no account 'ACME'"),
        (("alias", "list", "--account", "ghost"), "there is no account 'ghost'"),
        (("suppressions", "trail", "--account", "ghost"), "there is no account 'ghost'"),
        (("suppressions", "allowed", "--account", "ghost"), "there is no account 'ghost'"),
        (("suppressions", "explain", "jane@example.org", "--account", "ghost"), "there is no account 'ghost'"),
        (("reread", "--account", "ghost"), "there is no account 'ghost'"),
        (("bounces", "--since", "yesterday"), "'yesterday' is no day, as 2026-11-01, and no time"),
        (("sends", "report", "--before", "01.11.2026"), "'01.11.2026' is no day, as 2026-11-01, and no time"),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_a_mistake_is_said_in_one_line(acme: Ours, words: tuple[str, ...], says: str):
    result = acme.command(*words, check=False)

    assert result.returncode != 0
    assert says in result.stderr
    assert "Traceback" not in result.stderr


def test_an_alias_is_added_listed_and_removed(acme: Ours):
    acme.command("alias", "add", f"News@{DOMAIN.upper()}", "--account", "acme")
    assert {row["address"] for row in acme.rows("alias", "list", "--account", "acme")} == {
        f"acme@{DOMAIN}",
        f"news@{DOMAIN}",
    }
    acme.command("alias", "remove", f"news@{DOMAIN}")
    assert [row["address"] for row in acme.rows("alias", "list")] == [f"acme@{DOMAIN}"]


def test_a_suppression_is_added_checked_and_removed(acme: Ours):
    acme.command("suppressions", "add", "--account", "acme", "Jane@Example.org", "--reason", "asked on the phone")
    (row,) = acme.rows("suppressions", "list", "--account", "acme")
    assert (row["reason"], row["source"], row["until"]) == ("asked on the phone", "command", None)
    checked = acme.command(
        "suppressions", "check", "--account", "acme", "--json", "jane@example.org", "x@y.example", check=False
    )
    assert [json.loads(line)["suppressed"] for line in checked.stdout.splitlines()] == [True, False]
    assert checked.returncode == 1
    acme.command("suppressions", "remove", "--account", "acme", "jane@example.org")
    assert acme.command("suppressions", "check", "--account", "acme", "jane@example.org").returncode == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("bounces",), "Nothing was recorded."),
        (("bounces", "--recipient", "jane@example.org"), "Nothing that was recorded matches."),
        (("letters",), "There is no letter."),
        (("letters", "--state", "shunted"), "No letter matches."),
        (("sends", "report", "--account", "acme"), "Nothing that was counted matches."),
        (("suppressions", "list"), "No address is suppressed."),
        (("suppressions", "list", "--account", "acme"), "No address is suppressed for acme."),
        (("suppressions", "allowed"), "The allow-list is empty."),
        (("suppressions", "trail", "--address", "jane@example.org"), "No such change was made."),
        (("queue", "list"), "The queue is empty."),
    ],
    ids=lambda value: " ".join(value)[:40] if isinstance(value, tuple) else "",
)
def test_an_empty_list_names_the_store_that_was_looked_in(acme: Ours, words: tuple[str, ...], says: str):
    result = acme.command(*words)

    assert result.stderr.strip() == f"{says} Looked in {acme.folder}/bouncer.db."
    assert result.stdout == ""


def test_a_store_named_by_a_relative_path_is_told_by_its_whole_path(tmp_path: Path):
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "BOUNCER_STORE__URL": "sqlite:///var/b.db"}
    arguments = [sys.executable, "-m", "bouncer", "bounces"]
    create_store(StoreSettings(f"sqlite:///{tmp_path}/var/b.db"))

    result = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)

    assert f"Looked in {tmp_path}/var/b.db." in result.stderr


def test_records_of_a_removed_account_are_still_listed(acme: Ours):
    acme.command("account", "remove", "acme", "--yes")

    for words in (("bounces",), ("letters",), ("sends", "report")):
        assert acme.rows(*words, "--account", "acme/removed-1") == []
        assert "there is no account" in acme.command(*words, "--account", "acme/removed-2", check=False).stderr


def test_a_path_of_no_account_or_of_another_domain_is_not_valid(acme: Ours):
    path = acme.command("token", "sign", "acme", "jane@example.org").stdout.strip()
    elsewhere = path.replace(f"@{DOMAIN}", "@x.example")
    acme.command("account", "add", "zoo")
    zoo_path = acme.command("token", "sign", "zoo", "jane@example.org").stdout.strip()
    acme.command("account", "remove", "zoo", "--yes")

    assert json.loads(acme.command("token", "verify", path.upper(), "--json").stdout)["valid"]
    for address, why in (
        (elsewhere, "x.example is none of the return-path domains"),
        (zoo_path, "there is no account 'zoo'"),
    ):
        outcome = acme.command("token", "verify", address, "--json", check=False)
        result = json.loads(outcome.stdout)
        assert (outcome.returncode, result["valid"]) == (1, False)
        assert why in result["why"]


def test_a_path_is_signed_and_verified(acme: Ours):
    path = acme.command("token", "sign", "acme", "jane@example.org").stdout.strip()
    verified = json.loads(acme.command("token", "verify", path, "--json").stdout)
    wrong = acme.command("token", "verify", path.replace("jane", "june"), check=False)

    assert (verified["valid"], verified["account"], verified["recipient"]) == (True, "acme", "jane@example.org")
    assert wrong.returncode == 1
    assert "not signed by a key of ours" in wrong.stdout


def test_a_bad_settings_file_stops_no_command_that_needs_none(ours: Ours):
    ours.settings.write_text("[nonsense]\n")

    assert ours.command("read", "/dev/null", "--format", "jsonl").returncode == 0
    assert ours.command("account", "list", check=False).returncode == 78
