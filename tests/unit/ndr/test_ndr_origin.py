"""Signs of a mail system: the header of a letter and its reverse-path, known from the envelope or not."""

import pytest

from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope, Kind

FAILED = "Your message to <jane@example.org> could not be delivered.\n\n<jane@example.org>: 550 5.1.1 no such user\n"
SHOP = "Dear customer,\n\nwe could not deliver your order to ann@example.com. Not reading this may result in errors.\n"
PERSON = "Hello,\n\nI could not reach jane@example.org either: her mailbox is full. See you on Monday.\n"
MONITOR = "queue on mx.example.com: 12 messages deferred, 3 failed\noldest: jane@example.org\n"
TICKET = "We have your message and will look at it.\n\n> The mail to <jane@example.org> could not be delivered: user unknown\n"
RETURNED = (
    "\n--- Below this line is a copy of the message.\n\n"
    "Received: by mx.example.net\nFrom: news@example.com\nTo: jane@example.org\n\n"
)


def letter(head: str, words: str, reverse_path: str | None, *, in_header: bool = False) -> tuple[bytes, Envelope]:
    """A letter that came from *reverse_path*, which its envelope tells or only its Return-Path."""
    if in_header and reverse_path is not None:
        head = f"Return-Path: <{reverse_path}>\n{head}"
    return f"{head}To: news@example.com\n\n{words}".encode(), Envelope(reverse_path=None if in_header else reverse_path)


def is_system(head: str, words: str, reverse_path: str | None, *, in_header: bool = False) -> bool:
    raw, envelope = letter(head, words, reverse_path, in_header=in_header)
    return Letter(raw, Limits(), envelope).is_by_mail_system


