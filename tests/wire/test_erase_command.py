"""``bouncer erase``: what it asks, what it says, and what is left."""

import json
from pathlib import Path

import pytest
from wire.commands import command, settings

from bouncer.errors import BouncerError

JANE = "jane@example.org"


__all__ = ("settings",)  # the fixture


def test_the_command_erases_and_says_what(settings: Path):
    result = command(settings, "erase", "Jane <jane@example.org>", "--yes")

    assert result.stdout.splitlines() == [
        "bounces: 1",
        "letters: 1",
        "notices: 1",
        "changes: 1",
        "kept suppressions: 1",
    ]
    assert command(settings, "bounces", "--json").stdout == ""
    assert command(settings, "suppressions", "check", "--account", "acme", JANE).exit_code == 1
    trail = json.loads(command(settings, "suppressions", "trail", "--json").stdout)
    assert (trail["change"], trail["address"]) == ("erased", "")
    assert command(settings, "erase", JANE, "--yes").stdout == "Nothing names it.\n"


def test_texts_of_others_are_counted_and_names_that_stay_are_said(settings: Path):
    command(settings, "suppressions", "add", "bob@example.net", "--account", "acme", "--reason", f"as {JANE}")
    command(settings, "account", "add", "zoo", "--owner", "joe@example.net")

    assert "texts: 2" in command(settings, "erase", JANE, "--yes").stdout
    result = command(settings, "erase", "joe@example.net", "--yes")
    assert (result.stdout, "change those yourself" in result.stderr) == ("left names: 1\n", True)


def test_the_suppression_goes_where_that_is_wanted(settings: Path):
    result = command(settings, "erase", JANE, "--account", "acme", "--suppressions", "--yes", "--json")

    assert json.loads(result.stdout)["suppressions"] == 1
    assert command(settings, "suppressions", "check", "--account", "acme", JANE).exit_code == 0


@pytest.mark.parametrize("words", [[JANE], [JANE, "--account", "acme"]])
def test_without_a_terminal_erasing_needs_a_yes(settings: Path, words: list[str]):
    result = command(settings, "erase", *words)

    assert isinstance(result.exception, BouncerError)
    assert "--yes" in str(result.exception)
    assert command(settings, "bounces", "--json").stdout


@pytest.mark.parametrize("words", [[], ["nobody"], ["a@b", "@example.org"], [JANE, "--account", "ghost", "--yes"]])
def test_a_text_that_is_no_address_or_account_erases_nothing(settings: Path, words: list[str]):
    assert command(settings, "erase", *words).exit_code != 0
    assert command(settings, "bounces", "--json").stdout
