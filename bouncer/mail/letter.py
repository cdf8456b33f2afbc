"""A letter as it came by SMTP and is kept, not yet parsed (RFC 5321 section 2.3.1)."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_CHARS = 13  # 13 * 5 bits hold a 63-bit number
_PAIRS = tuple(first + second for first in _CROCKFORD for second in _CROCKFORD)
"""The two characters of each number of ten bits: a list spells a hundred ids."""

NOTICE_ACCOUNT = "bouncer"
"""The account name in the return paths of our own notices; no account can have it."""
POSTMASTER = "postmaster"
OPERATOR_NAMES = frozenset({POSTMASTER, "abuse"})
"""Local parts whose mail is the operator's in each of our domains (RFC 2142, RFC 5321 section 4.5.1)."""


class PathKind(StrEnum):
    """The kind of the return path that a letter came to, which decides what the address alone proves."""

    SIGNED = "signed"  # made with a key of ours
    ALIAS = "alias"  # registered, known to anyone
    VERP = "verp"  # an alias with the recipient in it, as Postfix writes it; known to anyone
    QUARANTINE = "quarantine"  # in the form of a signed path, its signature bad; the account asked to see such letters
    OPERATOR = "operator"  # postmaster@, abuse@ (RFC 2142, RFC 5321 section 4.5.1)
    NOTICE = "notice"  # the return path of our own notices: bounces to it are never forwarded


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """The forward-path of an incoming letter: one of our return paths, admitted at RCPT."""

    address: str
    kind: PathKind
    account: str | None = None
    recipient: str | None = None  # the address that the message went to, where the path names it
    recipient_hash: str | None = None  # its keyed hash, where the path holds only that


@dataclass(frozen=True, slots=True)
class Received:
    """One letter to one return path: envelope, peer, TLS state, time, octets. Committed to the store before the reply 250."""

    return_path: ReturnPath
    reverse_path: str  # empty for the null reverse-path
    peer: str  # the client's IP address; from the PROXY header where the proxy is trusted
    helo: str
    tls: str | None  # protocol and cipher, "TLSv1.3 TLS_AES_256_GCM_SHA384"
    smtputf8: bool
    received_at: dt.datetime  # UTC
    raw: bytes = field(repr=False)


def spell_id(number: int) -> str:
    """Write a letter's number as logs and replies show it: 13 characters, Crockford's base32 in lower case."""
    beginning = f"{_CROCKFORD[number >> 60 & 31]}{_PAIRS[number >> 50 & 1023]}{_PAIRS[number >> 40 & 1023]}"
    end = f"{_PAIRS[number >> 30 & 1023]}{_PAIRS[number >> 20 & 1023]}{_PAIRS[number >> 10 & 1023]}{_PAIRS[number & 1023]}"
    return beginning + end


def read_id(text: str) -> int | None:
    """Parse the text that ``spell_id`` writes; None for any other text."""
    text = text.strip().lower()
    if len(text) != _ID_CHARS or any(c not in _CROCKFORD for c in text):
        return None
    number = 0
    for character in text:
        number = number << 5 | _CROCKFORD.index(character)
    return number if number < 1 << 63 else None
