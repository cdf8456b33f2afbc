"""Addresses of hosts, written in one way: an IPv4 address is one wherever it comes from (RFC 4291 section 2.5.5.2).

A socket that listens on IPv6, a proxy or a mail server may write ``::ffff:192.0.2.7`` or ``::ffff:c000:207`` for 192.0.2.7. Left
as it is, all of IPv4 would be one client: their first 64 bits are the same.
"""

import functools
import ipaddress

CLIENT_PREFIX = 64
"""Bits of an IPv6 address that make one client: a host gets that many addresses for nothing (RFC 6177)."""

MOST_CLIENTS = 4096
"""Addresses whose client is remembered: it is asked several times for each letter."""


@functools.lru_cache(MOST_CLIENTS)
def plain_host(text: str) -> str:
    """Give *text* as it is compared and recorded: mapped IPv4 as IPv4; what is no address as it came."""
    try:
        return str(host_address(text))
    except ValueError:
        return text


def host_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Read an address, ``IPv6:`` before it or not, mapped IPv4 as IPv4; raises ValueError for what is none."""
    return unmapped(ipaddress.ip_address(text.removeprefix("IPv6:")))


def read_host(text: str) -> str | None:
    """Give the address that *text* is, as it is compared; None where it is none, or good on one link only (RFC 4007)."""
    try:
        return None if "%" in text else str(host_address(text))
    except ValueError:
        return None


def is_literal(domain: str) -> bool:
    """Whether *domain* is an address literal, ``[192.0.2.7]`` or ``[IPv6:2001:db8::7]`` (RFC 5321 section 4.1.3)."""
    return literal_host(domain) is not None


def literal_host(domain: str) -> str | None:
    """Give the address in an address literal, as it is compared; None where *domain* is none."""
    if not (domain.startswith("[") and domain.endswith("]")):
        return None
    kind, colon, rest = domain[1:-1].partition(":")
    return read_host(rest if colon and kind.lower() == "ipv6" else domain[1:-1])


def unmapped(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Give the IPv4 address that a mapped one stands for, any other as it is."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@functools.lru_cache(MOST_CLIENTS)
def client_of(address: str) -> str:
    """Give the client that *address* counts for."""
    address = plain_host(address)
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address.partition("%")[0], CLIENT_PREFIX), strict=False))
    except ValueError:
        return address
