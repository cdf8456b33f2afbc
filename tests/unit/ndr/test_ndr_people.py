"""Letters of people, shops and postmasters that look like reports: none of them reports a failure."""

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Envelope, Kind

QUOTED = "\n-----Original Message-----\nFrom: news@example.com\nSubject: Our offers\n\nHello.\n"
FORWARDED = (
    "\n---------- Forwarded message ---------\nFrom: Mail Delivery System <MAILER-DAEMON@out.example.net>\n"
    "Subject: Undelivered Mail Returned to Sender\n\n<jane@example.org>: host mx said: 550 5.1.1 User unknown\n"
)


def kind_of(writer: str, subject: str, words: str, *, path: str = "", head: str = "") -> Kind:
    reverse_path = path or writer.partition("<")[2].rstrip(">")
    fields = f"Return-Path: <{reverse_path}>\nFrom: {writer}\nTo: news-1@rp.example.com\nSubject: {subject}\n{head}"
    raw = f"{fields}Content-Type: text/plain; charset=utf-8\n\n{words}\n".encode()
    return read(raw, Envelope(reverse_path=reverse_path), strict=True).kind


@pytest.mark.parametrize("after", [QUOTED, FORWARDED])
@pytest.mark.parametrize("writer", ["Exchange Team <exchange@example.net>", "Mail Service <bounce@example.net>"])
def test_a_mail_that_is_quoted_or_forwarded_is_no_returned_message(writer: str, after: str):
    words = "Our server failed. Your order for amy@example.org could not be delivered.\n"

    assert kind_of(writer, "Returned goods", words + after) is Kind.OTHER
    assert kind_of(writer, "Mail problem", words + after, path="b-17@example.net") is Kind.OTHER


def test_a_forwarded_report_is_a_persons_letter_whatever_the_mailbox():
    assert kind_of("Paul <postmaster@example.net>", "Delivery report", "What is that?\n" + FORWARDED) is Kind.OTHER


@pytest.mark.parametrize("closing", ["Best regards\nPaul", "Mit freundlichen Grüßen\nLisa Roth", "Cordialement,\nAnne"])
def test_a_postmaster_who_signs_with_his_name_is_a_person(closing: str):
    words = f"Hello,\n\nthe payment for amy@example.org was rejected, code 550.\n\n{closing}\n"

    assert kind_of("Paul <postmaster@example.net>", "Invoice returned", words) is Kind.OTHER


@pytest.mark.parametrize("closing", ["Regards\nThe mail system", "Sincerely,\nPostmaster", "Regards,\nMail Team"])
def test_a_closing_title_is_a_mail_systems(closing: str):
    words = f"Your mail to <amy@example.org> could not be delivered: 550 5.1.1 User unknown.\n\n{closing}\n"

    assert kind_of("postmaster@example.net", "Undeliverable mail", words) is Kind.BOUNCE


def test_a_program_that_writes_of_parcels_is_no_mail_system():
    words = "Your parcel to amy@example.org could not be delivered.\n"
    automatic = "Auto-Submitted: auto-generated\n"

    assert kind_of("Shop <postmaster@example.net>", "Pacco non consegnato", words, head=automatic) is Kind.OTHER


@pytest.mark.parametrize("subject", ["Confirm your visit", "Undelivered mail?"])
def test_a_postmaster_whose_letter_came_from_another_path_wrote_mail(subject: str):
    words = "rejected 17, failed 3. The mailbox of amy@example.org is not active.\n" + QUOTED

    assert kind_of("Courier <postmaster@example.net>", subject, words, path="b-89@example.net") is Kind.OTHER


def test_a_signature_with_a_name_is_a_persons():
    words = "Your mail to amy@example.org could not be delivered, she says.\n\n-- \nJane Doe\n"

    assert kind_of("Paul <postmaster@example.net>", "Delivery report", words) is Kind.OTHER


@pytest.mark.parametrize("subject", ["Invoice returned", "Your application was rejected", "Pedido devuelto"])
def test_an_office_whose_invoice_came_back_reports_no_mail(subject: str):
    words = "The account of amy@example.org does not exist, says the bank. The delivery failed twice.\n"

    assert kind_of("Bank <noreply@example.net>", subject, words) is Kind.OTHER
    assert kind_of("Bank <sysadmin@example.net>", subject, words, path="b-9@example.net") is Kind.OTHER


def test_a_returned_mail_about_an_invoice_is_a_failure():
    words = "<amy@example.org>: 550 5.1.1 User unknown\n"

    assert kind_of("MAILER-DAEMON@example.net", "Mail delivery failed: invoice 17", words) is Kind.BOUNCE
    assert kind_of("postmaster@example.net", "Undeliverable: Your invoice", words) is Kind.BOUNCE


def test_a_postmaster_without_a_servers_code_who_writes_of_a_parcel_reports_no_mail():
    words = "Your parcel to amy@example.org could not be delivered.\n"

    assert kind_of("Shop <postmaster@example.net>", "News", words) is Kind.OTHER
