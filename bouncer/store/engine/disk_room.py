"""Room on the disk of SQLite's file: the last of it is for what follows from letters that were kept.

A page that is written goes to the log, and into the database when the log is carried over. A log that has filled the disk cannot be
carried over where the database has to grow, and then nothing can be written, not even a deletion. So where room is short each
transaction begins with an empty log, and letters and records leave some of it to what has to be written after them.
"""

import os
import sqlite3
from pathlib import Path

from bouncer.store.engine.file_identity import LOG

SHORT_OCTETS = 64 << 20
"""Free octets beside those of the log below which room is short: more than what letters leave, and a transaction of ours."""
LOG_OCTETS = 20 << 20
"""Free octets of the disk itself, and not of the file, that letters and records leave: all that is deleted goes to the log."""
FULL_OCTETS = 1 << 20
"""Free octets below which an I/O error is taken to mean that the disk is full."""

_PAGES = ("page_size", "page_count", "freelist_count")


class DiskRoom:
    """The room for the database at *path*."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def is_short(self, octets: int = 0) -> bool:
        """Whether room may be short when a letter of *octets* has come; costs two system calls."""
        try:
            log = os.stat(f"{self._path}{LOG}").st_size  # noqa: PTH116 -- for every commit, and Path's takes three times as long
        except OSError:  # it is away, which the transaction will see
            return False
        return self._free(SHORT_OCTETS + log + 2 * octets) < SHORT_OCTETS + log + 2 * octets

    def is_full(self) -> bool:
        """Whether an I/O error may mean that the disk is full."""
        return self._free(FULL_OCTETS) < FULL_OCTETS

    def fits(self, connection: sqlite3.Connection, octets: int, leaving: int) -> bool:
        """Whether *octets* more leave *leaving* octets: they go to the log, then to empty or new pages of the database."""
        size, count, empty = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in _PAGES)
        to_the_log = octets + max(0, size * count - self._path.stat().st_size)  # with what was not carried over
        needed = max(LOG_OCTETS + to_the_log, leaving + to_the_log + octets - size * empty)
        return self._free(needed) >= needed

    def _free(self, otherwise: int) -> int:
        """Give the free octets of the disk; *otherwise* where it is away: then it is not full."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:
            return otherwise
        return disk.f_bavail * disk.f_frsize
