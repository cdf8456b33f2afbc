"""The table of a digest: every report as a row of CSV (RFC 4180) that no spreadsheet executes.

A cell that begins like a formula gets an apostrophe in front. A large table is compressed to ZIP.
"""

import csv
import io
import zipfile
from collections.abc import Sequence

from bouncer.compose.plain_text import line
from bouncer.policy.guarded_cells import guard_cell

PLAIN_OCTETS = 256 * 1024
"""Octets of a table that stays uncompressed; mail systems refuse mails above ten megabytes, and text shrinks to a tenth."""
MAX_PACKED = 4 * 1024 * 1024
"""Octets of a compressed table after which no row is added: with it a mail has some six million."""
MAX_CELL = 500
"""Characters of a cell."""
_CHUNK = 64 * 1024
_NAME = "bounces.csv"


class Table:
    """A table that is compressed row by row: its memory is bounded by the compressed size."""

    def __init__(self, head: Sequence[str]) -> None:
        self._written = io.StringIO("\ufeff", newline="")  # spreadsheets recognize UTF-8 by the byte order mark
        self._written.seek(0, io.SEEK_END)
        self._rows = csv.writer(self._written)
        self._plain: list[bytes] = []
        self._octets = 0
        self.rows = -1  # the head is no row
        self._packed = io.BytesIO()
        self._archive = zipfile.ZipFile(self._packed, "w", zipfile.ZIP_DEFLATED)
        entry = zipfile.ZipInfo(_NAME)  # without a time of day, so that the same rows give the same octets
        entry.compress_type = zipfile.ZIP_DEFLATED
        self._entry = self._archive.open(entry, "w")
        self.add(head)

    def add(self, cells: Sequence[str]) -> None:
        """Add a row while there is room; its cells may be strangers' text."""
        if self._packed.tell() > MAX_PACKED:
            return
        self.rows += 1
        self._rows.writerow([guard_cell(line(cell, MAX_CELL)) for cell in cells])
        if self._written.tell() > _CHUNK:
            self._pack()

    def finish(self) -> tuple[str, str, bytes]:
        """Give the file's name, its media type and its octets; no row can be added after that."""
        self._pack()
        self._entry.close()
        self._archive.close()
        if self._octets <= PLAIN_OCTETS:
            return _NAME, "text/csv; charset=utf-8", b"".join(self._plain)
        return f"{_NAME}.zip", "application/zip", self._packed.getvalue()

    def _pack(self) -> None:
        octets = self._written.getvalue().encode("utf-8", "replace")
        self._written.seek(0)
        self._written.truncate()
        self._entry.write(octets)
        self._octets += len(octets)
        self._plain = [*self._plain, octets] if self._octets <= PLAIN_OCTETS else []
