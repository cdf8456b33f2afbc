"""The list of mail to postmaster@ and abuse@: what it names are strangers' words, and it is short whatever came."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from bouncer.compose.headers import OutgoingEnvelope
from bouncer.compose.listing import MOST_LISTED, ListedMail, Listing, compose_listing
from bouncer.compose.plain_text import columns

NOW = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
ASKED = ListedMail(
    report="38g0n6damk02s",
    came_to="abuse@rp.example.com",
    reverse_path="jo@example.net",
    peer="192.0.2.77",
    arrived_at=NOW,
    octets=12_345,
    beginning=b"From: jo@example.net\r\nSubject: =?utf-8?q?Spam_from_your_caf=C3=A9?=\r\n\r\nSubject: no\r\n",
)


def parse_mail(listing: Listing) -> EmailMessage:
    envelope = OutgoingEnvelope("op@example.com", "3.1@mx.example.com", NOW, "bounces@example.com", "")
    message = message_from_bytes(compose_listing(listing, envelope).octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text(message: EmailMessage) -> str:
    return str(message.get_content())


def test_each_mail_stands_there_with_sender_time_subject_and_id_and_how_to_read_it():
    message = parse_mail(Listing(2, (ASKED, replace(ASKED, beginning=b"", reverse_path=""))))
    prose = " ".join(text(message).split())

    assert message["Subject"] == "2 messages to postmaster or abuse"
    assert "Mail to abuse@rp.example.com: Spam from your caf\u00e9 From <jo@example.net> Client 192.0.2.77" in prose
    assert "Received 22 November 2026, 09:30 UTC Octets 12,345 Letter 38g0n6damk02s" in prose
    assert "Mail to abuse@rp.example.com: (no subject) From <> " in prose
    assert "Read one: bouncer letters --raw ID > letter.eml" in prose
    assert "List them all: bouncer letters --operator" in prose


def test_a_list_of_ten_thousand_is_cut_and_says_how_many_more_there_are():
    message = parse_mail(Listing(10_000, (ASKED,) * 10_000))

    assert message["Subject"] == "10,000 messages to postmaster or abuse"
    assert "... and 9,950 more" in text(message)
    assert text(message).count("38g0n6damk02s") == MOST_LISTED
    assert len(message.as_bytes()) < 20_000


def test_strangers_words_are_neither_header_nor_line_nor_control():
    nasty = "x\r\nBcc: y@z.example\r\n\r\n\x1b[31m\u202e{{ 7*7 }}" + "w" * 100_000
    beginning = f"Subject: {nasty}\r\n\r\n".encode()
    mail = ListedMail(nasty, nasty, nasty, nasty, NOW, 1, beginning)
    message = parse_mail(Listing(99, (mail,) * 50))

    assert message["Bcc"] is None
    assert "{{ 7*7 }}" in " ".join(text(message).split())
    assert not {"\x1b", "\u202e"} & set(text(message))
    assert max(map(columns, text(message).splitlines())) <= 72
    assert len(message.as_bytes()) < 250_000
