"""Letters from files, folders, mbox files (RFC 4155) and Maildirs. They are read one by one, and each has a name for messages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

MAX_OCTETS = 12 * 1024 * 1024
"""Octets of a letter that are read; ``ndr.limits`` has the same limit."""

_LINE = 64 * 1024
"""Octets of a line that are read at once; a longer line is read in parts."""
_SEPARATOR = re.compile(rb"From \S{1,320}+ .{0,200}?\d\d:\d\d.{0,40}?\d{4}")
"""A separator line of an mbox, with its date: a sentence that begins with "From" has none (RFC 4155 appendix A)."""


@dataclass(frozen=True, slots=True)
class FoundLetter:
    """A letter with its name, or the reason why it could not be read."""

    name: str
    raw: bytes
    fault: str | None = None


def letters(path: str, stdin: BinaryIO) -> Iterator[FoundLetter]:
    """Give the letters of a file, folder, mbox or Maildir; ``-`` is *stdin*. An unreadable file gives a letter with a fault."""
    if path == "-":
        yield from _find_in_stream(path, stdin)
    elif not path or "\0" in path:
        yield FoundLetter(path, b"", "not a file name")
    else:
        yield from _find_in_path(Path(path), path, stdin)


def total_octets(paths: list[str]) -> int:
    """Add up the sizes of the files in *paths*, for a progress bar; a path that is no file or folder counts as 0."""
    return sum(file.stat().st_size for path in paths for file in _files(Path(path)) if file.is_file())


def _files(path: Path) -> list[Path]:
    """List the files in a folder and its subfolders, without a Maildir's ``tmp``; or *path* itself, if it is a file.

    A pipe or device inside a folder is passed over: reading it could wait for ever.
    """
    if not path.is_dir():
        return [path]
    entries = sorted(path.iterdir())
    if (path / "cur").is_dir() and (path / "new").is_dir():
        entries = [path / "cur", path / "new"]
    letters_or_folders = (entry for entry in entries if entry.is_file() or (entry.is_dir() and not entry.is_symlink()))
    return [file for entry in letters_or_folders for file in _files(entry)]


def _find_in_path(path: Path, name: str, stdin: BinaryIO) -> Iterator[FoundLetter]:
    try:
        if path.is_dir():
            yield from _find_in_folder(path, stdin)
        else:
            with path.open("rb") as stream:
                yield from _find_in_stream(name, stream)
    except OSError as error:
        yield FoundLetter(name, b"", error.strerror or "cannot be read")


def _find_in_folder(folder: Path, stdin: BinaryIO) -> Iterator[FoundLetter]:
    files = _files(folder)
    if not files:
        yield FoundLetter(str(folder), b"", "a folder without letters")
    for file in files:
        yield from letters(str(file), stdin)


def _find_in_stream(name: str, stream: BinaryIO) -> Iterator[FoundLetter]:
    first = stream.readline(_LINE)
    if first.startswith(b"From "):
        yield from _split_mbox(name, first, stream)
    else:
        yield FoundLetter(name, first + stream.read(MAX_OCTETS))


def _split_mbox(name: str, first: bytes, stream: BinaryIO) -> Iterator[FoundLetter]:
    """Split at separator lines that follow a blank line; the first letter keeps the file's name, the second is ``name#2``."""
    letter, number, after_blank = bytearray(first), 1, False
    while line := stream.readline(_LINE):
        if after_blank and _SEPARATOR.match(line):
            yield FoundLetter(name if number == 1 else f"{name}#{number}", bytes(letter))
            letter.clear()
            number += 1
        after_blank = not line.strip(b"\r\n")
        if len(letter) < MAX_OCTETS:
            letter += line
    yield FoundLetter(name if number == 1 else f"{name}#{number}", bytes(letter))
