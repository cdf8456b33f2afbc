"""Addresses: splitting and comparing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.mail.address import ascii_domain, comparable, is_plausible, split
from bouncer.mail.letter import read_id, spell_id
from bouncer.mail.status import EnhancedStatus


@pytest.mark.parametrize(
    ("first_spelling", "other"),
    [
        ("Jane@Example.ORG", "jane@example.org"),
        ("jane@bücher.example", "jane@xn--bcher-kva.example"),
        ("jane@BÜCHER.example", "jane@bücher.example"),
        ("jane@example.org.", "jane@example.org"),
        (" jane@example.org ", "jane@example.org"),
        ("Postmaster", "postmaster"),
        ("kim@fa\u00df.example", "kim@xn--fa-hia.example"),
        ("kim@FA\u1e9e.example", "kim@fa\u00df.example"),
        ("kim@\u03b2\u03cc\u03bb\u03bf\u03c2.example", "kim@xn--nxasmm1c.example"),
        ("jane@example\u3002org", "jane@example.org"),
        ("jane@\uff45xample.org", "jane@example.org"),
        ("kim@\u2603.example", "kim@xn--n3h.example"),
        ("kim@bu\u0308cher.example", "kim@b\u00fccher.example"),
        ("jose\u0301@example.org", "JOS\u00c9@example.org"),
        ('"Jane"@example.org', "jane@example.org"),
        (r'"ja\ne.doe"@example.org', "jane.doe@example.org"),
        (r'"a\ b"@example.org', '"a b"@example.org'),
    ],
)
def test_two_spellings_of_one_mailbox_compare_equal(first_spelling: str, other: str):
    assert comparable(first_spelling) == comparable(other)


@pytest.mark.parametrize(
    ("first_spelling", "other"),
    [
        ("kim@fa\u00df.example", "kim@fass.example"),
        ("kim@\u03b2\u03cc\u03bb\u03bf\u03c2.example", "kim@\u03b2\u03cc\u03bb\u03bf\u03c3.example"),
        ("kim@fa\u200dx.example", "kim@fax.example"),  # joiners: a domain of its own, or none
        ("kim@fa\u200cx.example", "kim@fax.example"),
        ("kim@a\uff20example.org", "kim@a@example.org"),  # what looks like an @ and is none
        ('"a@b"@example.org', "a@b@example.org"),
        ('"a b"@example.org', "a b@example.org"),
        ("kim@" + "\u00fc" * 80 + ".example", "kim@" + "\u00fc" * 81 + ".example"),
        ("stra\u00dfe@example.org", "strasse@example.org"),
    ],
)
def test_two_mailboxes_stay_two(first_spelling: str, other: str):
    assert comparable(first_spelling) != comparable(other)


nasty = st.text(
    st.sampled_from('aA1".@\\ -\u00df\u03a3\u03c2\u0301\u0327\u0130\u212a\u3002\uff20\uff0e\u200d\u4e00\ue000\ud800'),
    max_size=24,
)


@given(nasty)
def test_the_comparable_form_of_anything_is_its_own(text: str):
    assert comparable(comparable(text)) == comparable(text)


@pytest.mark.parametrize("domain", ["\u00e9" * 83_000, "\u00e9." * 110 + "example", "\u4e00" * 86])
def test_no_time_is_spent_on_what_is_too_long_for_a_domain(domain: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("idna.uts46_remap", lambda *_, **__: pytest.fail("its labels were looked at"))

    assert comparable(f"Kim@{domain}") == f"kim@{domain}"


def test_plain_addresses_need_no_tables(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("idna.uts46_remap", lambda *_, **__: pytest.fail("its labels were looked at"))

    assert comparable("Jane@XN--FA-HIA.example") == "jane@xn--fa-hia.example"


@given(st.text(max_size=400))
def test_no_text_makes_comparing_fail(text: str):
    assert isinstance(comparable(text), str)


@given(st.emails())
def test_the_comparable_form_is_its_own(address: str):
    assert comparable(comparable(address)) == comparable(address)


def test_a_quoted_local_part_may_hold_an_at_sign():
    assert split('"a@b"@example.org') == ('"a@b"', "example.org")


@pytest.mark.parametrize(
    "address",
    [
        *("", "jane", "@example.org", "jane@", "j ane@example.org", "a\n@b.example", "x" * 65 + "@b.example"),
        *(
            "a@example.org,b@example.org",
            "a@example.org;b@example.org",
            "a@example.org;spam",
            "a@example.org,",
            "a,b@c",
        ),
    ],
)
def test_a_text_that_is_no_mailbox_is_told_apart(address: str):
    assert not is_plausible(address)


@pytest.mark.parametrize(
    "address", ["jane@example.org", "a+b=c@x", "jäne@bücher.example", '"a.b"@example.org', '"a,b"@example.org']
)
def test_a_mailbox_is_recognised(address: str):
    assert is_plausible(address)


def test_a_name_that_is_too_long_for_a_label_is_compared_and_never_looked_up():
    assert ascii_domain("ü" * 100 + ".example") == "&#252;" * 100 + ".example"


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
    parsed = EnhancedStatus.parse(text)

    assert (str(parsed) if parsed else None) == status


def test_an_ip_address_is_no_enhanced_status_code():
    assert EnhancedStatus.find("host 10.5.1.1 said nothing") is None
    assert str(EnhancedStatus.find("550 #5.1.0 Address rejected")) == "5.1.0"
