"""Options of the root stand before a command or behind it; those of a command that stand before it are told where they go."""

import os
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from bouncer import __version__
from bouncer.cli.root import COMMANDS, root
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import create_store


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("BOUNCER_")]:
        monkeypatch.delenv(name)
    path = tmp_path / "bouncer.toml"
    path.write_text(f'[smtp]\nhostname = "named.example.com"\n[store]\nurl = "sqlite:///{tmp_path}/named.db"\n')
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(root, words)


def every_command(group: click.Group, *above: str) -> Iterator[tuple[str, ...]]:
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield (*above, name)
        if isinstance(command, click.Group):
            yield from every_command(command, *above, name)


def test_the_settings_may_stand_behind_a_command(file: Path):
    assert "hostname named.example.com" in run("check", "--no-dns", "--settings", str(file)).output


def test_the_settings_may_stand_behind_a_command_of_a_command(file: Path):
    create_store(StoreSettings(f"sqlite:///{file.parent}/named.db"))
    run("account", "add", "acme", f"--settings={file}")
    listed = run("account", "list", "--settings", str(file), "--json")

    assert '"name": "acme"' in listed.output


def test_options_behind_the_command_win(file: Path):
    output = run("--settings", str(file.parent / "none.toml"), "check", "--settings", str(file), "--no-dns").output

    assert "hostname named.example.com" in output


@pytest.mark.parametrize("words", list(every_command(root)), ids=" ".join)
def test_every_command_takes_the_options_of_the_root(words: tuple[str, ...]):
    result = run(*words, "--settings", "none.toml", "--version")

    assert (result.exit_code, result.output) == (0, f"bouncer, version {__version__}\n")


def test_no_command_is_left_out():
    assert {words[0] for words in every_command(root)} == COMMANDS.keys()


@pytest.mark.parametrize("option", ["--json", "--no-dns", "--limit"])
def test_an_option_of_a_command_in_front_of_it_is_told_where_it_goes(option: str):
    result = run(option, "bounces")

    assert result.exit_code == 2
    assert f"Options of a command follow it: bouncer COMMAND {option}" in result.output