SYSTEMS = [
    # a header, words, the reverse-path
    ("From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail Returned to Sender\n", FAILED, ""),
    (
        "From: Mail Delivery Subsystem <MAILER-DAEMON@mx.example.net>\nSubject: Returned mail: see transcript\n",
        FAILED,
        "",
    ),
    ("From: Mail Delivery System <mailer-daemon@mx.example.net>\nSubject: failure notice\n", FAILED, ""),
    ("From: MAILER-DAEMON@mx.example.net\nSubject: Hm\n", FAILED, ""),
    ("From: MAILER-DAEMON\nSubject: Hm\n", FAILED, ""),
    ("From: <>\nSubject: Hm\n", FAILED, ""),
    ("From: MAILER-DAEMON@mx.example.net\nSubject: failure notice\n", FAILED, "mailer-daemon@mx.example.net"),
    ("From: postmaster@mx.example.net\nSubject: Undeliverable: June\n", FAILED, ""),
    ("From: postmaster@mx.example.net\nSubject: Undeliverable: June\n", FAILED, "postmaster@mx.example.net"),
    ("From: postmaster@mx.example.net\nSubject: Delivery Status Notification (Failure)\n", FAILED, ""),
    ("From: Postmaster <postmaster@mx.example.net>\nSubject: Unzustellbar: Juni\n", FAILED, ""),
    ("From: Postmaster <postmaster@mx.example.net>\nSubject: Non remis : juin\n", FAILED, ""),
    ("From: postmaster@mx.example.net\nSubject: Hm\nAuto-Submitted: auto-replied\n", FAILED, ""),
    ("From: Mail Administrator <postmaster@mx.example.net>\nSubject: Mail System Error - Returned Mail\n", FAILED, ""),
    ("From: System Administrator <admin@example.net>\nSubject: Undeliverable: June\n", FAILED, ""),
    ("From: Symantec Gateway <gateway@example.net>\nSubject: Hm\n", FAILED, ""),
    ("From: no-reply@example.net\nSubject: Undeliverable: June\n", FAILED, ""),
    ("From: mail@example.net\nSubject: Hm\nX-Failed-Recipients: jane@example.org\n", FAILED, ""),
    (
        "From: jane@example.net\nSubject: Hm\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n",
        "",
        "",
    ),
    ("From: jane@example.net\nSubject: Hm\nContent-Type: multipart/report; boundary=b\n", "", ""),
]
CORRESPONDENTS = [
    ("From: Coin House <postmaster@shop.example.net>\nSubject: Our June offers\n", SHOP, "postmaster@shop.example.net"),
    ("From: Coin House <postmaster@shop.example.net>\nSubject: Our June offers\n", SHOP, "bounces@shop.example.net"),
    (
        "From: Example Exchange <orders@exchange.example.net>\nSubject: Your order\n",
        SHOP,
        "orders@exchange.example.net",
    ),
    ("From: Example Exchange <orders@exchange.example.net>\nSubject: Your order\n", SHOP, "b-1@exchange.example.net"),
    ("From: Mail Service <reports@example.net>\nSubject: Your week\n", MONITOR, "reports@example.net"),
    ("From: smtp-monitor@example.net\nSubject: 12 messages deferred\n", MONITOR, "smtp-monitor@example.net"),
    ("From: Smtp Monitor <alerts@example.net>\nSubject: queue report\n", MONITOR, "alerts@example.net"),
    ("From: sysadmin@example.net\nSubject: disks\n", MONITOR, "sysadmin@example.net"),
    ("From: Help <help@example.net>\nSubject: [Ticket#2026112110] Undeliverable: June\n", TICKET, "help@example.net"),
    (
        "From: Help <help@example.net>\nSubject: Undeliverable: June [REQ-2211]\nX-RT-Ticket: example #4711\n",
        TICKET,
        "",
    ),
    ("From: Help <help@example.net>\nSubject: Undeliverable: June\nX-Zendesk-From-Account-Id: 4f\n", TICKET, ""),
    ("From: Help <help@example.net>\nSubject: Undeliverable: June\nX-OTRS-Loop: help\n", TICKET, "help@example.net"),
    ("From: Help <help@example.net>\nSubject: Undeliverable: June CASE\nX-Freshdesk-Ticket-ID: 8\n", TICKET, ""),
    ("From: Help <help@example.net>\nSubject: Undeliverable: INC0012345\n", TICKET, "help@example.net"),
    ("From: Jane Doe <jane@example.net>\nSubject: Monday\n", PERSON, "jane@example.net"),
    ("From: Jane Doe <jane@example.net>\nSubject: FW: Undeliverable: June\n", PERSON, "jane@example.net"),
    ("From: Jane Doe <jane@example.net>\nSubject: Undeliverable: June\n", PERSON, "jane@example.net"),
    (
        (
            "From: Postmaster <postmaster@example.net>\nSubject: Re: Undeliverable: June\n"
            "In-Reply-To: <1@example.com>\nReferences: <1@example.com>\n"
        ),
        PERSON,
        "postmaster@example.net",
    ),
    ("From: The Post Office <postoffice@example.net>\nSubject: Your parcel\n", SHOP, "postoffice@example.net"),
]


@pytest.mark.parametrize("in_header", [False, True], ids=["by envelope", "by Return-Path"])
def test_a_mail_system_is_recognised(*, in_header: bool):
    assert [row for row in SYSTEMS if not is_system(*row, in_header=in_header)] == []


def test_a_mail_system_is_recognised_in_a_letter_out_of_a_file():
    """Nothing tells there which path it came from."""
    assert [(head, words) for head, words, _ in SYSTEMS if not is_system(head, words, None)] == []


@pytest.mark.parametrize("in_header", [False, True], ids=["by envelope", "by Return-Path"])
def test_a_shop_a_helpdesk_a_monitor_or_a_person_is_no_mail_system(*, in_header: bool):
    assert [row for row in CORRESPONDENTS if is_system(*row, in_header=in_header)] == []


