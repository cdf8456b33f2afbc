"""Rows on paper: a table for people, one JSON object a line for programs. A stranger's text moves no cursor."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import click

from bouncer.cli.table import columns_taken, table
from bouncer.mail.logged import visible
from bouncer.notify.serialize import plain

WHOLE = frozenset({"id", "letter_id", "letter", "name"})
"""Columns that a narrow terminal never cuts: what one types into the next command, and half of which finds nothing."""
WIDEST = 60
"""Characters of one column; what is cut there stands whole in --json."""

as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object a line.")
"""The option of every command that lists."""
limited = click.option(
    "--limit",
    metavar="ROWS",
    type=click.IntRange(1, 10_000),
    default=50,
    show_default=True,
    help="Show so many rows at most.",
)
"""The option of every list that can be long."""

_AS_THEY_ARE: Mapping[str, Callable[[Any], str]] = MappingProxyType({})


def show(
    rows: Iterable[Any],
    columns: Sequence[str],
    *,
    as_json: bool,
    nothing: str,
    spelled: Mapping[str, Callable[[Any], str]] = _AS_THEY_ARE,
) -> None:
    """Print frozen values: as JSON all their fields, as a table the *columns*; *nothing* where there are none.

    *spelled* says by column how the table spells a value, where that is another way than JSON's.
    """
    every = [plain(row) for row in rows]
    if as_json:
        for row in every:
            click.echo(json.dumps(row))  # in ASCII: no terminal obeys it
    elif every:
        _table([[_cell(row[column], spelled.get(column)) for column in columns] for row in every], columns)
    else:
        click.echo(nothing, err=True)


def _cell(value: Any, spell: Callable[[Any], str] | None = None) -> str:
    if value is None:
        return "-"
    text = visible(spell(value) if spell else _words(value))
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}{'=' if name else ''}{_words(item)}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def show_pairs(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print what is known of one thing, a name and a value a line; long values are whole, on as many lines as they need."""
    cells = [(name.replace("_", " "), "-" if value is None else visible(_words(value)) or "-") for name, value in pairs]
    widest = max(columns_taken(name) for name, _ in cells)
    for name, value in cells:
        click.echo(f"{name.ljust(widest)}  {value}")


def _width() -> int | None:
    """Say how many columns the terminal has; None where standard output is none."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _table(cells: list[list[str]], columns: Sequence[str]) -> None:
    head = [column.replace("_", " ") for column in columns]
    whole = [number for number, column in enumerate(columns) if column in WHOLE]
    for line in table(head, cells, whole=whole, width=_width()):
        click.echo(line)
