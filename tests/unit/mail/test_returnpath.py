"""Signed return paths: what is signed verifies, what is altered does not, and no address leaks where none should."""

import base64
import hashlib
import hmac

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bouncer.mail.returnpath import (
    MAX_LOCAL_PART,
    AccountKey,
    Flaw,
    Generation,
    Key,
    Signed,
    claimed_recipient,
    is_account_name,
    sign,
    verify,
)

KEY = Key(b"a secret of at least sixteen octets")
OLD = Key(b"the secret of the year before this one")
TODAY = 20_400


def signed(recipient: str = "jane@example.org", account: str = "acme", days: int = 30, *, hashed: bool = False) -> str:
    return sign(account, recipient, domain="rp.example.com", key=KEY, today=TODAY, days=days, hashed=hashed)


def test_a_signed_path_names_account_and_recipient():
    signature = verify(signed(), keys=(KEY,), today=TODAY)

    assert isinstance(signature, Signed)
    assert (signature.account, signature.recipient) == ("acme", "jane@example.org")


addresses = st.builds(
    lambda local, domain: f"{local}@{domain}",
    st.text(min_size=1, max_size=80).filter(lambda t: "\0" not in t and t.strip() == t),
    st.from_regex(r"[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]{2,10}){1,3}", fullmatch=True),
)
accounts = st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,18}[a-z0-9])?", fullmatch=True)


@given(recipient=addresses, account=accounts, hashed=st.booleans())
def test_any_signed_path_verifies_and_speaks_for_its_recipient(recipient: str, account: str, hashed: bool):
    path = signed(recipient, account, hashed=hashed)
    local = path.rpartition("@")[0]
    signature = verify(path, keys=(OLD, KEY), today=TODAY)

    assert path == path.lower()
    assert len(local.encode()) <= MAX_LOCAL_PART
    assert isinstance(signature, Signed)
    assert signature.account == account
    assert signature.speaks_for(recipient)
    assert not signature.speaks_for("x" + recipient)


@given(position=st.integers(0, 63), character=st.sampled_from("abcdefghijklmnopqrstuvwxyz234567=-."))
def test_no_single_altered_character_verifies(position: int, character: str):
    local, _, domain = signed().rpartition("@")
    assume(position < len(local) and local[position] != character)
    altered = local[:position] + character + local[position + 1 :]

    assert not isinstance(verify(f"{altered}@{domain}", keys=(KEY,), today=TODAY), Signed)


@given(st.text(max_size=400))
def test_no_text_makes_verifying_fail(text: str):
    assert isinstance(verify(text, keys=(KEY, OLD), today=TODAY), Flaw)


def test_a_path_expires():
    path = signed(days=10)

    assert isinstance(verify(path, keys=(KEY,), today=TODAY + 10), Signed)
    assert verify(path, keys=(KEY,), today=TODAY + 11) is Flaw.EXPIRED


def test_a_retired_key_proves_nothing():
    assert verify(signed(), keys=(OLD,), today=TODAY) is Flaw.MAC
    assert verify(signed(), keys=(), today=TODAY) is Flaw.MAC


@pytest.mark.parametrize(
    "change",
    [
        str.upper,
        str.title,
        lambda p: f"prvs=0123456789={p}",
        lambda p: f"msprvs1=17123abcdefgh={p}",
        lambda p: f"btv1==0123456789abcdef=={p}",
        lambda p: f"SRS0=HHHH=TT=rp.example.com={p}",
        lambda p: f"SRS1=GGGG=relay.example==HHHH=TT=rp.example.com={p}",
        lambda p: f"SRS1+GGGG=relay.example=+HHHH=TT=rp.example.com={p}",
        lambda p: f"prvs=0123456789=btv1==0123456789=={p}",
        lambda p: p.replace("@", "+tag@"),
        lambda p: f" {p}".strip(),
    ],
    ids=["upper", "title", "batv", "msprvs", "btv1", "srs0", "srs1", "srs1 plus", "two", "tag", "blanks"],
)
def test_changes_of_addresses_by_servers_do_no_harm(change):  # noqa: ANN001 -- a callable per case
    assert isinstance(verify(change(signed()), keys=(KEY,), today=TODAY), Signed)


