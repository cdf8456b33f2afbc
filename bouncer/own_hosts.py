"""The addresses of this host: an account cannot trust them as the address of a mail server of its own.

A mail server in front of us on the same host relays the mail of strangers, and so does a proxy that does not tell its client's
address. The operating system lists the host's addresses; addresses that network address translation adds are unknown here.
"""

import contextlib
import ipaddress
import re
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path

from bouncer.compose.filled_text import FilledText, fill
from bouncer.policy.networks import first_overlapping
from bouncer.settings.addresses import host_port
from bouncer.settings.sections import SmtpSettings

LOOPBACK = ("127.0.0.0/8", "::1", "0.0.0.0", "::")  # noqa: S104 -- compared, not listened on
"""Networks that always mean this host, as does the unspecified address (RFC 1122 section 3.2.1.3)."""
IPV4_TABLE, IPV6_TABLE = Path("/proc/net/fib_trie"), Path("/proc/net/if_inet6")
"""Linux's lists of addresses (proc(5)); on other systems an address counts as ours if a socket can be bound to it."""
DOCUMENTATION_ADDRESSES = ("192.0.2.1", "2001:db8::1")
"""Documentation addresses, which no host has (RFC 5737, RFC 3849). If we can bind these, the system lets us bind any address,
and a successful bind proves nothing."""
MAX_TABLE_OCTETS = 1 << 22
"""Octets of a table that are read. A router with a million routes has a larger table; then only its beginning is used."""

_LOCAL = re.compile(r"\|-- (\d+\.\d+\.\d+\.\d+)\s+/32 host LOCAL")


def describe_overlap(network: str, smtp: SmtpSettings) -> FilledText | None:
    """Say in words which address or network of ours overlaps *network*; None if none does."""
    if overlap := first_overlapping(network, LOOPBACK):
        return fill("{what} is this host", what=overlap)
    if overlap := first_overlapping(network, (*_interface_addresses(), *_listening_hosts(smtp.listen))):
        return fill("{what} is an address of this host", what=overlap)
    if overlap := first_overlapping(network, smtp.proxy_protocol):
        return fill("{what} is a proxy in [smtp] proxy_protocol, behind which anybody may be", what=overlap)
    if overlap := first_overlapping(network, smtp.fronts):
        return fill("{what} is a mail server in [smtp] fronts, which hands on what anybody sent it", what=overlap)
    return fill("{what} is an address of this host", what=network) if _is_bindable(network) else None


def is_own_address(address: str) -> bool:
    """Whether *address* is one of this host's."""
    return first_overlapping(address, (*LOOPBACK, *_interface_addresses())) is not None or _is_bindable(address)


def _interface_addresses() -> Iterator[str]:
    yield from _LOCAL.findall(_read(IPV4_TABLE))
    for line in _read(IPV6_TABLE).splitlines():
        yield str(ipaddress.IPv6Address(bytes.fromhex(line.split()[0])))


def _read(table: Path) -> str:
    try:
        with table.open(encoding="ascii", errors="replace") as lines:
            return lines.read(MAX_TABLE_OCTETS)
    except OSError:
        return ""


def _listening_hosts(listen: Iterable[str]) -> Iterator[str]:
    for host in {host_port(text)[0] for text in listen} - {""}:
        with contextlib.suppress(OSError, UnicodeError):
            yield from (str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(host, None))


def _is_bindable(network: str) -> bool:
    """Whether *network* is a single address to which this host lets us bind a socket, and a successful bind proves something."""
    return _binds(network) and not any(map(_binds, DOCUMENTATION_ADDRESSES))


def _binds(address: str) -> bool:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as trial:
            trial.bind((address, 0))
    except (OSError, UnicodeError, OverflowError):
        return False
    return True
