"""The PROXY protocol, versions 1 and 2: required from trusted proxies, unknown to all others."""

import socket
import struct
from typing import Any

import pytest

from bouncer.smtpd.proxy import MAX_V1, Header, Malformed, read_header

TRUSTED = {"proxy_protocol": ("127.0.0.0/8",)}
SIGNATURE = b"\r\n\r\n\x00\r\nQUIT\n"


def v2(source: str, *, command: int = 0x21, tlvs: bytes = b"") -> bytes:
    """A version 2 header for a TCP client at *source*."""
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    address = socket.inet_pton(family, source)
    body = address * 2 + struct.pack(">HH", 40000, 25) + tlvs
    return SIGNATURE + bytes([command, 0x21 if ":" in source else 0x11]) + struct.pack(">H", len(body)) + body


GOOD = {
    "v1 TCP4": (b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 25\r\n", "192.0.2.7"),
    "v1 TCP6": (b"PROXY TCP6 2001:db8::7 2001:db8::1 40000 25\r\n", "2001:db8::7"),
    "v1 TCP6 of IPv4": (b"PROXY TCP6 ::ffff:198.51.100.7 ::ffff:192.0.2.1 40000 25\r\n", "198.51.100.7"),
    "v1 TCP6 of IPv4, in hexadecimal": (b"PROXY TCP6 ::ffff:c633:6407 ::1 0 65535\r\n", "198.51.100.7"),
    "v1 UNKNOWN": (b"PROXY UNKNOWN\r\n", None),
    "v1 UNKNOWN with more": (b"PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n", None),
    "v2 TCP4": (v2("192.0.2.7"), "192.0.2.7"),
    "v2 TCP6 with TLVs": (v2("2001:db8::7", tlvs=b"\x04\x00\x03abc"), "2001:db8::7"),
    "v2 TCP6 of IPv4": (v2("::ffff:198.51.100.7"), "198.51.100.7"),
    "v2 LOCAL": (SIGNATURE + b"\x20\x00\x00\x00", None),
    "v2 UNIX": (SIGNATURE + b"\x21\x31" + struct.pack(">H", 216) + bytes(216), None),
}
BAD = {
    "no header": b"EHLO x\r\n",
    "v1 without end": b"PROXY TCP4 " + b"1" * MAX_V1,
    "v1 other family": b"PROXY TCP4 2001:db8::7 2001:db8::1 1 2\r\n",
    "v1 no address": b"PROXY TCP4 mx.example.net 198.51.100.1 1 2\r\n",
    "v1 too few words": b"PROXY TCP4 192.0.2.7\r\n",
    "v1 no port": b"PROXY TCP4 192.0.2.7 198.51.100.1 x 25\r\n",
    "v1 port of a client too large": b"PROXY TCP4 192.0.2.7 198.51.100.1 99999 25\r\n",
    "v1 port of ours too large": b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 65536\r\n",
    "v1 port of ours no number": b"PROXY TCP4 192.0.2.7 198.51.100.1 40000 smtp\r\n",
    "v1 port with zeros": b"PROXY TCP4 192.0.2.7 198.51.100.1 040000 25\r\n",
    "v1 port of ten thousand digits": b"PROXY TCP4 192.0.2.7 198.51.100.1 " + b"9" * 60 + b" 25\r\n",
    "v1 destination no address": b"PROXY TCP4 192.0.2.7 mx.example.net 1 2\r\n",
    "v1 address with a zone": b"PROXY TCP6 fe80::1%eth0 ::1 1 2\r\n",
    "v1 destination with a zone": b"PROXY TCP6 2001:db8::7 fe80::1%eth0 1 2\r\n",
    "v1 nothing": b"PROXY \r\n",
    "v2 version 1": SIGNATURE + b"\x11\x11\x00\x0c" + bytes(12),
    "v2 unknown command": SIGNATURE + b"\x2f\x11\x00\x0c" + bytes(12),
    "v2 cut short": SIGNATURE + b"\x21\x11\x00\x04" + bytes(4),
    "v2 too long": SIGNATURE + b"\x21\x11\xff\xff",
}


@pytest.mark.parametrize(("octets", "client"), GOOD.values(), ids=GOOD)
def test_a_header_is_read_once_it_is_whole(octets: bytes, client: str | None) -> None:
    for cut in range(len(octets)):
        assert read_header(octets[:cut]) is None

    assert read_header(octets + b"EHLO x\r\n") == Header(len(octets), client)


@pytest.mark.parametrize("octets", BAD.values(), ids=BAD)
async def test_a_malformed_header_ends_the_connection_without_a_word(octets: bytes, open_server: Any) -> None:
    assert isinstance(read_header(octets), Malformed)
    async with open_server(**TRUSTED) as place:
        client = await place.client()
        await client.say(octets)

        assert await client.hear_all() == []


@pytest.mark.parametrize("name", ["v1 TCP4", "v2 TCP6 with TLVs", "v2 LOCAL"])
async def test_the_letter_is_kept_with_the_clients_address(name: str, open_server: Any) -> None:
    octets, address = GOOD[name]
    async with open_server(**TRUSTED) as place:
        client = await place.client()
        await client.say(octets)
        await client.open("<>")
        await client.say(b"x\r\n.\r\n")
        await client.hear()

        assert place.keeper.letters[0].peer == (address or "127.0.0.1")


async def test_behind_a_proxy_each_host_of_ipv4_counts_for_itself(open_server: Any) -> None:
    """However the proxy writes it; one that comes again, written in another way, is the same."""
    headers = [
        b"PROXY TCP6 ::ffff:198.51.100.7 ::ffff:192.0.2.1 40000 25\r\n",
        b"PROXY TCP6 ::ffff:198.51.100.8 ::ffff:192.0.2.1 40000 25\r\n",
        v2("::ffff:198.51.100.9"),
        b"PROXY TCP4 198.51.100.7 192.0.2.1 40000 25\r\n",
    ]
    async with open_server(**TRUSTED, max_connections_per_client=1) as place:
        codes = []
        for header in headers:
            client = await place.client()
            await client.say(header)
            codes.append((await client.hear())[:3])

        assert codes == [b"220", b"220", b"220", b"421"]


async def test_a_peer_outside_the_trusted_networks_may_not_send_a_proxy_header(open_server: Any) -> None:
    """From any other peer the header is a command that is not known."""
    async with open_server(proxy_protocol=("192.0.2.0/24",)) as place:
        client = await place.client()
        assert (await client.hear()).startswith(b"220 ")

        assert (await client.ask("PROXY TCP4 192.0.2.7 198.51.100.1 40000 25")).startswith(b"500 5.5.1")


async def test_clients_are_counted_by_the_address_that_the_proxy_says(open_server: Any) -> None:
    async with open_server(**TRUSTED, max_connections_per_client=1) as place:
        for address, greeting in (("192.0.2.7", b"220"), ("192.0.2.8", b"220"), ("192.0.2.7", b"421 4.7.0")):
            client = await place.client()
            await client.say(v2(address))
            assert (await client.hear()).startswith(greeting)


async def test_a_proxy_that_says_nothing_is_not_waited_for(open_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bouncer.smtpd.fronted.PROXY_SECONDS", 0.01)
    async with open_server(**TRUSTED) as place:
        client = await place.client()
        await client.say(b"PROXY TCP4 ")

        assert [reply[:9] for reply in await client.hear_all()] == [b"421 4.4.2"]
