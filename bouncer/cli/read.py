"""``bouncer read``: reads letters from files and prints their reports; it needs no settings and no store."""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import BinaryIO, Protocol

import click

from bouncer.cli import explain as how
from bouncer.cli import mailboxes
from bouncer.cli.reading_bounds import OutOfBounds, limit_reading
from bouncer.mail.logged import escape_invisible
from bouncer.ndr.reader import read as read_letter
from bouncer.ndr.reading import Kind, Reading
from bouncer.verdict.judge import as_line, judge
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Judgement

HELP = """Say what letters report: who did not get the mail, and why.

Each FILE is a letter, an mbox, a Maildir or a folder of letters; "-" is standard input. A file or folder that cannot be
opened is a line of the output too, and the others are read all the same; the exit status is then 1. A letter that is no
report, or that nobody understands, is a result like any other. A letter gets as much time and memory as the daemon gives it.

\b
Examples:
  bouncer read bounce.eml
  bouncer read --explain bounce.eml
  bouncer read --format jsonl ~/Maildir > readings.jsonl
  find . -name '*.eml' | bouncer read --files-from - --format jsonl
"""


class Advance(Protocol):
    """The part of a progress bar that this module uses."""

    def update(self, n_steps: int) -> None:
        """Advance the bar by *n_steps* octets."""
        ...


@click.command(help=HELP)
@click.argument("files", nargs=-1, metavar="[FILE ...]")
@click.option(
    "--files-from", metavar="LIST", help='Read the names of the files from LIST, one a line; "-" is standard input.'
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "jsonl"]),
    help="Print text for people, or one JSON object a line  [default: text on a terminal, else jsonl].",
)
@click.option(
    "--explain",
    is_flag=True,
    help="Show how each letter was read: its parts, the lines that count, the formats that were tried, the line that decided.",
)
@click.option("--taught", is_flag=True, help="Read by the rules of the store in the settings too; see `bouncer rule`.")
@click.pass_context
def read(
    context: click.Context,
    files: tuple[str, ...],
    files_from: str | None,
    form: str | None,
    *,
    explain: bool,
    taught: bool,
) -> None:
    """Read letters and print one Reading for each."""
    form = form or ("text" if sys.stdout.isatty() else "jsonl")
    rules = _kept_rules(context) if taught else ()
    stdin = sys.stdin.buffer
    paths = list(files) if files or files_from else ["-"]
    speak: Callable[[str, Judgement], str] = _as_text if form == "text" else as_line
    missing = 0
    with _progress(paths, shown=files_from is None and sys.stderr.isatty() and not sys.stdout.isatty()) as bar:
        for letter in _all_letters(paths, files_from, stdin):
            sys.stdout.write(_explain(letter, rules) if explain else speak(letter.name, _judge(letter, rules)))
            sys.stdout.flush()  # a program at the other end of a pipe waits for this line
            missing += letter.fault is not None
            if bar:
                bar.update(len(letter.raw))
    if missing:
        click.echo(f"bouncer: {missing:,} of the files or folders could not be read", err=True)
    context.exit(1 if missing else 0)


def _kept_rules(context: click.Context) -> Sequence[TaughtRule]:
    from bouncer.cli.context import call_with_store  # noqa: PLC0415 -- only here this command needs settings and store
    from bouncer.manage.teaching import list_rules  # noqa: PLC0415 -- as above
    from bouncer.ports.scope import OPERATOR  # noqa: PLC0415 -- as above
    from bouncer.ports.store import Store  # noqa: PLC0415 -- as above
    from bouncer.settings.sections import Settings  # noqa: PLC0415 -- as above

    async def ask(store: Store, _settings: Settings) -> Sequence[TaughtRule]:
        return [entry.rule for entry in await list_rules(store, OPERATOR)]

    return call_with_store(context, ask)


def _explain(letter: mailboxes.FoundLetter, rules: Sequence[TaughtRule]) -> str:
    if letter.fault:
        return _lines([f"{letter.name}: {letter.fault}"])
    try:
        with limit_reading():
            return _lines(how.explain(letter.name, letter.raw, rules))
    except OutOfBounds as why:
        return _lines([f"{letter.name}: {why}"])


def _judge(letter: mailboxes.FoundLetter, rules: Sequence[TaughtRule]) -> Judgement:
    if letter.fault:
        return judge(Reading(Kind.UNREADABLE, why=letter.fault))
    try:
        with limit_reading():
            return judge(read_letter(letter.raw, taught=[rule.form for rule in rules]), rules)
    except OutOfBounds as why:
        return judge(Reading(Kind.UNREADABLE, why=str(why)))


def _all_letters(paths: list[str], files_from: str | None, stdin: BinaryIO) -> Iterator[mailboxes.FoundLetter]:
    for path in paths:
        yield from mailboxes.letters(path, stdin)
    if files_from == "-":
        yield from _listed_letters(stdin, stdin)
    elif files_from is not None:
        try:
            with Path(files_from).open("rb") as listing:
                yield from _listed_letters(listing, stdin)
        except OSError as error:
            yield mailboxes.FoundLetter(files_from, b"", error.strerror or "cannot be read")


def _listed_letters(listing: Iterable[bytes], stdin: BinaryIO) -> Iterator[mailboxes.FoundLetter]:
    for line in listing:
        if path := line.rstrip(b"\r\n").decode(errors="surrogateescape"):
            yield from mailboxes.letters(path, stdin)


def _progress(paths: list[str], *, shown: bool) -> AbstractContextManager[Advance | None]:
    return (
        click.progressbar(length=mailboxes.total_octets(paths), label="Reading", file=sys.stderr)
        if shown
        else nullcontext()
    )


def _as_text(name: str, judgement: Judgement) -> str:
    """Give the lines of a reading for a person."""
    reading = judgement.reading
    lines = [f"{name}: {reading.kind}" + (f" ({reading.dialect})" if reading.dialect else "")]
    if reading.why:
        lines.append(f"  {reading.why}")
    for recipient, verdict in zip(reading.recipients, judgement.verdicts, strict=True):
        facts = [recipient.recipient, recipient.action, recipient.status, recipient.reply_code]
        lines.append("  " + "  ".join(str(fact) for fact in facts if fact is not None))
        if verdict is not None:
            lines.append(f"    {verdict.category}: {verdict.reason}, by rule {verdict.rule}")
            lines.append(f"    {verdict.evidence}" if verdict.evidence else "")
    return _lines(lines)


def _lines(lines: list[str]) -> str:
    """Join lines for a terminal, with strangers' control characters escaped."""
    return "".join(escape_invisible(line) + "\n" for line in lines if line)