@pytest.mark.parametrize("in_header", [False, True], ids=["by envelope", "by Return-Path"])
def test_whom_they_write_of_did_not_fail(*, in_header: bool):
    """An address in the text of a letter that no mail system wrote is only an address."""
    letters = [(row, letter(*row, in_header=in_header)) for row in CORRESPONDENTS]
    readings = [(row, read(raw, envelope, strict=True)) for row, (raw, envelope) in letters]

    assert [(row, reading.kind) for row, reading in readings if reading.kind in (Kind.BOUNCE, Kind.DELAY)] == []
    assert [(row, reading.recipients) for row, reading in readings if reading.recipients != ()] == []


SENDERS = [
    "Mail System <system@example.net>",
    "Mail Service <service@example.net>",
    "Email Server <server@example.net>",
    "smtp@example.net",
    "Exchange <exchange@example.net>",
    "postoffice@example.net",
]
SECOND_SIGNS = [
    "Auto-Submitted: auto-replied\nSubject: Hm\n",
    "Return-Path: <>\nSubject: Hm\n",
    "Return-Path: <MAILER-DAEMON>\nSubject: Hm\n",
    "Subject: Delivery failed\n",
    "Subject: Undeliverable\n",
]


def test_a_name_that_shops_have_too_needs_a_second_sign():
    heads = [f"From: {sender}\n{second_sign}" for sender in SENDERS for second_sign in SECOND_SIGNS]

    assert [head for head in heads if not is_system(head, FAILED, None)] == []
    assert [sender for sender in SENDERS if is_system(f"From: {sender}\nSubject: Hm\n", SHOP, None)] == []


def test_a_returned_message_is_a_second_sign():
    assert is_system("From: Mail System <system@example.net>\nSubject: Hm\n", FAILED + RETURNED, None)


SUBJECTS_OF_REPORTS = [
    "Undelivered Mail Returned to Sender",
    "Undeliverable: June",
    "Mail delivery failed: returning message to sender",
    "Delivery Status Notification (Failure)",
    "Delivery Status Notification (Delay)",
    "failure notice",
    "Returned mail: User unknown",
    "Warning: could not send message for past 4 hours",
    "Unzustellbar: Juni",
    "Non remis : juin",
    "No se puede entregar: junio",
    "Não foi possível entregar: junho",
    "Impossibile recapitare: giugno",
    "Onbestelbaar: juni",
    "Nie można dostarczyć: niedoręczone",
    "Недоставленное письмо: июнь",
    "配信できませんでした",
    "系统退信",
]


def test_a_subject_of_reports_from_nobody_is_a_mail_systems():
    heads = [f"Return-Path: <>\nFrom: info@example.net\nSubject: {subject}\n" for subject in SUBJECTS_OF_REPORTS]

    assert [head for head in heads if not is_system(head, FAILED, "")] == []
    assert [head for head in heads if not is_system(head, FAILED, None)] == []


SUBJECTS_ABOUT_GOODS = [
    "Your parcel could not be delivered",
    "Delivery failed: your package",
    "Zustellung fehlgeschlagen: Ihr Paket",
    "Échec de livraison : votre colis",
    "Your order was returned",
]


def test_a_subject_about_goods_makes_no_mail_system():
    heads = [f"From: info@example.net\nSubject: {subject}\n" for subject in SUBJECTS_ABOUT_GOODS]

    assert [head for head in heads if is_system(head, SHOP, "info@example.net")] == []
    assert [head for head in heads if is_system(head, SHOP, None)] == []


@pytest.mark.parametrize("field", ["List-Id: <news.example.net>", "List-Unsubscribe: <mailto:u@example.net>"])
def test_a_newsletter_about_delivery_is_from_no_mail_system(field: str):
    head = f"From: info@example.net\n{field}\nSubject: Why delivery failed in June\n"

    assert not is_system(head, FAILED, None)


