"""Which IP addresses a webhook may be posted to: public ones only, so that nobody reaches the operator's own network. Pure.

An IPv6 address can lead to an IPv4 address that it contains: the IPv4 address decides then, or the address is refused.
"""

import ipaddress

from bouncer.mail.host import host_address

_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "192.88.99.0/24",  # 6to4 relays (RFC 7526)
        "2001::/23",  # IETF protocol assignments, with Teredo (RFC 2928, RFC 4380)
        "2002::/16",  # 6to4 (RFC 3056)
        "3fff::/20",  # documentation (RFC 9637)
    )
)
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All addresses that are handed out to reach anyone by (RFC 4291 section 2.4, IANA's registry). Others hold an IPv4 address,
are for networks of one's own, such as segment routing's 5f00::/16 (RFC 9602), or are not handed out.
"""
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""The well-known prefix of NAT64 (RFC 6052): the last 32 bits are an IPv4 address."""
_ISATAP = (0x00005EFE, 0x02005EFE)
"""The first half of an interface identifier that contains an IPv4 address in its second half (RFC 5214 section 6.1)."""


def is_public(host: str) -> bool:
    """Whether *host* is an IP address that anyone on the Internet can reach; False for any other text."""
    try:
        address = host_address(host)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address):
        if address.scope_id is not None or (int(address) >> 32) & 0xFFFFFFFF in _ISATAP:
            return False
        if address in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
        if address not in _GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _REFUSED)
