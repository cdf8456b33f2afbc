"""Whether a courier leads back to this server, which would refuse every notice as a stranger's mail, so that no owner gets any.

Only this machine's own knowledge counts: a port that we listen on, at an address of ours. A name that cannot be resolved now proves
nothing.
"""

import contextlib
import ipaddress
import socket
from collections.abc import Collection, Iterable
from urllib.parse import urlsplit

from bouncer.compose.filled_text import FilledText, fill
from bouncer.errors import ConfigError
from bouncer.own_hosts import is_own_address
from bouncer.settings.addresses import host_port, is_host_port

PORTS = {"smtp": 25, "smtps": 465}
"""The port of a smarthost whose address names none (RFC 5321, RFC 8314)."""
REMEDY = fill("name another mail server, or another port of this one (587 where it takes mail of its users)")
"""The remedy for a courier that leads to ourselves."""
EVERY_ADDRESS = {"": (4, 6), "0.0.0.0": (4,), "::": (6,)}  # noqa: S104 -- compared, not listened on
"""Addresses to listen on that mean all addresses of this machine, and their versions of IP."""
_AT_HOME = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 -- compared, not listened on
"""The address that a connection to the unspecified address reaches (RFC 1122 section 3.2.1.3)."""


def address_of_ours(courier: str, listen: Iterable[str], own_names: Collection[str] = ()) -> str | None:
    """Give the address in *listen*, host:port or a path, that *courier* leads to; None where none is known to be.

    *own_names*: host names that stand for this host, whatever the DNS says about them now.
    """
    target = smarthost_address(courier)
    if target is None:
        return None
    host, port = target
    same_port = {text: host_port(text)[0] for text in listen if is_host_port(text) and host_port(text)[1] == port}
    if host in map(str.lower, own_names):
        return next(iter(same_port), None)
    addresses = _addresses(host) if same_port else set[str]()
    return next((text for text, own_addresses in same_port.items() if _is_listening(own_addresses, addresses)), None)


def refuse_loops(couriers: Iterable[str], listen: Iterable[str], own_names: Collection[str] = ()) -> None:
    """Raise ConfigError for each of *couriers* that leads to one of *listen*."""
    places = tuple(listen)
    addresses = ((courier, address_of_ours(courier, places, own_names)) for courier in couriers)
    faults = [
        f"[forward] courier: {describe_loop(courier, address)}; {REMEDY}" for courier, address in addresses if address
    ]
    if faults:
        raise ConfigError(*faults)


def describe_loop(courier: str, address: str) -> FilledText:
    """Describe the fault of a courier that leads to our own *address*."""
    return fill(
        "{what} leads to ourselves, we listen on {other}, and would refuse every notice", what=courier, other=address
    )


def smarthost_address(courier: str) -> tuple[str, int] | None:
    """Give host and port of a smarthost; None for another kind of courier, or a malformed address."""
    try:
        url = urlsplit(courier)
        return (url.hostname or "", url.port or PORTS[url.scheme]) if url.scheme in PORTS else None
    except ValueError:
        return None


def _addresses(host: str) -> set[str]:
    """Resolve *host*; empty where it cannot be resolved now."""
    with contextlib.suppress(ValueError):
        address = str(ipaddress.ip_address(host))
        return {_AT_HOME.get(address, address)}
    with contextlib.suppress(OSError, UnicodeError):
        return {str(answer[4][0]).partition("%")[0] for answer in socket.getaddrinfo(host, None)}
    return set()


def _is_listening(listening_host: str, addresses: set[str]) -> bool:
    if versions := EVERY_ADDRESS.get(listening_host):
        return any(ipaddress.ip_address(text).version in versions and is_own_address(text) for text in addresses)
    return not addresses.isdisjoint(_addresses(listening_host))
