"""Signed return paths: envelope senders that prove, when a bounce comes back to one, that the mail was ours.

    <account>-<key id><day><MAC>[.<reference>]-<recipient>@rp.example.com

Lower case, at most 64 octets of local part. The key id is one, the expiry day three, the MAC sixteen characters of
base32 (a-z2-7): an HMAC-SHA-256 cut to 80 bits (RFC 2104 section 5 allows half of the hash or 80 bits at least) over account,
day, reference and recipient. The recipient is written in VERP form, ``jane=example.org``, where it fits and holds no character
that servers on the way refuse; else as ``=`` and sixteen characters of its own keyed hash. A path for a message to several
recipients names none. The reference is the sender's own, for its message or campaign. ``verify`` first undoes the changes that
servers make on the way: letter case, ``+tags``, the tags of BATV and its kin, SRS. Making and checking a path needs no
database; time and keys are arguments.

Each account signs with a key of its own, derived from the master key, which stays with the daemon. An account's key makes paths
of that account alone. An account that is added under the name of a removed one is the next generation of that name and has
another key, so that paths of the first are not valid for the second.

    >>> master = Key(b"0" * 32)
    >>> path = sign("acme", "Jane@Example.org", domain="rp.example.com", key=master.derive("acme"), today=20000, days=30)
    >>> verify(path, keys=(master,), today=20001).recipient
    'jane@example.org'
    >>> verify(path, keys=(master,), today=20001, generation_of=lambda account: Generation(2)).value
    'not signed by a key of ours'
"""

import base64
import hmac
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bouncer.mail.address import MAX_LOCAL_PART, comparable
from bouncer.mail.keys import ALPHABET, UNDERIVED, AccountKey, Generation, Key, is_account_name

EPOCH_DAY = 18262
"""2020-01-01 as days since 1970: three base32 characters from there reach the year 2109."""
MAX_DAY = 32**3 - 1
"""The last expiry day that three characters can hold."""
LAST_DAY = EPOCH_DAY + MAX_DAY
"""The last day that a path can name, as days since 1970: no path is good for longer."""

_MAC_CHARS = 16  # 80 bits
# The part of atext (RFC 5321 section 4.1.2) that no common server refuses: Exim's example configuration refuses % ! / |
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


def _as_before(_account: str) -> Generation:
    """The default of ``verify``, for callers without accounts: the first generation, and paths signed by either kind of key."""
    return Generation(1, LAST_DAY)


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
    recipient: str | None  # None where the path holds only a hash, or no recipient
    recipient_hash: str | None
    reference: str | None
    key: AccountKey
    mac: str  # identifies the path, however servers on the way respelled it

    @property
    def is_for_one_recipient(self) -> bool:
        """Whether the path was made for one recipient, not for a message to several."""
        return self.recipient is not None or self.recipient_hash is not None

    def speaks_for(self, address: str) -> bool:
        """Whether *address* is the recipient that this path was made for."""
        return self.is_for(comparable(address))

    def is_for(self, mailbox: str) -> bool:
        """Whether the path was made for *mailbox*, an address in comparable form."""
        if self.recipient is not None:
            return self.recipient == mailbox
        if self.recipient_hash is None:  # made for a message to several recipients: it names none
            return False
        return hmac.compare_digest(self.recipient_hash, _hash(self.account, mailbox, self.key))


def sign(
    account: str,
    recipient: str | None,
    *,
    domain: str,
    key: AccountKey | Key,
    today: int,
    days: int,
    hashed: bool = False,
    reference: str | None = None,
) -> str:
    """Make the return path of one mail from *account* to *recipient*; *recipient* is None for a mail to several.

    *key* is the account's key, or a master key, which stands for the key of the first account of this name.
    *today* is days since 1970-01-01; the path is good through day today + *days*. With *hashed* it contains no address.
    *reference* is 1 to 12 of ``a-z 0-9``. Raises ValueError for an invalid account name or reference, a day out of range, or
    the key of another account.
    """
    key = key.derive(account) if isinstance(key, Key) else key
    if account != key.account:
        raise ValueError(f"the key of account {key.account} signs for no other")
    if reference is not None and not _REFERENCE.fullmatch(reference):
        raise ValueError(f"not a reference: {reference!r}")
    day = today + days - EPOCH_DAY
    if not 0 <= day <= MAX_DAY:
        raise ValueError("expiry day out of range")
    stamp = _day_text(day)
    mark = f".{reference}" if reference else ""
    spelled = "" if recipient is None else _spell_recipient(account, recipient, key, len(mark), hashed=hashed)
    mac = _mac(account, stamp, mark, spelled, key)
    return f"{account}-{key.id}{stamp}{mac}{mark}{spelled and '-'}{spelled}@{domain}"


