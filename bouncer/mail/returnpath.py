"""Signed return paths: envelope senders that prove, when a bounce comes back to one, that the mail was ours.

    <account>-<key id><day><MAC>-<recipient>@rp.example.com

Lower case, at most 64 octets of local part. The key id is one, the expiry day three, the MAC sixteen characters of
base32 (a-z2-7): an HMAC-SHA-256 cut to 80 bits (RFC 2104 section 5 allows half of the hash or 80 bits at least) over account,
day and recipient. The recipient stands in VERP form, ``jane=example.org``, where it fits, else as ``=`` and sixteen
characters of its own keyed hash. BATV's ``prvs=`` prefix and ``+tags`` that servers on the way add are taken off before
the check. No database is needed to make or to check one; time and keys are arguments.

    >>> key = Key(b"0" * 32)
    >>> path = sign("acme", "Jane@Example.org", domain="rp.example.com", key=key, today=20000, days=30)
    >>> verify(path, keys=(key,), today=20001).recipient
    'jane@example.org'
"""

import base64
import contextlib
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum

MAX_LOCAL_PART = 64
"""Octets; RFC 5321 section 4.5.3.1.1."""
MIN_SECRET = 16
"""Octets of key; 128 bits, more than the 80 bits of MAC that it protects."""
EPOCH_DAY = 18262
"""2020-01-01 as days since 1970: three base32 characters from there reach the year 2109."""
MAX_DAY = 32**3 - 1
"""The last expiry day that three characters can hold."""

_MAC_CHARS = 16  # 80 bits
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_ACCOUNT = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,18}[a-z0-9])?")
_EMBEDDABLE = re.compile(r"(?!=)[a-z0-9!#$%&'*/?^_`{|}~.=-]+@[a-z0-9.-]+")
_LOCAL_PART = re.compile(
    r"(?P<account>[a-z0-9](?:[a-z0-9.-]{0,18}[a-z0-9])?)-(?P<key>[a-z2-7])(?P<day>[a-z2-7]{3})(?P<mac>[a-z2-7]{16})"
    r"-(?P<recipient>[a-z0-9!#$%&'*/?^_`{|}~.=-]+)"
)
_PRVS = re.compile(r"prvs=[a-z0-9]{1,16}[=/]")  # draft-levine-smtp-batv; some write the two parts the other way round


@dataclass(frozen=True, slots=True)
class Key:
    """A signing secret. Its id is derived from it, so that key files can be shared without naming them."""

    secret: bytes = field(repr=False)

    def __post_init__(self) -> None:
        if len(self.secret) < MIN_SECRET:
            raise ValueError(f"a key needs at least {MIN_SECRET} octets")

    @property
    def id(self) -> str:
        """One character; a hint which key to try, never a proof."""
        return _ALPHABET[hashlib.sha256(b"bouncer key id\0" + self.secret).digest()[0] & 31]


class Flaw(StrEnum):
    """Why a return path is not a valid one of ours."""

    FORM = "not in the form of a signed return path"
    MAC = "not signed by a key of ours"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Signed:
    """A return path whose signature is good."""

    account: str
    day: int
    recipient: str | None  # None where only its hash stands in the path
    recipient_hash: str | None
    key: Key

    def speaks_for(self, address: str) -> bool:
        """Whether *address* is the recipient that this path was made for."""
        if self.recipient is not None:
            return self.recipient == _canonical(address)
        return hmac.compare_digest(self.recipient_hash or "", _hash(self.account, _canonical(address), self.key))


def is_account_name(name: str) -> bool:
    """Whether *name* can stand in a return path: 1 to 20 of ``a-z 0-9 . -``, a letter or digit at both ends."""
    return _ACCOUNT.fullmatch(name) is not None


def sign(account: str, recipient: str, *, domain: str, key: Key, today: int, days: int, hashed: bool = False) -> str:
    """Make the return path of one mail from *account* to *recipient*.

    *today* is days since 1970-01-01; the path is good through day today + *days*. With *hashed* no address stands in it.
    Raises ValueError for an account name that cannot stand in one or a day out of range.
    """
    if not is_account_name(account):
        raise ValueError(f"not an account name: {account!r}")
    day = today + days - EPOCH_DAY
    if not 0 <= day <= MAX_DAY:
        raise ValueError("expiry day out of range")
    mailbox = _canonical(recipient)
    verp = mailbox.replace("@", "=") if _EMBEDDABLE.fullmatch(mailbox) else ""
    room = MAX_LOCAL_PART - len(account) - len("-") - 1 - 3 - _MAC_CHARS - len("-")
    said = verp if verp and len(verp) <= room and not hashed else "=" + _hash(account, mailbox, key)
    stamp = _day_text(day)
    return f"{account}-{key.id}{stamp}{_mac(account, stamp, said, key)}-{said}@{domain}"


def verify(address: str, *, keys: tuple[Key, ...], today: int) -> Signed | Flaw:
    """Check a return path, as it came in RCPT TO (with or without its domain); the reason where it is not good.

    Costs a few microseconds whatever the input; the MAC is compared in constant time.
    """
    found = _LOCAL_PART.fullmatch(_strip_additions(address))
    if found is None:
        return Flaw.FORM
    account, stamp, said = found["account"], found["day"], found["recipient"]
    for key in keys:
        if key.id == found["key"] and hmac.compare_digest(_mac(account, stamp, said, key), found["mac"]):
            day = _day_number(stamp) + EPOCH_DAY
            return Flaw.EXPIRED if today > day else _signed(account, day, said, key)
    return Flaw.MAC


def _signed(account: str, day: int, said: str, key: Key) -> Signed:
    if said.startswith("="):
        return Signed(account, day, None, said[1:], key)
    local, _, domain = said.rpartition("=")
    return Signed(account, day, f"{local}@{domain}", None, key)


def _strip_additions(address: str) -> str:
    local = address.partition("@")[0][: 4 * MAX_LOCAL_PART].lower()
    if prefix := _PRVS.match(local):
        local = local[prefix.end() :]
    return local.partition("+")[0]


def _canonical(address: str) -> str:
    local, _, domain = address.strip().rpartition("@")
    domain = domain.rstrip(".").lower()
    if not domain.isascii():
        with contextlib.suppress(UnicodeError):  # else kept as it came: it goes into a hash
            domain = domain.encode("idna").decode("ascii")
    return f"{local.lower()}@{domain}"


def _mac(account: str, stamp: str, said: str, key: Key) -> str:
    return _digest(key, f"path\0{account}\0{stamp}\0{said}")


def _hash(account: str, mailbox: str, key: Key) -> str:
    return _digest(key, f"recipient\0{account}\0{mailbox}")


def _digest(key: Key, text: str) -> str:
    octets = hmac.digest(key.secret, text.encode("utf-8", "surrogatepass"), "sha256")[: _MAC_CHARS * 5 // 8]
    return base64.b32encode(octets).decode("ascii").lower()


def _day_text(day: int) -> str:
    return _ALPHABET[day >> 10] + _ALPHABET[day >> 5 & 31] + _ALPHABET[day & 31]


def _day_number(stamp: str) -> int:
    high, middle, low = map(_ALPHABET.index, stamp)
    return high << 10 | middle << 5 | low
