"""Tests that look at many files alike: one test for a folder, and not one for each file, which pytest would have to collect."""

from collections.abc import Callable, Iterable
from pathlib import Path


def in_turn(files: Iterable[Path], check: Callable[[Path], object]) -> None:
    """Check each file, also behind one that fails; then raise ExceptionGroup with the failures, and the names of their files."""
    failures = dict[str, Exception]()
    for file in files:
        try:
            check(file)
        except Exception as failure:  # noqa: BLE001 -- whatever it is, it is raised below
            failure.add_note(f"in {file}")
            failures[file.name] = failure
    if failures:
        raise ExceptionGroup(f"{len(failures)} fail: {', '.join(failures)}", list(failures.values()))
