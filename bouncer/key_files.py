"""Key files. A key file holds one secret of at least 16 octets; ``openssl rand -base64 32`` makes it.

White space around the secret is ignored. The daemon's key files hold master keys. A program that signs return paths gets a file
with the key of its account only.
"""

from collections.abc import Iterable
from pathlib import Path

from bouncer.errors import ConfigError
from bouncer.files import read_file
from bouncer.mail.returnpath import AccountKey, Key

MAX_KEY = 64 * 1024
"""The octets of a key file that are read; a key has about forty."""


def read_keys(files: Iterable[Path]) -> tuple[Key, ...]:
    """Read the master keys from *files*; raises ConfigError with all faults. No fault shows a secret."""
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
    """Make a master key of *secret*; raises ValueError if it is too short, or is the key of an account."""
    try:
        account = AccountKey.read(secret.decode("ascii", "replace")).account
    except ValueError:
        return Key(secret)
    raise ValueError(f"the key of account {account}, not a master key")


def read_account_key(file: Path) -> AccountKey:
    """Read the key of an account from *file*; raises ConfigError, which does not show the key."""
    try:
        return AccountKey.read(read_file(file, MAX_KEY).decode("ascii", "replace"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: {error.strerror if isinstance(error, OSError) else error}") from None
