"""Tables as wide as the terminal: nothing sticks out, and ids stay whole."""

import pytest

from bouncer.cli.table import INDENT, columns_taken, shorten, table

HEAD = ["at", "account", "recipient", "reason", "letter id", "why"]
WHOLE = [4]
ID = "01kpz0w3v8f2m"
ROW = [
    "2026-11-26T20:46:00+00:00",
    "acme",
    "a-long-name.of.somebody@a-long-domain.example.org",
    "invalid-recipient",
    ID,
]
LONG = [*ROW, "by a report that came to the address's own signed return path"]
SHORT = ["2026-11-26T20:46:00+00:00", "acme", "jane@example.org", "unknown", ID, "signed"]


def drawn(*rows: list[str], width: int | None) -> list[str]:
    return list(table(HEAD, rows, whole=WHOLE, width=width))


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 132, 200])
def test_no_line_is_wider_than_the_terminal_and_each_id_is_whole(width: int):
    lines = drawn(LONG, SHORT, width=width)

    assert max(map(columns_taken, lines)) <= width
    assert sum(ID in line for line in lines) == 2


def test_a_row_that_fits_stands_in_one_line_and_is_whole():
    assert drawn(SHORT, width=200) == drawn(SHORT, width=None)
    assert len(drawn(LONG, SHORT, width=None)) == 3
    assert LONG[5] in drawn(LONG, width=None)[1]


def test_a_little_too_wide_only_the_widest_columns_are_shortened():
    head, row = drawn(LONG, width=160)

    assert all(value in row for value in (LONG[0], "acme", "invalid-recipient", ID))
    assert "…" in row
    assert head.index("letter id") == row.index(ID)


def test_far_too_wide_a_row_takes_several_lines_and_the_head_as_many():
    lines = drawn(LONG, SHORT, width=60)

    assert len(lines) % 3 == 0
    height = len(lines) // 3
    assert height > 1
    assert [line.startswith(INDENT) for line in lines] == [number % height > 0 for number in range(len(lines))]
    (head_at,) = [number for number, line in enumerate(lines[:height]) if "letter id" in line]
    assert (
        lines[head_at].index("letter id") == lines[height + head_at].index(ID) == lines[2 * height + head_at].index(ID)
    )


@pytest.mark.parametrize(
    ("text", "room", "drawing"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdefg", 6, "abcde…"),
        ("宛先不明", 8, "宛先不明"),
        ("宛先不明", 7, "宛先不…"),
        ("宛先不明", 6, "宛先…"),
        ("e\u0301e\u0301e\u0301", 3, "e\u0301e\u0301e\u0301"),
        ("abc", 1, "…"),
    ],
)
def test_wide_and_combining_characters_count_as_terminals_show_them(text: str, room: int, drawing: str):
    assert shorten(text, room) == drawing
    assert columns_taken(drawing) <= room
