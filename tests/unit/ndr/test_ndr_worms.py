"""Worms imitate reports: what carries a program or an archive was written by no mail system."""

from email.message import EmailMessage

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind

WORDS = (
    "Your message could not be delivered within 6 days.\n\n"
    "The following recipients could not receive this message:\n<jane@example.org>\n"
)


def letter(attached: str = "", *, sender: str = "MAILER-DAEMON@example.net", subtype: str = "octet-stream") -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = (
        sender,
        "news@rp.example.com",
        "Returned mail: see transcript for details",
    )
    mail.set_content(WORDS)
    if attached:
        mail.add_attachment(b"MZ\x90\0", maintype="application", subtype=subtype, filename=attached)
    return mail.as_bytes()


@pytest.mark.parametrize(
    "name", ["message.zip", "document.pif", "TRANSCRIPT.SCR", "readme.txt .exe", "mail.html.bat", "a.7z"]
)
@pytest.mark.parametrize(
    "sender", ["MAILER-DAEMON@example.net", "Post Office <postmaster@example.net>", "bob@example.net"]
)
def test_a_letter_with_a_program_or_an_archive_is_no_report(name: str, sender: str):
    assert read(letter(name, sender=sender)).kind is Kind.OTHER


def test_an_archive_that_says_its_own_type_is_one_too():
    assert read(letter("letter.zip", subtype="zip")).kind is Kind.OTHER


@pytest.mark.parametrize("name", ["", "details.txt", "original.eml", "winmail.dat", "exe", "zip.txt"])
def test_the_same_words_without_a_program_are_a_report(name: str):
    reading = read(letter(name))

    assert reading.kind is Kind.BOUNCE
    assert [recipient.recipient for recipient in reading.recipients] == ["jane@example.org"]


def test_a_report_by_its_form_is_one_whatever_is_attached():
    status = "Final-Recipient: rfc822; jane@example.org\r\nAction: failed\r\nStatus: 5.1.1\r\n"
    raw = (
        "From: MAILER-DAEMON@example.net\r\nTo: news@rp.example.com\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        f"--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n{status}\r\n"
        "--b\r\nContent-Type: application/zip; name=invoice.zip\r\n\r\nPK\r\n--b--\r\n"
    )

    assert read(raw.encode()).kind is Kind.BOUNCE
