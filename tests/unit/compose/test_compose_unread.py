"""The mail that lists letters for a person: what it shows are strangers' words, and it is short whatever came."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from bouncer.compose.headers import OutgoingEnvelope
from bouncer.compose.plain_text import columns
from bouncer.compose.unread import MOST_LINES, compose_unread
from bouncer.compose.unread_listing import MOST_SHOWN, UnreadLetter, UnreadListing
from bouncer.policy.records import Unread

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
ANSWER = UnreadLetter(
    report="38g0n6damk02s",
    why=Unread.ANSWER,
    sender="Jo <jo@example.net>",
    subject="Re: your offer",
    arrived_at=NOW,
    lines=("Dear Ann,", "please call me."),
    account="acme",
)
WISH = replace(ANSWER, why=Unread.WISH, subject="Take me off your list")


def parse_mail(listing: UnreadListing, account: str | None = "acme", contact: str = "") -> EmailMessage:
    envelope = OutgoingEnvelope("ann@acme.example", "3.1@mx.example.com", NOW, "bounces@example.com", "")
    octets = compose_unread(listing, envelope, account, contact=contact).octets
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def prose(message: EmailMessage) -> str:
    return " ".join(str(message.get_content()).split())


def test_a_letter_stands_there_with_subject_sender_time_id_its_first_lines_and_how_to_read_it():
    message = parse_mail(UnreadListing(1, (ANSWER,)), contact="the post office, ext. 12")
    text = prose(message)

    assert message["Subject"] == "1 letter for you to read"
    assert message["X-Bounce-Category"] == "unread"
    assert message["List-Id"] == "<acme.bounces.example.com>"
    assert "Reply: Re: your offer" in text
    assert "From Jo <jo@example.net>" in text
    assert "Received 22 November 2026, 09:30 UTC Letter 38g0n6damk02s | Dear Ann, | please call me." in text
    assert "Read one: bouncer letters --raw ID > letter.eml" in text
    assert "See them all: bouncer letters --unread" in text
    assert "WHO TO ASK the post office, ext. 12" in text
    assert text.endswith("-- Account acme")


def test_a_wish_says_what_was_done_or_how_to_follow_it():
    followed_words, open_ = (
        prose(parse_mail(UnreadListing(1, (replace(WISH, followed=followed),)))) for followed in (True, False)
    )

    assert "Wants no more mail: Take me off your list" in followed_words
    assert "the address is on your suppression list." in followed_words
    assert "To stop mail to an address: bouncer suppressions add --account acme ADDRESS" in open_


def test_the_operator_is_told_whose_letter_it_is_and_what_has_neither_subject_nor_sender():
    text = prose(
        parse_mail(UnreadListing(1, (replace(ANSWER, subject="", sender="", why=Unread.UNREADABLE),)), account=None)
    )

    assert "Could not be read: (no subject) Received" in text
    assert "Account acme" in text


def test_automatic_replies_are_only_counted():
    assert "Besides, 12 automatic replies came, which are not listed." in prose(
        parse_mail(UnreadListing(1, (ANSWER,), 12))
    )
    assert "automatic" not in prose(parse_mail(UnreadListing(1, (ANSWER,))))


def test_a_list_of_ten_thousand_is_cut_and_says_how_many_more_there_are():
    message = parse_mail(UnreadListing(10_000, (replace(ANSWER, lines=("w" * 10_000,) * 1000),) * 10_000))

    assert message["Subject"] == "10,000 letters for you to read"
    assert "... and 9,950 more" in prose(message)
    assert str(message.get_content()).count("38g0n6damk02s") == MOST_SHOWN
    assert len(message.as_bytes()) < MOST_SHOWN * MOST_LINES * 300


def test_strangers_words_are_neither_header_nor_line_nor_control_nor_link_nor_template():
    nasty = (
        "x\r\nBcc: y@z.example\r\n\r\n\x1b[31m\u202e{{ 7*7 }} <a href='https://evil.example'> www.evil.example "
        + "w" * 999
    )
    letter = replace(ANSWER, sender=nasty, subject=nasty, lines=(nasty,) * 3)
    for account in ("acme", None):
        message = parse_mail(UnreadListing(99, (letter,) * MOST_SHOWN), account)
        text = prose(message)

        assert message.get_content_type() == "text/plain"
        assert message["Bcc"] is None
        assert "{{ 7*7 }}" in text
        assert "https://" not in text
        assert "www.evil" not in text
        assert not {"\x1b", "\u202e"} & set(text)
        assert max(map(columns, str(message.get_content()).splitlines())) <= 72