def test_whom_a_path_claims_is_read_from_it_signed_or_not():
    forged = signed("jane@example.org").replace("acme-", "evil-")

    assert claimed_recipient(signed("jane@example.org")) == "jane@example.org"
    assert claimed_recipient(forged.upper()) == "jane@example.org"
    assert claimed_recipient(signed("jane@example.org", hashed=True)) == ""
    assert claimed_recipient(signed(None)) is None
    assert claimed_recipient("acme@rp.example.com") is None
    assert claimed_recipient("") is None


def test_a_hashed_path_shows_no_address():
    path = signed("jane@example.org", hashed=True)

    assert "jane" not in path
    assert "example.org" not in path


@pytest.mark.parametrize("hashed", [False, True])
def test_a_reference_comes_back(hashed: bool):
    path = sign(
        "acme",
        "jane@example.org",
        domain="x.example",
        key=KEY,
        today=TODAY,
        days=1,
        hashed=hashed,
        reference="spring26",
    )
    signature = verify(path, keys=(KEY,), today=TODAY)

    assert isinstance(signature, Signed)
    assert signature.reference == "spring26"
    assert signature.speaks_for("jane@example.org")
    assert verify(path.replace("spring26", "spring27"), keys=(KEY,), today=TODAY) is Flaw.MAC


@pytest.mark.parametrize("hashed", [False, True])
def test_a_path_speaks_for_its_domain_and_not_for_one_that_older_rules_took_for_the_same(hashed: bool):
    """By IDNA 2003 faß.example was fass.example, which is somebody else's."""
    signature = verify(signed("kim@faß.example", hashed=hashed), keys=(KEY,), today=TODAY)

    assert isinstance(signature, Signed)
    assert signature.speaks_for("kim@xn--fa-hia.example")
    assert signature.speaks_for("KIM@FAß.example")
    assert not signature.speaks_for("kim@fass.example")


@pytest.mark.parametrize(
    ("sent", "reported"),
    [("jose\u0301@example.org", "jos\u00e9@example.org"), ('"jane"@example.org', "jane@example.org")],
)
def test_a_path_speaks_for_every_spelling_of_its_recipient(sent: str, reported: str):
    signature = verify(signed(sent), keys=(KEY,), today=TODAY)

    assert isinstance(signature, Signed)
    assert signature.speaks_for(reported)


def test_paths_that_went_out_long_ago_are_still_good():
    """Written by the first version; the form of the addresses in them has not changed."""
    paths = {
        "acme-ocdyeuxynzzhgbx3h6r6-jane=example.org@rp.example.com": "Jane@Example.org",
        "acme-ocdywhtltyogs6pzjqcr-=ozn2tzlqicr3p7gr@rp.example.com": "jane@example.org",
        "acme-ocdyqusyhp7hm4l7p5kh-ann=xn--bcher-kva.example@rp.example.com": "ann@b\u00fccher.example",
        "acme-ocdyq32vdeph2tf7vr36-=xnnk3b63xdalwrpl@rp.example.com": "j\u00e4ne@b\u00fccher.example",
        "acme-ocdyoqshvtmkjtmguad3-=6k3nfkrco7j2mpcl@rp.example.com": "x+tag@example.org",
    }
    for path, recipient in paths.items():
        signature = verify(path, keys=(KEY,), today=TODAY)
        assert isinstance(signature, Signed)
        assert signature.speaks_for(recipient)


def test_a_path_for_several_recipients_speaks_for_none():
    path = sign("acme", None, domain="x.example", key=KEY, today=TODAY, days=1, reference="m4711")
    signature = verify(path, keys=(KEY,), today=TODAY)

    assert isinstance(signature, Signed)
    assert (signature.recipient, signature.recipient_hash, signature.reference) == (None, None, "m4711")
    assert not signature.speaks_for("")
    assert not signature.speaks_for("jane@example.org")


