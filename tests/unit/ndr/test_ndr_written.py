"""The summary of a letter that is no report, for a person, and whether a person wrote the letter."""

from pathlib import Path

import pytest

from bouncer.ndr.reader import read
from bouncer.ndr.reading import Kind, Written
from bouncer.ndr.written import MAX_LINE, MAX_LINES, MAX_SENDER, MAX_SUBJECT, summarize

LETTERS = Path(__file__).parents[3] / "fixtures/not-bounces"
ANSWER = (
    b"From: Jo <jo@example.net>\r\nTo: acme@rp.example.com\r\nSubject: Re: =?utf-8?q?Caf=C3=A9?=\r\n"
    b"In-Reply-To: <1@acme.example>\r\n\r\nDear Ann,\r\n\r\nplease call me.\r\n> your offer\r\n"
)


def summary_of(raw: bytes) -> Written:
    written = summarize(raw, read(raw).kind)
    assert written is not None
    return written


def test_an_answer_is_shown_with_sender_subject_and_its_own_lines():
    assert summary_of(ANSWER) == Written(
        "Jo <jo@example.net>", "Re: Caf\u00e9", ("Dear Ann,", "please call me."), by_person=True, answers=True
    )


def test_the_words_of_html_are_shown():
    page = b"From: jo@example.net\r\nSubject: hi\r\nContent-Type: text/html\r\n\r\n<p>Call <b>me</b>.</p><script>x()</script>\r\n"

    assert summary_of(page).lines == ("Call me.",)


@pytest.mark.parametrize(
    "name",
    [
        *("30-human-reply-quotes-bounce", "31-human-turkish", "32-human-arabic", "46-hebrew-human"),
        *("38-calendar-accepted", "43-exchange-null-sender", "44-postmaster-writes", "58-person-forwards-a-report"),
        "27-unsubscribe-french",
    ],
)
def test_letters_of_people_are_known(name: str):
    assert summary_of((LETTERS / f"{name}.eml").read_bytes()).by_person


@pytest.mark.parametrize(
    "name",
    [
        *("33-newsletter", "34-parcel-german", "36-list-post", "37-held-for-moderator", "42-cron"),
        *("40-dmarc-report", "41-tls-report", "52-quarantine-digest", "54-dmarc-from-postmaster"),
        *("24-arf-opt-out", "25-apple-unsubscribe"),
    ],
)
def test_letters_of_machines_are_known(name: str):
    assert not summary_of((LETTERS / f"{name}.eml").read_bytes()).by_person


@pytest.mark.parametrize(
    "field",
    ["Auto-Submitted: auto-generated", "Precedence: bulk", "List-Id: <news.example.net>", "List-Unsubscribe: <x>"],
)
def test_a_machine_says_so_in_its_header(field: str):
    assert not summary_of(ANSWER.replace(b"To:", f"{field}\r\nTo:".encode())).by_person


def test_the_word_of_a_letter_that_no_machine_sent_it_is_no_sign_of_a_machine():
    assert summary_of(ANSWER.replace(b"To:", b"Auto-Submitted: no\r\nTo:")).by_person


@pytest.mark.parametrize(
    "kind", [Kind.BOUNCE, Kind.DELAY, Kind.COMPLAINT, Kind.AUTO_REPLY, Kind.RECEIPT, Kind.CHALLENGE]
)
def test_reports_and_machines_answers_are_not_shown(kind: Kind):
    assert summarize(ANSWER, kind) is None


def test_the_summary_of_a_letter_is_bounded():
    raw = b"From: " + b"x" * 5000 + b"\r\nSubject: " + b"y" * 5000 + b"\r\n\r\n" + (b"z" * 5000 + b"\r\n") * 5000

    written = summary_of(raw)

    assert (len(written.sender), len(written.subject)) == (MAX_SENDER, MAX_SUBJECT)
    assert [len(line) for line in written.lines] == [MAX_LINE] * MAX_LINES


@pytest.mark.parametrize(
    "raw", [b"", b"\0\1\2", b"\xff" * 10_000, b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B"]
)
def test_nothing_is_known_of_garbage_and_nothing_is_raised(raw: bytes):
    written = summarize(raw, Kind.UNREADABLE)

    assert written is not None
    assert written.sender == ""
