"""Signing in to the web pages: roles, how long links and sessions last, and the secrets that stand for them. Pure.

A secret is 256 random bits in base64url (RFC 4648 section 5). Only its SHA-256 digest is kept (``policy.api_key.digest_of``). The
token of a session's forms is made of the session's secret, so that another site, which cannot read the cookie, cannot make one.

    >>> secret = make_secret(bytes(32))
    >>> is_secret(secret), is_secret(secret + "A"), is_form_token(form_token(secret), secret)
    (True, False, True)
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
from enum import StrEnum

SECRET_OCTETS = 32
"""Random octets of a secret: 256 bits."""
LINK_LASTS = dt.timedelta(minutes=15)
"""The time in which a sign-in link can be used: enough to carry it from a terminal to a browser."""
SESSION_LASTS = dt.timedelta(days=30)
"""The longest time of a session, however much it is used."""
SESSION_IDLES = dt.timedelta(days=7)
"""The time after which a session that nobody uses ends."""

_FORM = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)


class Role(StrEnum):
    """The role of a person on the pages; each member includes the members before it."""

    SUPPORT = "support"  # see, free and hold addresses of an account
    OWNER = "owner"  # also export, and see who is signed in
    OPERATOR = "operator"  # the same for all accounts

    def includes(self, other: "Role") -> bool:
        """Whether this role includes *other*."""
        order = list(Role)
        return order.index(self) >= order.index(other)


def make_secret(octets: bytes) -> str:
    """Make the secret of a link or a session of ``SECRET_OCTETS`` random *octets*."""
    return base64.urlsafe_b64encode(octets).decode().rstrip("=")


def derive_secret(key: bytes, event: str) -> str:
    """Derive the secret of a link that is mailed as *event* from a master *key*: HMAC-SHA256, for this purpose alone."""
    return make_secret(hmac.digest(key, b"bouncer sign-in link\0" + event.encode(), "sha256"))


def is_secret(text: str) -> bool:
    """Whether *text* has the form of a secret."""
    return _FORM.fullmatch(text) is not None


def form_token(secret: str) -> str:
    """Give the token that the forms of a session carry, 128 bits; it says nothing about the *secret* itself."""
    return hashlib.sha256(f"form {secret}".encode()).hexdigest()[:32]


def is_form_token(text: str, secret: str) -> bool:
    """Whether *text* is the token of that session's forms; takes the same time whatever *text* is."""
    return hmac.compare_digest(text.encode("utf-8", "replace"), form_token(secret).encode())
