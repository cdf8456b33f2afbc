"""Tables as wide as the terminal: long values are cut, and columns that still do not fit go to further lines of their row.

The head of the table has as many lines as a row, so that each value is below its name. Some columns are never cut, because
half an id is of no use. Pure.
"""

import unicodedata
from collections.abc import Collection, Iterator, Sequence

BETWEEN = "  "
"""The separator of two columns."""
INDENT = "    "
"""The indentation of the second and further lines of a row."""
MIN_COLUMNS = 20
"""Terminal columns to which a long value is cut before its row gets another line."""

_NO_COLUMN = ("Mn", "Me", "Cf")
"""Characters that take no column of their own: combining and format characters (Unicode general categories)."""


def table(
    head: Sequence[str], rows: Sequence[Sequence[str]], *, whole: Collection[int], width: int | None
) -> Iterator[str]:
    """Give the lines of a table for a terminal of *width* columns, or of any width if that is None.

    *whole* has the numbers of the columns that are never cut. Cells are printable text.
    """
    natural = [max(map(columns_taken, cells)) for cells in zip(head, *rows, strict=True)]
    lines = _fit_lines(natural, whole, width) if width is not None else [list(enumerate(natural))]
    for row in [head, *rows]:
        for number, line in enumerate(lines):
            yield (INDENT if number else "") + BETWEEN.join(_cell(row[at], room) for at, room in line).rstrip()


def columns_taken(text: str) -> int:
    """Give the number of terminal columns that *text* takes (Unicode annex 11: wide characters take two)."""
    return len(text) if text.isascii() else sum(map(_columns_of_character, text))


def shorten(text: str, room: int) -> str:
    """Cut *text* to at most *room* terminal columns, with an ellipsis at the end if it was cut."""
    if columns_taken(text) <= room:
        return text
    width, beginning = 1, ""
    for character in text:
        width += _columns_of_character(character)
        if width > room:
            break
        beginning += character
    return beginning + "…"


def _fit_lines(natural: list[int], whole: Collection[int], width: int) -> list[list[tuple[int, int]]]:
    """Give the lines of a row, each with its columns and their widths: one line if cutting is enough, else several."""
    room = _shrink_columns(natural, whole, width)
    lines: list[list[tuple[int, int]]] = [[]]
    free_columns = width
    for at, columns in enumerate(room):
        if lines[-1] and columns > free_columns:
            lines.append([])
            free_columns = width - len(INDENT)
        lines[-1].append((at, columns if at in whole else max(1, min(columns, free_columns))))
        free_columns -= columns + len(BETWEEN)
    return lines if len(lines) == 1 else _widen_columns(lines, natural, width)


def _shrink_columns(natural: list[int], whole: Collection[int], width: int) -> list[int]:
    """Cut the widest columns that may be cut until all fit into one line, but none of them below MIN_COLUMNS."""
    room = list(natural)
    for _ in range(max(0, sum(natural) + len(BETWEEN) * (len(natural) - 1) - width)):
        widest_index = max((at for at in range(len(room)) if at not in whole), key=lambda at: room[at], default=None)
        if widest_index is None or room[widest_index] <= MIN_COLUMNS:
            break
        room[widest_index] -= 1
    return room


def _widen_columns(lines: list[list[tuple[int, int]]], natural: list[int], width: int) -> list[list[tuple[int, int]]]:
    """Widen the columns of each line by the room that is left in the line."""
    widened_lines = []
    for number, line in enumerate(lines):
        free_columns = (
            width - (len(INDENT) if number else 0) - sum(room for _, room in line) - len(BETWEEN) * (len(line) - 1)
        )
        widened_line = []
        for at, room in line:
            gain = max(0, min(natural[at] - room, free_columns))
            widened_line.append((at, room + gain))
            free_columns -= gain
        widened_lines.append(widened_line)
    return widened_lines


def _cell(text: str, room: int) -> str:
    cell_text = shorten(text, room)
    return cell_text + " " * (room - columns_taken(cell_text))


def _columns_of_character(character: str) -> int:
    if unicodedata.category(character) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
