"""A database's files, as they were when it was opened: what is kept in one that was moved away or replaced is lost.

SQLite itself goes on with the files that it has open, wherever they are now. Its log and the log's index are files of their own
beside the database (https://www.sqlite.org/howtocorrupt.html sections 2.4 and 2.5).
"""

import os
from pathlib import Path

DATABASE, LOG, INDEX = "", "-wal", "-shm"
"""What SQLite puts behind the database's name."""

Identity = tuple[int, int]  # device, inode


class DatabaseFiles:
    """The files of the database at *path*."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: list[tuple[str, Identity]] = []

    def remember(self, *endings: str) -> None:
        """Take the files with these endings that are there now for those that are open; raises OSError."""
        names = [f"{self._path}{ending}" for ending in endings]
        self._opened += [(name, _identity(name)) for name in names]

    def complain(self) -> None:
        """Raise FileNotFoundError where one is no longer the one that was opened."""
        if why := self.astray():
            raise FileNotFoundError(why)

    def astray(self) -> str | None:
        """Say which file is no longer the one that was opened; None where all are. As long as it takes to look at three names."""
        for name, identity in self._opened:
            try:
                found = _identity(name)
            except OSError as error:
                return f"{name} is not there any more ({error.strerror})"
            if found != identity:
                return f"another file is now at {name}"
        return None


def _identity(name: str) -> Identity:
    found = os.stat(name)  # noqa: PTH116 -- for every commit, and Path's takes three times as long
    return found.st_dev, found.st_ino
