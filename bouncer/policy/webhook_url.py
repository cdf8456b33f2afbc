"""The URL of a webhook's endpoint: HTTPS, or HTTP where the operator allows networks of his own; in one spelling. Pure."""

import ipaddress
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import SplitResult, unquote, urlsplit

from bouncer.mail.address import MAX_DOMAIN, ascii_domain
from bouncer.policy.networks import is_within
from bouncer.policy.public_address import is_public

MAX_URL = 1000
"""Characters of a URL: ample for a path with a token."""
_PORTS = {"https": 443, "http": 80}
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_NUMERIC = re.compile(r"(?:0x[0-9a-f]*|\d+)")


@dataclass(frozen=True, slots=True)
class WebhookUrl:
    """The parts of an endpoint's URL: ``text`` is the URL without credentials; ``host`` is in A-label form or an IP address."""

    text: str
    scheme: str
    host: str
    port: int
    credentials: str | None = field(default=None, repr=False)
    """``user:password`` for HTTP Basic authentication, from in front of the host; decoded."""


def parse_webhook_url(text: str, *, allows_http: bool) -> WebhookUrl:
    """Parse the URL of an endpoint. Raises ValueError with a sentence.

    Hosts that some resolvers take for IP addresses (``2130706433``, ``0x7f.1``, ``127.1``) are refused.
    """
    if len(text) > MAX_URL or not text.isprintable() or " " in text or "\\" in text:
        raise ValueError(f"a URL has no spaces and control characters, and {MAX_URL} characters at most")
    parts = _split(text)
    if parts.scheme != "https" and not (parts.scheme == "http" and allows_http):
        raise ValueError("the URL must begin with https://; http:// is for the networks of [forward] webhook_networks")
    if parts.fragment:
        raise ValueError("the URL must not have a fragment (#)")
    host, port = _host(parts), _port(parts)
    host_text = f"[{host}]" if ":" in host else host
    place = host_text if port == _PORTS[parts.scheme] else f"{host_text}:{port}"
    path = parts.path or "/"
    query = f"?{parts.query}" if parts.query else ""
    return WebhookUrl(f"{parts.scheme}://{place}{path}{query}", parts.scheme, host, port, _credentials(parts))


def why_refused(address: str, scheme: str, networks: Collection[str]) -> str | None:
    """Say why nothing may be posted to an IP address, in a sentence that does not name it; None where it may.

    *networks* are the operator's, which may be posted to beside public addresses, and to which alone plain HTTP goes.
    """
    if is_within(address, networks):
        return None
    if not is_public(address):
        return "the host has an address that is not public, and not in [forward] webhook_networks"
    return "http:// is for the networks of [forward] webhook_networks" if scheme == "http" else None


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError:
        raise ValueError("the URL must name a host") from None


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError:
        raise ValueError("the port must be a number from 1 to 65535") from None
    if port == 0:
        raise ValueError("the port must be a number from 1 to 65535")
    return port or _PORTS[parts.scheme]


def _host(parts: SplitResult) -> str:
    """Give the host, an IP address in its usual spelling."""
    host = parts.hostname or ""
    if ":" in host:
        try:
            address = ipaddress.IPv6Address(host)
        except ValueError:
            raise ValueError(f"{host} is no IPv6 address") from None
        if address.scope_id is not None:
            raise ValueError(f"{host} is an IPv6 address of one link only")
        return str(address)
    name = ascii_domain(host)
    if not _NAME.fullmatch(name) or len(name) > MAX_DOMAIN:
        raise ValueError("the URL must name a host")
    if _NUMERIC.fullmatch(name.rpartition(".")[2]):
        try:
            return str(ipaddress.IPv4Address(name))
        except ValueError:
            raise ValueError(f"{name} is no host name, and no IPv4 address of four decimal numbers") from None
    return name


def _credentials(parts: SplitResult) -> str | None:
    if parts.username is None and parts.password is None:
        return None
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not f"{user}{password}".isprintable() or ":" in user:
        raise ValueError("the user and the password must be printable, and the user without a colon")
    return f"{user}:{password}"
