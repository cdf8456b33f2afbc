"""Recognizing a database file before anything is written to it: our store, another program's file, damaged, empty or missing.

SQLite's header has a field for the application id of the program that a file belongs to
(https://www.sqlite.org/fileformat2.html section 1.3.13). Stores from before we set it are recognized by their tables. A file
without a write-ahead log is opened as immutable: then SQLite takes no lock and makes no file beside it.
"""

import errno
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from bouncer.compose.filled_text import fill
from bouncer.errors import ConfigError
from bouncer.store.engine.file_header import descriptor_of
from bouncer.store.lifecycle import revisions
from bouncer.store.lifecycle.migrating import find_newest_revision

APPLICATION_ID = 0x626E6372
"""Our application id in a database's header, "bncr"."""
MAGIC = b"SQLite format 3\0"
MARK_AT = slice(68, 72)
"""The beginning of a database's header, and the place of the application id in it, big-endian."""
OUR_TABLES = frozenset({"alembic_version", "letters", "accounts", "bounces", "outbox"})
"""Tables that every store of ours has had since the first revision."""
WAIT_SECONDS = 5.0
"""Time to wait for a lock that blocks reading."""


class FileKind(StrEnum):
    """The kind of file at the path of a store."""

    MISSING = "missing"
    EMPTY = "empty"
    OURS = "ours"
    FOREIGN = "foreign"
    DAMAGED = "damaged"


_FAULTS = {
    sqlite3.SQLITE_NOTADB: (FileKind.DAMAGED, fill("no database of SQLite's, or its first page is damaged")),
    sqlite3.SQLITE_CORRUPT: (FileKind.DAMAGED, fill("damaged")),
}
"""The meaning of SQLite's primary result codes for a file (https://www.sqlite.org/rescode.html)."""


@dataclass(frozen=True, slots=True)
class StoreFile:
    """The file at *path*: for our stores the revision of the tables, for others a description in words."""

    path: Path
    kind: FileKind
    revision: str = ""
    description: str = ""
    is_marked: bool = False

    @property
    def is_there(self) -> bool:
        """Whether the file exists and is not empty."""
        return self.kind not in (FileKind.MISSING, FileKind.EMPTY)

    @property
    def is_current(self) -> bool:
        """Whether its tables have today's form."""
        return self.revision == find_newest_revision()


def recognize(path: Path) -> StoreFile:
    """Recognize the file at *path* without writing to it. Raises PermissionError, and sqlite3.Error where it is unreadable now."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return StoreFile(path, FileKind.MISSING)
    except NotADirectoryError:
        folder = next(parent for parent in path.parents if os.path.lexists(parent))
        return StoreFile(
            path, FileKind.FOREIGN, description=fill("not possible there: {what} is no folder", what=folder)
        )
    if not stat.S_ISREG(status.st_mode):
        return StoreFile(
            path,
            FileKind.FOREIGN,
            description=fill("a folder") if stat.S_ISDIR(status.st_mode) else fill("not a regular file"),
        )
    if not os.access(path, os.R_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
    if not status.st_size and not has_log(path):
        return StoreFile(path, FileKind.EMPTY)
    try:
        return _inspect(path)
    except sqlite3.Error as error:
        kind, says = _FAULTS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF, (None, ""))
        if kind is None:
            raise
        return StoreFile(path, kind, description=says)


def recognize_ours(path: Path) -> StoreFile:
    """Recognize a store of ours in any revision; raises ConfigError with a description of any other file."""
    file = recognize(path)
    if file.kind in (FileKind.FOREIGN, FileKind.DAMAGED):
        raise ConfigError(describe_refusal(file))
    if file.kind is FileKind.MISSING:
        raise revisions.missing_store(path)
    if file.kind is FileKind.EMPTY:
        raise revisions.missing_store(path, "there is only an empty file at")
    return file


def recognize_current(path: Path) -> StoreFile:
    """Recognize a store of ours in today's form; raises ConfigError, which tells the remedy."""
    file = recognize_ours(path)
    revisions.require_newest(path, file.revision)
    return file


def refuse_newer(file: StoreFile) -> None:
    """Raise ConfigError where a newer program made the store."""
    revisions.refuse_later(file.path, file.revision)


def describe_refusal(file: StoreFile) -> str:
    """Explain why a file that is not our store is left unchanged."""
    if file.kind is FileKind.DAMAGED:
        remedy = "put a backup in its place ('bouncer store restore FILE'), or name another file in [store] url"
        return f"{file.path}: this file is {file.description}; nothing was written to it: {remedy}"
    return f"{file.path}: this is no store of bouncer's, it is {file.description}; [store] url must name another file"


def has_log(path: Path) -> bool:
    """Whether a log that is not empty exists beside the database."""
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except FileNotFoundError:
        return False


def _inspect(path: Path) -> StoreFile:
    if not has_log(path):
        try:
            return _read(path, immutable=True)
        except sqlite3.DatabaseError:
            if not has_log(path):  # a daemon that has begun to write meanwhile may be at a checkpoint
                raise
    mark = _mark_in_file(path)
    if mark not in (0, APPLICATION_ID):
        return _describe_foreign(path, mark)
    return _read(path, immutable=False)


def _read(path: Path, *, immutable: bool) -> StoreFile:
    with closing(connect_to_read(path, immutable=immutable)) as connection:
        return _classify(path, _mark(connection), connection)


def _mark_in_file(path: Path) -> int:
    """Read the application id from the file without SQLite: during a checkpoint a file can be torn while its log is whole.

    0 where the file has no header yet: then all data are in the log.
    """
    header = os.pread(descriptor_of(path), MARK_AT.stop, 0)
    return int.from_bytes(header[MARK_AT]) if header.startswith(MAGIC) else 0


def _classify(path: Path, mark: int, connection: sqlite3.Connection) -> StoreFile:
    if mark not in (0, APPLICATION_ID):
        return _describe_foreign(path, mark)
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not tables and not mark:
        return StoreFile(path, FileKind.EMPTY)
    if not tables >= OUR_TABLES:
        if mark:
            return StoreFile(path, FileKind.DAMAGED, description=fill("without its tables"))
        return StoreFile(path, FileKind.FOREIGN, description=fill("another program's database"))
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    if row is None:
        return StoreFile(path, FileKind.DAMAGED, description=fill("without its revision"))
    return StoreFile(path, FileKind.OURS, revision=str(row[0]), is_marked=bool(mark))


def _describe_foreign(path: Path, mark: int) -> StoreFile:
    return StoreFile(
        path,
        FileKind.FOREIGN,
        description=fill("another program's database (application_id {what})", what=f"{mark:#x}"),
    )


def _mark(connection: sqlite3.Connection) -> int:
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    return int(mark)


def connect_to_read(path: Path, *, immutable: bool) -> sqlite3.Connection:
    """Connect to the file at *path* for reading only; *immutable*: nobody writes to it meanwhile."""
    uri = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if immutable else ''}"
    return sqlite3.connect(uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
