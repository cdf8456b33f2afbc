"""The keys that sign return paths: one for each account, derived from the master key, which stays with the daemon.

An account's key signs for that account alone. An account that is added under the name of a removed one is the next generation
of that name and has another key. Only ``AccountKey.spell`` shows a key.

    >>> key = Key(b"0" * 32).derive("acme")
    >>> key
    AccountKey(account='acme')
    >>> AccountKey.read(key.spell()) == key
    True
"""

import base64
import hashlib
import re
from dataclasses import dataclass, field

MIN_SECRET = 16
"""Octets of key; 128 bits, more than the 80 bits of MAC that it protects."""
DERIVED_OCTETS = 32
"""Octets of an account's key: the length of SHA-256's hash, the least that HMAC should have (RFC 2104 section 3)."""
DERIVED_FOR = b"bouncer account key"
"""HKDF's info prefix: separates account keys from other keys that may be derived from the master key (RFC 5869 section 3.2)."""
UNDERIVED = 0
"""The generation of return paths that the master key itself signed, before accounts had keys of their own."""
MOST_DERIVED = 20_000
"""Account keys that a master key caches: more than there are accounts; a few megabytes."""
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
"""Base32 (RFC 4648 section 6), in lower case."""

_ACCOUNT = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,18}[a-z0-9])?")
_KEY_TEXT = re.compile(rf"(?P<account>{_ACCOUNT.pattern}):(?P<secret>[A-Za-z0-9_-]{{43}})")


def is_account_name(name: str) -> bool:
    """Whether *name* can be part of a return path: 1 to 20 of ``a-z 0-9 . -``, a letter or digit at both ends."""
    return _ACCOUNT.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class AccountKey:
    """The key that signs for one account and no other. Its id is derived from the secret, so that keys need no names.

    The key's text is the account's name, a colon and the secret in base64 (RFC 4648 section 5, without padding).
    """

    account: str
    secret: bytes = field(repr=False)
    id: str = field(init=False, repr=False, compare=False)
    """One character; a hint which key to try, never a proof."""

    def __post_init__(self) -> None:
        if not is_account_name(self.account):
            raise ValueError(f"not an account name: {self.account!r}")
        _refuse_short(self.secret)
        digest = hashlib.sha256(b"bouncer key id\0" + self.secret).digest()
        object.__setattr__(self, "id", ALPHABET[digest[0] & 31])

    @classmethod
    def read(cls, text: str) -> "AccountKey":
        """Parse a key's text, with or without white space around it; raises ValueError, which does not show *text*."""
        match = _KEY_TEXT.fullmatch(text.strip())
        if match is None:
            raise ValueError("not an account's key, as `bouncer token key ACCOUNT` prints it")
        return cls(match["account"], base64.urlsafe_b64decode(match["secret"] + "="))

    def spell(self) -> str:
        """Give the key's text, which is a secret."""
        return f"{self.account}:{base64.urlsafe_b64encode(self.secret).decode().rstrip('=')}"


@dataclass(frozen=True, slots=True)
class Key:
    """The master key; it derives each account's key and caches them."""

    secret: bytes = field(repr=False)
    _derived: dict[tuple[str, int], AccountKey] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _refuse_short(self.secret)

    def derive(self, account: str, generation: int = 1) -> AccountKey:
        """Derive an account's key: HKDF-SHA256 (RFC 5869) of this key, without salt, for the account's name and generation.

        The info is ``bouncer account key``, the name and the generation in decimal digits, with a NUL between them. Raises
        ValueError where *account* is no account name.
        """
        derived = self._derived.get((account, generation))
        if derived is None:
            secret = self.secret if generation == UNDERIVED else _hkdf(self.secret, account, generation)
            derived = AccountKey(account, secret)
            if len(self._derived) >= MOST_DERIVED:
                self._derived.clear()
            self._derived[account, generation] = derived
        return derived


def _refuse_short(secret: bytes) -> None:
    if len(secret) < MIN_SECRET:
        raise ValueError(f"a key needs at least {MIN_SECRET} octets")


def _hkdf(secret: bytes, account: str, generation: int) -> bytes:
    # Imported late: a program that has only its account's key does not need the package.
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 -- see above
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 -- see above

    info = b"\0".join((DERIVED_FOR, account.encode(), str(generation).encode()))
    return HKDF(SHA256(), DERIVED_OCTETS, salt=None, info=info).derive(secret)


@dataclass(frozen=True, slots=True)
class Generation:
    """The generation of an account: accounts that had one name, one after the other, are numbered from 1."""

    number: int = 1
    underived_until: int | None = None
    """The last day, since 1970-01-01, on which a path signed by the master key itself is valid (before accounts had keys of their
    own, it signed all paths); None where this account never had such paths."""