def test_a_reference_that_cannot_stand_in_a_path_is_refused():
    with pytest.raises(ValueError, match="reference"):
        sign("acme", None, domain="x.example", key=KEY, today=TODAY, days=1, reference="spring-26")


@pytest.mark.parametrize("local", ["a/b", "a%b", "a!b", "a|b", "a..b", ".a", "a.", '"a b"', "a+b", "jäne", "a'b"])
def test_a_local_part_that_servers_might_stumble_over_is_hashed(local: str):
    path = signed(f"{local}@example.org")
    signature = verify(path, keys=(KEY,), today=TODAY)

    assert path.rpartition("@")[0].isascii()
    assert isinstance(signature, Signed)
    assert signature.recipient is None
    assert signature.speaks_for(f"{local}@example.org")


def test_a_long_recipient_is_hashed():
    signature = verify(signed("a.very.long.local.part.indeed@mail.example.org"), keys=(KEY,), today=TODAY)

    assert isinstance(signature, Signed)
    assert signature.recipient is None
    assert signature.speaks_for("a.very.long.local.part.indeed@mail.example.org")


def test_a_recipient_that_looks_like_a_hash_is_hashed():
    signature = verify(signed("=abc@example.org"), keys=(KEY,), today=TODAY)

    assert isinstance(signature, Signed)
    assert signature.recipient is None
    assert signature.speaks_for("=abc@example.org")


def test_the_recipient_of_one_account_is_not_that_of_another():
    """Each has its own key, and the account is under the MAC."""
    other = signed(account="evil").replace("evil-", "acme-", 1)

    assert verify(other, keys=(KEY,), today=TODAY) is Flaw.MAC


@pytest.mark.parametrize("name", ["", "-acme", "acme-", "ACME", "a" * 21, "a+b", "a=b", "a@b", "a b"])
def test_names_that_cannot_stand_in_a_path_are_refused(name: str):
    assert not is_account_name(name)
    with pytest.raises(ValueError, match="account name"):
        signed(account=name)


def test_days_out_of_range_are_refused():
    with pytest.raises(ValueError, match="out of range"):
        signed(days=100_000)


def test_a_short_key_is_refused():
    with pytest.raises(ValueError, match="16 octets"):
        Key(b"short")


def test_a_key_shows_no_secret():
    assert "secret" not in repr(KEY)


def derived_by_hand(master: bytes, account: str, generation: int) -> bytes:
    """HKDF-SHA256 as RFC 5869 section 2 writes it; 32 octets are one round of its expansion."""
    info = f"bouncer account key\0{account}\0{generation}".encode()
    extracted = hmac.digest(bytes(32), master, "sha256")
    return hmac.digest(extracted, info + b"\x01", hashlib.sha256)


@pytest.mark.parametrize(("account", "generation"), [("acme", 1), ("acme", 2), ("my-acme.x", 17)])
def test_an_accounts_key_is_derived_as_the_readme_says(account: str, generation: int):
    key = KEY.derive(account, generation)

    assert key.secret == derived_by_hand(KEY.secret, account, generation)
    assert key.spell() == f"{account}:{base64.urlsafe_b64encode(key.secret).decode().rstrip('=')}"
    assert AccountKey.read(f" {key.spell()}\n") == key
    assert KEY.derive(account, generation) is key, "derived once"


def test_a_program_with_its_accounts_key_signs_what_the_daemon_signs():
    own = AccountKey.read(KEY.derive("acme").spell())
    path = sign("acme", "jane@example.org", domain="rp.example.com", key=own, today=TODAY, days=30)

    assert path == signed()
    assert isinstance(verify(path, keys=(OLD, KEY), today=TODAY), Signed)


