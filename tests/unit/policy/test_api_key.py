"""API keys: a typing error is seen, and nothing of a key can be told from its id."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bouncer.policy.api_key import KEY_OCTETS, KeyAccess, digest_of, id_of, is_api_key, make_api_key

OCTETS = st.binary(min_size=KEY_OCTETS, max_size=KEY_OCTETS)


@given(OCTETS)
def test_every_key_has_its_form(octets: bytes):
    key = make_api_key(octets)

    assert is_api_key(key)
    assert len(key) == len("bnc_") + 32 + 7
    assert id_of(digest_of(key)) not in key


@given(OCTETS, st.integers(0, 42), st.sampled_from(string.ascii_letters + string.digits + "_ ä\n"))
def test_one_wrong_character_is_seen(octets: bytes, place: int, character: str):
    key = make_api_key(octets)
    wrong = key[:place] + character + key[place + 1 :]

    assert is_api_key(wrong) is (wrong == key)


@given(st.text())
def test_other_texts_are_no_keys(text: str):
    assert not is_api_key(text)
    assert not is_api_key(f"bnc_{text}")
    assert len(digest_of(text)) == 64


@pytest.mark.parametrize(
    ("access", "includes"),
    [(KeyAccess.READ, ["read"]), (KeyAccess.WRITE, ["read", "write"]), (KeyAccess.ADMIN, ["read", "write", "admin"])],
)
def test_each_access_includes_all_lesser_accesses(access: KeyAccess, includes: list[str]):
    assert [other.value for other in KeyAccess if access.includes(other)] == includes
