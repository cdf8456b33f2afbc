"""Where a notice ends and the returned message begins."""

import pytest

from bouncer.ndr.evidence import cut

WORDS = "<jane@example.org>:\n550 5.1.1 no such user\n\n"


@pytest.mark.parametrize(
    "marker",
    [
        "--- Below this line is a copy of the message.",
        "------ This is a copy of the message, including all the headers. ------",
        "   ----- Original message follows -----",
        "   ----- Unsent message follows -----",
        "----- Original message -----",
        "---- START OF RETURNED MESSAGE ----",
        "--------RETURNED MAIL FOLLOWS--------",
        "|------------------------- Message text follows: ------------------------|",
        "Original message follows.",
        "Original message headers:",
        "Message headers follow.",
        "    Below is a copy of the original message:",
        "Received: from relay.example.com by mx.example.net",
        "Return-Path: <news@example.com>",
        "DKIM-Signature: v=1; a=rsa-sha256",
    ],
)
def test_a_line_that_announces_the_returned_message_ends_the_evidence(marker: str) -> None:
    words, _ = cut(f"{WORDS}{marker}\n\nTo: other@example.org\n")
    assert words.rstrip() == WORDS.rstrip()


def test_a_header_block_in_the_text_ends_it_at_its_first_field() -> None:
    words, begins = cut(WORDS + "X-Mark: 1\nFrom: news@example.com\nTo: other@example.org\nSubject: November\n")
    assert words == WORDS
    assert begins == len(WORDS)


@pytest.mark.parametrize(
    "line",
    [
        "**      THIS IS A WARNING MESSAGE ONLY      **",
        "The original message was received at Mon, 2 Nov 2026 10:11:12 GMT",
        "   ----- Transcript of session follows -----",
        "   ----- The following addresses had permanent fatal errors -----",
        "Message from example.net.",
        "The subject of the message is: November",
    ],
)
def test_words_about_the_message_do_not_end_the_evidence(line: str) -> None:
    assert cut(f"{line}\n\n{WORDS}") == (f"{line}\n\n{WORDS}", -1)


def test_a_summary_of_the_header_before_any_failed_address_does_not_end_the_evidence() -> None:
    text = (
        "About a message with these fields:\n\n  From: news@example.com\n  To: all@example.net\n  Subject: x\n\n"
        + WORDS
    )
    assert cut(text)[0] == text
