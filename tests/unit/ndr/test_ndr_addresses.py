"""Searching addresses around the @ signs of a text finds what a search of the whole text finds."""

from hypothesis import example, given
from hypothesis import strategies as st

from bouncer.ndr import addresses
from bouncer.verdict.words import without_addresses

PIECES = ["jane", "@", "@", "x.example", ".", "-", " ", '"', "<", ">", "[1.2.3.4]", ":", "\n", "é", "の", "="]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)
FAR = " user unknown "


@given(TEXTS)
@example('mail to "jane doe"@x.example failed')
@example("jane@x.example. jane@[1.2.3.4]")
def test_words_around_change_nothing(text: str):
    assert addresses.find(FAR + text + FAR) == addresses.find(text)
    assert [address for _, address in addresses.find_with_positions(FAR + text + FAR)] == addresses.find(text)


@given(TEXTS)
@example("a=jane@x.example")
def test_each_address_is_replaced_wherever_it_stands(text: str):
    assert without_addresses(FAR + text + FAR) == FAR + without_addresses(text) + FAR
