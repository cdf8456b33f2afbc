"""Signing notices with DKIM (RFC 6376), and the DNS record that publishes the key (section 3.6.1).

dkimpy canonicalizes, selects and folds. cryptography (OpenSSL) computes the RSA signature: in Python alone that takes seven
milliseconds, ten times as long as all the rest. A signature has no timestamp (t= is optional), so that a retry sends the same mail
octet by octet. The body has the "simple" canonicalization (section 3.4.3): its lines are quoted-printable and base64, whose blanks
no mail server has a reason to change, and the "relaxed" one would take as long as the RSA signature.

The signing domain is that of the notices' From, so that the signature alone satisfies DMARC (RFC 7489 section 3.1.1):
a null reverse-path has no domain.
"""

import base64
import hashlib
from dataclasses import dataclass, field
from email.utils import parseaddr
from pathlib import Path

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from dkim.canonicalization import Relaxed, Simple

from bouncer.errors import ConfigError
from bouncer.files import read_file
from bouncer.mail.address import ascii_domain, split
from bouncer.settings.sections import ForwardSettings

SIGNED_FIELDS = (
    *("from", "to", "subject", "date", "message-id", "in-reply-to", "references", "list-id"),
    *("auto-submitted", "mime-version", "content-type", "from", "to", "subject"),
)
"""Header fields that are signed. Those that a notice lacks, and a second From, To or Subject, are signed as absent."""
MAX_KEY = 16 * 1024
"""Octets of a key file; a longer file is no key."""
MIN_KEY_BITS = 1024
"""The least bits of an RSA key that receivers accept (RFC 8301 section 3.2)."""
FIELD = b"DKIM-Signature"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs mails for *domain* with one RSA key, whose TXT record is at *selector* (RFC 6376 section 3.6.2)."""

    domain: str
    selector: str
    key: RSAPrivateKey = field(repr=False)

    @property
    def name(self) -> str:
        """The domain name whose TXT record publishes the key."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def public_key(self) -> str:
        """The public key: base64 of SubjectPublicKeyInfo (RFC 5280 section 4.1)."""
        key = self.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(key).decode()

    @property
    def record(self) -> str:
        """The text of the TXT record that publishes the key."""
        return f"v=DKIM1; k=rsa; p={self.public_key}"

    def sign(self, octets: bytes) -> bytes:
        """Give the mail with a DKIM-Signature header field in front."""
        head, end, body = octets.partition(b"\r\n\r\n")
        headers, _ = dkim.rfc822_parse(head + end)
        unsigned = self._make_unsigned_value(hashlib.sha256(Simple.canonicalize_body(body)).digest())
        hasher = hashlib.sha256()
        signed = [name.encode() for name in SIGNED_FIELDS]
        dkim.hash_headers(hasher, Relaxed, Relaxed.canonicalize_headers(headers), signed, (FIELD, unsigned), {})
        signature = self.key.sign(hasher.digest(), PKCS1v15(), Prehashed(SHA256()))
        value: bytes = dkim.fold(unsigned + base64.b64encode(signature), len(FIELD))
        return FIELD + b": " + value + b"\r\n" + octets

    def _make_unsigned_value(self, body_hash: bytes) -> bytes:
        """Give the field's value in the form that is hashed: with an empty signature (section 3.7)."""
        bh = base64.b64encode(body_hash).decode()
        tags = ["v=1", "a=rsa-sha256", "c=relaxed/simple", f"d={self.domain}", f"s={self.selector}"]
        tags += ["h=" + " : ".join(SIGNED_FIELDS), f"bh={bh}", "b="]
        value: bytes = dkim.fold("; ".join(tags).encode(), len(FIELD))
        return value


def read_signer(settings: ForwardSettings) -> Signer | None:
    """Read the key file of the settings; None where they name none. Raises ConfigError."""
    path = settings.dkim_key
    if path is None:
        return None
    try:
        key = load_pem_private_key(_read(path), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, RSAPrivateKey):
        raise ConfigError(f"[forward] dkim_key: {path}: no RSA key in PEM; openssl genrsa 2048 makes one")
    if key.key_size < MIN_KEY_BITS:
        raise ConfigError(f"[forward] dkim_key: {path}: too short, receivers want {MIN_KEY_BITS} bits and more")
    domain = ascii_domain(split(parseaddr(settings.from_)[1])[1])
    return Signer(domain, settings.dkim_selector, key)


def _read(path: Path) -> bytes:
    try:
        return read_file(path, MAX_KEY)
    except OSError as error:
        raise ConfigError(f"[forward] dkim_key: {path}: {error.strerror}") from None
