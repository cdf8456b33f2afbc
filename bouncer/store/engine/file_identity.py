"""The identity of a database's files since it was opened: data written to a file that was moved or replaced would be lost.

A file that was overwritten in its place, as ``cp`` does, is known by its size and by the numbers in its header: no database of ours
becomes smaller, and its numbers only grow. SQLite would go on with the log of the old one and the pages of the new one, which
together are no database.

SQLite keeps using the files that it has open, wherever they are now. Its write-ahead log and the log's index are files of their own
beside the database (https://www.sqlite.org/howtocorrupt.html sections 2.4 and 2.5). They are named after the file that a symbolic
link leads to, so a database that a link leads to since it was opened has another log for whoever opens it next.
"""

import os
from pathlib import Path
from threading import Lock

from bouncer.store.engine.file_header import StoreHeader, read_header

DATABASE, LOG, INDEX = "", "-wal", "-shm"
"""SQLite's suffixes to the database's name."""

Identity = tuple[int, int, int]
"""Device and inode of the file; inode of its name, which differs from the file's where the name is a symbolic link."""


class DatabaseFiles:
    """The files of the database at *path*, which people know as *shown_path*: the same path, or a symbolic link to it."""

    def __init__(self, path: Path, shown_path: Path) -> None:
        self._path = path
        self._shown_path = shown_path
        self._open_files: list[tuple[str, Identity]] = []
        self._size = 0  # of the database, the largest that was seen
        self._header = StoreHeader(0, 0)  # the newest that was seen
        self._overwritten: str | None = None  # from then on for ever: the file may grow again
        self._looking = Lock()  # two threads that look at once would compare an older size with a newer one

    def remember(self, *endings: str) -> None:
        """Record the identity of the existing files with these endings, which are now open; raises OSError."""
        names = [f"{self._path}{ending}" for ending in endings]
        if DATABASE in endings and self._shown_path != self._path:
            names.append(str(self._shown_path))
        self._open_files += [(name, _look(name)[0]) for name in names]

    def require_unchanged(self) -> None:
        """Raise FileNotFoundError where a file is no longer the one that was opened."""
        if why := self.missing_file():
            raise FileNotFoundError(why)

    def missing_file(self) -> str | None:
        """Name a file that is no longer the file that was opened, or None; from any thread.

        It calls stat(2) four times, lstat(2) three times and pread(2) once: each microseconds.
        """
        with self._looking:
            return self._find_missing()

    def _find_missing(self) -> str | None:
        for name, identity in self._open_files:
            try:
                current, size = _look(name)
                header = read_header(self._path) if name == str(self._path) and current == identity else None
            except OSError as error:
                return f"{name} is not there any more ({error.strerror})"
            if current != identity:
                return f"another file is now at {name}"
            if header is not None:
                self._compare(size, header)
        return self._overwritten

    def _compare(self, size: int, header: StoreHeader) -> None:
        if self._overwritten is None:
            if size < self._size:
                self._overwritten = self._describe(f"it had {self._size} octets, and has {size}")
            elif header.is_older_than(self._header):
                self._overwritten = self._describe("an older or another database is there")
            self._size, self._header = size, header

    def _describe(self, sign: str) -> str:
        return (
            f"{self._path} was overwritten in its place: {sign} (stop the daemon, and bouncer store restore a backup)"
        )


def _look(name: str) -> tuple[Identity, int]:
    """Give a file's identity and size."""
    status = os.stat(name)  # noqa: PTH116 -- for every commit, and Path's takes three times as long
    return (status.st_dev, status.st_ino, os.lstat(name).st_ino), status.st_size
