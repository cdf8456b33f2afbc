"""Files and folders that settings name: only regular files are read, so that no pipe or device makes the daemon wait for ever."""

import errno
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def read_file(path: Path, limit: int) -> bytes:
    """Read up to *limit* octets of *path*; raises OSError, also where *path* is no regular file."""
    # Without O_NONBLOCK, opening a pipe would wait for somebody who writes into it.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        _must_be_regular(path, os.fstat(descriptor).st_mode)
        return file.read(limit)


def describe_os_error(error: OSError) -> str:
    """Describe *error* in one line for the operator: the file or folder, the cause, and the cure for missing permissions."""
    why = error.strerror or str(error)
    if isinstance(error, PermissionError):
        why = "this user may not enter, read or write it; run this as root or as the daemon's user"
    return f"{error.filename}: {why}" if error.filename is not None else why


def first_inaccessible_folder(path: Path) -> Path:
    """Give the first folder on the way to *path* that this user may not enter; the folder of *path* where all can be entered."""
    whole = path.absolute()
    return next((folder for folder in reversed(whole.parents) if not os.access(folder, os.X_OK)), whole.parent)


@contextmanager
def locked_folder(folder: Path) -> Iterator[None]:
    """Lock *folder* (flock(2)), so that no other process of ours makes, opens or clears away files in it meanwhile.

    Waits until another process is done. Raises OSError where there is no such folder, or this user may not read it. A database that
    changes to the write-ahead log waits for no other process, and a socket that is bound and does not listen yet looks stale.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def require_regular_file(path: Path) -> None:
    """Raise OSError where *path* is no regular file; for files that a library opens itself."""
    _must_be_regular(path, path.stat().st_mode)


def _must_be_regular(path: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "not a regular file", str(path))
