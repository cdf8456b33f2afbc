"""One host has one spelling, and an IPv4 address is one wherever it comes from."""

import pytest

from bouncer.mail.host import client_of, plain_host
from bouncer.milter.frames import parse_client
from bouncer.policy.networks import is_within

MAPPED = [
    "::ffff:192.0.2.7",
    "::FFFF:192.0.2.7",
    "::ffff:c000:207",
    "0:0:0:0:0:ffff:c000:0207",
    "IPv6:::ffff:192.0.2.7",
]


@pytest.mark.parametrize("spelled", MAPPED)
def test_a_mapped_address_is_the_ipv4_one(spelled: str) -> None:
    bare = spelled.removeprefix("IPv6:")

    assert plain_host(spelled) == client_of(bare) == "192.0.2.7"
    assert is_within(spelled, ["192.0.2.0/24"])
    assert parse_client(b"host\x006\x00\x19" + spelled.encode() + b"\0") == ("192.0.2.7", 25)


def test_each_host_behind_a_translator_is_a_client_of_its_own() -> None:
    assert client_of("64:ff9b::c000:207") == client_of("64:ff9b::192.0.2.7") == "192.0.2.7"
    assert client_of("64:ff9b::192.0.2.8") == "192.0.2.8"
    assert client_of("64:ff9b:0:0:1::192.0.2.8") == "64:ff9b::/64"
    assert not is_within("64:ff9b::192.0.2.7", ["192.0.2.0/24"])  # whoever counts as whose is not whom one believes


@pytest.mark.parametrize("network", ["::ffff:192.0.2.0/120", "::ffff:192.0.2.7", "::ffff:0:0/96"])
def test_a_network_of_mapped_addresses_is_one_of_ipv4(network: str) -> None:
    assert is_within("192.0.2.7", [network])
    assert not is_within("2001:db8::7", [network])


@pytest.mark.parametrize("text", ["", "local", "mx.example.net", "fe80::1%eth0", "2001:db8::7", "192.0.2.7"])
def test_all_others_stay_as_they_are(text: str) -> None:
    assert plain_host(text) == text


def test_a_wide_network_of_ipv6_is_none_of_ipv4() -> None:
    assert not is_within("192.0.2.7", ["::/0"])
