"""Looks at where letters will be kept: can the daemon write there, is there room."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa

from bouncer.cli.checks.finding import Finding, fail, ok, warn
from bouncer.errors import ConfigError
from bouncer.files import barred
from bouncer.settings import StoreSettings
from bouncer.store.sqlite import path_of

LITTLE_ROOM = 1 << 30
"""Octets; half a million reports, a bad day of a large sender."""


def store(settings: StoreSettings) -> Iterator[Finding]:
    """Look at [store] url without opening it: nothing is made, nothing is brought up to date."""
    try:
        url = sa.make_url(settings.url)
        path = path_of(url).absolute() if url.drivername == "sqlite" else None
    except sa.exc.ArgumentError:
        yield fail("store", "[store] url is not a url", "sqlite:////var/lib/bouncer/bouncer.db is one")
    except ConfigError as error:
        yield fail("store", error.faults[0], "put the setting right")
    else:
        yield from _file(path) if path else ()


def _file(path: Path) -> Iterator[Finding]:
    about = f"store {path}"
    try:
        folder, exists = next(place for place in path.parents if place.exists()), path.exists()
    except PermissionError:
        yield fail(about, f"this user may not enter {barred(path)}", "run this as root or as the daemon's user")
        return
    if not folder.is_dir():
        yield fail(about, f"{folder} is no folder", "name a file in a folder, or in one that can be made")
        return
    needed = [(folder, os.W_OK | os.X_OK), *([(path, os.R_OK | os.W_OK)] if exists else [])]
    refused = [str(place) for place, mode in needed if not os.access(place, mode)]
    if refused:
        yield fail(about, f"this user may not write to {refused[0]}", "let the daemon's user write there")
        return
    room = shutil.disk_usage(folder).free
    if room < LITTLE_ROOM:
        yield warn(about, f"only {room >> 20} MB are free", "make room: when the disk is full, every letter is put off")
    else:
        yield ok(about, f"can be written to, {room >> 30} GB are free" + ("" if exists else "; not made yet"))
