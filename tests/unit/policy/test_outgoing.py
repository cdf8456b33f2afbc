"""The decisions on outgoing mail: its account, the recipients who are dropped, its signed path."""

import dataclasses
from typing import Any

import pytest

from bouncer.mail.address import comparable
from bouncer.mail.letter import NOTICE_ACCOUNT
from bouncer.mail.returnpath import Key, Signed, sign, verify
from bouncer.policy.outgoing import Outgoing, OwnPath, Sending, Signing, account_of, prepare

KEY, RETIRED = Key(b"0" * 32), Key(b"1" * 32)
SIGNING = Signing(("rp.example.com", "rp.example.net"), (KEY, RETIRED), today=20_000, days=30)
SENDERS = {"acme-smtp": "acme", "acme.example": "acme", "ann@shared.example": "ann", "xn--caf-dma.example": "cafe"}
NAMES = {"acme", "ann", "cafe", "zoo"}
JANE, JOHN, GONE = "jane@example.org", "John@Example.org", "gone@example.org"


def mail(*recipients: str, sender: str = "news@acme.example", login: str = "", account: str = "") -> Outgoing:
    return Outgoing(sender, recipients, login, account)


def sent(message: Outgoing, *suppressed: str, hashed: bool = False, own_path: OwnPath | None = None) -> Sending:
    return prepare(
        message, "acme", set(suppressed), SIGNING, "r2d2", forms=forms(message), hashed=hashed, own_path=own_path
    )


def forms(message: Outgoing) -> dict[str, str]:
    return {recipient: comparable(recipient) for recipient in message.recipients}


def signed(path: str | None) -> Signed:
    assert path is not None
    signature = verify(path, keys=(KEY,), today=20_030)
    assert isinstance(signature, Signed)
    return signature


@pytest.mark.parametrize(
    ("message", "account"),
    [
        (mail(JANE), "acme"),
        (mail(JANE, sender="NEWS@Acme.Example"), "acme"),
        (mail(JANE, sender="staff-bounces+jane=example.org@acme.example"), "acme"),  # as Mailman writes it
        (mail(JANE, sender="news@café.example"), "cafe"),
        (mail(JANE, sender="ann@shared.example"), "ann"),
        (mail(JANE, sender="bob@shared.example"), None),
        (mail(JANE, sender="news@sub.acme.example"), None),
        (mail(JANE, sender="news@else.example", login="ACME-smtp"), "acme"),
        (mail(JANE, sender="news@else.example", account=" Zoo "), "zoo"),
        (mail(JANE, sender="news@else.example", account="nobody"), None),
        (mail(JANE, sender="", account="zoo"), "zoo"),
        (mail(JANE, sender="", login=""), None),
        (mail(JANE, sender="news@else.example", login="bob@Acme.Example"), "acme"),
        (mail(JANE, sender="news@acme.example", login="bob@other.example"), None),
        (mail(JANE, sender="news@acme.example", login="bob"), None),
        (mail(JANE, sender="news@acme.example", login="@"), None),
        (mail(JANE, sender="news@else.example", login="bob", account="acme"), None),
        (mail(JANE, sender="ann@shared.example", login="bob@shared.example", account="zoo"), None),
    ],
)
def test_an_account_is_known_by_login_sender_or_header(message: Outgoing, account: str | None):
    assert account_of(SENDERS, NAMES, message) == account


def test_a_proven_login_wins_over_a_claimed_sender():
    everything = mail(JANE, sender="ann@shared.example", login="acme-smtp", account="zoo")

    assert account_of(SENDERS, NAMES, everything) == "acme"
    assert account_of(SENDERS, NAMES, mail(JANE, sender="ann@shared.example", account="zoo")) == "ann"


def test_one_recipient_gets_a_path_of_its_own():
    sending = sent(mail(JANE))
    signature = signed(sending.reverse_path)

    assert (signature.account, signature.recipient, signature.reference) == ("acme", JANE, "r2d2")
    assert (sending.mark, sending.reference, sending.recipients) == (None, "r2d2", (JANE,))
    assert str(sending.reverse_path).endswith("@rp.example.com")


def test_several_recipients_get_a_path_for_the_message_and_the_mark():
    sending = sent(mail(JANE, JOHN))
    signature = signed(sending.reverse_path)

    assert (signature.recipient, signature.recipient_hash, signature.reference) == (None, None, "r2d2")
    assert sending.mark == ("X-Bouncer-Return-Path", f"<{sending.reverse_path}>")


def test_a_recipient_that_is_left_alone_gets_a_path_of_its_own():
    """Two spellings of one mailbox are one recipient too."""
    assert signed(sent(mail(JANE, GONE), GONE).reverse_path).recipient == JANE
    assert signed(sent(mail("JANE@example.org", JANE)).reverse_path).recipient == JANE


