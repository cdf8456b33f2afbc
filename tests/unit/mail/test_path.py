"""One mailbox has one spelling, whatever quotes, backslashes and routes stand around it."""

import pytest

from bouncer.mail.path import plain_mailbox


@pytest.mark.parametrize(
    ("spelled", "plain"),
    [
        ("jane@example.org", "jane@example.org"),
        ('"jane"@example.org', "jane@example.org"),
        ('"ja\\ne"@example.org', "jane@example.org"),
        ('"jané.doe+x"@example.org', "jané.doe+x@example.org"),
        ("@relay.example:jane@example.org", "jane@example.org"),
        ("@a.example:@b.example:jane@example.org", "jane@example.org"),
        ("@a.example,@b.example:jane@example.org", "jane@example.org"),
        ('"jane\\ doe"@example.org', '"jane doe"@example.org'),
        ('"jane doe"@example.org', '"jane doe"@example.org'),
        ('"a\\"b\\\\c"@example.org', '"a\\"b\\\\c"@example.org'),
        ('"a@b"@example.org', '"a@b"@example.org'),
        ('".jane"@example.org', '".jane"@example.org'),
        ('""@example.org', '""@example.org'),
        ('"jane@example.org', '"jane@example.org'),
        ('"jane\\"@example.org', '"jane\\"@example.org'),
        ('"', '"'),
        ("", ""),
        ("postmaster", "postmaster"),
    ],
)
def test_parts_of_an_address_that_say_nothing_are_taken_off(spelled: str, plain: str) -> None:
    assert plain_mailbox(spelled) == plain
    assert plain_mailbox(plain) == plain
