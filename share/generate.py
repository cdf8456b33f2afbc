"""Writes the man page and the shells' completions out of the commands: ``make share``; a test compares them with the code.

The man page is roff as groff and mandoc both read it (man(7)); the completions are click's, which ask ``bouncer`` itself.
"""

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from click.shell_completion import BashComplete, FishComplete, ShellComplete, ZshComplete

from bouncer import __version__
from bouncer.cli.root import root
from bouncer.installation import SYSTEM_FILE

HERE = Path(__file__).parent
NAME = "bouncer"
MAN_PAGE = "man/man1/bouncer.1"
COMPLETIONS: dict[str, type[ShellComplete]] = {
    "bash-completion/completions/bouncer": BashComplete,
    "zsh/site-functions/_bouncer": ZshComplete,
    "fish/vendor_completions.d/bouncer.fish": FishComplete,
}
"""Where each shell looks below share/."""
EXIT_STATUSES = {
    "0": "All went well.",
    "1": "The answer is no, or something that was named is not there; the command says what.",
    "2": "The command line has a fault. For status, that the daemon does not answer or the store cannot be read.",
    "75": "Try again later: the store does not answer, or another program has the port.",
    "78": "The settings have a fault; every fault is named.",
}
FILES = {
    str(SYSTEM_FILE): "The settings, where neither --settings nor BOUNCER_SETTINGS names another file.",
}
ENVIRONMENT = {
    "BOUNCER_SETTINGS": "The settings file.",
    "BOUNCER_SECTION__KEY": "One setting, as BOUNCER_SMTP__LISTEN; it wins over the file. A list is one value with commas.",
}


def files() -> dict[str, str]:
    """Give every file that is made, by its path below share/, with its text."""
    made = {path: _completion(shell) for path, shell in COMPLETIONS.items()}
    return {MAN_PAGE: "".join(f"{line}\n" for line in _page()), **made}


def _completion(shell: type[ShellComplete]) -> str:
    return ShellComplete.source(shell(root, {}, NAME, "_BOUNCER_COMPLETE"))


def _page() -> Iterator[str]:
    context = click.Context(root, info_name=NAME, **root.context_settings)
    yield f'.TH BOUNCER 1 "" "bouncer {__version__}" "User Commands"'
    yield from (".nh", ".ad l")  # no hyphens that nobody typed, no blanks between words
    yield ".SH NAME"
    yield _text(f"{NAME} - {_first_line(root)}")
    yield ".SH SYNOPSIS"
    yield f"\\fB{NAME}\\fR [\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]"
    yield ".SH DESCRIPTION"
    yield from _paragraphs(root)
    yield ".SH OPTIONS"
    yield from _options(root, context)
    yield ".SH COMMANDS"
    for name in root.list_commands(context):
        command = root.get_command(context, name)
        if command is not None:
            yield from _command(command, click.Context(command, parent=context, info_name=name))
    for title, facts in (("EXIT STATUS", EXIT_STATUSES), ("ENVIRONMENT", ENVIRONMENT), ("FILES", FILES)):
        yield f".SH {title}"
        for term, says in facts.items():
            yield from _term(_text(term), says)


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f".SS {_text(context.command_path.removeprefix(f'{NAME} '))}"
    pieces = " ".join(command.collect_usage_pieces(context))
    yield f"\\fB{_text(context.command_path)}\\fR {_text(pieces)}"
    yield ".PP"
    yield from _paragraphs(command)
    yield from _options(command, context)
    if command.epilog:
        yield ".PP"
        yield _text(command.epilog)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _command(inner, click.Context(inner, parent=context, info_name=name))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        is_help = context.parent is not None and "--help" in parameter.opts  # once is enough
        if record is not None and record[1] and not is_help:
            yield from _term(f"\\fB{_text(record[0])}\\fR", record[1])


def _paragraphs(command: click.Command) -> Iterator[str]:
    """Give a command's help; after a line with a backspace, as click has it, the lines stand as they are."""
    help_text = inspect.cleandoc(command.help or "")
    for number, paragraph in enumerate(help_text.split("\n\n")):
        if number:
            yield ".PP"
        first, _, rest = paragraph.partition("\n")
        if first == "\b":
            yield from (".nf", *map(_text, rest.split("\n")), ".fi")
        else:
            yield _text(" ".join(paragraph.split()))


def _first_line(command: click.Command) -> str:
    return (command.help or "").strip().partition("\n")[0].rstrip(".")


def _term(term: str, says: str) -> Iterator[str]:
    yield from (".TP", term, _text(" ".join(says.split())))


def _text(text: str) -> str:
    """Escape *text* for roff: no line of it is a request, and its hyphens can be copied as they are typed."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped


if __name__ == "__main__":
    for path, text in files().items():
        (HERE / path).parent.mkdir(parents=True, exist_ok=True)
        (HERE / path).write_text(text)
    sys.stdout.write(f"{len(files())} files written below {HERE}\n")
