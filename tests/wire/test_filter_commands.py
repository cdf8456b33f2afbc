"""``bouncer bounces`` and ``bouncer letters`` with filters, and times that no store can have seen."""

import json
from pathlib import Path

import pytest
from wire.commands import command, settings

__all__ = ("settings",)  # the fixture

CHOOSING = (
    *("--recipient=jane@example.org", "--domain=EXAMPLE.org", "--category=hard", "--reason=invalid-recipient"),
    *("--belief=proven", "--message-id=<m1@acme.example>", "--since=0001-01-01", "--before=9999-12-31T23:59:59"),
)
NOT_CHOOSING = (
    *("--recipient=joe@example.org", "--domain=example", "--category=soft", "--reason=mailbox-full", "--status=5.1"),
    *(
        "--belief=unproven",
        "--message-id=m2",
        "--since=2999-01-01",
        "--since=9999-12-31T23:59:59",
        "--before=0001-01-01",
    ),
    *("--provider=Gmail", "--campaign=x", "--stream=x"),
)


@pytest.mark.parametrize("name", ["bounces", "letters"])
def test_each_filter_chooses_rows(settings: Path, name: str):
    for option in CHOOSING:
        rows = command(settings, name, option, "--json").stdout.splitlines()
        assert len(rows) == 1, option
        assert json.loads(rows[0])["account"] == "acme"
    for option in NOT_CHOOSING:
        result = command(settings, name, option, "--json")
        assert (result.exit_code, result.stdout) == (0, ""), option
    assert len(command(settings, name, *CHOOSING, "--account", "acme", "--json").stdout.splitlines()) == 1


@pytest.mark.parametrize(
    "option", ["--status=x", "--belief=x", "--reason=x", "--provider=x", "--before=x", "--recipient=x"]
)
def test_a_filter_that_cannot_be_is_refused(settings: Path, option: str):
    result = command(settings, "bounces", option)

    assert result.exit_code == 2
    assert f"Error: Invalid value for '{option.partition('=')[0]}': " in result.stderr


@pytest.mark.parametrize("moment", ["0001-01-01", "2999-01-01", "9999-12-31T23:59:59"])
@pytest.mark.parametrize("words", [["sends", "report"]])
def test_no_time_overflows(settings: Path, words: list[str], moment: str):
    result = command(settings, *words, "--since", moment, "--json")

    assert result.exit_code == 0, result.exception
