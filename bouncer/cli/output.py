"""Output of lists: a table for people, one JSON object a line for programs. Control characters of strangers are escaped."""

import json
import shutil
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import click

from bouncer.cli.table import columns_taken, table
from bouncer.mail.logged import escape_invisible
from bouncer.notify.serialize import to_plain

WHOLE = frozenset({"id", "letter_id", "letter", "name"})
"""Columns that are never cut on a narrow terminal, because people copy their values into the next command."""
WIDEST = 60
"""Characters of a column; --json shows values uncut."""

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
    """Print dataclass instances: all their fields as JSON, or the *columns* as a table; without rows, print *nothing*.

    *spelled* has, by column, a function that gives the text of a value for the table.
    """
    every = [to_plain(row) for row in rows]
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
    text = escape_invisible(spell(value) if spell else _words(value))
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return " ".join(f"{name}{'=' if name else ''}{_words(item)}" for name, item in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def show_pairs(pairs: Iterable[tuple[str, Any]]) -> None:
    """Print a name and a value on each line; long values are not cut, and the terminal wraps them."""
    cells = [
        (name.replace("_", " "), "-" if value is None else escape_invisible(_words(value)) or "-")
        for name, value in pairs
    ]
    widest = max(columns_taken(name) for name, _ in cells)
    for name, value in cells:
        click.echo(f"{name.ljust(widest)}  {value}")


def _width() -> int | None:
    """Give the number of columns of the terminal; None if standard output is no terminal."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _table(cells: list[list[str]], columns: Sequence[str]) -> None:
    head = [column.replace("_", " ") for column in columns]
    whole = [number for number, column in enumerate(columns) if column in WHOLE]
    for line in table(head, cells, whole=whole, width=_width()):
        click.echo(line)
