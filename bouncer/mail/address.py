"""Mail addresses: splitting and comparing them (RFC 5321 section 4.1.2, RFC 6531, RFC 5890).

The domain is compared without case and in its ASCII form; the local part without case too, as every large
receiver does, though RFC 5321 section 2.4 would let them differ.
"""

import re

MAX_LOCAL_PART = 64
"""Octets; RFC 5321 section 4.5.3.1.1."""
MAX_DOMAIN = 255
"""Octets; RFC 5321 section 4.5.3.1.2."""
MAX_PATH = 256
"""Octets, angle brackets included; RFC 5321 section 4.5.3.1.3."""

_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_PRINTABLE = re.compile(r"[^\x00-\x20\x7f<>]+")


def split(address: str) -> tuple[str, str]:
    """Split at the last @: (local part, domain); the domain is empty where there is no @."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (address, "")


def ascii_domain(domain: str) -> str:
    """Give *domain* in lower case and A-label form, as it is compared and looked up; as it came where IDNA refuses it."""
    domain = domain.rstrip(".").lower()
    if domain.isascii() or len(domain) > MAX_DOMAIN:
        return domain
    try:
        return domain.encode("idna").decode("ascii")
    except UnicodeError:
        return domain


def comparable(address: str) -> str:
    """Give the form in which two addresses of one mailbox are equal."""
    plain = address.strip().lower()
    if plain.isascii() and "@" in plain[:-1] and plain[-1] != "@":  # nearly all are
        return plain.rstrip(".")
    local, domain = split(address.strip())
    return f"{local.lower()}@{ascii_domain(domain)}" if domain else local.lower()


def folded(address: str) -> str:
    """Give the comparable form with what Gmail ignores taken away: dots and +tags (support.google.com/mail/answer/7436150).

    Addresses of other domains are only compared as ``comparable`` does.
    """
    local, domain = split(comparable(address))
    if domain not in _GMAIL:
        return comparable(address)
    return f"{local.partition('+')[0].replace('.', '')}@gmail.com"


def plausible(address: str) -> bool:
    """Whether *address* could be a mailbox at all: local part, @, domain, no blanks, RFC 5321's lengths."""
    local, domain = split(address)
    return (
        bool(local and domain)
        and len(address.encode()) <= MAX_PATH
        and _PRINTABLE.fullmatch(address) is not None
        and len(local.encode()) <= MAX_LOCAL_PART
    )
