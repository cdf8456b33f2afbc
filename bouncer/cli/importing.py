"""Import of suppressions: CSV and JSON, as large as they are; an import is in force whole or not at all."""

import contextlib
import datetime as dt
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TextIO

import click

from bouncer.cli.context import account_of, by_whom, short_stream, with_store
from bouncer.cli.json_rows import Row
from bouncer.cli.tabular_input import rows
from bouncer.clock import now
from bouncer.errors import BouncerError
from bouncer.mail.logged import visible
from bouncer.notify.serialize import plain
from bouncer.policy.records import Suppression
from bouncer.policy.suppression_formats import IMPORTED, ImportOptions, read_row
from bouncer.ports.scope import AccountScope
from bouncer.ports.store import Store
from bouncer.settings import Settings

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar  # the name of what click.progressbar gives

CHUNK = 5000
"""Rows laid ready in one commit: short enough that no letter waits."""
SHOWN = 20
"""Refused lines shown; --refused FILE has them all."""
MOST_IN_JSON = 1000
"""Refused lines of a summary in JSON; as above."""


@dataclass(slots=True)
class _Report:
    """What became of an import's lines."""

    refused_file: TextIO | None
    most: int  # refused lines that are shown
    good: int = 0
    refused: int = 0
    shown: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, number: int, why: str) -> None:
        self.refused += 1
        if len(self.shown) < self.most:
            self.shown.append((number, why))
        if self.refused_file is not None:
            self.refused_file.write(_refused_line(number, why) + "\n")


def _refused_line(number: int, why: str) -> str:
    return f"line {number}: {visible(why)}"


@dataclass(frozen=True, slots=True)
class Summary:
    """What became of an import: of its lines, and of the addresses on them."""

    account: str
    dry_run: bool
    good: int  # lines that could be read
    refused: int  # lines that could not
    suppressed: int  # addresses that are suppressed now and were not before; of a dry run none
    there_already: int  # or twice in the file
    on_allow_list: int
    refused_lines: tuple["RefusedLine", ...]  # the first MOST_IN_JSON


@dataclass(frozen=True, slots=True)
class RefusedLine:
    """A line of a file that could not be taken in."""

    line: int
    why: str


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
    terms = ImportOptions(account, moment, f"imported from {name} {by_whom()}", reason, stream, until)
    report = _Report(refused, MOST_IN_JSON if as_json else SHOWN)

    async def ask(store: Store, _settings: Settings) -> tuple[int, int]:
        await account_of(store, account)
        with _bar(_size(file), "Reading") as reading, contextlib.ExitStack() as later:
            wanted = _suppressions(rows(file, encoding=encoding, read=reading.update), terms, report)
            if dry_run:
                return sum(1 for _ in wanted), 0
            merging = list["ProgressBar[int]"]()

            def merged(count: int) -> None:
                if not merging:
                    reading.render_finish()
                    merging.append(later.enter_context(_bar(report.good, "Placing")))
                merging[0].update(count)

            result = await store.import_suppressions(AccountScope(account), wanted, merged=merged)
        return result.new, result.kept_out

    new, kept_out = with_store(context, ask)
    summary = _summary(account, report, new, kept_out, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(plain(summary)))
    else:
        _tell(summary)
    context.exit(1 if report.refused else 0)


def _suppressions(found: Iterator[Row], terms: ImportOptions, report: _Report) -> Iterator[Suppression]:
    for row in found:
        one = row.fault if row.columns is None else read_row(row.columns, terms)
        if isinstance(one, str):
            report.refuse(row.number, one)
        else:
            report.good += 1
            yield one


def _summary(account: str, report: _Report, new: int, kept_out: int, *, dry_run: bool) -> Summary:
    return Summary(
        account,
        dry_run,
        report.good,
        report.refused,
        suppressed=0 if dry_run else new,
        there_already=0 if dry_run else report.good - new - kept_out,
        on_allow_list=kept_out,
        refused_lines=tuple(RefusedLine(number, why) for number, why in report.shown),
    )


def _tell(summary: Summary) -> None:
    for refused in summary.refused_lines:
        click.echo(_refused_line(refused.line, refused.why), err=True)
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
    """A bar, where somebody watches and the length is known."""
    hidden = length is None or not sys.stderr.isatty()
    return click.progressbar(length=length or 0, label=label, file=sys.stderr, hidden=hidden)


def _size(file: BinaryIO) -> int | None:
    try:
        return os.fstat(file.fileno()).st_size or None
    except OSError:
        return None
