"""A letter as it came over the wire, before anyone has opened it, and as it is kept (RFC 5321 section 2.3.1)."""

import datetime as dt
from dataclasses import dataclass, field
from enum import StrEnum

_CROCKFORD = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_CHARS = 13  # 13 * 5 bits hold a 63-bit number

NOTICE_ACCOUNT = "bouncer"
"""The account name in the return paths of our own notices; no account can have it."""
POSTMASTER = "postmaster"
OPERATOR_NAMES = frozenset({POSTMASTER, "abuse"})
"""Local parts whose mail is the operator's in each of our domains (RFC 2142, RFC 5321 section 4.5.1)."""


class PathKind(StrEnum):
    """What kind of return path a letter came to, and so what its address alone proves."""

    SIGNED = "signed"  # made with a key of ours
    ALIAS = "alias"  # registered, known to anyone
    VERP = "verp"  # an alias with the recipient in it, as Postfix writes it; known to anyone
    QUARANTINE = "quarantine"  # in the form of a signed one, its signature is not good; the account wants to see those
    OPERATOR = "operator"  # postmaster@, abuse@ (RFC 2142, RFC 5321 section 4.5.1)
    NOTICE = "notice"  # the return path of our own notices: what comes back to it is never forwarded


@dataclass(frozen=True, slots=True)
class ReturnPath:
    """A forward-path of a letter that comes in: one of our return paths, admitted at RCPT."""

    address: str
    kind: PathKind
    account: str | None = None
    recipient: str | None = None  # the address that the mailing went to, where the path names it
    recipient_hash: str | None = None  # or only its keyed hash


@dataclass(frozen=True, slots=True)
class Received:
    """One DATA for one return path: envelope, peer, TLS state, time, octets. Kept whole before 250."""

    return_path: ReturnPath
    reverse_path: str  # empty for the null reverse-path
    peer: str  # the client's IP address, as PROXY says it where that is trusted
    helo: str
    tls: str | None  # protocol and cipher, "TLSv1.3 TLS_AES_256_GCM_SHA384"
    smtputf8: bool
    received_at: dt.datetime  # UTC
    raw: bytes = field(repr=False)


def spell_id(number: int) -> str:
    """Write a letter's number as people see it in logs and replies: 13 characters, Crockford's base32 in lower case."""
    return "".join(_CROCKFORD[number >> shift & 31] for shift in range(5 * (_ID_CHARS - 1), -1, -5))


def read_id(text: str) -> int | None:
    """Read a letter's number from the form that ``spell_id`` writes; None for anything else."""
    text = text.strip().lower()
    if len(text) != _ID_CHARS or any(c not in _CROCKFORD for c in text):
        return None
    number = 0
    for character in text:
        number = number << 5 | _CROCKFORD.index(character)
    return number if number < 1 << 63 else None