@given(own=accounts, other=accounts, recipient=st.none() | addresses, hashed=st.booleans())
def test_the_key_of_one_account_signs_for_no_other(own: str, other: str, recipient: str | None, hashed: bool):
    """However its holder goes about it: not by name, not by renaming the key, not by renaming the path."""
    assume(own != other)
    key = KEY.derive(own)
    options = {"domain": "rp.example.com", "today": TODAY, "days": 30, "hashed": hashed}
    with pytest.raises(ValueError, match="signs for no other"):
        sign(other, recipient, key=key, **options)  # type: ignore[arg-type]

    renamed_key = sign(other, recipient, key=AccountKey(other, key.secret), **options)  # type: ignore[arg-type]
    derived_again = sign(other, recipient, key=Key(key.secret), **options)  # type: ignore[arg-type]
    renamed_path = other + sign(own, recipient, key=key, **options)[len(own) :]  # type: ignore[arg-type]

    for path in (renamed_key, derived_again, renamed_path):
        signature = verify(path, keys=(KEY,), today=TODAY)
        assert isinstance(signature, Flaw) or signature.account != other


def test_a_later_account_of_a_name_has_another_key():
    first = signed()
    second = sign("acme", "jane@example.org", domain="rp.example.com", key=KEY.derive("acme", 2), today=TODAY, days=30)

    for path, generation in ((first, 1), (second, 2)):
        assert isinstance(
            verify(path, keys=(KEY,), today=TODAY, generation_of=lambda _, g=generation: Generation(g)), Signed
        )  # type: ignore[misc]
        assert (
            verify(path, keys=(KEY,), today=TODAY, generation_of=lambda _, g=3 - generation: Generation(g)) is Flaw.MAC
        )  # type: ignore[misc]
        assert verify(path, keys=(KEY,), today=TODAY, generation_of=lambda _: None) is Flaw.MAC


OF_BEFORE = {
    "acme-ocdyeuxynzzhgbx3h6r6-jane=example.org@rp.example.com": "jane@example.org",
    "acme-ocdywhtltyogs6pzjqcr-=ozn2tzlqicr3p7gr@rp.example.com": "jane@example.org",
    "acme-ocdyzu3voj73bdue5fn2.spring26@rp.example.com": None,
}
"""Paths that the master key itself signed on day TODAY for 30 days, before accounts had keys, and whom they speak for."""


@pytest.mark.parametrize(("path", "recipient"), OF_BEFORE.items())
def test_paths_of_before_account_keys_are_good_until_they_expire(path: str, recipient: str | None):
    for until in (TODAY + 30, TODAY + 400):
        signature = verify(path, keys=(OLD, KEY), today=TODAY + 30, generation_of=lambda _, u=until: Generation(1, u))  # type: ignore[misc]
        assert isinstance(signature, Signed)
        assert signature.is_for_one_recipient == (recipient is not None)
        assert recipient is None or signature.speaks_for(recipient)
        expired = verify(path, keys=(OLD, KEY), today=TODAY + 31, generation_of=lambda _, u=until: Generation(1, u))  # type: ignore[misc]
        assert expired is Flaw.EXPIRED


@pytest.mark.parametrize("path", OF_BEFORE)
@pytest.mark.parametrize("generation", [None, Generation(1), Generation(1, TODAY + 29), Generation(2)])
def test_paths_of_before_account_keys_are_no_longer_or_later_accounts(path: str, generation: Generation | None):
    assert verify(path, keys=(OLD, KEY), today=TODAY, generation_of=lambda _: generation) is Flaw.MAC


@pytest.mark.parametrize(
    "text",
    [
        "",
        "acme",
        "acme:",
        ":" + "a" * 43,
        "acme:" + "a" * 42,
        "acme:" + "a" * 44,
        "-acme:" + "a" * 43,
        "acme:" + "a" * 42 + "=",
        "x" * 44,
    ],
)
def test_a_text_that_is_no_accounts_key_is_refused_and_not_shown(text: str):
    with pytest.raises(ValueError, match="not an account's key") as refused:
        AccountKey.read(text)

    assert text == "" or text not in str(refused.value)


def test_no_secret_is_shown():
    representation = repr(KEY) + repr(KEY.derive("acme")) + repr(verify(signed(), keys=(KEY,), today=TODAY))

    assert repr(KEY.secret)[2:-1] not in representation
    assert repr(KEY.derive("acme").secret)[2:-1] not in representation
    assert KEY.derive("acme").spell() not in representation