def test_dropped_ones_are_dropped_and_the_order_stays():
    sending = sent(mail(GONE, JOHN, JANE), GONE)

    assert (sending.recipients, sending.dropped) == ((JOHN, JANE), (GONE,))


def test_a_mail_to_nobody_is_not_signed():
    assert sent(mail(GONE), GONE) == Sending("acme", (), (GONE,))


def test_the_null_sender_stays_null():
    """Notifications must not be answered (RFC 5321 section 4.5.5)."""
    assert sent(mail(JANE, sender="")) == Sending("acme", (JANE,))


def signed_path(recipient: str | None, account: str = "acme", **options: Any) -> str:
    """A path that a program signed."""
    key = KEY.derive(account)
    return sign(
        account, recipient, domain="rp.example.com", key=key, today=20_000, days=30, reference="mine", **options
    )


STAYS = [
    (signed_path(JANE), (JANE,)),
    (signed_path(JANE), ("JANE@Example.org", JANE)),
    (signed_path(JANE, hashed=True), (JANE,)),
    (signed_path("x+tag@example.org"), ("x+tag@example.org",)),
    (signed_path(None), (JANE,)),
    (signed_path(None), (JANE, JOHN)),
]
REPLACED = [
    (signed_path(JANE), (JOHN,)),
    (signed_path(JANE), (JANE, JOHN)),
    (signed_path(JANE, hashed=True), (JOHN,)),
    (signed_path(JANE, hashed=True), (JANE, JOHN)),
    (signed_path(JANE, "zoo"), (JANE,)),
    (signed_path(None, "zoo"), (JANE,)),
]


@pytest.mark.parametrize(("path", "recipients"), STAYS)
def test_a_path_that_its_sender_made_for_these_recipients_stays_and_its_reference_is_known(
    path: str, recipients: tuple[str, ...]
):
    own_path = OwnPath("acme", signed(path))
    last_day = (
        None if signed(path).is_for_one_recipient else 20_030
    )  # one for several may be used for the next mail, too

    assert sent(mail(*recipients, sender=path), own_path=own_path) == Sending(
        "acme", recipients, reference="mine", path_day=last_day
    )


def test_a_path_for_the_one_who_is_left_stays():
    path = signed_path(JANE)

    sending = sent(mail(JANE, GONE, sender=path), GONE, own_path=OwnPath("acme", signed(path)))

    assert sending == Sending("acme", (JANE,), (GONE,), reference="mine")


@pytest.mark.parametrize(("path", "recipients"), REPLACED)
def test_a_path_for_another_recipient_or_account_makes_room(path: str, recipients: tuple[str, ...]):
    """Reports to the former path would be about somebody else, or would be told to somebody else."""
    signature = signed(path)
    sending = sent(mail(*recipients, sender=path), own_path=OwnPath(signature.account, signature))
    new = signed(sending.reverse_path)

    assert (new.account, new.reference, sending.reference) == ("acme", "r2d2", "r2d2")
    assert new.is_for_one_recipient == (len(recipients) == 1)
    assert (sending.mark is None) == new.is_for_one_recipient
    assert not new.is_for_one_recipient or new.speaks_for(recipients[0])


@pytest.mark.parametrize(
    ("own_path", "stays"),
    [
        (OwnPath("acme"), True),
        (OwnPath("acme", mailbox=JANE), True),
        (OwnPath("acme", mailbox="june@example.org"), False),
        (OwnPath("zoo"), False),
        (OwnPath(NOTICE_ACCOUNT), True),
    ],
    ids=["alias", "VERP form", "VERP form for another", "alias of another account", "our own notices'"],
)
def test_an_alias_stays_where_it_is_the_accounts(own_path: OwnPath, stays: bool):
    assert (sent(mail(JANE, sender="x@rp.example.net"), own_path=own_path).reverse_path is None) == stays


def test_the_account_of_a_path_is_known_by_it():
    path = mail(JANE, sender=signed_path(JANE, "zoo"), account="ann")

    assert account_of(SENDERS, NAMES, path, OwnPath("zoo")) == "zoo"
    assert account_of(SENDERS, NAMES, path, OwnPath(NOTICE_ACCOUNT)) is None
    assert account_of(SENDERS, NAMES, dataclasses.replace(path, login="acme-smtp"), OwnPath("zoo")) == "acme"
    assert account_of(SENDERS, NAMES, dataclasses.replace(path, login="mallory"), OwnPath("zoo")) is None


def test_an_account_may_want_no_address_in_a_path():
    path = sent(mail(JANE), hashed=True).reverse_path

    assert "jane" not in str(path)
    assert signed(path).speaks_for(JANE)
