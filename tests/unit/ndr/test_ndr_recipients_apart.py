# ruff: noqa: RUF001 -- quotation marks of several languages
"""A notice about several recipients keeps them apart: each has its own words, and nobody is named who did not fail."""

import pytest

from bouncer.ndr import addresses
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Action

HEAD = "Return-Path: <>\nFrom: MAILER-DAEMON@mx.example.net\nTo: news@example.com\nSubject: Returned mail: see transcript\n\n"


def words_of_recipients(text: str) -> dict[str, str]:
    recipients = read(f"{HEAD}{text}".encode(), strict=True).recipients
    return {recipient.recipient: recipient.diagnostic_code or "" for recipient in recipients}


def test_the_transcript_of_another_recipient_ends_the_words_about_the_first():
    words = words_of_recipients(
        """   ----- The following addresses had permanent fatal errors -----
<jane@example.org>
<bob@example.edu>

   ----- Transcript of session follows -----
<jane@example.org>... Deferred: Connection timed out with mx.example.org.
Message could not be delivered for 5 days
... while talking to mx.example.edu.:
>>> RCPT To:<bob@example.edu>
<<< 550 5.1.1 <bob@example.edu>... User unknown
"""
    )
    assert "User unknown" not in words["jane@example.org"]
    assert "User unknown" in words["bob@example.edu"]


def test_an_alias_below_a_reason_belongs_to_the_address_above_it():
    words = words_of_recipients(
        """   ----- The following addresses had permanent fatal errors -----
jdoe@host.example.org
    (reason: 550 5.1.1 User unknown)
    (expanded from: <jane@example.org>)
"""
    )
    assert list(words) == ["jane@example.org"]


def test_an_alias_below_a_local_name_is_the_recipient():
    words = words_of_recipients(
        """   ----- The following addresses had permanent fatal errors -----
jdoe
    (reason: 550 5.1.1 User unknown)
    (expanded from: <jane@example.org>)
"""
    )
    assert list(words) == ["jane@example.org"]


@pytest.mark.parametrize("label", ["Delivered", "Successfully delivered", "Zugestellt", "Remis", "Accepted"])
def test_a_recipient_with_a_label_of_success_did_not_fail(label: str):
    words = words_of_recipients(
        f"Your message failed for one recipient.\n\n{label}: bob@example.edu\nFailed: jane@example.org\n"
    )
    assert list(words) == ["jane@example.org"]


def test_a_mailbox_for_reports_of_spam_did_not_fail():
    words = words_of_recipients(
        "This message was scanned. Report spam to:\nspam@filter.example.net\n\n"
        "It could not be delivered.\n\n<jane@example.org>: 550 5.1.1 User unknown\n"
    )
    assert list(words) == ["jane@example.org"]


@pytest.mark.parametrize("marks", ["»«", "«»", "„“", "“”", "‘’", "‹›", "「」"])
def test_quotation_marks_are_no_part_of_an_address(marks: str):
    before, after = marks
    assert addresses.find(f"to {before}jane@example.org{after} failed") == ["jane@example.org"]
    assert list(words_of_recipients(f"Could not be delivered:\n\n{before}jane@example.org{after}: full\n")) == [
        "jane@example.org"
    ]


def test_a_heading_of_its_own_tells_why_each_recipient_failed():
    words = words_of_recipients(
        "Your message could not be delivered.\n\nNo such user:\n    jane@example.org\n\nMailbox full:\n    bob@example.edu\n"
    )
    assert words == {"jane@example.org": "No such user:", "bob@example.edu": "Mailbox full:"}


@pytest.mark.parametrize("label", ["Status", "Reason", "Error message", "Grund", "Motivo"])
def test_each_pair_of_recipient_and_reason_has_its_own_words(label: str):
    words = words_of_recipients(
        f"Your message could not be delivered.\n\nTo: jane@example.org\n{label}: 550 5.1.1 User unknown\n\n"
        f"To: bob@example.edu\n{label}: 552 5.2.2 Mailbox full\n"
    )
    assert "Mailbox full" not in words["jane@example.org"]
    assert "User unknown" not in words["bob@example.edu"]


