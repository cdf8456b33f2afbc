"""Networks: whether an address of a host is inside one of those that an account or operator named."""

import functools
import ipaddress
from collections.abc import Iterable
from typing import TypeAlias

MOST_KNOWN = 1024
"""Networks whose text is read once and remembered."""

Network: TypeAlias = ipaddress.IPv4Network | ipaddress.IPv6Network


def is_network(text: str) -> bool:
    """Whether *text* is a host's address or a network, ``192.0.2.80`` or ``2001:db8::/32``."""
    return _network(text) is not None


def is_within(host: str, networks: Iterable[str]) -> bool:
    """Whether *host* is inside one of *networks*; what is no address is in none."""
    try:
        address = ipaddress.ip_address(host.removeprefix("IPv6:"))
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for one in networks if (network := _network(one)) is not None)


@functools.lru_cache(MOST_KNOWN)
def _network(text: str) -> Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None
