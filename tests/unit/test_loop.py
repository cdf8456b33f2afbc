"""Our own notices are known when they come back, in whatever form."""

import pytest

from bouncer.policy.loop import is_ours

OURS = b"X-Bouncer-Notice: 3abcdefghjkmn.0@mx.rp.example\r\nSubject: Not delivered\r\n"
LETTER = b"From: MAILER-DAEMON@mx.example\r\nTo: owner@example.org\r\n\r\n"


@pytest.mark.parametrize(
    "letter",
    [
        OURS + b"\r\nnotice",
        LETTER + b"--b\r\nContent-Type: message/rfc822\r\n\r\n" + OURS + b"\r\n--b--\r\n",
        LETTER + b"--- Below this line is a copy of the message.\n\n" + OURS.replace(b"\r\n", b"\n"),
        LETTER + b"> " + OURS,
        LETTER + OURS.upper(),
        LETTER + OURS.replace(b"\r\n", b"\r"),
        LETTER + b"Message-ID: <3abcdefghjkmn.0@mx.rp.example>\r\n",
        LETTER + b"Message-Id:\r\n <3abcdefghjkmn.12@mx.rp.example>\r\n",
    ],
    ids=["the notice itself", "returned", "in text", "quoted", "shouted", "bare CR", "by its Message-ID", "folded"],
)
def test_a_notice_or_a_bounce_of_one_is_ours(letter: bytes) -> None:
    assert is_ours(letter)


@pytest.mark.parametrize(
    "letter",
    [
        b"",
        LETTER + b"We do not understand the field X-Bouncer-Notice: it is none of ours.\r\n",
        LETTER + b"Message-ID: <1709460000123.45@shop.example>\r\n",
        LETTER + b"Message-ID: <abc@acme.example>\r\n",
        LETTER + b"X-Bouncer-Noticed: no\r\n",
    ],
    ids=["nothing", "spoken of", "another program's clock", "another's", "another field"],
)
def test_other_letters_are_not_ours(letter: bytes) -> None:
    assert not is_ours(letter)
