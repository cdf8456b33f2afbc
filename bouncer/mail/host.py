"""Addresses of hosts in one spelling: IPv4-mapped IPv6 addresses become IPv4 addresses (RFC 4291 section 2.5.5.2).

A socket that listens on IPv6, a proxy or a mail server may write ``::ffff:192.0.2.7`` or ``::ffff:c000:207`` for 192.0.2.7. If
these were left, all IPv4 clients would count as one: their first 64 bits are the same.
"""

import functools
import ipaddress

CLIENT_PREFIX = 64
"""Bits of an IPv6 prefix that counts as one client, for limits: a host gets a whole /64 for nothing (RFC 6177)."""

SITE_PREFIXES = {4: 24, 6: 48}
"""Bits of a prefix that counts as one site, by the version of IP: one party usually has all of it (RFC 6177; the smallest IPv4
network that is routed)."""

TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")
"""IPv6 addresses of IPv4 hosts, as a translator before a network without IPv4 writes them (RFC 6052 section 2.1, RFC 7755)."""

MOST_CLIENTS = 4096
"""Addresses that are cached, parsed and spelled: several limits look at the client of each letter."""


@functools.lru_cache(MOST_CLIENTS)
def plain_host(text: str) -> str:
    """Give the IP address *text* in the spelling that is compared and recorded; any other text unchanged."""
    try:
        return str(host_address(text))
    except ValueError:
        return text


@functools.lru_cache(MOST_CLIENTS)
def host_address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Parse an IP address, with or without the prefix ``IPv6:``, mapped IPv4 as IPv4; raises ValueError for any other text."""
    return unmap_ipv4(ipaddress.ip_address(text.removeprefix("IPv6:")))


def read_host(text: str) -> str | None:
    """Like ``plain_host``, but None where *text* is no IP address, or one with a zone, valid on one link only (RFC 4007)."""
    try:
        return None if "%" in text else str(host_address(text))
    except ValueError:
        return None


def is_literal(domain: str) -> bool:
    """Whether *domain* is an address literal, ``[192.0.2.7]`` or ``[IPv6:2001:db8::7]`` (RFC 5321 section 4.1.3)."""
    return literal_host(domain) is not None


def literal_host(domain: str) -> str | None:
    """Give the IP address in an address literal, in the spelling of ``plain_host``; None where *domain* is no literal."""
    if not (domain.startswith("[") and domain.endswith("]")):
        return None
    kind, colon, rest = domain[1:-1].partition(":")
    return read_host(rest if colon and kind.lower() == "ipv6" else domain[1:-1])


def unmap_ipv4(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """Give the IPv4 address for an IPv4-mapped IPv6 address; any other address unchanged."""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


@functools.lru_cache(MOST_CLIENTS)
def client_of(address: str) -> str:
    """Give the client that limits count *address* as: an IPv4 address, or an IPv6 network of CLIENT_PREFIX bits.

    An IPv4 address that a translator before us has put into TRANSLATED is itself.
    """
    address = plain_host(address)
    if ":" not in address:
        return address
    try:
        host = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if host in TRANSLATED:
        return str(ipaddress.IPv4Address(host.packed[-4:]))
    return str(ipaddress.ip_network((host, CLIENT_PREFIX), strict=False))


@functools.lru_cache(MOST_CLIENTS)
def site_of(client: str) -> str:
    """Give the network of SITE_PREFIXES that a result of ``client_of`` is in; any other text unchanged."""
    try:
        host = ipaddress.ip_network(client).network_address
    except ValueError:
        return client
    return str(ipaddress.ip_network((host, SITE_PREFIXES[host.version]), strict=False))
