"""Recognizing a database file before anything is written to it: a store of ours, another program's file, damaged, or none yet.

SQLite's header has a place for the mark of the program that a file belongs to (https://www.sqlite.org/fileformat2.html section
1.3.13). Stores from before we set it are known by their tables. A file without a write-ahead log is opened as one that nobody
changes: this way SQLite takes no lock and makes no file beside it.
"""

import errno
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.store.lifecycle.migrating import newest

APPLICATION_ID = 0x626E6372
"""Our mark in the header of a database, "bncr"."""
MAGIC = b"SQLite format 3\0"
MARK_AT = slice(68, 72)
"""What a database's header begins with, and where the program's mark stands in it, the highest octet first."""
OUR_TABLES = frozenset({"alembic_version", "letters", "accounts", "bounces", "outbox"})
"""Tables that every store of ours has had since the first revision."""
WAIT_SECONDS = 5.0
"""For a lock that is in the way of reading."""


class FileKind(StrEnum):
    """What is at the path of a store."""

    MISSING = "missing"
    EMPTY = "empty"
    OURS = "ours"
    FOREIGN = "foreign"
    DAMAGED = "damaged"


_FAULTS = {
    sqlite3.SQLITE_NOTADB: (FileKind.DAMAGED, "no database of SQLite's, or its first page is damaged"),
    sqlite3.SQLITE_CORRUPT: (FileKind.DAMAGED, "damaged"),
}
"""What SQLite's primary result codes say of a file (https://www.sqlite.org/rescode.html)."""


@dataclass(frozen=True, slots=True)
class StoreFile:
    """What was found at *path*: of ours the revision of its tables, of the others what it is, in words."""

    path: Path
    kind: FileKind
    revision: str = ""
    says: str = ""
    is_marked: bool = False

    @property
    def is_there(self) -> bool:
        """Whether there is anything in it."""
        return self.kind not in (FileKind.MISSING, FileKind.EMPTY)

    @property
    def is_current(self) -> bool:
        """Whether its tables have today's form."""
        return self.revision == newest()


def recognize(path: Path) -> StoreFile:
    """Look at the file at *path* without writing to it. Raises PermissionError, and sqlite3.Error where it cannot be read now."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return StoreFile(path, FileKind.MISSING)
    except NotADirectoryError:
        folder = next(parent for parent in path.parents if os.path.lexists(parent))
        return StoreFile(path, FileKind.FOREIGN, says=f"not possible there: {folder} is no folder")
    if not stat.S_ISREG(found.st_mode):
        return StoreFile(
            path, FileKind.FOREIGN, says="a folder" if stat.S_ISDIR(found.st_mode) else "not a regular file"
        )
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if not found.st_size and not has_log(path):
        return StoreFile(path, FileKind.EMPTY)
    try:
        return _asked(path)
    except sqlite3.Error as error:
        kind, says = _FAULTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, (None, ""))
        if kind is None:
            raise
        return StoreFile(path, kind, says=says)


def ours(path: Path) -> StoreFile:
    """Give what was found where it is a store of ours in any revision; raises ConfigError, which says what it is else."""
    found = recognize(path)
    if found.kind in (FileKind.FOREIGN, FileKind.DAMAGED):
        raise ConfigError(refusal(found))
    if not found.is_there:
        what = "there is no store at" if found.kind is FileKind.MISSING else "there is only an empty file at"
        raise ConfigError(f"{what} {path}; 'bouncer init' makes a store, and so does 'bouncer serve'")
    return found


def current(path: Path) -> StoreFile:
    """Give what was found where it is a store of ours in today's form; raises ConfigError, which says what to do."""
    found = ours(path)
    refuse_newer(found)
    if not found.is_current:
        raise ConfigError(
            f"{path}: this store is of an older version (revision {found.revision}, today's is {newest()}): "
            "'bouncer store migrate' brings it up to date, and so does a start of 'bouncer serve'"
        )
    return found


def refuse_newer(found: StoreFile) -> None:
    """Raise ConfigError where a newer program made the store."""
    if found.revision > newest():
        raise ConfigError(
            f"{found.path}: a newer bouncer made this database: it is at {found.revision}, we know up to {newest()}"
        )


def refusal(found: StoreFile) -> str:
    """Say why a file that is no store of ours is left alone."""
    if found.kind is FileKind.DAMAGED:
        remedy = "put a backup in its place ('bouncer store restore FILE'), or name another file in [store] url"
        return f"{found.path}: this file is {found.says}; nothing was written to it: {remedy}"
    return f"{found.path}: this is no store of bouncer's, it is {found.says}; [store] url must name another file"


def has_log(path: Path) -> bool:
    """Whether there is a log beside the database with something in it."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _asked(path: Path) -> StoreFile:
    if not has_log(path):
        try:
            return _read(path, immutable=True)
        except sqlite3.DatabaseError:
            if not has_log(path):  # a daemon that has begun to write meanwhile is at a checkpoint, perhaps
                raise
    mark = _mark_in_file(path)
    if mark not in (0, APPLICATION_ID):
        return _another_programs(path, mark)
    return _read(path, immutable=False)


def _read(path: Path, *, immutable: bool) -> StoreFile:
    with closing(connect_to_read(path, immutable=immutable)) as connection:
        return _judged(path, _mark(connection), connection)


def _mark_in_file(path: Path) -> int:
    """Give the mark as the file has it, without SQLite: a file is torn in the middle of a checkpoint, and its log is whole.

    0 where the file has no header yet: all that was written is in the log.
    """
    with path.open("rb") as file:
        header = file.read(MARK_AT.stop)
    return int.from_bytes(header[MARK_AT]) if header.startswith(MAGIC) else 0


def _judged(path: Path, mark: int, connection: sqlite3.Connection) -> StoreFile:
    if mark not in (0, APPLICATION_ID):
        return _another_programs(path, mark)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables and not mark:
        return StoreFile(path, FileKind.EMPTY)
    if not tables >= OUR_TABLES:
        if mark:
            return StoreFile(path, FileKind.DAMAGED, says="without its tables")
        return StoreFile(path, FileKind.FOREIGN, says="another program's database")
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        return StoreFile(path, FileKind.DAMAGED, says="without its revision")
    return StoreFile(path, FileKind.OURS, revision=str(row[0]), is_marked=bool(mark))


def _another_programs(path: Path, mark: int) -> StoreFile:
    return StoreFile(path, FileKind.FOREIGN, says=f"another program's database (application_id {mark:#x})")


def _mark(connection: sqlite3.Connection) -> int:
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    return int(mark)


def connect_to_read(path: Path, *, immutable: bool) -> sqlite3.Connection:
    """Connect to what is at *path* and write nothing; *immutable*: as to a file that nobody changes."""
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    return sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
