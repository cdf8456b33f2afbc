"""The help of every command: whole sentences, words for values, defaults shown; nothing cut."""

import re
from collections.abc import Iterator

import click
import pytest
from click.testing import CliRunner

from bouncer.cli.root import COMMANDS, root

TYPES = re.compile(r"\b(TEXT|INTEGER|FLOAT|RANGE|PATH|FILENAME|DATETIME)\b|%")
"""Metavars that click makes by itself: kinds of values, and no word for the value."""
SENTENCE = re.compile(r"[A-Z\"].*[.:)]", re.DOTALL)


def every(command: click.Command, *words: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it, each with the words that call it."""
    yield words, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner
            yield from every(inner, *words, name)


COMMANDS_OF_ALL = list(every(root))
OPTIONS = [
    pytest.param(parameter, id=" ".join((*words, parameter.opts[0])))
    for words, command in COMMANDS_OF_ALL
    for parameter in command.params
    if isinstance(parameter, click.Option)
    and not parameter.hidden  # those of the root, which may stand behind a command
]


@pytest.mark.parametrize(
    ("words", "command"), COMMANDS_OF_ALL, ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_a_command_is_helped_in_sentences(words: tuple[str, ...], command: click.Command):
    first = (command.help or "").strip().partition("\n\n")[0]

    assert SENTENCE.fullmatch(first)
    assert "..." not in first.partition(". ")[0]
    if not isinstance(command, click.Group):
        assert re.search(r"^Examples?:", command.epilog or command.help or "", re.MULTILINE)


@pytest.mark.parametrize("option", OPTIONS)
def test_an_option_is_helped_in_a_sentence_and_its_value_has_a_word(option: click.Option):
    record = option.get_help_record(click.Context(root))
    assert record
    names, says = record

    assert SENTENCE.fullmatch(option.help or ""), says
    assert not TYPES.search(names), names
    assert not (option.help or "").startswith(("...", "Only "))


@pytest.mark.parametrize("option", OPTIONS)
def test_a_default_is_shown(option: click.Option):
    plain = option.default if not callable(option.default) else None
    is_set = plain not in (None, False, "", ()) and "UNSET" not in repr(plain)

    assert not is_set or option.show_default or "[default" in (option.help or ""), option.default


@pytest.mark.parametrize(
    "name", [name for name in COMMANDS if isinstance(root.get_command(click.Context(root), name), click.Group)]
)
def test_a_group_lists_the_whole_first_sentence_of_each_command(name: str):
    help_text = " ".join(CliRunner().invoke(root, [name, "--help"], terminal_width=200).output.split())
    group = root.get_command(click.Context(root), name)
    assert isinstance(group, click.Group)

    for inner in group.commands.values():
        first = " ".join((inner.help or "").split()).partition(". ")[0].rstrip(".")
        assert f"{inner.name} {first}." in help_text


def test_the_first_lines_are_the_manuals():
    for name, (_, says) in COMMANDS.items():
        assert SENTENCE.fullmatch(says), name
