"""The country that a server's name stands for, and the address that a report gives beside it."""

import pytest

from bouncer.policy.country import address_in, country_of_name


@pytest.mark.parametrize(
    ("server", "country"),
    [
        ("mx00.t-online.de", "DE"),
        ("SMTP-IN.Orange.FR.", "FR"),
        ("mx.example.co.uk", "GB"),
        ("mx.example.fr (192.0.2.25)", "FR"),
        ("gmail-smtp-in.l.google.com", None),
        ("mx.example.io", None),
        ("mx.example.eu", None),
        ("mx.xn--p1ai", None),
        ("de", None),
        (".", None),
        ("", None),
        ("[192.0.2.25]", None),
        ("2001:db8::de", None),
        ("mx.example.d\u0435", None),
        ("mx.example.d<", None),
    ],
)
def test_the_ending_of_a_name_tells_the_country_where_it_is_one(server: str, country: str | None):
    assert country_of_name(server) == country


@pytest.mark.parametrize(
    ("server", "address"),
    [
        ("mx.example.org [192.0.2.25]", "192.0.2.25"),
        ("mail.example.org (192.0.2.7, the server for the domain example.org.)", "192.0.2.7"),
        ("[192.0.2.25]", "192.0.2.25"),
        ("192.0.2.25", "192.0.2.25"),
        ("mx.example.org (2001:db8::25, the server", "2001:db8::25"),
        ("[IPv6:2001:db8::25]", "2001:db8::25"),
        ("::ffff:192.0.2.25", "192.0.2.25"),
        ("mx.example.org", None),
        ("mx.example.org [999.1.1.1]", None),
        ("fe80::1%eth0", None),
        ("", None),
    ],
)
def test_an_address_stands_beside_or_instead_of_the_name(server: str, address: str | None):
    assert address_in(server) == address
