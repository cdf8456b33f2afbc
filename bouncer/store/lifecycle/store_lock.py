"""The store's lock: each daemon holds the lock of its store, so that nobody migrates or replaces the file meanwhile.

Any number of daemons share it; a migration or restore needs it exclusively. It is a lock of the system (flock(2)) on a file of its
own beside the database, and ends with the process that holds it. Versions from before the lock are recognized by the lock that
SQLite itself keeps on an open database (https://www.sqlite.org/fileformat2.html section 1.6, fcntl(2)).
"""

import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bouncer.errors import NotNow

ENDING = ".lock"
"""The lock file's suffix to the database's name."""
SHARED_AT, SHARED_OCTETS = 0x40000002, 510
"""The region of the database's file that SQLite's readers lock (its os.h)."""
PATIENCE_SECONDS = 1.0
"""Time that a check whether the store is served waits for the lock."""
LOOK_SECONDS = 0.02

_FLOCK = "hhqqi"  # struct flock: type, whence, start, length, process


class StoreLock:
    """The lock of the store at *path*, shared with other daemons until ``release``; waits for a process that has it exclusively."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor = _open_descriptor(path)
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    @contextmanager
    def hold_alone(self) -> Iterator[None]:
        """Hold the lock exclusively for a while; raises NotNow where another process has the store open, and then holds no lock."""
        _take_alone(self._descriptor, self._path)
        yield
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def release(self) -> None:
        """Release the lock."""
        os.close(self._descriptor)


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Hold the store at *path* exclusively; raises NotNow where another process has it open. Its folder must exist."""
    descriptor = _open_descriptor(path)
    try:
        _take_alone(descriptor, path)
        yield
    finally:
        os.close(descriptor)


def is_served(path: Path) -> bool:
    """Whether a daemon on this machine serves the store at *path*. Raises PermissionError."""
    try:
        looking = os.open(f"{path}{ENDING}", os.O_RDONLY)
    except (FileNotFoundError, NotADirectoryError):
        return False
    try:
        fcntl.flock(looking, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(looking)
    return False


def give_to_owner(descriptor: int, folder: Path) -> None:
    """Give a file that root made to the owner of *folder*, who is to use it; where that is impossible it stays root's."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        with suppress(OSError):  # in a container the owner may have no user
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _open_descriptor(path: Path) -> int:
    descriptor = os.open(f"{path}{ENDING}", os.O_RDWR | os.O_CREAT, 0o600)
    give_to_owner(descriptor, path.parent)
    return descriptor


def _take_alone(descriptor: int, path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise NotNow(f"{path}: a daemon serves this store: stop it first, then do this again") from None
            time.sleep(LOOK_SECONDS)
    if process := _opener(path):
        raise NotNow(f"{path}: process {process} has this store open: end it first, then do this again")


def _opener(path: Path) -> int | None:
    """Give the id of another process that has the database open; None where there is none."""
    try:
        looking = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        lock_query = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, SHARED_AT, SHARED_OCTETS, 0)
        kind, _, _, _, process = struct.unpack(_FLOCK, fcntl.fcntl(looking, fcntl.F_GETLK, lock_query))
    finally:
        os.close(looking)
    return process if kind != fcntl.F_UNLCK else None
