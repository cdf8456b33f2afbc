"""The channel that appends events to files as JSON lines, one line for each event, in a folder that the operator names.

A line is synced to the disk before its event is marked sent. The file is opened for each line, so it can be rotated by renaming:
the next line starts a new file. After a crash an event may be in the file twice, with the same id. A line that a crash cut off
stays, and the next event starts on a new line: readers skip lines that are not JSON.
"""

import asyncio
import contextlib
import os
import stat
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.notify.channel import ChannelContext, ChannelType
from bouncer.notify.event import event_line
from bouncer.ports.delivery import Delivery, DeliveryResult, Outcome
from bouncer.ports.outbox import DeliveryJob, Lane

NAME = "file"
FILE_MODE = 0o600
"""The mode of a new file: its lines hold mail addresses."""
THREADS = 16
"""Files that are written at a time: a file on a disk that hangs holds one thread."""
MAX_DESTINATION = 255
"""Characters of a destination: the limit of file systems for one name, and ample for a path."""


class FileChannel:
    """Appends to files in *folder* only. While the folder or the disk fails, the result is UNAVAILABLE, and events wait."""

    name = NAME

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._writing = ThreadPoolExecutor(THREADS, "file-channel")
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    async def send(self, job: DeliveryJob) -> DeliveryResult:
        """Append the event durably; the result's text is the file's path."""
        loop, destination = asyncio.get_running_loop(), job.row.to
        octets = event_line(job)
        try:
            async with self._lock_file(destination):
                path = await loop.run_in_executor(self._writing, append, self._folder, destination, octets)
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            return DeliveryResult(Outcome.UNAVAILABLE, f"{self._folder / destination}: {why}")
        return DeliveryResult(Outcome.SENT, str(path))

    @contextlib.asynccontextmanager
    async def _lock_file(self, destination: str) -> AsyncIterator[None]:
        """Lock the file, so that its lines are written one after the other; a waiting task holds no thread."""
        lock, waiters = self._locks.get(destination, (asyncio.Lock(), 0))
        self._locks[destination] = (lock, waiters + 1)
        try:
            async with lock:
                yield
        finally:
            lock, waiters = self._locks.pop(destination)
            if waiters > 1:
                self._locks[destination] = (lock, waiters - 1)

    async def close(self) -> None:
        """Shut the threads down; a line that is being written is finished."""
        self._writing.shutdown(wait=False)


def append(folder: Path, destination: str, octets: bytes) -> Path:
    """Append *octets* to the file, durably, and all or nothing. Raises OSError, ValueError."""
    path = _path_inside(folder, destination)
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK
    descriptor = os.open(path, flags, FILE_MODE)
    try:
        before = os.fstat(descriptor)
        if not stat.S_ISREG(before.st_mode):
            raise ValueError("not a regular file")
        cut_off = before.st_size > 0 and os.pread(descriptor, 1, before.st_size - 1) != b"\n"
        _write(descriptor, (b"\n" if cut_off else b"") + octets, before.st_size)
        if os.fstat(descriptor).st_nlink == 0:
            raise FileNotFoundError("removed while it was written")
    finally:
        os.close(descriptor)
    if before.st_size == 0:
        _sync_folder(path.parent)
    return path


def _write(descriptor: int, octets: bytes, size: int) -> None:
    written = 0
    try:
        while written < len(octets):
            written += os.write(descriptor, octets[written:])
        os.fsync(descriptor)
    except OSError:
        with contextlib.suppress(OSError):
            if os.fstat(descriptor).st_size == size + written:  # no other program has written meanwhile
                os.ftruncate(descriptor, size)
        raise


def _path_inside(folder: Path, destination: str) -> Path:
    """Give the file's path with links resolved. Raises ValueError for a path outside *folder*, OSError for a missing folder."""
    path = folder / recorded_destination(str(folder), destination)
    parent, root = path.parent.resolve(strict=True), folder.resolve(strict=True)
    if not parent.is_relative_to(root):
        raise ValueError(f"not in {folder}")
    return parent / path.name


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def check_folder(words: str) -> None:
    """Raise ConfigError for any text but an absolute path; the folder need not exist, since it may be mounted later."""
    if not Path(words).is_absolute() or not words.isprintable():
        raise ConfigError(f"[forward] channels: {NAME} needs an absolute folder after it, file /var/lib/bouncer/events")


def recorded_destination(words: str, destination: str) -> str:
    """Give the file's path relative to the folder *words*. Raises ValueError where it is outside."""
    folder = Path(words)
    path = Path(os.path.normpath(folder / destination))
    if not destination.isprintable() or not path.is_relative_to(folder) or path == folder:
        raise ValueError(f"must be a file in {folder}, the folder of [forward] channels")
    relative_path = str(path.relative_to(folder))
    if ".." in Path(destination).parts or len(relative_path) > MAX_DESTINATION:
        raise ValueError(f"must be a path without .. and of {MAX_DESTINATION} characters at most")
    return relative_path


def open_file(_context: ChannelContext, words: str) -> Sequence[Delivery]:
    """Make the delivery; each file has its own limits, so that a file that cannot be written does not delay the others."""
    check_folder(words)
    return (
        Delivery(FileChannel(Path(words)), Lane(channel=NAME, letters=False), connections=1, lane_per_destination=True),
    )


FILE = ChannelType(NAME, open_file, check_folder, recorded_destination, folder=Path)
