"""Networks: whether a host's IP address is in one of the networks that an account or the operator named."""

import functools
import ipaddress
from collections.abc import Collection, Iterable
from typing import TypeAlias

from bouncer.mail.host import host_address, unmap_ipv4

CACHED_NETWORKS = 1024
"""Networks whose parsed form is cached."""

_MAPPED_BITS = 96
"""Bits of an IPv4-mapped IPv6 address before the IPv4 address in it."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_network(text: str) -> bool:
    """Whether *text* is an IP address or a network, ``192.0.2.80`` or ``2001:db8::/32``."""
    return read_network(text) is not None


def is_within(host: str, networks: Collection[str]) -> bool:
    """Whether the IP address *host* is in one of *networks*; a text that is no IP address is in none."""
    if not networks:
        return False
    try:
        address = host_address(host)
    except ValueError:
        return False
    return any(address in network for text in networks if (network := read_network(text)) is not None)


def first_overlapping(network: str, others: Iterable[str]) -> str | None:
    """Give the first of *others*, addresses or networks, that overlaps *network*; None where none does."""
    parsed = read_network(network)
    return next((text for text in others if parsed and (other := read_network(text)) and _overlap(parsed, other)), None)


def _overlap(network: Network, other: Network) -> bool:
    return network.version == other.version and network.overlaps(other)


@functools.lru_cache(CACHED_NETWORKS)
def read_network(text: str) -> Network | None:
    """Parse an IP address or a network, IPv4-mapped ones as IPv4; None for any other text."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return _unmapped_network(network) or network


def _unmapped_network(network: Network) -> Network | None:
    """Give the IPv4 network for a network of mapped addresses, ``::ffff:192.0.2.0/120``; None for any other."""
    first = unmap_ipv4(network.network_address)
    if first.version == network.version or network.prefixlen < _MAPPED_BITS:
        return None
    return ipaddress.ip_network((first, network.prefixlen - _MAPPED_BITS))