@pytest.mark.parametrize("sign", ["\u200b", "\u00ad", "\u2060", "\u202a"])
def test_signs_that_nobody_sees_are_no_part_of_an_address(sign: str):
    assert list(words_of_recipients(f"Could not be delivered:\n\n{sign}jane{sign}@example.org: full\n")) == [
        "jane@example.org"
    ]


def test_a_sentence_about_each_recipient_tells_why_it_failed():
    words = words_of_recipients(
        "Your message could not be delivered. The user jane@example.org is unknown. The mailbox of bob@example.edu is full.\n"
    )
    assert "full" not in words["jane@example.org"]
    assert "unknown" not in words["bob@example.edu"]


@pytest.mark.parametrize(
    "advice",
    [
        "The user has moved. The new address is:\n\nann@example.org",
        "Please use ann@example.org from now on.",
        "Successor: ann@example.org",
    ],
)
def test_a_new_address_did_not_fail(advice: str):
    assert "ann@example.org" not in words_of_recipients(
        f"Your message could not be delivered to:\n\njane@example.org\n\n{advice}\n"
    )


def test_failed_and_delayed_recipients_stand_below_different_headings():
    text = (
        "Delivery to the following recipients has failed permanently:\n\n  jane@example.org\n\n"
        "Delivery to the following recipients has been delayed, we will keep trying:\n\n  bob@example.edu\n"
    )
    recipients = read(f"{HEAD}{text}".encode(), strict=True).recipients
    assert {recipient.recipient: recipient.action for recipient in recipients} == {
        "jane@example.org": Action.FAILED,
        "bob@example.edu": Action.DELAYED,
    }


ELSEWHERE = [
    "Did you mean {}?",
    "Ask {} instead.",
    "Please contact {}.",
    "Écrivez plutôt à {}.",
    "Bitte nutzen Sie {}.",
    "Use {}.",
    "Nuovo indirizzo: {}.",
    "Nieuw adres: {}.",
    "Новый адрес: {}.",
    "新しいアドレスは {} です。",
    "-- \nAmy Poe, mail team\n{}",
]


@pytest.mark.parametrize("sentence", ELSEWHERE)
def test_somebody_else_whom_a_notice_names_did_not_fail(sentence: str):
    words = words_of_recipients(
        f"Your message to jane@example.org was not delivered: no such user.\n{sentence.format('ann@example.org')}\n"
    )
    assert list(words) == ["jane@example.org"]


@pytest.mark.parametrize(
    "words", ["You wrote to {}", "Vous avez écrit à {}", "Escribió a {}", "You tried to contact {}"]
)
def test_the_one_who_was_written_to_failed(words: str):
    assert list(words_of_recipients(f"{words.format('jane@example.org')}. That user does not exist.\n")) == [
        "jane@example.org"
    ]


RESULTS = [
    "Delivery failed.\n\n{}: delivered\njane@example.org: no such user\n",
    "Delivery failed.\n\n{}: 250 2.1.5 OK\njane@example.org: 550 5.1.1 no such user\n",
    "Delivery failed.\n\nTo: {}\nStatus: delivered\n\nTo: jane@example.org\nStatus: failed, no such user\n",
    "Your message was delivered to {}. It could not be delivered to jane@example.org: no such user.\n",
]


@pytest.mark.parametrize("text", RESULTS)
def test_a_recipient_who_has_the_message_did_not_fail(text: str):
    assert list(words_of_recipients(text.format("bob@example.edu"))) == ["jane@example.org"]


HEADINGS = [
    ("Failed recipients:", "Successful recipients:"),
    ("Nicht zugestellt an:", "Zugestellt an:"),
    ("Échec pour :", "Remis à :"),
]


@pytest.mark.parametrize(("failed", "delivered"), HEADINGS)
def test_recipients_below_a_heading_of_success_did_not_fail(failed: str, delivered: str):
    text = f"{failed}\n  jane@example.org: user unknown\n\n{delivered}\n  bob@example.edu\n"
    assert list(words_of_recipients(text)) == ["jane@example.org"]


