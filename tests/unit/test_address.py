"""Addresses: splitting and comparing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.mail.address import ascii_domain, comparable, plausible, split
from bouncer.mail.letter import read_id, spell_id
from bouncer.mail.status import EnhancedStatus


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jane@Example.ORG", "jane@example.org"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("jane@BÜCHER.example", "jane@bücher.example"),
        ("jane@example.org.", "jane@example.org"),
        (" jane@example.org ", "jane@example.org"),
        ("Postmaster", "postmaster"),
    ],
)
def test_two_spellings_of_one_mailbox_compare_equal(one: str, other: str):
    assert comparable(one) == comparable(other)


@given(st.text(max_size=400))
def test_no_text_makes_comparing_fail(text: str):
    assert isinstance(comparable(text), str)


@given(st.emails())
def test_the_comparable_form_is_its_own(address: str):
    assert comparable(comparable(address)) == comparable(address)


def test_a_quoted_local_part_may_hold_an_at_sign():
    assert split('"a@b"@example.org') == ('"a@b"', "example.org")


@pytest.mark.parametrize(
    "address", ["", "jane", "@example.org", "jane@", "j ane@example.org", "a\n@b.example", "x" * 65 + "@b.example"]
)
def test_what_is_no_mailbox(address: str):
    assert not plausible(address)


@pytest.mark.parametrize("address", ["jane@example.org", "a+b=c@x", "jäne@bücher.example", '"a.b"@example.org'])
def test_what_is_a_mailbox(address: str):
    assert plausible(address)


def test_a_domain_that_idna_refuses_stays_as_it_came():
    assert ascii_domain("ü" * 100 + ".example") == "ü" * 100 + ".example"


@given(st.integers(0, (1 << 63) - 1))
def test_a_letters_number_is_read_as_it_was_spelled(number: int):
    assert read_id(spell_id(number)) == number


@given(st.text(max_size=20))
def test_no_other_text_is_a_letters_number(text: str):
    number = read_id(text)

    assert number is None or spell_id(number) == text.strip().lower()


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("5.1.1", "5.1.1"),
        (" 4.2.2 full", "4.2.2"),
        ("5.1.1.1", None),
        ("192.5.1.1", None),
        ("3.1.1", None),
        ("5.1111.1", None),
    ],
)
def test_an_enhanced_status_code_is_read_from_the_start(text: str, status: str | None):
    found = EnhancedStatus.parse(text)

    assert (str(found) if found else None) == status


def test_an_ip_address_is_no_enhanced_status_code():
    assert EnhancedStatus.find("host 10.5.1.1 said nothing") is None
    assert str(EnhancedStatus.find("550 #5.1.0 Address rejected")) == "5.1.0"