def _spell_recipient(account: str, recipient: str, key: AccountKey, used_octets: int, *, hashed: bool) -> str:
    mailbox = comparable(recipient)
    room = MAX_LOCAL_PART - len(account) - len("-") - 1 - 3 - _MAC_CHARS - used_octets - len("-")
    if not hashed and len(mailbox) <= room and _EMBEDDABLE.fullmatch(mailbox):
        return mailbox.replace("@", "=")
    return "=" + _hash(account, mailbox, key)


def verify(
    address: str,
    *,
    keys: tuple[Key, ...],
    today: int,
    generation_of: Callable[[str], Generation | None] = _as_before,
) -> Signed | Flaw:
    """Check a return path as it came in RCPT TO, with or without its domain; gives a Flaw where it is not valid.

    *keys* are master keys. *generation_of* gives the generation of the account of a name, None where no account has it. Takes a few
    microseconds for any input; the MAC is compared in constant time.
    """
    match = _LOCAL_PART.fullmatch(_unwrap(address))
    if match is None:
        return Flaw.FORM
    account, stamp, reference, spelled = match["account"], match["day"], match["reference"], match["recipient"] or ""
    mark = f".{reference}" if reference else ""
    day = _day_number(stamp) + EPOCH_DAY
    for key in _keys_of(account, generation_of(account), keys, day):
        if key.id == match["key"] and hmac.compare_digest(_mac(account, stamp, mark, spelled, key), match["mac"]):
            return (
                Flaw.EXPIRED
                if today > day
                else Signed(account, day, *_read_recipient(spelled), reference, key, match["mac"])
            )
    return Flaw.MAC


def _keys_of(account: str, generation: Generation | None, keys: tuple[Key, ...], day: int) -> Iterator[AccountKey]:
    """Give the keys that may have signed a path that is good through *day*."""
    if generation is None:
        return
    for key in keys:
        yield key.derive(account, generation.number)
    if generation.underived_until is not None and day <= generation.underived_until:
        for key in keys:
            yield key.derive(account, UNDERIVED)


def claimed_account(address: str) -> str | None:
    """Give the account named in *address*, if it has the form of a signed path. The signature is not checked: it proves nothing."""
    match = _LOCAL_PART.fullmatch(_unwrap(address))
    return match["account"] if match else None


def claimed_recipient(address: str) -> str | None:
    """Give the recipient named in *address*, if it has the form of a signed path; empty where the path holds only a hash.

    None for another form, and for a path made for several recipients. The signature is not checked: it proves nothing.
    """
    match = _LOCAL_PART.fullmatch(_unwrap(address))
    if match is None or match["recipient"] is None:
        return None
    return _read_recipient(match["recipient"])[0] or ""


def _read_recipient(spelled: str) -> tuple[str | None, str | None]:
    """Give (recipient, None), (None, hash) or (None, None) for the last part of a path."""
    if spelled.startswith("="):
        return None, spelled[1:]
    local, _, domain = spelled.rpartition("=")
    return (f"{local}@{domain}" if spelled else None), None


def _unwrap(address: str) -> str:
    local = address.rpartition("@")[0] or address
    local = local[: 8 * MAX_LOCAL_PART].lower()
    while wrapped := _WRAPPED.match(local):
        local = local[wrapped.end() :]
    return local.partition("+")[0]


def _mac(account: str, stamp: str, mark: str, recipient: str, key: AccountKey) -> str:
    return _digest(key, f"path\0{account}\0{stamp}\0{mark}\0{recipient}")


def _hash(account: str, mailbox: str, key: AccountKey) -> str:
    return _digest(key, f"recipient\0{account}\0{mailbox}")


def _digest(key: AccountKey, text: str) -> str:
    octets = hmac.digest(key.secret, text.encode("utf-8", "surrogatepass"), "sha256")[: _MAC_CHARS * 5 // 8]
    return base64.b32encode(octets).decode("ascii").lower()


def _day_text(day: int) -> str:
    return ALPHABET[day >> 10] + ALPHABET[day >> 5 & 31] + ALPHABET[day & 31]


def _day_number(stamp: str) -> int:
    high, middle, low = map(ALPHABET.index, stamp)
    return high << 10 | middle << 5 | low


__all__ = [
    "EPOCH_DAY",
    "LAST_DAY",
    "MAX_DAY",
    "MAX_LOCAL_PART",
    "AccountKey",
    "Flaw",
    "Generation",
    "Key",
    "Signed",
    "claimed_account",
    "is_account_name",
    "sign",
    "verify",
]
