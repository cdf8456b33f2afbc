"""Signed return paths: envelope senders that prove, when a bounce comes back to one, that the mail was ours.

    <account>-<key id><day><MAC>[.<reference>]-<recipient>@rp.example.com

Lower case, at most 64 octets of local part. The key id is one, the expiry day three, the MAC sixteen characters of
base32 (a-z2-7): an HMAC-SHA-256 cut to 80 bits (RFC 2104 section 5 allows half of the hash or 80 bits at least) over account,
day, reference and recipient. The recipient stands in VERP form, ``jane=example.org``, where it fits and no server on the way
could stumble over it, else as ``=`` and sixteen characters of its own keyed hash; a path for a message to several recipients
names none. The reference is the sender's own, for its message or campaign. What servers on the way do to addresses is
undone before the check: other letter case, ``+tags``, the tags of BATV and its kin, SRS. No database is needed to make or to
check one; time and keys are arguments.

    >>> key = Key(b"0" * 32)
    >>> path = sign("acme", "Jane@Example.org", domain="rp.example.com", key=key, today=20000, days=30)
    >>> verify(path, keys=(key,), today=20001).recipient
    'jane@example.org'
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum

from bouncer.mail.address import MAX_LOCAL_PART, comparable

MIN_SECRET = 16
"""Octets of key; 128 bits, more than the 80 bits of MAC that it protects."""
EPOCH_DAY = 18262
"""2020-01-01 as days since 1970: three base32 characters from there reach the year 2109."""
MAX_DAY = 32**3 - 1
"""The last expiry day that three characters can hold."""

_MAC_CHARS = 16  # 80 bits
_ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"
_ACCOUNT = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,18}[a-z0-9])?")
# Of atext (RFC 5321 section 4.1.2) only what no server's habits forbid: Exim's example configuration refuses % ! / |
_EMBEDDABLE = re.compile(r"[a-z0-9_-](?:\.?[a-z0-9_=-])*@[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_REFERENCE = re.compile(r"[a-z0-9]{1,12}")
_LOCAL_PART = re.compile(
    r"(?P<account>[a-z0-9](?:[a-z0-9.-]{0,18}[a-z0-9])?)-(?P<key>[a-z2-7])(?P<day>[a-z2-7]{3})(?P<mac>[a-z2-7]{16})"
    r"(?:\.(?P<reference>[a-z0-9]{1,12}))?(?:-(?P<recipient>[a-z0-9._=-]+))?"
)
_WRAPPED = re.compile(
    r"(?:ms)?prvs1?=[a-z0-9]{1,32}[=/]"  # BATV, draft-levine-smtp-batv; some write its two parts the other way round
    r"|btv1==[^=]{1,64}=="  # Barracuda's form of it
    r"|srs0[=+-][^=]{1,16}=[^=]{1,4}=[^=]{1,255}="  # SRS, http://www.open-spf.org/SRS
    r"|srs1[=+-][^=]{1,16}=[^=]{1,255}=[=+-][^=]{1,16}=[^=]{1,4}=[^=]{1,255}="  # by the second host that sent it on
)


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
    recipient: str | None  # None where only its hash stands in the path, or nothing
    recipient_hash: str | None
    reference: str | None
    key: Key
    mac: str  # names this very path, whatever became of its letters on the way

    @property
    def names_one(self) -> bool:
        """Whether it was made for one recipient, not for a message to several."""
        return self.recipient is not None or self.recipient_hash is not None

    def speaks_for(self, address: str) -> bool:
        """Whether *address* is the recipient that this path was made for."""
        return self.is_for(comparable(address))

    def is_for(self, mailbox: str) -> bool:
        """Whether it was made for *mailbox*, an address in comparable form."""
        if self.recipient is not None:
            return self.recipient == mailbox
        if self.recipient_hash is None:  # made for a message to several: it speaks for nobody by itself
            return False
        return hmac.compare_digest(self.recipient_hash, _hash(self.account, mailbox, self.key))


def is_account_name(name: str) -> bool:
    """Whether *name* can stand in a return path: 1 to 20 of ``a-z 0-9 . -``, a letter or digit at both ends."""
    return _ACCOUNT.fullmatch(name) is not None


def sign(
    account: str,
    recipient: str | None,
    *,
    domain: str,
    key: Key,
    today: int,
    days: int,
    hashed: bool = False,
    reference: str | None = None,
) -> str:
    """Make the return path of one mail from *account* to *recipient*; None for a mail to several.

    *today* is days since 1970-01-01; the path is good through day today + *days*. With *hashed* no address stands in it.
    *reference* is 1 to 12 of ``a-z 0-9``. Raises ValueError for an account name or reference that cannot stand in one, or a day
    out of range.
    """
    if not is_account_name(account):
        raise ValueError(f"not an account name: {account!r}")
    if reference is not None and not _REFERENCE.fullmatch(reference):
        raise ValueError(f"not a reference: {reference!r}")
    day = today + days - EPOCH_DAY
    if not 0 <= day <= MAX_DAY:
        raise ValueError("expiry day out of range")
    stamp = _day_text(day)
    mark = f".{reference}" if reference else ""
    said = "" if recipient is None else _said(account, recipient, key, len(mark), hashed=hashed)
    mac = _mac(account, stamp, mark, said, key)
    return f"{account}-{key.id}{stamp}{mac}{mark}{said and '-'}{said}@{domain}"


def _said(account: str, recipient: str, key: Key, taken: int, *, hashed: bool) -> str:
    mailbox = comparable(recipient)
    room = MAX_LOCAL_PART - len(account) - len("-") - 1 - 3 - _MAC_CHARS - taken - len("-")
    if not hashed and len(mailbox) <= room and _EMBEDDABLE.fullmatch(mailbox):
        return mailbox.replace("@", "=")
    return "=" + _hash(account, mailbox, key)


def verify(address: str, *, keys: tuple[Key, ...], today: int) -> Signed | Flaw:
    """Check a return path, as it came in RCPT TO (with or without its domain); the reason where it is not good.

    Costs a few microseconds whatever the input; the MAC is compared in constant time.
    """
    found = _LOCAL_PART.fullmatch(_unwrapped(address))
    if found is None:
        return Flaw.FORM
    account, stamp, reference, said = found["account"], found["day"], found["reference"], found["recipient"] or ""
    mark = f".{reference}" if reference else ""
    for key in keys:
        if key.id == found["key"] and hmac.compare_digest(_mac(account, stamp, mark, said, key), found["mac"]):
            day = _day_number(stamp) + EPOCH_DAY
            return (
                Flaw.EXPIRED if today > day else Signed(account, day, *_recipient(said), reference, key, found["mac"])
            )
    return Flaw.MAC


def claimed_account(address: str) -> str | None:
    """Give the account that a path in the form of a signed one names, whether or not it is signed; it proves nothing."""
    found = _LOCAL_PART.fullmatch(_unwrapped(address))
    return found["account"] if found else None


def claimed_recipient(address: str) -> str | None:
    """Give the recipient that a path in the form of a signed one was made for, empty where only the hash stands in it.

    None for a path of another form, and for one of a message to several. Whether it is signed is not asked: it proves nothing.
    """
    found = _LOCAL_PART.fullmatch(_unwrapped(address))
    if found is None or found["recipient"] is None:
        return None
    return _recipient(found["recipient"])[0] or ""


def _recipient(said: str) -> tuple[str | None, str | None]:
    """The recipient itself, or its hash, or neither."""
    if said.startswith("="):
        return None, said[1:]
    local, _, domain = said.rpartition("=")
    return (f"{local}@{domain}" if said else None), None


def _unwrapped(address: str) -> str:
    local = address.rpartition("@")[0] or address
    local = local[: 8 * MAX_LOCAL_PART].lower()
    while wrapped := _WRAPPED.match(local):
        local = local[wrapped.end() :]
    return local.partition("+")[0]


def _mac(account: str, stamp: str, mark: str, said: str, key: Key) -> str:
    return _digest(key, f"path\0{account}\0{stamp}\0{mark}\0{said}")


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
