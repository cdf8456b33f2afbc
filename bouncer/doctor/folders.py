"""Checks a folder that the daemon writes to, by writing to it as this user; nothing stays there."""

import os
import tempfile
from pathlib import Path

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok
from bouncer.files import first_inaccessible_folder


def check_folder(about: str, folder: Path, *, is_made: bool, subfolder: str = "") -> Finding:
    """Check whether this user can write to *folder*; a missing folder is a fault, unless the daemon makes it (*is_made*).

    Where there is a *subfolder* of that name, the trial takes place there. *about* names the folder to the operator.
    """
    try:
        place = folder if folder.exists() else next(path for path in folder.absolute().parents if path.exists())
    except PermissionError:
        return fail(
            about,
            fill("this user may not enter {what}", what=first_inaccessible_folder(folder)),
            "run this as root or as the daemon's user",
        )
    if not place.is_dir():
        return fail(about, fill("{what} is no folder", what=place), "name a folder, or one that can be made")
    if place != folder and not is_made:
        return fail(about, "there is no such folder", "make it, and let the daemon's user write there")
    if not os.access(place, os.W_OK | os.X_OK):
        return fail(
            about, fill("{what} cannot be written to by this user", what=place), "let the daemon's user write there"
        )
    try:
        _try_to_write(place / subfolder if (place / subfolder).is_dir() else place)
    except OSError as error:
        return fail(
            about,
            fill("{what}: nothing can be made there: {other}", what=place, other=error.strerror),
            "name a folder on a disk",
        )
    return ok(about, "can be written to" if place == folder else fill("will be made in {what}", what=place))


def _try_to_write(folder: Path) -> None:
    """Make a folder and a file in *folder*, and remove both: permissions alone tell nothing about /proc or a full disk."""
    with tempfile.TemporaryDirectory(prefix=".bouncer-check-", dir=folder) as trial:
        Path(trial, "trial").write_bytes(b"trial")
