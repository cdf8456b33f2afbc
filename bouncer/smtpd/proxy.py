"""The PROXY protocol, versions 1 and 2: the real client's address from a proxy that we trust.

Published by HAProxy (https://www.haproxy.org/download/3.0/doc/proxy-protocol.txt). Pure: octets so far in, value out.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from bouncer.mail.host import unmap_ipv4
from bouncer.settings.addresses import MAX_PORT

MAX_V1 = 107
"""Octets of a version 1 header with its CR LF; section 2.1."""
MAX_V2 = 16 + 2048
"""Octets of a version 2 header; addresses need 36, the rest is for TLVs, which we pass over."""

_V1 = b"PROXY "
_V2 = b"\r\n\r\n\x00\r\nQUIT\n"
_FIXED = 16
_LOCAL, _PROXY = 0x20, 0x21
_TCP4, _TCP6 = 0x11, 0x21


@dataclass(frozen=True, slots=True)
class Header:
    """A whole header: its length in octets, and the client's address, None where the proxy speaks for itself."""

    length: int
    client: str | None


@dataclass(frozen=True, slots=True)
class Malformed:
    """No PROXY header, or a broken one."""

    why: str


def read_header(octets: bytes | bytearray) -> Header | Malformed | None:
    """Read the header that *octets* start with; None while more octets are needed."""
    if octets.startswith(_V2):
        return _read_v2(octets)
    if octets.startswith(_V1):
        return _read_v1(octets)
    if _V1.startswith(octets[: len(_V1)]) or _V2.startswith(octets[: len(_V2)]):
        return None
    return Malformed("no PROXY header")


def _read_v1(octets: bytes | bytearray) -> Header | Malformed | None:
    end = octets.find(b"\r\n", 0, MAX_V1)
    if end < 0:
        return None if len(octets) < MAX_V1 else Malformed("version 1 header too long")
    words = octets[:end].split(b" ")
    if words[1] == b"UNKNOWN":
        return Header(end + 2, None)
    match words[1:]:
        case [(b"TCP4" | b"TCP6") as family, source, destination, *ports] if _are_ports(ports):
            version = 4 if family == b"TCP4" else 6
            client, server = _address(source, version), _address(destination, version)
            return Header(end + 2, client) if client and server else Malformed("version 1 address")
    return Malformed("version 1 header")


def _address(text: bytes | bytearray, version: int) -> str | None:
    try:
        address = ipaddress.ip_address(text.decode("ascii"))
    except ValueError:
        return None
    has_zone = b"%" in text  # of one link only (RFC 4007); section 2.1 has none
    return str(unmap_ipv4(address)) if address.version == version and not has_zone else None


def _are_ports(words: Sequence[bytes | bytearray]) -> bool:
    """Whether *words* are the two ports of section 2.1: decimal, without zeros in front, up to TCP's last."""
    return len(words) == len(("source", "destination")) and all(map(_is_port, words))


def _is_port(word: bytes | bytearray) -> bool:
    return (
        word.isdigit() and len(word) <= len(str(MAX_PORT)) and str(int(word)).encode() == word and int(word) <= MAX_PORT
    )


def _read_v2(octets: bytes | bytearray) -> Header | Malformed | None:
    if len(octets) < _FIXED:
        return None
    command, length = octets[12], _FIXED + int.from_bytes(octets[14:16])
    if command not in (_LOCAL, _PROXY) or length > MAX_V2:
        return Malformed("version 2 header")
    if len(octets) < length:
        return None
    return Header(length, None) if command == _LOCAL else _read_v2_client(octets, length)


def _read_v2_client(octets: bytes | bytearray, length: int) -> Header | Malformed:
    size = {_TCP4: 4, _TCP6: 16}.get(octets[13])
    if size is None:  # unspecified, UNIX sockets, datagrams: no address of a client
        return Header(length, None)
    if length < _FIXED + 2 * size + 4:
        return Malformed("version 2 addresses are cut short")
    return Header(length, str(unmap_ipv4(ipaddress.ip_address(bytes(octets[_FIXED : _FIXED + size])))))
