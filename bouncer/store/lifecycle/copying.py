"""Copies of a database, whole and consistent while others write to it (https://www.sqlite.org/backup.html).

A copy is one file without a log. It has its name only when it is complete, on the disk, and has been checked.
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
from bouncer.store.lifecycle.holding import give_to_owner
from bouncer.store.lifecycle.recognizing import has_log, ours

KEPT_COPIES = 2
"""Copies from before a migration that stay; the one that is needed when going back is the last, or the one before."""
SPARE_OCTETS = 16 << 20
"""Room that is left beside a copy, so that the daemon can go on keeping letters."""
WAIT_SECONDS = 30.0
"""For a lock in the way of a copy."""

COPY, REPLACED = "copy", "replaced"
"""How the names of copies from before a migration end, and of what a backup was put in the place of."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a store: where it is, its octets, when it was made."""

    path: Path
    octets: int
    made_at: dt.datetime


def back_up(path: Path, target: Path) -> Copy:
    """Copy the store at *path* to *target*, which must not be there.

    Raises ConfigError where *path* is no store or *target* is there, NotNow where there is no room, StoreError, OSError.
    """
    ours(path)
    if os.path.lexists(target):
        raise ConfigError(f"{target} is there already: name another file, nothing is overwritten")
    part = part_of(target)
    try:
        copy(path, part)
        _name(part, target)
    finally:
        part.unlink(missing_ok=True)
    return _copy(target)


def copy_before(path: Path, revision: str, now: dt.datetime) -> Path:
    """Copy the store at *path*, of *revision*, beside it, and give the copy's name; raises as ``back_up``."""
    name = path.with_name(f"{path.name}.{revision}.{stamp(now)}.{COPY}")
    back_up(path, name)
    return name


def forget_old_copies(path: Path) -> None:
    """Remove copies from before migrations but for the last ones."""
    for old in list(copies(path, COPY))[:-KEPT_COPIES]:
        old.path.unlink(missing_ok=True)


def copies(path: Path, ending: str) -> Iterator[Copy]:
    """Give the copies beside the store at *path* whose names have that *ending*, the oldest first."""
    with suppress(FileNotFoundError, NotADirectoryError):
        found = [file for file in path.parent.iterdir() if _is_copy(file.name, path.name, ending) and file.is_file()]
        yield from sorted(map(_copy, found), key=lambda copy: (copy.made_at, copy.path))


def stamp(now: dt.datetime) -> str:
    """Spell a moment as names of files have it."""
    return f"{now.astimezone(dt.UTC):%Y%m%dT%H%M%SZ}"


def part_of(target: Path) -> Path:
    """Give the name that a copy has until it is complete."""
    return target.with_name(f"{target.name}.{os.getpid()}.part")


def copy(path: Path, target: Path) -> None:
    """Copy the store at *path* into the new file *target*, bring it to the disk and check it; raises as ``back_up``."""
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
    ours(target)


def sync_folder(folder: Path) -> None:
    """Have the names in *folder* on the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fill(path: Path, target: Path) -> None:
    # what nobody writes to is read without a lock, and no file is made beside it
    how = "mode=rw" if has_log(path) else "mode=ro&immutable=1"
    source = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, timeout=WAIT_SECONDS)
    with closing(source), closing(sqlite3.connect(target, timeout=WAIT_SECONDS, isolation_level=None)) as copied:
        source.backup(copied)
        copied.execute("PRAGMA journal_mode = DELETE").fetchone()
        (found,) = copied.execute("PRAGMA quick_check(1)").fetchone()
    if found != "ok":
        raise ConfigError(f"{path} is damaged, and was not copied: {found}")


def _name(part: Path, target: Path) -> None:
    """Give a complete copy its name, unless another file has it by now."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise ConfigError(f"{target} is there already: name another file, nothing is overwritten") from None
    except OSError:  # a file system without links
        part.rename(target)
    sync_folder(target.parent)


def _copy(path: Path) -> Copy:
    found = path.stat()
    return Copy(path, found.st_size, dt.datetime.fromtimestamp(found.st_mtime, dt.UTC))


def _is_copy(name: str, store: str, ending: str) -> bool:
    return name.startswith(f"{store}.") and name.endswith(f".{ending}")


def _log_of(path: Path) -> Path:
    return path.with_name(f"{path.name}-wal")
