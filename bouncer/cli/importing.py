"""``bouncer suppressions import``: CSV and JSON of any size; an import takes effect as a whole or not at all."""

import contextlib
import datetime as dt
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from bouncer.cli.context import call_with_store, changed_by, short_stream
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.logged import escape_invisible
from bouncer.manage.importing import ImportSummary, RefusedLine, import_suppressions
from bouncer.manage.tabular_input import rows
from bouncer.notify.serialize import to_plain
from bouncer.policy.suppression_formats import IMPORTED, ImportOptions
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import Settings

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar  # the type that click.progressbar returns

SHOWN = 20
"""Refused lines that are shown; --refused FILE gets all of them."""
MOST_IN_JSON = 1000
"""Refused lines in a summary in JSON; --refused FILE gets all of them."""


class _TerminalWatch:
    """Shows the progress of an import on the terminal, and writes refused lines to a file."""

    def __init__(self, size: int | None, refused_file: TextIO | None, later: contextlib.ExitStack) -> None:
        self._refused_file = refused_file
        self._later = later
        self._bar = later.enter_context(_bar(size, "Reading"))

    def note_read(self, octets: int) -> None:
        """Advance the bar by *octets* of the file that were read."""
        self._bar.update(octets)

    def note_refused(self, line: RefusedLine) -> None:
        """Write a refused line to the file of refused lines."""
        if self._refused_file is not None:
            self._refused_file.write(_refused_line(line) + "\n")

    def note_merging(self, rows: int) -> None:
        """Begin the second bar: *rows* will be merged."""
        self._bar.render_finish()
        self._bar = self._later.enter_context(_bar(rows, "Placing"))

    def note_merged(self, rows: int) -> None:
        """Advance the second bar by *rows*."""
        self._bar.update(rows)


def _refused_line(line: RefusedLine) -> str:
    return f"line {line.line}: {escape_invisible(line.why)}"


@click.command("import", epilog="Example: bouncer suppressions import --account acme bounces.csv --dry-run")
@click.argument("file", type=click.File("rb"))
@click.option("--account", metavar="NAME", required=True, help="The account whose mail it is.")
@click.option("--dry-run", is_flag=True, help="Say what would be imported, and change nothing.")
@click.option(
    "--reason",
    metavar="REASON",
    default=IMPORTED,
    show_default=True,
    help="Record this reason where the file has none: complaint, unsubscribe and so on.",
)
@click.option(
    "--stream",
    metavar="STREAM",
    default="",
    callback=short_stream,
    help="Suppress for mail of this stream only  [default: all mail of the account].",
)
@click.option(
    "--days", type=click.IntRange(1, 36_500), metavar="DAYS", help="Suppress for so long where the file says no end."
)
@click.option(
    "--encoding",
    metavar="NAME",
    default="utf-8",
    show_default=True,
    help="The encoding of a file without a byte order mark.",
)
@click.option(
    "--refused",
    metavar="FILE",
    type=click.File("w", encoding="utf-8"),
    help="Write into FILE why each refused line was refused.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help=f"Print one JSON object: counts, and the first {MOST_IN_JSON:,} refused lines.",
)
@click.pass_context
def import_(
    context: click.Context,
    file: BinaryIO,
    account: str,
    dry_run: bool,
    reason: str,
    stream: str,
    days: int | None,
    encoding: str,
    refused: TextIO | None,
    as_json: bool,
) -> None:
    """Suppress the addresses that FILE lists: CSV or JSON, our own export or that of SendGrid, Mailgun, Postmark, listmonk or SES.

    FILE may be -, standard input. Nothing is in force before the whole file is read: an import that breaks off changes nothing.
    """
    try:
        "".encode(encoding)
    except LookupError:
        raise BouncerError(f"no encoding is called {encoding!r}") from None
    moment = now()
    until = moment + dt.timedelta(days=days) if days else None
    name = Path(getattr(file, "name", "-")).name
    terms = ImportOptions(account, moment, f"imported from {name} {changed_by().words}", reason, stream, until)
    line_limit = MOST_IN_JSON if as_json else SHOWN

    async def ask(store: Store, _settings: Settings) -> ImportSummary:
        with contextlib.ExitStack() as later:
            watch = _TerminalWatch(_size(file), refused, later)
            lines = rows(file, encoding=encoding, read=watch.note_read)
            return await import_suppressions(
                store, OPERATOR, lines, terms, dry_run=dry_run, watch=watch, most_refused=line_limit
            )

    summary = call_with_store(context, ask)
    _report(summary, as_json=as_json)
    context.exit(1 if summary.refused else 0)


def _report(summary: ImportSummary, *, as_json: bool) -> None:
    if as_json:
        counts = to_plain(summary)
        del counts["id"]  # "suppressions imports" lists the ids
        click.echo(json.dumps(counts))
        return
    for line in summary.refused_lines:
        click.echo(_refused_line(line), err=True)
    if summary.refused > len(summary.refused_lines):
        click.echo(f"... and {summary.refused - len(summary.refused_lines):,} more", err=True)
    if summary.dry_run:
        click.echo(f"{summary.good:,} lines would be imported, {summary.refused:,} refused; nothing was changed")
        return
    click.echo(
        f"{summary.suppressed:,} addresses suppressed, {summary.there_already:,} were there already or twice in the file, "
        f"{summary.on_allow_list:,} on the allow-list, {summary.refused:,} lines refused"
    )


def _bar(length: int | None, label: str) -> "ProgressBar[int]":
    """Make a progress bar; it is hidden if standard error is no terminal, or *length* is None."""
    hidden = length is None or not sys.stderr.isatty()
    return click.progressbar(length=length or 0, label=label, file=sys.stderr, hidden=hidden)


def _size(file: BinaryIO) -> int | None:
    try:
        return os.fstat(file.fileno()).st_size or None
    except OSError:
        return None
