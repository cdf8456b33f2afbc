"""Checks the files that hold secrets: whether they exist, are long enough, and are not readable by everybody."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from bouncer.compose.filled_text import fill
from bouncer.doctor.finding import Finding, fail, ok, warn
from bouncer.errors import ConfigError
from bouncer.installation import CREDENTIALS
from bouncer.key_files import read_keys
from bouncer.settings.sections import TokenSettings

NOT_COPIED = (
    "start the service, and check again as root: systemd copies it there from the folder secrets beside the settings"
)
"""The remedy for a secret that is not where the settings of a service expect it."""


def keys(settings: TokenSettings) -> Iterator[Finding]:
    """Check the key files of signed return paths."""
    if not settings.keys:
        remedy = (
            "openssl rand -base64 32 > FILE, and name it in [tokens] keys; bounces without a signature prove nothing"
        )
        yield warn("keys", "none: there are no signed return paths", remedy)
    for file in settings.keys:
        yield _key(file)


def is_not_copied(file: Path) -> bool:
    """Whether *file* is a secret that systemd copies for the running service only, so that this user does not find the copy."""
    return file.is_relative_to(CREDENTIALS) and not os.access(file, os.F_OK)  # False also if the folder is unreadable


def readable_by_all(file: Path) -> bool:
    """Whether the file's mode lets every user of this machine read or write it."""
    return bool(file.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH))


def _key(file: Path) -> Finding:
    about = fill("key {what}", what=file)
    try:
        (key,) = read_keys([file])
        public = readable_by_all(file)
    except ConfigError as error:
        remedy = "bouncer init makes one, and so does openssl rand -base64 32; the daemon must be able to read it"
        if is_not_copied(file):
            remedy = NOT_COPIED
        return fail(about, error.faults[0].rpartition(": ")[2], remedy)
    except OSError as error:
        return fail(about, error.strerror or "cannot be read", "name a file that stays")
    if public:
        return fail(
            about,
            "can be read by everyone",
            fill("chmod o= {what}; who has read it can forge bounces: put a new key in front", what=file),
        )
    return ok(about, fill("{number} octets", number=len(key.secret)))
