"""Key files: one secret each, white space around it aside; at least 16 octets (``openssl rand -base64 32`` makes one)."""

from collections.abc import Iterable
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.files import read_file
from bouncer.mail.returnpath import Key

MAX_KEY = 64 * 1024
"""Octets of a key file that are read; a key has some forty."""


def read_keys(files: Iterable[Path]) -> tuple[Key, ...]:
    """Read the signing keys; raises ConfigError with every fault, none of which shows a secret."""
    keys: list[Key] = []
    faults: list[str] = []
    for file in files:
        try:
            keys.append(Key(read_file(file, MAX_KEY).strip()))
        except (OSError, ValueError) as error:
            faults.append(f"[tokens] keys: {file}: {error.strerror if isinstance(error, OSError) else error}")
    if faults:
        raise ConfigError(*faults)
    return tuple(keys)
