"""Key files: one secret each, white space around it aside; at least 16 octets (``openssl rand -base64 32`` makes one).

They hold master keys, which stay with the daemon. The file of a program that signs holds the key of its account alone.
"""

from collections.abc import Iterable
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.files import read_file
from bouncer.mail.returnpath import AccountKey, Key

MAX_KEY = 64 * 1024
"""Octets of a key file that are read; a key has some forty."""


def read_keys(files: Iterable[Path]) -> tuple[Key, ...]:
    """Read the signing keys; raises ConfigError with every fault, none of which shows a secret."""
    keys: list[Key] = []
    faults: list[str] = []
    for file in files:
        try:
            keys.append(_master_key(read_file(file, MAX_KEY).strip()))
        except (OSError, ValueError) as error:
            faults.append(f"[tokens] keys: {file}: {error.strerror if isinstance(error, OSError) else error}")
    if faults:
        raise ConfigError(*faults)
    return tuple(keys)


def _master_key(secret: bytes) -> Key:
    """Make a master key; raises ValueError for one that is too short, or given to a program."""
    try:
        account = AccountKey.read(secret.decode("ascii", "replace")).account
    except ValueError:
        return Key(secret)
    raise ValueError(f"the key of account {account}, not a master key")


def read_account_key(file: Path) -> AccountKey:
    """Read the key of one account; raises ConfigError, which does not show it."""
    try:
        return AccountKey.read(read_file(file, MAX_KEY).decode("ascii", "replace"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: {error.strerror if isinstance(error, OSError) else error}") from None