def test_a_digest_is_from_no_mail_system_whoever_sent_it():
    postmaster = "postmaster@example.net"
    subjects = ("Spam digest report", "Quarantine summary", "mail log summary", "queue warning", "Your spam report")
    heads = [f"From: {postmaster}\nSubject: {subject}\n" for subject in subjects]

    assert [head for head in heads if is_system(head, MONITOR, postmaster)] == []


def test_a_report_about_something_else_is_no_report_about_delivery():
    types = ("disposition-notification", "feedback-report", "tlsrpt")
    head = "From: jane@example.net\nSubject: Hm\nContent-Type: multipart/report; report-type={}; boundary=b\n"

    assert [media_type for media_type in types if is_system(head.format(media_type), "", None)] == []


def test_the_envelope_is_believed_before_a_field_that_anyone_may_write():
    """A shop that writes a null Return-Path into its letter came from its own path all the same."""
    head = "Return-Path: <>\nFrom: Example Exchange <orders@exchange.example.net>\nSubject: Your order\n"

    assert not is_system(head, SHOP, "orders@exchange.example.net")


def test_a_postmaster_who_says_that_mail_failed_speaks_for_his_system():
    """His subject may be any; he says it from nobody's path."""
    head = "From: postmaster@mx.example.net\nSubject: Hm\n"

    assert is_system(head, FAILED, "")
    assert not is_system(head, "Our office moves in June.\n", "postmaster@mx.example.net")


def test_a_sender_that_returns_our_message_and_says_that_it_failed_is_a_mail_system():
    head = "From: gateway@example.net\nSubject: Hm\n"
    returned = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nrejected\n--b\nContent-Type: message/rfc822\n\n"
    ours, theirs = (
        f"From: {writer}\nTo: jane@example.org\n\nJune\n--b--\n" for writer in ("news@example.com", "joe@example.org")
    )

    def by_mail_system(raw: str) -> bool:
        return Letter(raw.encode(), Limits()).is_by_mail_system

    assert by_mail_system(f"{head}To: news@example.com\n{returned}{ours}")
    assert not by_mail_system(f"{head}To: news@example.com\n{returned}{theirs}")
    assert not by_mail_system(f"{head}To: news@example.com\nIn-Reply-To: <1@example.com>\n{returned}{ours}")


def test_a_ticket_that_repeats_a_report_is_not_that_report():
    raw, envelope = letter(
        "From: Help <help@example.net>\nSubject: [Ticket#2026112110] Undelivered Mail Returned to Sender\n"
        "Auto-Submitted: auto-replied\n",
        "We have your message.\n\n" + FAILED,
        "",
    )

    assert read(raw, envelope, strict=True).recipients == ()


@pytest.mark.parametrize("writer", ["Mail Gateway <antivirus@mx.example.org>", "ForefrontServer@mx.example.org"])
def test_a_virus_scanner_that_stopped_a_message_is_a_mail_system(writer: str):
    words = "A virus was found in your message to jane@example.org.\nIt was deleted, and has not been delivered.\n"

    reading = read(*letter(f"From: {writer}\nSubject: VIRUS ALERT\n", words, "", in_header=True))

    assert [recipient.recipient for recipient in reading.recipients] == ["jane@example.org"]


def test_the_forged_sender_that_a_virus_scanner_names_is_no_recipient_though_the_line_ends_before_the_address():
    words = "The file attached to a message which appears to come from\ninfo@example.edu was infected and has been deleted.\n"

    assert read(*letter("From: antivirus@mx.example.org\nSubject: Virus\n", words, "", in_header=True)).recipients == ()


@pytest.mark.parametrize("subject", ["Δεν παραδόθηκε: Offers", "Mesaj: nu a fost livrat"])
def test_a_denied_word_of_success_tells_of_a_failure(subject: str):
    words = "<jane@example.org>\n"

    reading = read(*letter(f"From: postmaster@mx.example.org\nSubject: {subject}\n", words, "", in_header=True))

    assert reading.kind is Kind.BOUNCE
