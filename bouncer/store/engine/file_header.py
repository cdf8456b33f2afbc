"""The header of a database's file, read beside SQLite (https://www.sqlite.org/fileformat2.html section 1.3)."""

import os
from pathlib import Path
from typing import NamedTuple

_CHANGES, _SCHEMA = slice(24, 28), slice(40, 44)


class StoreHeader(NamedTuple):
    """Two numbers of a database, which only grow; those of a backup begin anew (https://www.sqlite.org/c3ref/backup_finish.html)."""

    schema: int
    """The number of changes of its tables."""
    changes: int
    """The number of changes of its first page, which holds its size; the log carries them over."""

    def is_older_than(self, other: "StoreHeader") -> bool:
        """Whether one of the numbers is smaller."""
        return self.schema < other.schema or self.changes < other.changes


def read_header(path: Path) -> StoreHeader:
    """Read the header of the database's file at *path*, without the log; zeros before the first checkpoint. Raises OSError."""
    octets = os.pread(descriptor_of(path), _SCHEMA.stop, 0)
    return StoreHeader(int.from_bytes(octets[_SCHEMA]), int.from_bytes(octets[_CHANGES]))


def descriptor_of(path: Path) -> int:
    """Open a database to read its header, and leave it open: one descriptor for each file, until the process ends.

    A process that closes any descriptor of a file gives up all its locks on the file (fcntl(2)), those of SQLite's open
    connections, too. The next command would then take itself for the last one that has the database open, and delete its log.
    """
    about = os.stat(path)  # noqa: PTH116 -- for every commit, and Path's takes three times as long
    open_descriptor = _descriptors.get((about.st_dev, about.st_ino))
    if open_descriptor is not None:
        return open_descriptor
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    return _descriptors.setdefault((status.st_dev, status.st_ino), descriptor)


_descriptors: dict[tuple[int, int], int] = {}
"""By device and inode: few, as a process recognizes one or two databases."""
