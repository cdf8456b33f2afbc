"""Tables as wide as the terminal: what does not fit is shortened, and what cannot be shortened goes on in a second line of its row.

A row takes as many lines as it needs; the head takes as many, so that each value stands under its name. Columns that are kept whole
are never cut: half an id finds nothing. Pure.
"""

import unicodedata
from collections.abc import Collection, Iterator, Sequence

BETWEEN = "  "
"""What parts two columns."""
INDENT = "    "
"""Before the further lines of a row."""
SHORTEST = 20
"""Columns of the terminal that a long value keeps before its row takes another line."""

_NO_COLUMN = ("Mn", "Me", "Cf")
"""Characters that stand on the one before them, or nowhere (Unicode general categories)."""


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, whole: Collection[int], width: int | None
) -> Iterator[str]:
    """Give the lines of a table of *width* columns of the terminal, or as wide as it comes where that is None.

    *whole* are the columns, by number, that are never cut. Cells are printable text.
    """
    natural = [max(map(columns_taken, cells)) for cells in zip(head, *rows, strict=True)]
    lines = _fitted(natural, whole, width) if width is not None else [list(enumerate(natural))]
    for row in [head, *rows]:
        for number, line in enumerate(lines):
            yield (INDENT if number else "") + BETWEEN.join(_cell(row[at], room) for at, room in line).rstrip()


def columns_taken(text: str) -> int:
    """Say how many columns of a terminal *text* takes (Unicode annex 11: wide characters take two)."""
    return len(text) if text.isascii() else sum(map(_columns_of_character, text))


def shortened(text: str, room: int) -> str:
    """Cut *text* so that it takes *room* columns at most, with an ellipsis where something is missing."""
    if columns_taken(text) <= room:
        return text
    taken, beginning = 1, ""
    for character in text:
        taken += _columns_of_character(character)
        if taken > room:
            break
        beginning += character
    return beginning + "…"


def _fitted(natural: list[int], whole: Collection[int], width: int) -> list[list[tuple[int, int]]]:
    """Give the lines of a row, each with its columns and their room: one line where shortening is enough, else several."""
    room = _shrunk(natural, whole, width)
    lines: list[list[tuple[int, int]]] = [[]]
    left = width
    for at, columns in enumerate(room):
        if lines[-1] and columns > left:
            lines.append([])
            left = width - len(INDENT)
        lines[-1].append((at, columns if at in whole else max(1, min(columns, left))))
        left -= columns + len(BETWEEN)
    return lines if len(lines) == 1 else _loosened(lines, natural, width)


def _shrunk(natural: list[int], whole: Collection[int], width: int) -> list[int]:
    """Take from the widest columns, as far as they may be cut, until all fit into one line; or give what none is cut below."""
    room = list(natural)
    for _ in range(max(0, sum(natural) + len(BETWEEN) * (len(natural) - 1) - width)):
        widest = max((at for at in range(len(room)) if at not in whole), key=lambda at: room[at], default=None)
        if widest is None or room[widest] <= SHORTEST:
            break
        room[widest] -= 1
    return room


def _loosened(lines: list[list[tuple[int, int]]], natural: list[int], width: int) -> list[list[tuple[int, int]]]:
    """Give the columns of each line what room is left in it."""
    loose = []
    for number, line in enumerate(lines):
        left = width - (len(INDENT) if number else 0) - sum(room for _, room in line) - len(BETWEEN) * (len(line) - 1)
        wider = []
        for at, room in line:
            gain = max(0, min(natural[at] - room, left))
            wider.append((at, room + gain))
            left -= gain
        loose.append(wider)
    return loose


def _cell(text: str, room: int) -> str:
    shown = shortened(text, room)
    return shown + " " * (room - columns_taken(shown))


def _columns_of_character(character: str) -> int:
    if unicodedata.category(character) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
