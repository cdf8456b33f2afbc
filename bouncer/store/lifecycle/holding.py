"""Holding a store: each daemon holds the lock of the store that it serves, so that nobody changes its form or its file meanwhile.

Any number of daemons hold it together; who migrates or restores needs it alone. It is a lock of the system's (flock(2)) on a
file of its own beside the database, gone with the process that holds it. Versions from before the lock are known by the lock
that SQLite itself keeps on the database for as long as it is open (https://www.sqlite.org/fileformat2.html section 1.6, fcntl(2)).
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
"""What the lock's file has behind the database's name."""
SHARED_AT, SHARED_OCTETS = 0x40000002, 510
"""Where SQLite's readers lock the database's file (its os.h)."""
PATIENCE_SECONDS = 1.0
"""For somebody who only looks whether the store is served."""
LOOK_SECONDS = 0.02

_FLOCK = "hhqqi"  # struct flock: type, whence, start, length, process


class StoreLock:
    """The lock of the store at *path*, shared with other daemons until ``release``; waits for who has it alone."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held = _opened(path)
        fcntl.flock(self._held, fcntl.LOCK_SH)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have it alone for a while; raises NotNow where somebody else has the store open, and then holds nothing."""
        _take_alone(self._held, self._path)
        yield
        fcntl.flock(self._held, fcntl.LOCK_SH)

    def release(self) -> None:
        """Let go."""
        os.close(self._held)


@contextmanager
def held_alone(path: Path) -> Iterator[None]:
    """Have the store at *path* alone, served by no daemon; raises NotNow where somebody has it open. Its folder must be there."""
    held = _opened(path)
    try:
        _take_alone(held, path)
        yield
    finally:
        os.close(held)


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
    """Give a file that root made to the owner of *folder*, who is to use it; where that is not possible it stays root's."""
    owner = folder.stat()
    if os.geteuid() == 0 and owner.st_uid != 0:
        with suppress(OSError):  # in a container an owner may be nobody that it knows
            os.fchown(descriptor, owner.st_uid, owner.st_gid)


def _opened(path: Path) -> int:
    descriptor = os.open(f"{path}{ENDING}", os.O_RDWR | os.O_CREAT, 0o600)
    give_to_owner(descriptor, path.parent)
    return descriptor


def _take_alone(held: int, path: Path) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() > deadline:
                raise NotNow(f"{path}: a daemon serves this store: stop it first, then do this again") from None
            time.sleep(LOOK_SECONDS)
    if process := _opener(path):
        raise NotNow(f"{path}: process {process} has this store open: end it first, then do this again")


def _opener(path: Path) -> int | None:
    """Give the number of another process that has the database open; of an ended one nothing is left."""
    try:
        looking = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, SHARED_AT, SHARED_OCTETS, 0)
        kind, _, _, _, process = struct.unpack(_FLOCK, fcntl.fcntl(looking, fcntl.F_GETLK, asked))
    finally:
        os.close(looking)
    return process if kind != fcntl.F_UNLCK else None
