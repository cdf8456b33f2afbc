"""Rows on paper: a table for people, one JSON object a line for programs. A stranger's text moves no cursor."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import click

from bouncer.notify.plain import plain

WIDEST = 60
"""Characters of one column; what is cut there stands whole in --json."""

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
"""The option of every command that lists."""
limited = click.option(
    "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many rows, newest first."
)
"""The option of every list that can be long."""

_AS_THEY_ARE: Mapping[str, Callable[[Any], str]] = MappingProxyType({})


def visible(text: str) -> str:
    """Write controls, bidirectional marks and the like as escapes, so that a terminal shows them and does not obey."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


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
        return " ".join(f"{name}{'=' if name else ''}{_words(each)}" for name, each in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _table(cells: list[list[str]], columns: Sequence[str]) -> None:
    head = [column.replace("_", " ") for column in columns]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    for row in [head, *cells]:
        click.echo("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
