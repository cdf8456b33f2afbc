"""The country that a server's name stands for, and the address that a report gives beside it."""

import pytest

from bouncer.policy.country import address_in, answering_server, country_of_name


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


@pytest.mark.parametrize(
    ("answer", "server"),
    [
        ("host mx.example.org[192.0.2.25] said: 550 5.1.1 no such user", "mx.example.org[192.0.2.25]"),
        ("<jane@example.org>: host mx.example.de[2001:db8::25] said: 550", "mx.example.de[2001:db8::25]"),
        ("host mx.example.de [192.0.2.25]: 550 no", "mx.example.de [192.0.2.25]"),
        ("host mx.example.de [192.0.2.25]\n    SMTP error from remote mail server", "mx.example.de [192.0.2.25]"),
        ("192.0.2.25 does not like recipient.\nRemote host said: 550 no", "192.0.2.25"),
        ("Connected to 192.0.2.25 but sender was rejected.", "192.0.2.25"),
        ("550 5.7.1 Client host [192.0.2.80] blocked using zen.example", ""),
        ("550 5.7.1 client host mail.acme.example [192.0.2.80]: blocked", ""),
        ("550 5.7.1 Unfortunately, messages from [192.0.2.80] weren't sent", ""),
        ("550 your host mail.acme.example[192.0.2.80] said: EHLO", ""),
        ("550 5.1.1 no such user", ""),
        ("", ""),
    ],
)
def test_the_server_is_named_in_front_of_the_answer_that_it_gave(answer: str, server: str):
    assert answering_server(answer) == server


@pytest.mark.parametrize(
    "hostile", ["host " + "a" * 5000, ": host a.b" * 500, "host a[" + "1" * 3000, "1." * 2000 + " does"]
)
def test_a_hostile_answer_names_no_server(hostile: str):
    assert answering_server(hostile) == ""


def test_a_server_as_an_answer_names_it_has_a_country_and_an_address():
    server = answering_server("host mx.example.de[192.0.2.25] said: 550")

    assert (country_of_name(server), address_in(server)) == ("DE", "192.0.2.25")
