"""The reading desk as it is, but for what it makes of a letter: it tries what a reader never does, and tells how that ended."""

import os
import resource
import socket
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from bouncer.ndr.reading import Envelope
from bouncer.ndr.taught_form import TaughtForm
from bouncer.policy.read_letter import ReadLetter
from bouncer.workers import reader_worker
from bouncer.workers.protocol import ReadingTask

TRIES: dict[str, Callable[[], object]] = {
    "read a file": lambda: Path("/etc/hosts").read_bytes(),
    "read our own memory": lambda: os.open("/proc/self/mem", os.O_RDWR),
    "write a file": lambda: Path("/tmp/never").write_bytes(b""),  # noqa: S108 -- it never gets that far
    "list a folder": lambda: os.listdir("/"),  # noqa: PTH208 -- the call that it is
    "look at a file": lambda: os.stat("/"),  # noqa: PTH116 -- as above
    "open a socket": lambda: socket.socket(socket.AF_INET),
    "open a local socket": lambda: socket.socket(socket.AF_UNIX),
    "start a program": lambda: subprocess.run(["/bin/true"], check=False),
    "become a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606 -- as above
    "fork": os.fork,
    "signal others": lambda: os.kill(1, 0),
    "make a pipe": os.pipe,
    "raise its limits": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64)),
    "become somebody": lambda: os.setuid(0),
}


def tried() -> str:
    """Try all; gives those that did not end with EPERM."""
    return "; ".join(f"{name}: {end}" for name, act in TRIES.items() if (end := _end_of(act)))


def _end_of(act: Callable[[], object]) -> str:
    try:
        return f"done, {act()!r}"
    except (PermissionError, ValueError):  # the latter: what Python makes of it for limits
        return ""
    except Exception as error:  # noqa: BLE001 -- it is told
        return repr(error)


def _open(raw: bytes, envelope: Envelope, task: ReadingTask, forms: Sequence[TaughtForm]) -> ReadLetter:
    read_letter = _real(raw, envelope, task, forms)
    reading = replace(read_letter.judgement.reading, why=tried() or "nothing")
    return replace(read_letter, judgement=replace(read_letter.judgement, reading=reading))


_real = reader_worker._open  # noqa: SLF001 -- stands in its place

if __name__ == "__main__":
    reader_worker._open = _open  # noqa: SLF001 -- as above
    sys.exit(reader_worker.main())