def test_recipients_on_one_line_have_reasons_of_their_own():
    assert words_of_recipients("Undelivered: jane@example.org - user unknown; bob@example.edu - mailbox full\n") == {
        "jane@example.org": "- user unknown",
        "bob@example.edu": "- mailbox full",
    }


def test_a_family_name_before_its_comma_begins_an_entry():
    words = words_of_recipients(
        "These people did not receive it:\n\nDoe, Jane <jane@example.org>\n   User unknown\n"
        "Roe, Bob <bob@example.edu>\n   Mailbox full\n"
    )
    assert words == {"jane@example.org": "User unknown", "bob@example.edu": "Mailbox full"}


def test_the_target_of_a_move_in_a_reply_did_not_fail():
    words = words_of_recipients("Delivery failed:\n\n550 5.1.6 <jane@example.org>: user has moved -> ann@example.org\n")
    assert list(words) == ["jane@example.org"]


def test_a_sentence_tells_a_failure_and_another_a_delay():
    text = (
        "Your message could not be delivered to jane@example.org: user unknown.\n"
        "Delivery to bob@example.edu is delayed, we keep trying.\n"
    )
    recipients = read(f"{HEAD}{text}".encode(), strict=True).recipients
    assert [recipient.action for recipient in recipients] == [Action.FAILED, Action.DELAYED]


@pytest.mark.parametrize(
    "failed", ["[FAIL] ", "[ FAILED ] ", "(error) ", "failed      ", "Rejected | ", "Fehler\t", "| bounced  "]
)
@pytest.mark.parametrize("sent", ["[ OK ] ", "(sent) ", "delivered   ", "Accepted | ", "Zugestellt\t"])
def test_a_result_before_an_address_tells_whether_it_failed(failed: str, sent: str):
    words = words_of_recipients(
        f"The result of your mailing:\n\n{sent}bob@example.edu\n{failed}jane@example.org   no such user\n{sent}amy@example.net\n"
    )
    assert list(words) == ["jane@example.org"]
    assert "no such user" in words["jane@example.org"]


@pytest.mark.parametrize(
    "line",
    [
        "1) jane@example.org (user unknown), 2) bob@example.net (mailbox full)",
        "(a) jane@example.org, user unknown; (b) bob@example.net, mailbox full",
        "1. jane@example.org: user unknown, and 2. bob@example.net, mailbox full",
    ],
)
def test_numbered_recipients_on_one_line_have_each_its_own_words(line: str):
    words = words_of_recipients(f"Your message could not be delivered to: {line}\n")
    assert list(words) == ["jane@example.org", "bob@example.net"]
    assert "full" not in words["jane@example.org"]
    assert "unknown" not in words["bob@example.net"]


@pytest.mark.parametrize(
    ("old", "new"), [("Old", "New"), ("Old address", "New address"), ("Alte Adresse", "Neue Adresse")]
)
def test_the_old_of_two_addresses_failed(old: str, new: str):
    words = words_of_recipients(
        f"Your message was not delivered.\n\n{old}: jane@example.org\n{new}: jane.roe@example.net\n"
    )
    assert list(words) == ["jane@example.org"]


def test_a_failure_ends_the_delay_that_the_same_report_tells_of():
    fields = (
        "Reporting-MTA: dns; mx.example.net\n\n"
        "Final-Recipient: rfc822; jane@example.org\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; bob@example.edu\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; jane@example.org\nAction: failed\nStatus: 5.4.7\n"
    )
    report = (
        "From: MAILER-DAEMON@mx.example.net\nContent-Type: multipart/report; report-type=delivery-status; boundary=B\n\n"
        f"--B\n\nSee below.\n--B\nContent-Type: message/delivery-status\n\n{fields}\n--B--\n"
    )

    recipients = read(report.encode(), strict=True).recipients

    assert {(recipient.recipient, recipient.action) for recipient in recipients} == {
        ("bob@example.edu", Action.DELAYED),
        ("jane@example.org", Action.FAILED),
    }
