"""The open descriptors of a process."""

import os
from pathlib import Path


def open_descriptors(pid: int | None = None) -> list[int]:
    """The descriptors of the process, or of this one, without the one that the listing itself opens for its time."""
    entries = list(Path(f"/proc/{pid or os.getpid()}/fd").iterdir())
    return sorted(int(entry.name) for entry in entries if entry.is_symlink())
