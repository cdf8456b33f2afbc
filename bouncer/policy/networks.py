"""Networks: whether an address of a host is inside one of those that an account or operator named."""

import ipaddress
from collections.abc import Iterable


def is_network(text: str) -> bool:
    """Whether *text* is a host's address or a network, ``192.0.2.80`` or ``2001:db8::/32``."""
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def is_within(host: str, networks: Iterable[str]) -> bool:
    """Whether *host* is inside one of *networks*; what is no address is in none."""
    try:
        address = ipaddress.ip_address(host.removeprefix("IPv6:"))
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(is_network(one) and address in ipaddress.ip_network(one, strict=False) for one in networks)
