"""The spellings of an erased address in texts: whichever system wrote them, they are found; other people's addresses are not."""

import time

import pytest

from bouncer.store.erasures.erased_address import ErasedAddresses

JANE = "jane.doe@example.org"


@pytest.mark.parametrize(
    "text",
    [
        "no such user: Jane.Doe@Example.org",
        "mailto:jane.doe%40example.org",
        "https://example.net/u?to=jane%2Edoe%40example%2Eorg&x=1",
        "https://example.net/u?next=%2Fu%3Fto%3Djane.doe%2540example.org",
        "%3Cjane.doe%40example.org%3E",
        "rfc822;jane.doe+40example.org",
        "rfc822;jane+2Edoe+40example+2Eorg",
        "=3Cjane.doe=40example.org=3E",
        "&lt;jane.doe&#64;example.org&gt;",
        "&lt;jane.doe&#x40;example&period;org&gt;",
        "bounces-jane.doe=example.org@list.example",
        "bounces+17-jane.doe=example.org@list.example",
        "jane.doe%example.org@gateway.example",
        "jane.doe#example.org@gateway.example",
        "IMCEASMTP-jane+2Edoe+40example+2Eorg@gateway.example",
        "IMCEAEX-jane+2Edoe_at_example+2Eorg@gateway.example",
        "jane.doe_example.org#EXT#@tenant.onmicrosoft.example",
        "SRS0=HHH=TT=example.org=jane.doe@forwarder.example",
        "SRS1=HHH=first.example==HHH=TT=example.org=jane.doe@forwarder.example",
        "gateway!example.org!jane.doe",
        "prvs=0123456789=jane.doe@example.org",
        "prvs=jane.doe/0123456789@example.org",
        "write to jane.doe (at) example.org",
    ],
)
def test_an_address_is_found_however_it_is_written(text: str):
    assert ErasedAddresses.of([JANE]).names(text)
    assert not ErasedAddresses.of(["john.doe@example.org", "jane.doe@example.net"]).names(text)


@pytest.mark.parametrize(
    "text",
    [
        "J.a.n.e%2Edoe+news%40googlemail.com",
        "SRS0=H=T=gmail.com=jane.doe@forwarder.example",
        "janedoe=2B1=40gmail=2Ecom",
    ],
)
def test_a_mailbox_at_gmail_is_found_in_each_of_its_spellings(text: str):
    assert ErasedAddresses.of(["janedoe@gmail.com"]).names(text)


@pytest.mark.parametrize(
    "text",
    [
        *("mary-jane.doe%40example.org", "jane.doe%40example.org.test", "not+2Djane.doe+40example.org"),
        *("jane.doe+1%40example.org", "x.example.org=jane.doe@f", "SRS0=H=T=example.org=jane.doe.smith@f"),
        *(
            "jane.doe@example.org-online",
            "jane.doe_example.org",
            "jane.doe, example.org",
            "%zz+4=+=4%",
            "&#99999999999;@",
        ),
    ],
)
def test_another_address_is_another(text: str):
    assert not ErasedAddresses.of([JANE]).names(text)


def test_a_text_encoded_again_and_again_is_read_in_bounded_time():
    text = "%25252540+2B2B40=3D3D40&amp;amp;#64;" * 3000
    before = time.process_time()
    assert not ErasedAddresses.of([JANE]).names(text)
    assert time.process_time() - before < 10
