"""Additions to a report's text by programs on its way are no part of it: banners, scanners' notes, companies' closing lines."""

import pytest

from bouncer.ndr.additions import without_additions
from bouncer.ndr.plain_text import normalize_signs
from bouncer.ndr.reader import read
from bouncer.verdict.judge import as_json, judge

NOTICE = "The mailbox jane@example.org is full.\n"
ADDITIONS = [
    "[EXTERNAL] This message came from outside the organisation.",
    "CAUTION: This email originated from outside of the organization. Do not click links unless you recognize the sender.",
    "ACHTUNG: Diese E-Mail stammt von einem externen Absender. Klicken Sie nicht auf Links.",
    "Warning: unknown sender. This sender is not known to the recipient.",
    "You don't often get email from mailer-daemon@mx.example.net. Learn why this is important.",
    "This email has been checked for viruses by Avast antivirus software.\nwww.example.com",
    "____________________\nThis email has been scanned by the Security.cloud service.",
    "Diese E-Mail wurde von unserem Scanner auf Viren geprüft.",
    "--\nExample Widgets, Berlin. This e-mail and its files are confidential. If you received it, notify help@widgets.example.",
    "If you are not the intended recipient, please delete this message and notify legal@widgets.example.",
    "Diese E-Mail kann vertrauliche Informationen enthalten. Wenn Sie nicht der richtige Adressat sind, vernichten Sie sie.",
    "Ce message est confidentiel.",
    "Please consider the environment before printing this e-mail.",
]
REASONS = [
    "This message has been scanned for viruses and rejected, as the attachment is infected.",
    "This e-mail could not be delivered, as the sender is external.",
    "This message was blocked by the virus scanner.",
    "550 5.7.1 This message was checked for viruses",
    "Warning: 550 message from outside refused",
]


def reading(text: str) -> list[tuple[str, str]]:
    head = (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example.net\r\nTo: bounce@rp.example.com\r\nSubject: Undelivered mail\r\n"
        "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    )
    recipients = as_json("", judge(read((head + text).encode(), strict=True)))["recipients"]
    return [(recipient["recipient"], recipient["reason"]) for recipient in recipients]


@pytest.mark.parametrize("addition", ADDITIONS)
def test_an_addition_above_or_below_goes(addition: str) -> None:
    assert without_additions(f"{addition}\n\n{NOTICE}").strip() == NOTICE.strip()
    assert without_additions(f"{NOTICE}\n{addition}\n").strip() == NOTICE.strip()


@pytest.mark.parametrize("addition", ADDITIONS)
def test_an_addition_changes_no_reading(addition: str) -> None:
    plain = reading(NOTICE)

    assert plain == [("jane@example.org", "mailbox-full")]
    assert reading(f"{addition}\n\n{NOTICE}") == plain
    assert reading(f"{NOTICE}\n{addition}\n") == plain


@pytest.mark.parametrize("reason", REASONS)
def test_a_reason_stays(reason: str) -> None:
    assert without_additions(f"{reason}\n\n{NOTICE}") == f"{reason}\n\n{NOTICE}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Doe, Jane jane@example.org<mailto:jane@example.org>", "Doe, Jane <jane@example.org>"),
        ("[jane@example.org](mailto:jane@example.org) is unknown", "<jane@example.org> is unknown"),
        ("<mailto:jane@example.org> is unknown", "<jane@example.org> is unknown"),
        ("RCPT TO:jane@example.org<mailto:jane@example.org>", "RCPT TO:<jane@example.org>"),
        ("help<mailto:help@example.org>", "help<help@example.org>"),
        ("The\u00a0mailbox\u202fis full.  Try later", "The mailbox is full. Try later"),
        ("jane@example.org  full", "jane@example.org  full"),
    ],
)
def test_signs_are_the_usual_ones(written: str, meant: str) -> None:
    assert normalize_signs(written) == meant
