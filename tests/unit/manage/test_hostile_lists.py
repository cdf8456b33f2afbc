"""Lists that are written to be slow: whatever stands in a file, each of its octets is parsed a bounded number of times."""

import csv
import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.errors import BouncerError
from bouncer.manage import json_rows, tabular_input
from bouncer.manage.json_rows import MAX_OBJECT, MOST_NESTED
from bouncer.manage.tabular_input import MAX_LINE, TooManyLinesError, rows
from bouncer.policy.suppression_formats import has_address

SIZE = 2 * MAX_LINE
"""Octets of a list: several pieces."""
MOST_TIMES = 4 * (MOST_NESTED + 1)
"""How often an octet may be parsed: for each object around it, in each piece that an object reaches into, and as much again."""


read_csv = csv.reader


class Parsed:
    """Counts the characters that are parsed, and the objects of JSON that were tried."""

    def __init__(self) -> None:
        self.characters = 0
        self.objects = 0
        self.records = 0

    def decode(self, text: str, begin: int) -> tuple[object, int]:
        self.objects += 1
        try:
            value, end = json.JSONDecoder().raw_decode(text, begin)
        except json.JSONDecodeError as error:
            is_open = error.msg.startswith("Unterminated")
            self.characters += (len(text) if is_open else error.pos) - begin + 1
            raise
        except RecursionError:
            self.characters += MAX_OBJECT
            raise
        self.characters += end - begin
        return value, end

    def read(self, lines: list[str], form: csv.Dialect) -> Iterator[list[str]]:
        self.characters += sum(map(len, lines))
        self.records += 1
        return read_csv(lines, form)


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> Parsed:
    parsed = Parsed()
    monkeypatch.setattr(json_rows, "_decode", parsed.decode)
    monkeypatch.setattr(tabular_input.csv, "reader", parsed.read)
    return parsed


def nested(around: str, depth: int) -> str:
    """An object in *depth* others, which begin with *around*."""
    return around * depth + "1" + "}" * depth + ","


LISTS = {
    "each line opens a cell": "email,x\n" + '"aaa\n' * (SIZE // 5),
    "cells that end where none may end": "email,x\n" + ('"a\n' + '""\n' * 20 + '"x\n' + 'x"\n' * 24) * (SIZE // 140),
    "cells within cells": "email,x\n" + 'x",a"b,"open\n' * (SIZE // 13),
    "objects in objects": "[" + nested('{"a":', 400) * (SIZE // 2400) + "]",
    "objects in objects in one piece each": "[" + nested('{"p":"' + "x" * 100 + '","a":', 300) * (SIZE // 33_000) + "]",
    "objects that never end": "[" + '{"a":' * (SIZE // 5),
    "objects in lists that never end": "[" + ('{"a":[' + '"x",' * 100) * (SIZE // 406),
    "braces": "[{" + "{" * (MAX_LINE // 4),
    "texts that never end": '["a@x.example",' + '"\\' * (SIZE // 2),
    "texts with line ends": '["a@x.example",' + '"\n' * (MAX_LINE // 4),
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_no_list_is_parsed_more_than_so_many_times(text: str, parsed: Parsed):
    try:
        listed = list(rows(io.BytesIO(text.encode()), encoding="utf-8", read=lambda _octets: None))
    except BouncerError:
        listed = []

    assert 0 < parsed.characters < MOST_TIMES * len(text)
    assert all(row.fault for row in listed if row.columns is None)


def test_an_address_behind_and_inside_such_objects_is_found():
    inside = '{"a": [' * MOST_NESTED + '{"email": "inside@x.example"}' + "]}" * MOST_NESTED
    deep = nested('{"a":', 400)
    text = f'[{deep} {inside}, {{"email": "behind@x.example"}}]'
    listed = list(json_rows.rows(iter([text]), has_address))

    assert [row.columns for row in listed] == [{"email": "inside@x.example"}, {"email": "behind@x.example"}]


@pytest.mark.parametrize("unit", ["{", "{1", "{\n", '{"{"', '{"a"', '{"a" x', "{x}", '{ "a" ,"b":1'])
def test_braces_that_begin_no_object_are_passed_over_at_once(unit: str, parsed: Parsed):
    text = "[" + unit * (SIZE // len(unit)) + '{"email": "behind@x.example"}]'
    listed = list(json_rows.rows(iter([text[at : at + MAX_LINE] for at in range(0, len(text), MAX_LINE)]), has_address))

    assert [row.columns for row in listed if row.columns] == [{"email": "behind@x.example"}]
    assert any(row.fault for row in listed)
    assert parsed.objects < 10 * len(text) / MAX_LINE


@pytest.mark.parametrize("begin", ["", "email,x\n", '{"email": "a@x.example"}\n', "sep=;\n"])
@pytest.mark.parametrize("unit", ["\n", "\r\n", " \t\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_a_list_of_empty_lines_is_read_no_further_than_a_sheet_has_lines(begin: str, unit: str, encoding: str):
    most, octets = 1000, list[int]()
    file = io.BytesIO((begin + unit * SIZE).encode(encoding))

    with pytest.raises(TooManyLinesError, match="more than 1,000 lines"):
        list(rows(file, encoding=encoding, read=octets.append, most_lines=most))
    assert sum(octets) <= MAX_LINE


def test_as_many_lines_as_a_sheet_has_are_read():
    lines = "email\n" + "a@x.example\n" * 8 + "\n"
    listed = rows(io.BytesIO(lines.encode()), encoding="utf-8", read=lambda _octets: None, most_lines=10)

    assert [row.columns for row in listed] == [{"email": "a@x.example"}] * 8


@given(st.text(st.sampled_from("ab,;\t\r \u2028\x1c\\'="), max_size=12), st.sampled_from(",;\t"))
def test_a_line_without_quotes_has_the_cells_that_csv_gives(line: str, delimiter: str):
    try:
        cells = next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        cells = None

    assert tabular_input._cells(line, delimiter) == cells  # noqa: SLF001 -- what reads the cells of every line


@given(st.text(st.sampled_from('ab"",;\t\r =\n'), max_size=12), st.sampled_from(",;\t"))
def test_a_line_is_open_where_a_quote_behind_it_would_close_a_cell(line: str, delimiter: str):
    line = line.replace("\n", "")
    cells, closed = (tabular_input._cells(text, delimiter) for text in (line, f'{line}"'))  # noqa: SLF001 -- as above

    assert tabular_input._has_open_cell(line, delimiter) == (cells is None and closed is not None)  # noqa: SLF001 -- as above


@pytest.mark.parametrize("unit", ['"\n', '""\n', '"""\n', '"a\n', '"a\n""\n', ',"\n', '"",\n'])
def test_each_line_of_quotes_is_parsed_once(unit: str, parsed: Parsed):
    text = "email,x\n" + unit * 1000
    listed = list(rows(io.BytesIO(text.encode()), encoding="utf-8", read=lambda _octets: None))

    assert listed
    assert parsed.records <= text.count("\n")
