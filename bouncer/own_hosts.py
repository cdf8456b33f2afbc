"""The addresses of this host: no account may believe what comes from them, whoever handed it to us.

A mail server in front of us on the same host hands over what strangers sent it, and so does a proxy that speaks for itself.
Which addresses a host has is asked of the system: what translation in between makes of them, nobody here knows.
"""

import contextlib
import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from bouncer.policy.networks import meets
from bouncer.settings.addresses import host_port
from bouncer.settings.sections import SmtpSettings

LOOPBACK = ("127.0.0.0/8", "::1", "0.0.0.0", "::")  # noqa: S104 -- compared, not listened on
"""Always this host; to the unspecified address one connects at home (RFC 1122 section 3.2.1.3)."""
IPV4_TABLE, IPV6_TABLE = Path("/proc/net/fib_trie"), Path("/proc/net/if_inet6")
"""Linux's lists of addresses (proc(5)); elsewhere only what can be bound is known."""
ELSEWHERE = ("192.0.2.1", "2001:db8::1")
"""Addresses that no host has (RFC 5737, RFC 3849): who may bind these may bind any, and it says nothing."""
MOST_OCTETS = 1 << 22
"""Of a table that is read: a router with a million routes has a larger one, and then its beginning has to do."""

_LOCAL = re.compile(r"\|-- (\d+\.\d+\.\d+\.\d+)\s+/32 host LOCAL")


def own_host(network: str, smtp: SmtpSettings) -> str | None:
    """Give the address or network of ours that *network* has an address in common with, in words; None where it has none."""
    if found := meets(network, LOOPBACK):
        return f"{found} is this host"
    if found := meets(network, (*_listed(), *_listened(smtp.listen))):
        return f"{found} is an address of this host"
    if found := meets(network, smtp.proxy_protocol):
        return f"{found} is a proxy in [smtp] proxy_protocol, behind which anybody may be"
    if found := meets(network, smtp.fronts):
        return f"{found} is a mail server in [smtp] fronts, which hands on what anybody sent it"
    return f"{network} is an address of this host" if _is_bindable(network) else None


def is_own_address(address: str) -> bool:
    """Whether *address* is one of this host's."""
    return meets(address, (*LOOPBACK, *_listed())) is not None or _is_bindable(address)


def _listed() -> Iterator[str]:
    yield from _LOCAL.findall(_read(IPV4_TABLE))
    for line in _read(IPV6_TABLE).splitlines():
        yield str(ipaddress.IPv6Address(bytes.fromhex(line.split()[0])))


def _read(table: Path) -> str:
    try:
        with table.open(encoding="ascii", errors="replace") as lines:
            return lines.read(MOST_OCTETS)
    except OSError:
        return ""


def _listened(listen: Iterable[str]) -> Iterator[str]:
    for host in {host_port(text)[0] for text in listen} - {""}:
        with contextlib.suppress(OSError, UnicodeError):
            yield from (str(found[4][0]).partition("%")[0] for found in socket.getaddrinfo(host, None))


def _is_bindable(network: str) -> bool:
    """Whether *network* is one address, and this host lets us have it for our own."""
    return _binds(network) and not any(map(_binds, ELSEWHERE))


def _binds(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as trial:
            trial.bind((address, 0))
    except (OSError, UnicodeError, OverflowError):
        return False
    return True
