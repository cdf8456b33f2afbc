"""Networks: whether an address of a host is inside one of those that an account or operator named."""

import functools
import ipaddress
from collections.abc import Iterable
from typing import TypeAlias

from bouncer.mail.host import host_address, unmapped

MOST_KNOWN = 1024
"""Networks whose text is read once and remembered."""

_MAPPED_BITS = 96
"""Of a mapped address that stand before the IPv4 address in it."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_network(text: str) -> bool:
    """Whether *text* is a host's address or a network, ``192.0.2.80`` or ``2001:db8::/32``."""
    return read_network(text) is not None


def is_within(host: str, networks: Iterable[str]) -> bool:
    """Whether *host* is inside one of *networks*; what is no address is in none."""
    try:
        address = host_address(host)
    except ValueError:
        return False
    return any(address in network for one in networks if (network := read_network(one)) is not None)


def meets(network: str, others: Iterable[str]) -> str | None:
    """Give the first of *others*, addresses or networks, that has an address in common with *network*; None where none has."""
    wanted = read_network(network)
    return next((text for text in others if wanted and (other := read_network(text)) and _overlap(wanted, other)), None)


def _overlap(network: Network, other: Network) -> bool:
    return network.version == other.version and network.overlaps(other)


@functools.lru_cache(MOST_KNOWN)
def read_network(text: str) -> Network | None:
    """Read a host's address or a network, of mapped addresses as one of IPv4; None for any other text."""
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
    return _of_ipv4(network) or network


def _of_ipv4(network: Network) -> Network | None:
    """Give the IPv4 network that is named by mapped addresses, ``::ffff:192.0.2.0/120``; None for any other."""
    first = unmapped(network.network_address)
    if first.version == network.version or network.prefixlen < _MAPPED_BITS:
        return None
    return ipaddress.ip_network((first, network.prefixlen - _MAPPED_BITS))
