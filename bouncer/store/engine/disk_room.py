"""Free space on the disk of SQLite's file: the last of it is reserved for the records of letters that were kept.

A page that is written goes to the write-ahead log, and a checkpoint copies it into the database. If the log has filled the disk and
the database has to grow, no checkpoint is possible, and then nothing can be written, not even a deletion. So where room is short
each transaction begins with an empty log; letters leave room for their records, and records leave room for deletions.
"""

import os
import sqlite3
from pathlib import Path

from bouncer.store.engine.file_identity import LOG

SHORT_OCTETS = 64 << 20
"""Room is short below so many free octets, those of the log not counted: what letters leave, and one transaction of ours."""
LOG_OCTETS = 20 << 20
"""Free octets of the disk that letters and records leave: free pages in the file do not count, as deletions go to the log."""
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
        return self._count_free_octets(SHORT_OCTETS + log + 2 * octets) < SHORT_OCTETS + log + 2 * octets

    def is_full(self) -> bool:
        """Whether an I/O error may mean that the disk is full."""
        return self._count_free_octets(FULL_OCTETS) < FULL_OCTETS

    def fits(self, connection: sqlite3.Connection, octets: int, leaving: int) -> bool:
        """Whether *leaving* octets stay free when *octets* are written to the log, then to empty or new pages of the database."""
        size, count, empty = (int(connection.execute(f"PRAGMA {name}").fetchone()[0]) for name in _PAGES)
        to_the_log = octets + max(
            0, size * count - self._path.stat().st_size
        )  # with the pages that no checkpoint has copied yet
        needed = max(LOG_OCTETS + to_the_log, leaving + to_the_log + octets - size * empty)
        return self._count_free_octets(needed) >= needed

    def _count_free_octets(self, otherwise: int) -> int:
        """Give the free octets of the disk; *otherwise* where the folder is missing, which does not mean that the disk is full."""
        try:
            disk = os.statvfs(self._path.parent)
        except OSError:
            return otherwise
        return disk.f_bavail * disk.f_frsize
