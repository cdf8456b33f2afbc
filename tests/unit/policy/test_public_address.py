"""To which IP addresses a webhook may be posted."""

import pytest

from bouncer.policy.public_address import is_public

PUBLIC = (
    "1.1.1.1",
    "93.184.216.34",
    "2606:4700:4700::1111",
    "::ffff:1.1.1.1",  # IPv4-mapped
    "64:ff9b::1.1.1.1",  # NAT64 of a public address
)
NOT_PUBLIC = (
    "0.0.0.0",  # noqa: S104 -- an address to refuse
    "10.0.0.1",
    "100.64.0.1",  # shared address space
    "127.0.0.1",
    "127.255.0.9",
    "169.254.169.254",  # where clouds tell their secrets
    "172.16.0.1",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",  # IPv4-compatible
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:0:127.0.0.1",  # IPv4-translated (SIIT)
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::1.1.1.1",
    "100::1",
    "2001::1",  # Teredo
    "2001:db8::1",
    "2002:7f00:1::1",  # 6to4 of 127.0.0.1
    "2002:101:101::1",
    "3fff::1",  # documentation
    "4000::1",  # not handed out
    "5f00::1",  # segment routing
    "e000::1",
    "fc00::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2606:4700::5efe:10.0.0.1",  # ISATAP
    "2606:4700::200:5efe:10.0.0.1",
    "2606:4700:4700::1111%1",
)


@pytest.mark.parametrize("host", PUBLIC)
def test_an_address_that_anyone_reaches_is_public(host: str):
    assert is_public(host)


@pytest.mark.parametrize("host", NOT_PUBLIC)
def test_an_address_that_leads_inside_is_not(host: str):
    assert not is_public(host)


@pytest.mark.parametrize("text", ["", "localhost", "2130706433", "0x7f.1", "1.1.1", "1.1.1.1.", "[::1]", "①.1.1.1"])
def test_a_text_that_is_no_address_is_not_public(text: str):
    assert not is_public(text)
