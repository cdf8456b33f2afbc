"""Mail addresses: splitting and comparing them (RFC 5321 section 4.1.2, RFC 6531, RFC 5890, UTS 46).

The whole program compares addresses in one form, ``comparable``. In it the domain is in lower case and in A-labels, as mail
systems look it up: IDNA 2008 with the mapping of UTS 46, non-transitional, so that fass.example and faß.example are two
domains. The local part is in lower case too, as every large receiver compares it, though RFC 5321 section 2.4 would let case
matter; in one Unicode form (NFC), since programs on the way change the form; and without needless quotes (RFC 5321 section 4.1.2).
"""

import re
import unicodedata
from functools import lru_cache, partial

MAX_LOCAL_PART = 64
"""Octets of a local part (RFC 5321 section 4.5.3.1.1)."""
MAX_DOMAIN = 255
"""Octets of a domain (RFC 5321 section 4.5.3.1.2)."""
MAX_PATH = 256
"""Octets of a path, its angle brackets included (RFC 5321 section 4.5.3.1.3)."""

CACHED_DOMAINS = 1024
"""Domains beyond ASCII whose A-labels are cached: a letter may name 1,000 of them, and the program needs each several times."""

_MAX_LABEL = 59
"""Characters of a label beyond ASCII. With the prefix xn--, at an octet or more each, they make 63 (RFC 1035 section 2.3.4)."""
ALL_OF_GMAIL = "@gmail.com"
"""The result of ``fold_comparable`` for an entry for a whole domain, @gmail.com or @googlemail.com."""

_GMAIL = ("@gmail.com", "@googlemail.com")
_PRINTABLE = re.compile(r"[^\x00-\x20\x7f<>]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ATOM = r'[^\s\x00-\x1f\x7f()<>\[\]:;@\\,."]+'
_DOT_ATOM = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")  # RFC 5322 section 3.2.3: a local part that needs no quotes
_MAPPED = re.compile(r"[a-z0-9._\x80-\U0010ffff-]+")  # a mapping that yields @ or / is not used
_SEPARATOR = re.compile("[,;]")  # RFC 5322 section 3.4: of a list, and behind a group
_nfc = partial(unicodedata.normalize, "NFC")


def split(address: str) -> tuple[str, str]:
    """Split at the last @: (local part, domain); the domain is empty where there is no @."""
    local, at, domain = address.rpartition("@")
    return (local, domain) if at else (address, "")


def ascii_domain(domain: str) -> str:
    """Give *domain* in lower case and A-label form, as it is compared and looked up.

    A text too long for a domain is only put in lower case: its labels are not converted, which could take long.
    """
    domain = domain.rstrip(". \t\r\n")
    lower = domain.lower()
    if lower.isascii() or len(lower) > MAX_DOMAIN or len(lower.encode("utf-8", "surrogatepass")) > MAX_DOMAIN:
        return lower
    return _a_labels(domain)


def comparable(address: str) -> str:
    """Give the form in which two addresses of one mailbox are equal; the function is idempotent."""
    plain = address.strip().lower()
    if plain.isascii() and "@" in plain and plain[0] != '"' and plain[-1] not in "@.":  # nearly all are
        return plain
    local, at, domain = address.strip().rpartition("@")
    return f"{_local_part(local)}@{ascii_domain(domain)}" if at else _local_part(domain)


def folded(address: str) -> str:
    """Give the comparable form without the dots and +tags that Gmail ignores (support.google.com/mail/answer/7436150).

    An address of another domain is returned in its comparable form.
    """
    return fold_comparable(comparable(address))


def fold_comparable(form: str) -> str:
    """Like ``folded``, for an address that is in comparable form already."""
    return gmail_mailbox(form) or form


def gmail_mailbox(form: str) -> str | None:
    """Give the Gmail mailbox of an address in comparable form, ``@gmail.com`` for the whole domain; None for other domains.

    A local part that consists of a +tag alone is kept, for an empty one would mean the whole domain.
    """
    if not form.endswith(_GMAIL):
        return None
    local, _ = split(form)
    return f"{local.partition('+')[0].replace('.', '') or local}{ALL_OF_GMAIL}"


def is_plausible(address: str) -> bool:
    """Whether *address* could be a mailbox at all: local part, @, domain, no blanks, RFC 5321's lengths.

    A comma or semicolon outside quotes separates two addresses, or between an address and the next cell of a row.
    """
    local, domain = split(address)
    return (
        bool(local and domain)
        and _SEPARATOR.search(domain if _QUOTED.fullmatch(local) else address) is None
        and len(address.encode()) <= MAX_PATH
        and _PRINTABLE.fullmatch(address) is not None
        and len(local.encode()) <= MAX_LOCAL_PART
    )


def _local_part(local: str) -> str:
    """Put a local part in lower case and NFC, without needless quotes; one longer than any address only in lower case."""
    if len(local) > MAX_PATH:
        return local.lower()
    local = _nfc(local)
    if quoted := _QUOTED.fullmatch(local):
        text = re.sub(r"\\(.)", r"\1", quoted[1], flags=re.DOTALL)
        local = text if _DOT_ATOM.fullmatch(text) else '"' + re.sub(r'(["\\])', r"\\\1", text) + '"'
    return _nfc(local.lower())


@lru_cache(maxsize=CACHED_DOMAINS)
def _a_labels(domain: str) -> str:
    return ".".join(map(_a_label, _map_domain(domain).rstrip(".").split(".")))


def _map_domain(domain: str) -> str:
    """Map the domain by UTS 46 (case, width, composition); with a character that UTS 46 forbids, only to lower case and NFC."""
    import idna  # noqa: PLC0415 -- only for domains beyond ASCII: they are few, and its tables are large

    try:
        mapped = idna.uts46_remap(domain, std3_rules=False)
    except UnicodeError:
        mapped = ""
    return mapped if _MAPPED.fullmatch(mapped) else _nfc(domain.lower())


def _a_label(label: str) -> str:
    """Encode one label in ASCII (RFC 3492). Registries' rules do not matter here, only that different labels stay different.

    A label too long for any domain gets a spelling that no look-up can find.
    """
    if label.isascii():
        return label
    if len(label) > _MAX_LABEL:
        return label.encode("ascii", "xmlcharrefreplace").decode("ascii")
    return "xn--" + label.encode("punycode").decode("ascii")
