"""Which spellings of other systems are the mailbox that was written to, and which are somebody else's address."""

import pytest

from bouncer.mail.address import comparable
from bouncer.mail.mailbox import MAX_SPELLED, embedded_addresses, is_same_mailbox

JANE, TAGGED, GMAIL = "jane@example.org", "jane+news@example.org", "jane.doe@gmail.com"


def same(written: str, reported: str) -> bool:
    return is_same_mailbox(comparable(written), comparable(reported))


@pytest.mark.parametrize(
    ("written", "reported"),
    [
        (JANE, "JANE@Example.ORG."),
        (JANE, '"jane"@example.org'),
        (JANE, "jane"),
        (JANE, "jane@mail.example.org"),
        ("jane@mail.example.org", JANE),
        (JANE, "jane@localhost"),
        (JANE, "jane@exchange1.corp"),
        (JANE, "jane%example.org@gateway.example"),
        (JANE, "jane=example.org@gateway.example"),
        (JANE, "example.org!jane"),
        (JANE, "gateway.example!example.org!jane@x.example"),
        (JANE, '"jane@example.org"@gateway.example'),
        (JANE, "jane@example.org@notes.example"),
        (JANE, "jane_example.org#EXT#@tenant.onmicrosoft.com"),
        (JANE, "IMCEASMTP-jane+40example+2Eorg@x.example"),
        (JANE, "IMCEAEX-_O=ORG_OU=EXCHANGE+20GROUP_CN=RECIPIENTS_CN=JANE@example.org"),
        (JANE, "IMCEAEX-_o=Labs_ou=Group_cn=Recipients_cn=0a1b2c3d-jane@eur01.prod.outlook.com"),
        (TAGGED, JANE),
        (TAGGED, "jane+2Bnews@example.org"),
        (TAGGED, "jane+2B2Bnews@example.org"),
        (GMAIL, "janedoe@gmail.com"),
        (GMAIL, "jane.doe@googlemail.com"),
        (GMAIL, "JaneDoe+list@googlemail.com"),
        ("kim@b\u00fccher.example", "kim@xn--bcher-kva.example"),
    ],
)
def test_another_spelling_is_the_same_mailbox(written: str, reported: str):
    assert same(written, reported)


@pytest.mark.parametrize(
    ("written", "reported"),
    [
        (JANE, "bob@example.org"),
        (JANE, "bob"),
        (JANE, ""),
        (JANE, "jane@example.net"),  # a domain alias, or another Jane: nobody here can tell
        (JANE, "jane@notexample.org"),
        (JANE, "jane@org"),
        (JANE, TAGGED),
        (JANE, "bob%example.org@gateway.example"),
        (JANE, "jane%example.net@example.org"),
        (JANE, "jane.private@inner.example"),
        (JANE, "IMCEAEX-_O=ORG_OU=GROUP_CN=RECIPIENTS_CN=BOB@example.org"),
        (JANE, "bob_example.org#EXT#@tenant.onmicrosoft.com"),
        ("info@customer.example", "anna@customer.example"),
        (GMAIL, "jane.d@gmail.com"),
        ("jane.doe@example.org", "janedoe@example.org"),
        ("kim@fa\u00df.example", "kim@fass.example"),
    ],
)
def test_another_mailbox_is_not_the_same(written: str, reported: str):
    assert not same(written, reported)


def test_the_search_inside_of_an_address_is_bounded():
    assert embedded_addresses("%" * MAX_SPELLED + "@x.example") == ()
    assert len(embedded_addresses("%!=#+2b+40" * 20 + "@x.example")) < 30
