"""Signing notices with DKIM (RFC 6376), by dkimpy; and the record that publishes the key (section 3.6.1).

The signing domain is the one in the notices' From, so that DMARC is satisfied by the signature alone (RFC 7489 section 3.1.1):
a null reverse-path has no domain of its own.
"""

import base64
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

import dkim
from dkim.crypto import UnparsableKeyError, parse_pem_private_key

from bouncer.errors import ConfigError
from bouncer.mail.address import ascii_domain, split
from bouncer.settings import ForwardSettings

SIGNED = (
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "list-id"),
    *("auto-submitted", "mime-version", "content-type", "from", "to", "subject"),
)
"""Header fields that are signed. Those that a notice lacks, and a second From, To or Subject, are signed as absent."""
MAX_KEY = 16 * 1024
"""Octets of a key file; more is the wrong file."""
LEAST_BITS = 1024
"""Of a key that receivers accept (RFC 8301 section 3.2)."""
_RSA = (
    b"\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x05\x00"  # AlgorithmIdentifier rsaEncryption (RFC 8017 A.1)
)
_INTEGER, _BIT_STRING, _SEQUENCE = 0x02, 0x03, 0x30


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for one domain with one key."""

    domain: str
    selector: str
    pem: bytes = field(repr=False)
    public: str = ""  # the public key, base64 of SubjectPublicKeyInfo

    @property
    def name(self) -> str:
        """Where the public key is published."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record that publishes it."""
        return f"v=DKIM1; k=rsa; p={self.public}"

    def sign(self, octets: bytes) -> bytes:
        """Give the mail with its signature in front."""
        how = {"canonicalize": (b"relaxed", b"relaxed"), "include_headers": [one.encode() for one in SIGNED]}
        signature: bytes = dkim.sign(octets, self.selector.encode(), self.domain.encode(), self.pem, **how)
        return signature + octets


def read_signer(settings: ForwardSettings) -> Signer | None:
    """Read the key that *settings* name; None where they name none. Raises ConfigError."""
    path = settings.dkim_key
    if path is None:
        return None
    pem = _read(path)
    try:
        key = parse_pem_private_key(pem)
    except (UnparsableKeyError, ValueError, IndexError, TypeError):
        raise ConfigError(f"[forward] dkim_key: {path}: no RSA key in PEM; openssl genrsa 2048 makes one") from None
    if key["modulus"].bit_length() < LEAST_BITS:
        raise ConfigError(f"[forward] dkim_key: {path}: too short, receivers want {LEAST_BITS} bits and more")
    domain = ascii_domain(split(parseaddr(settings.from_)[1])[1])
    return Signer(domain, settings.dkim_selector, pem, _public(key["modulus"], key["publicExponent"]))


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_KEY)
    except OSError as error:
        raise ConfigError(f"[forward] dkim_key: {path}: {error.strerror}") from None


def _public(modulus: int, exponent: int) -> str:
    """Write SubjectPublicKeyInfo (RFC 5280 section 4.1) around RSAPublicKey (RFC 8017 section A.1.1)."""
    numbers = _der(_SEQUENCE, _whole(modulus) + _whole(exponent))
    return base64.b64encode(_der(_SEQUENCE, _RSA + _der(_BIT_STRING, b"\0" + numbers))).decode()


def _whole(number: int) -> bytes:
    return _der(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:  # noqa: PLR2004 -- the short form (X.690 section 8.1.3.4)
        return bytes((tag, size)) + content
    octets = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(octets))) + octets + content
