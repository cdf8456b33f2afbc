"""Logs name a return path without what lets anybody speak for its recipient."""

import pytest

from bouncer.mail.logged import CUT, without_signature
from bouncer.mail.returnpath import Flaw, Key, sign, verify

KEY = Key(b"a secret of at least sixteen octets")


def path(recipient: str | None, **options: object) -> str:
    return sign("my-acme.x", recipient, domain="rp.example.com", key=KEY, today=20_400, days=30, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "whole",
    [
        path("jane@example.org"),
        path("jane@example.org").upper(),
        path("jane@example.org", reference="sale"),
        path("jane@example.org", hashed=True),
        path(None),
        path(None, reference="sale"),
        f"prvs=1234567890={path('jane@example.org')}",
        f"SRS0=HHHH=TT=rp.example.com={path('jane@example.org').partition('@')[0]}@forwarder.example",
    ],
)
def test_no_signature_is_left_of_a_path(whole: str):
    logged = without_signature(whole)

    assert CUT in logged
    assert len(logged) == len(whole) - 16 + len(CUT)
    assert logged.rpartition("@")[2] == whole.rpartition("@")[2]
    assert isinstance(verify(logged, keys=(KEY,), today=20_400), Flaw)


@pytest.mark.parametrize(
    "address", ["", "jane@example.org", "acme+jane=example.org@rp.example.com", "a-b.c-d@x.example"]
)
def test_other_addresses_stay_as_they_are(address: str):
    assert without_signature(address) == address
