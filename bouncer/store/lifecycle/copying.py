"""Copies of a database, whole and consistent while others write to it (https://www.sqlite.org/backup.html).

A copy is one file without a log. It gets its name only when it is complete, synced to the disk, and checked.
"""

import datetime as dt
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from bouncer.errors import ConfigError, NotNow, StoreError
from bouncer.store.lifecycle.recognizing import has_log, recognize_ours
from bouncer.store.lifecycle.store_lock import give_to_owner

KEPT_COPIES = 2
"""Copies from before a migration that are kept; a return to an older version needs the last, or the one before."""
SPARE_OCTETS = 16 << 20
"""Free octets that a copy must leave, so that the daemon can go on keeping letters."""
WAIT_SECONDS = 30.0
"""Time to wait for a lock that blocks a copy."""

COPY, REPLACED = "copy", "replaced"
"""Endings of file names: of copies from before a migration, and of stores that a backup replaced."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a store: its file, its octets, the time of its making."""

    path: Path
    octets: int
    made_at: dt.datetime


def back_up(path: Path, target: Path) -> Copy:
    """Copy the store at *path* to *target*, which must not exist.

    Raises ConfigError where *path* is no store or *target* exists, NotNow where there is no room, StoreError, OSError.
    """
    recognize_ours(path)
    if os.path.lexists(target):
        raise ConfigError(f"{target} is there already: name another file, nothing is overwritten")
    part = partial_path(target)
    try:
        copy(path, part)
        _name(part, target)
    finally:
        part.unlink(missing_ok=True)
    return _copy(target)


def copy_before(path: Path, revision: str, now: dt.datetime) -> Path:
    """Copy the store at *path*, of *revision*, beside it, and give the copy's path; raises as ``back_up``."""
    name = path.with_name(f"{path.name}.{revision}.{time_for_name(now)}.{COPY}")
    back_up(path, name)
    return name


def forget_old_copies(path: Path) -> None:
    """Remove copies from before migrations, except for the last KEPT_COPIES."""
    for old in list(copies(path, COPY))[:-KEPT_COPIES]:
        old.path.unlink(missing_ok=True)


def copies(path: Path, ending: str) -> Iterator[Copy]:
    """Give the copies beside the store at *path* whose names have that *ending*, the oldest first."""
    with suppress(FileNotFoundError, NotADirectoryError):
        files = [file for file in path.parent.iterdir() if _is_copy(file.name, path.name, ending) and file.is_file()]
        yield from sorted(map(_copy, files), key=lambda copy: (copy.made_at, copy.path))


def time_for_name(now: dt.datetime) -> str:
    """Format a moment for file names."""
    return f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def partial_path(target: Path) -> Path:
    """Give the name of an incomplete copy."""
    return target.with_name(f"{target.name}.{os.getpid()}.part")


def copy(path: Path, target: Path) -> None:
    """Copy the store at *path* into the new file *target*, sync it to the disk and check it; raises as ``back_up``."""
    needed = sum(file.stat().st_size for file in (path, _log_of(path)) if file.exists()) + SPARE_OCTETS
    room = shutil.disk_usage(target.parent).free
    if room < needed:
        raise NotNow(
            f"{target.parent}: no room for a copy of {path}: {needed >> 20} MB are needed, {room >> 20} MB are free"
        )
    descriptor = os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        give_to_owner(descriptor, target.parent)
        _fill(path, target)
        os.fsync(descriptor)
    except sqlite3.Error as error:
        raise StoreError(f"{path} could not be copied: {error}") from error
    finally:
        os.close(descriptor)
    recognize_ours(target)


def sync_folder(folder: Path) -> None:
    """Sync the names in *folder* to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(path: Path, target: Path) -> None:
    # a file that nobody writes to is read without a lock, and no file is made beside it
    how = "mode=rw" if has_log(path) else "mode=ro&immutable=1"
    source = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=WAIT_SECONDS)
    with closing(source), closing(sqlite3.connect(target, timeout=WAIT_SECONDS, isolation_level=None)) as copied:
        source.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE").fetchone()
        (problem,) = copied.execute("PRAGMA quick_check(1)").fetchone()
    if problem != "ok":
        raise ConfigError(f"{path} is damaged, and was not copied: {problem}")


def _name(part: Path, target: Path) -> None:
    """Give a complete copy its final name, unless another file has it by now."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise ConfigError(f"{target} is there already: name another file, nothing is overwritten") from None
    except OSError:  # a file system without hard links
        part.rename(target)
    sync_folder(target.parent)


def _copy(path: Path) -> Copy:
    status = path.stat()
    return Copy(path, status.st_size, dt.datetime.fromtimestamp(status.st_mtime, dt.UTC))


def _is_copy(name: str, store: str, ending: str) -> bool:
    return name.startswith(f"{store}.") and name.endswith(f".{ending}")


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
