"""Exports: a whole list as one answer, which is read from the store and sent page by page, in constant memory.

Each page is a transaction of its own, so an export of any length holds up no writer, and a client that reads slowly holds nothing
but its connection. In CSV an apostrophe precedes all that a spreadsheet would take for a formula.
"""

import csv
import io
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import msgspec

from bouncer.policy.guarded_cells import guard_cell

ROWS_AT_ONCE = 1000
"""Rows of one page: read in some ten milliseconds, and a few hundred kilobytes."""
_GZIP = 16 + zlib.MAX_WBITS  # zlib's way to say: with the header and trailer of gzip
_LEVEL = 5


class ExportFormat(StrEnum):
    """The formats of exports: one JSON object a line, or a table with a line of names."""

    NDJSON = "ndjson"
    CSV = "csv"

    @property
    def media_type(self) -> str:
        """Give the media type."""
        return CSV if self is ExportFormat.CSV else NDJSON


class ExportEnded(Exception):
    """Ends an export before its last row; the text says why."""


NDJSON = "application/x-ndjson"
CSV = "text/csv; charset=utf-8; header=present"
"""The media type of RFC 4180."""


@dataclass(frozen=True, slots=True)
class Export:
    """The rows of a list, in *pages*, with the names of their columns."""

    form: ExportFormat
    columns: tuple[str, ...]
    pages: AsyncIterator[Sequence[dict[str, Any]]]


async def write_parts(export: Export) -> AsyncIterator[bytes]:
    """Write an export; each part has the rows of a page, the first one the names of the columns, too."""
    is_csv = export.form is ExportFormat.CSV
    head = _csv_lines([export.columns]) if is_csv else b""
    async for page in export.pages:
        yield head + (_csv_rows(export.columns, page) if is_csv else _json_lines(page))
        head = b""
    if head:
        yield head


async def compress_parts(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Compress *parts* by gzip, as they come."""
    compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
    async for part in parts:
        if octets := compressor.compress(part):
            yield octets
    yield compressor.flush()


async def while_open(
    pages: AsyncIterator[Sequence[dict[str, Any]]], is_open: Callable[[], Awaitable[bool]]
) -> AsyncIterator[Sequence[dict[str, Any]]]:
    """Give *pages* while *is_open* says that the client may still see them. Raises ExportEnded when it may not."""
    async for page in pages:
        if not await is_open():
            raise ExportEnded("the key or session that asked for it is no longer known")
        yield page


async def with_first(parts: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Read the first part, and give all parts: an error of the request is known before the answer begins."""
    first = await anext(parts, b"")

    async def all_parts() -> AsyncIterator[bytes]:
        yield first
        async for part in parts:
            yield part

    return all_parts()


def _json_lines(page: Sequence[dict[str, Any]]) -> bytes:
    return b"".join(msgspec.json.encode(row) + b"\n" for row in page)


def _csv_rows(columns: tuple[str, ...], page: Sequence[dict[str, Any]]) -> bytes:
    return _csv_lines([[_cell(row[name]) for name in columns] for row in page])


def _csv_lines(rows: Sequence[Sequence[str]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return guard_cell(" ".join(value.splitlines()))
    return guard_cell(msgspec.json.encode(value).decode())
