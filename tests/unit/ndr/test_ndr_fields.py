"""Fields of RFC 3464 as they come."""

import pytest

from bouncer.ndr import fields
from bouncer.ndr.reading import Action


@pytest.mark.parametrize(
    ("value", "address"),
    [
        ("rfc822; jane@example.org", "jane@example.org"),
        ("rfc822;<jane@example.org>", "jane@example.org"),
        ("rfc/822;jane@example.org", "jane@example.org"),
        ("RFC822; SMTP:jane@example.org", "jane@example.org"),
        ("unknown; jane", "jane"),
        ("jane@example.org", "jane@example.org"),
        ("rfc822; Jane Doe <jane@example.org>", "jane@example.org"),
        ('rfc822; "jane doe"@example.org', '"jane doe"@example.org'),
        ("rfc822; jane@example.org (Jane)", "jane@example.org"),
        ("utf-8; jürgen@example.org", "jürgen@example.org"),
        (r"utf-8; \x{4E2D}\x{6587}@example.org", "中文@example.org"),
        (r"utf-8; \x{FFFFFF}@example.org", r"\x{FFFFFF}@example.org"),
        ("rfc822; =?utf-8?q?j=C3=BCrgen?=@example.org", "jürgen@example.org"),
        ("rfc822;", ""),
        ("", ""),
    ],
)
def test_an_address_is_read_out_of_its_field(value: str, address: str) -> None:
    assert fields.address(value) == address


@pytest.mark.parametrize("word", ["failed", "Failed", "FAILURE", "error", "expired", "failed (undeliverable)"])
def test_many_words_for_an_action_mean_failed(word: str) -> None:
    assert fields.action({"action": word}) is Action.FAILED


def test_an_action_that_nobody_knows_is_not_read() -> None:
    assert fields.action({"action": "sublimated"}) is None


def test_a_recipients_fields_begin_a_block_without_a_blank_line() -> None:
    read = fields.blocks(
        "Final-Recipient: rfc822; a@example.org\nAction: failed\nFinal-Recipient: rfc822; b@example.org\n"
    )
    assert [block["final-recipient"] for block in read] == ["rfc822; a@example.org", "rfc822; b@example.org"]


def test_a_diagnostic_goes_on_without_indentation_and_a_misspelt_field_is_left_out() -> None:
    [block] = fields.blocks(
        "Final-Recipient: rfc822; a@example.org\nction: failed\nDiagnostic-Code: smtp; 550\nno such user\n"
    )
    assert block == {"final-recipient": "rfc822; a@example.org", "diagnostic-code": "smtp; 550 no such user"}


@pytest.mark.parametrize(
    "begun", ["Final-Recipient: rfc822; a@x", "Diagnostic-Code: smtp; 550 no\n "], ids=["at-once", "folded"]
)
def test_a_value_is_cut_before_anything_is_looked_for_in_it(begun: str) -> None:
    [block] = fields.blocks(begun + " " * 45_000 + "b" * 45_000 + "\n " + "c" * 45_000)

    assert all(len(value) <= 10_000 for value in block.values())


def test_only_codes_before_the_last_at_sign_are_decoded() -> None:
    assert fields.original("rfc822; a+2Bb+3Dc@example.org") == "a+b=c@example.org"
    assert fields.original("rfc822; a@example+2Borg") == "a@example+2Borg"


@pytest.mark.parametrize(
    ("value", "address"),
    [("a@ example.org", "a@example.org"), ("a @example .org", "a@example.org"), ("a@b.c  (c)", "a@b.c")],
)
def test_an_address_folded_where_no_blank_may_stand_is_joined(value: str, address: str) -> None:
    assert fields.literal(value) == address
