"""Rows of files of any size, CSV or JSON, in bounded memory; a broken line becomes a fault, and reading goes on."""

import codecs
import csv
import json
import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import islice
from typing import BinaryIO, Protocol

from bouncer.errors import BouncerError
from bouncer.manage import json_rows
from bouncer.manage.json_rows import Row, columns_of
from bouncer.policy.suppression_formats import has_address

MAX_LINE = 64 * 1024
"""Octets of one line; an address with all its facts is a hundredth of that."""
MOST_LINES = 50
"""Lines of one CSV record: a server's reply has a few."""
MOST_LINES_OF_SHEET = 1 << 20
"""Lines of a list from elsewhere, empty ones included: a sheet of Excel has no more, and 16 MB may be as many line ends."""
_TOO_LONG, _FOREIGN = "\ud800", "\ud801"
"""Texts in place of a line that is too long, or not in the encoding; no line equals them, as decoded text has no lone surrogate."""
_FAULTS = {
    _TOO_LONG: f"longer than {MAX_LINE:,} octets",
    _FOREIGN: "not in the file's encoding; --encoding says another, cp1252 for what older Excels write",
}
_BOMS = ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF8, "utf-8"))
_DELIMITERS = ",;\t"
_FORMS = {delimiter: csv.reader([], delimiter=delimiter, strict=True).dialect for delimiter in _DELIMITERS}
"""The form of CSV by its delimiter, made once: a reader that has to make its own takes twice as long for a line."""
_OPEN = {
    delimiter: re.compile(
        rf'\A(?:(?:"(?:[^"]++|"")*+"|[^"{delimiter}][^{delimiter}]*+)?+{delimiter})*+"(?:[^"]++|"")*+'
    )
    for delimiter in _DELIMITERS
}
"""A line that ends inside a quoted cell, by its delimiter (RFC 4180 section 2)."""
_SEPARATOR = re.compile(r"sep=.", re.IGNORECASE)
"""The first line by which Excel tells itself the delimiter."""
_WORDS_OF_SES = {"bounce", "complaint"}


class TooManyLinesError(BouncerError):
    """A list has more lines than may be read, empty ones included."""

    def __init__(self, most: int) -> None:
        super().__init__(f"it has more than {most:,} lines")


class Octets(Protocol):
    """A file that is read from its beginning to its end."""

    def read(self, size: int = -1, /) -> bytes:
        """Give at most *size* octets; none at the end."""
        ...


class _Reread:
    """A file whose *head* was read already, and is given again."""

    def __init__(self, head: bytes, rest: Octets) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1, /) -> bytes:
        """Give the rest of the head first, then the rest of the file."""
        if not self._head:
            return self._rest.read(size)
        part, self._head = (self._head[:size], self._head[size:]) if size >= 0 else (self._head, b"")
        return part


def rows(file: BinaryIO, *, encoding: str, read: Callable[[int], None], most_lines: int | None = None) -> Iterator[Row]:
    """Give the rows of *file*; *read* is called with the octets of each piece.

    Raises BouncerError if no column has addresses, and TooManyLinesError for a file of lines with more than *most_lines*.
    """
    head = file.read(MAX_LINE)
    bom, encoding = next(((bom, name) for bom, name in _BOMS if head.startswith(bom)), (b"", encoding))
    octets = _Reread(head[len(bom) :], file)
    begin = head[len(bom) :].decode(encoding, "replace")
    if json_rows.is_list_of_texts(begin):
        yield from json_rows.text_rows(_pieces(octets, encoding, read))
    elif json_rows.is_document(begin):
        yield from json_rows.rows(_pieces(octets, encoding, read), has_address)
    else:
        yield from _line_rows(_number_lines(_lines(octets, encoding, read), most_lines))


def _number_lines(lines: Iterator[str], most: int | None) -> Iterator[tuple[int, str]]:
    """Number the lines, the first *most* of them. Raises TooManyLinesError where there are more."""
    yield from enumerate(islice(lines, most), 1)
    if next(lines, None) is not None:
        raise TooManyLinesError(most or 0)


def _line_rows(lines: Iterator[tuple[int, str]]) -> Iterator[Row]:
    """Give a row for each line; the first line decides whether all are CSV or JSON lines."""
    first = next(((n, line) for n, line in lines if line.strip() and not _SEPARATOR.fullmatch(line)), None)
    if first is None:
        return
    if first[1].lstrip().startswith("{"):
        yield _json_row(*first)
        yield from (_json_row(n, line) for n, line in lines if line.strip())
    else:
        yield from _csv_rows(first, lines)


