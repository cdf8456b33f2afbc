"""The places where the clients of a tree of routes put their API key: each provider has its own header field."""

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

MAX_HEADER = 512
"""Characters of a field that may hold a key; a key with its beginning has a tenth of that."""


@dataclass(frozen=True, slots=True)
class KeyPlace:
    """The place of the API key in a request.

    *find* gives the key's text of the header fields, by names in lower case: None where the field is missing, empty where it holds
    none. *scheme* is OpenAPI's security scheme, *hint* the sentence for a request without a key, *challenge* the value of
    WWW-Authenticate (RFC 9110 section 11.6.1).
    """

    name: str
    find: Callable[[Mapping[str, str]], str | None]
    scheme: Mapping[str, Any]
    hint: str
    challenge: str


def bearer(prefix: str = "") -> Callable[[Mapping[str, str]], str | None]:
    """Make the function that finds a bearer token (RFC 6750 section 2.1), which *prefix* may precede."""

    def find(headers: Mapping[str, str]) -> str | None:
        if "authorization" not in headers:
            return None
        scheme, token = _scheme_and_value(headers)
        return token.removeprefix(prefix) if scheme == "bearer" else ""

    return find


def basic_password(headers: Mapping[str, str]) -> str | None:
    """Find the password of Basic authentication (RFC 7617), whoever the user is."""
    if "authorization" not in headers:
        return None
    scheme, value = _scheme_and_value(headers)
    if scheme != "basic" or len(value) > MAX_HEADER:
        return ""
    try:
        return base64.b64decode(value, validate=True).decode("ascii").partition(":")[2]
    except (binascii.Error, ValueError):
        return ""


def field_of(name: str) -> Callable[[Mapping[str, str]], str | None]:
    """Make the function that finds a key that is the whole value of the header field *name*."""
    return lambda headers: headers.get(name)


def _scheme_and_value(headers: Mapping[str, str]) -> tuple[str, str]:
    scheme, _, value = headers["authorization"].partition(" ")
    return scheme.lower(), value.strip()


BEARER = KeyPlace(
    "key",
    bearer(),
    {"type": "http", "scheme": "bearer"},
    "Send an API key: Authorization: Bearer bnc_...",
    "Bearer",
)
"""The key of /api/v1."""
