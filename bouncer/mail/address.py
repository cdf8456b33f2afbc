"""Mail addresses: splitting and comparing them (RFC 5321 section 4.1.2, RFC 6531, RFC 5890, UTS 46).

There is one form in which addresses are compared, ``comparable``; everything that asks whether two of them are one
mailbox asks it. The domain is compared without case and in A-labels, as mail systems look it up: IDNA 2008 with the mapping of
UTS 46, non-transitional, so that fass.example and faß.example are two domains. The local part is compared without case too, as
every large receiver does, though RFC 5321 section 2.4 would let them differ; in one Unicode form (NFC), since programs on
the way change between them; and without quotes that say nothing, which RFC 5321 section 4.1.2 asks for.
"""

import re
import unicodedata
from functools import lru_cache, partial

MAX_LOCAL_PART = 64
"""Octets; RFC 5321 section 4.5.3.1.1."""
MAX_DOMAIN = 255
"""Octets; RFC 5321 section 4.5.3.1.2."""
MAX_PATH = 256
"""Octets, angle brackets included; RFC 5321 section 4.5.3.1.3."""

REMEMBERED = 1024
"""Domains beyond ASCII whose A-labels are remembered: a letter names 500 and as many in To, and each is asked for several times."""

_MAX_LABEL = 59
"""Characters of a label beyond ASCII: with xn-- before them, and each of them an octet at least, 63 (RFC 1035 section 2.3.4)."""
ALL_OF_GMAIL = "@gmail.com"
"""What ``fold`` makes of an entry for all of a domain, @gmail.com or @googlemail.com."""

_GMAIL = frozenset({"gmail.com", "googlemail.com"})
_PRINTABLE = re.compile(r"[^\x00-\x20\x7f<>]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ATOM = r'[^\s\x00-\x1f\x7f()<>\[\]:;@\\,."]+'
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")  # RFC 5322 section 3.2.3: what needs no quotes
_MAPPED = re.compile(r"[a-z0-9._\x80-\U0010ffff-]+")  # a mapping that makes @ or / of another character is none
_nfc = partial(unicodedata.normalize, "NFC")


def split(address: str) -> tuple[str, str]:
    """Split at the last @: (local part, domain); the domain is empty where there is no @."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (address, "")


def ascii_domain(domain: str) -> str:
    """Give *domain* in lower case and A-label form, as it is compared and looked up.

    What is too long for a domain stays as it came: nobody's time is spent on its labels.
    """
    domain = domain.rstrip(". \t\r\n")
    lower = domain.lower()
    if lower.isascii() or len(lower) > MAX_DOMAIN or len(lower.encode("utf-8", "surrogatepass")) > MAX_DOMAIN:
        return lower
    return _a_labels(domain)


def comparable(address: str) -> str:
    """Give the form in which two addresses of one mailbox are equal; it is its own comparable form."""
    plain = address.strip().lower()
    if plain.isascii() and "@" in plain and plain[0] != '"' and plain[-1] not in "@.":  # nearly all are
        return plain
    local, at, domain = address.strip().rpartition("@")
    return f"{_local_part(local)}@{ascii_domain(domain)}" if at else _local_part(domain)


def folded(address: str) -> str:
    """Give the comparable form with what Gmail ignores taken away: dots and +tags (support.google.com/mail/answer/7436150).

    Addresses of other domains are only compared as ``comparable`` does.
    """
    return fold(comparable(address))


def fold(form: str) -> str:
    """Do what ``folded`` does with an address that is in comparable form already."""
    return gmail_mailbox(form) or form


def gmail_mailbox(form: str) -> str | None:
    """Give the mailbox at Gmail that an address in comparable form reaches, or ``@gmail.com`` of all its domain; None elsewhere.

    Where nothing would be left of the local part it stays as it is: it is no domain.
    """
    local, domain = split(form)
    if domain not in _GMAIL:
        return None
    return f"{local.partition('+')[0].replace('.', '') or local}{ALL_OF_GMAIL}"


def plausible(address: str) -> bool:
    """Whether *address* could be a mailbox at all: local part, @, domain, no blanks, RFC 5321's lengths."""
    local, domain = split(address)
    return (
        bool(local and domain)
        and len(address.encode()) <= MAX_PATH
        and _PRINTABLE.fullmatch(address) is not None
        and len(local.encode()) <= MAX_LOCAL_PART
    )


def _local_part(local: str) -> str:
    """Without case and needless quotes, in NFC; what is longer than any address is only made lower case."""
    if len(local) > MAX_PATH:
        return local.lower()
    local = _nfc(local)
    if quoted := _QUOTED.fullmatch(local):
        said = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL)
        local = said if _DOT_ATOM.fullmatch(said) else '"' + re.sub(r'(["\\])', r"\\\1", said) + '"'
    return _nfc(local.lower())


@lru_cache(maxsize=REMEMBERED)
def _a_labels(domain: str) -> str:
    return ".".join(map(_a_label, _mapped(domain).rstrip(".").split(".")))


def _mapped(domain: str) -> str:
    """The domain as UTS 46 maps it: case, width, composition; where it forbids a character, only lower case and NFC."""
    import idna  # noqa: PLC0415 -- only for domains beyond ASCII: they are few, and its tables are large

    try:
        mapped = idna.uts46_remap(domain, std3_rules=False)
    except UnicodeError:
        mapped = ""
    return mapped if _MAPPED.fullmatch(mapped) else _nfc(domain.lower())


def _a_label(label: str) -> str:
    """One label in ASCII (RFC 3492); what a registry would take does not matter here, only that no two labels become one.

    One that is too long for any domain is written so that it can never be looked up.
    """
    if label.isascii():
        return label
    if len(label) > _MAX_LABEL:
        return label.encode("ascii", "xmlcharrefreplace").decode("ascii")
    return "xn--" + label.encode("punycode").decode("ascii")
