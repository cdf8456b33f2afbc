"""Every command line of the manual is one that the program knows: its commands, and each of their options."""

import re
from collections.abc import Iterator

import click
from manual import PAGES, ROOT

from bouncer.cli.root import root

PLACES = (*PAGES, ROOT / "systemd/README.md", ROOT / "fixtures/README.md")
END = re.compile(r"\s*(?:[|&;>#<]|\$\(|\s{4,})")
"""The end of a command in a shell, or in a table of code."""


def command_lines(text: str) -> Iterator[str]:
    """Give the words behind ``bouncer`` in code: in a block, and between backticks."""
    # "bouncer unix - -" is a line of Postfix's master.cf
    joined = text.replace("\\\n", " ")
    blocks = re.findall(r"^(?: {4,}|)(?:\$ )?(?:\S*/bin/)?bouncer (?! *unix )(.+)$", joined, re.MULTILINE)
    for line in [*blocks, *re.findall(r"`(?:\S*/)?bouncer ([^`]+)`", " ".join(joined.split()))]:
        yield END.split(line)[0]


def fault(line: str) -> str | None:
    """Say which word of a command line no command knows."""
    command: click.Command = root
    context = click.Context(root)
    words = iter(line.split())
    for word in words:
        if word.startswith("--"):
            name = word.partition("=")[0].rstrip(",.:)]")
            options = {
                option
                for parameter in (*root.params, *command.params)
                for option in (*parameter.opts, *parameter.secondary_opts)
            }
            if name not in options | {"--help", "--version"}:
                return f"{line}: {name}"
            if name == "--settings":
                next(words, None)
        elif isinstance(command, click.Group) and re.fullmatch(r"[a-z][a-z-]+", word):
            subcommand = command.get_command(context, word)
            if subcommand is None:
                return f"{line}: {word}"
            command = subcommand
    return None


def test_every_command_line_is_one_that_the_program_knows():
    lines = [(page.name, line) for page in PLACES for line in command_lines(page.read_text())]

    assert len(lines) > 200
    assert fault("suppressions lift --account acme") is not None
    assert fault("bounces --colour red") is not None
    assert [(page, wrong) for page, line in lines if (wrong := fault(line))] == []