def _pieces(file: Octets, encoding: str, read: Callable[[int], None]) -> Iterator[str]:
    """Give the decoded text in pieces; octets that are not in *encoding* are replaced."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while piece := file.read(MAX_LINE):
        read(len(piece))
        yield decoder.decode(piece)
    yield decoder.decode(b"", final=True)


def _lines(file: Octets, encoding: str, read: Callable[[int], None]) -> Iterator[str]:
    """Give the decoded lines, and _TOO_LONG or _FOREIGN for a line that cannot be read."""
    end = "\n".encode(encoding)
    waiting, skipping = b"", False
    while True:
        piece = file.read(MAX_LINE)
        read(len(piece))
        waiting += piece
        *whole, waiting = _cut(waiting, end)
        for line in whole:
            yield _TOO_LONG if skipping else _decode_line(line, encoding)
            skipping = False
        if not piece:
            break
        if len(waiting) > MAX_LINE:
            waiting, skipping = b"", True
    if waiting or skipping:
        yield _TOO_LONG if skipping else _decode_line(waiting, encoding)


def _cut(octets: bytes, end: bytes) -> list[bytes]:
    """Cut at each line end *end*; in UTF-16 a line end counts only at an even index."""
    if len(end) == 1:
        return octets.split(end)
    lines, start, at = [], 0, octets.find(end)
    while at >= 0:
        if (at - start) % len(end) == 0:
            lines.append(octets[start:at])
            start = at + len(end)
        at = octets.find(end, max(at + 1, start))
    return [*lines, octets[start:]]


def _decode_line(line: bytes, encoding: str) -> str:
    try:
        return line.decode(encoding).rstrip("\r").replace("\0", "")
    except UnicodeError:
        return _FOREIGN


def _json_row(number: int, line: str) -> Row:
    if line in _FAULTS:
        return Row(number, fault=_FAULTS[line])
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, fault="not JSON")
    if not isinstance(members, dict):
        return Row(number, fault="not a JSON object")
    return Row(number, columns_of(members))


def _csv_rows(first: tuple[int, str], lines: Iterator[tuple[int, str]]) -> Iterator[Row]:
    number, head = first
    delimiter = max(_DELIMITERS, key=head.count)
    names = _cells(head, delimiter) or []
    if not has_address(dict.fromkeys(names)):
        names = _infer_columns(names)
        yield _csv_row(number, head, _cells(head, delimiter), names)
    waiting = deque[tuple[int, str]]()
    while numbered := waiting.popleft() if waiting else next(lines, None):
        number, line = numbered
        if line.strip():
            yield _csv_row(number, line, _read_record(line, waiting, lines, delimiter), names)


def _read_record(
    line: str, waiting: deque[tuple[int, str]], lines: Iterator[tuple[int, str]], delimiter: str
) -> list[str] | None:
    """Give the cells of a record; a quoted one may have line ends (RFC 4180 section 2.6). A stray quote swallows no other line.

    A record is parsed at the next line with an odd number of quotes: its cell ends there, or it is no CSV, and its first line none.
    """
    if line.count('"') % 2 == 0 or line in _FAULTS or not _has_open_cell(line, delimiter):
        return _cells(line, delimiter)
    continuation = list[tuple[int, str]]()
    whole = line
    while len(continuation) < MOST_LINES and (numbered := waiting.popleft() if waiting else next(lines, None)):
        continuation.append(numbered)
        whole += "\n" + numbered[1]
        if numbered[1].count('"') % 2:
            if cells := _cells(whole, delimiter):
                return cells
            break
    waiting.extendleft(reversed(continuation))
    return None


def _has_open_cell(line: str, delimiter: str) -> bool:
    """Whether *line* ends inside a quoted cell."""
    if "\r" not in line:
        return _OPEN[delimiter].fullmatch(line) is not None
    return _cells(line, delimiter) is None and _cells(f'{line}"', delimiter) is not None


def _cells(text: str, delimiter: str) -> list[str] | None:
    if text and '"' not in text and "\r" not in text:
        return text.split(delimiter)  # what csv gives, in a third of the time
    try:
        return next(csv.reader([text], _FORMS[delimiter]), [])
    except csv.Error:
        return None


def _infer_columns(cells: list[str]) -> list[str]:
    """Give the columns of a file without a heading: addresses alone, or with a reason, as SES takes them."""
    if cells and "@" in cells[0] and (len(cells) == 1 or cells[1].strip().lower() in _WORDS_OF_SES):
        return ["address", "reason"]
    raise BouncerError("no column is called address or email: give the file a heading")


def _csv_row(number: int, line: str, cells: list[str] | None, names: list[str]) -> Row:
    if line in _FAULTS:
        return Row(number, fault=_FAULTS[line])
    if cells is None:
        return Row(number, fault="not CSV: a quote or a line end in the wrong place")
    if len(cells) > len(names):
        return Row(number, fault="more cells than columns")
    return Row(number, dict(zip(names, cells, strict=False)))
