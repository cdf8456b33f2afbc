"""API keys: their form, their digest, and their access. Pure.

A key is ``bnc_``, 32 characters of 160 random bits, and 7 characters of checksum, in base32 (RFC 4648, lower case). The checksum
lets programs that search for leaked secrets know a key, and lets a mistyped key be refused without a look into the store. Only a
key's SHA-256 digest is kept: 160 random bits cannot be found by trying, so a slow hash would gain nothing.

    >>> key = make_api_key(bytes(20))
    >>> key
    'bnc_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaajn4ircq'
    >>> is_api_key(key), is_api_key(key[:-1] + "b")
    (True, False)
"""

import base64
import hashlib
import re
import zlib
from enum import StrEnum

PREFIX = "bnc_"
"""The beginning of every key, by which a leaked key is recognized."""
KEY_OCTETS = 20
"""Random octets of a key: 160 bits."""
ID_DIGITS = 12
"""Digits of a key's id, the beginning of its digest: of a million keys hardly two share one."""

_FORM = re.compile(rf"{PREFIX}[a-z2-7]{{39}}", re.ASCII)
_CHECKSUM_CHARACTERS = 7


class KeyAccess(StrEnum):
    """The access of a key; each member includes the members before it."""

    READ = "read"  # look at records and lists
    WRITE = "write"  # change suppressions, too
    ADMIN = "admin"  # manage API keys, too

    def includes(self, other: "KeyAccess") -> bool:
        """Whether this access includes *other*."""
        order = list(KeyAccess)
        return order.index(self) >= order.index(other)


def make_api_key(octets: bytes) -> str:
    """Make the key of ``KEY_OCTETS`` random *octets*."""
    body = PREFIX + _base32(octets)
    return body + _checksum(body)


def cut_keys(text: str) -> str:
    """Give *text* with only the beginning of each key in it.

    Somebody may write a key where its id belongs, and many people read logs.
    """
    return _FORM.sub(f"{PREFIX}...", text)


def is_api_key(text: str) -> bool:
    """Whether *text* has the form of a key, with the checksum that belongs to it."""
    body = text[:-_CHECKSUM_CHARACTERS]
    return _FORM.fullmatch(text) is not None and text[-_CHECKSUM_CHARACTERS:] == _checksum(body)


def digest_of(key: str) -> str:
    """Give the SHA-256 digest of a key, 64 hexadecimal digits."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def id_of(digest: str) -> str:
    """Give the id by which people name a key; it says nothing about the key itself."""
    return digest[:ID_DIGITS]


def _checksum(body: str) -> str:
    return _base32(zlib.crc32(body.encode()).to_bytes(4, "big"))


def _base32(octets: bytes) -> str:
    return base64.b32encode(octets).decode().lower().rstrip("=")
