"""Our own notices are known when they come back, in whatever form."""

import pytest

from bouncer.policy.own_mail import MOST_NAMED, is_of_a_bouncer, letter_of, named_notices

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
def test_a_notice_names_its_id_and_so_does_a_bounce_of_it(letter: bytes) -> None:
    assert [
        notice
        for notice in named_notices(letter)
        if notice.startswith("3abcdefghjkmn.") and notice.endswith("@mx.rp.example")
    ]


@pytest.mark.parametrize(
    "letter",
    [
        b"",
        LETTER + b"We do not understand the field X-Bouncer-Notice: it is none of ours.\r\n",
        LETTER + b"Message-ID: <abc@acme.example>\r\n",
        LETTER + b"X-Bouncer-Noticed: no\r\n",
    ],
    ids=["nothing", "spoken of", "another's", "another field"],
)
def test_other_letters_name_no_notice(letter: bytes) -> None:
    assert [notice for notice in named_notices(letter) if letter_of(notice) is not None] == []


def test_no_more_are_looked_up_than_a_report_can_return() -> None:
    many = b"".join(b"Message-ID: <3abcdefghjkmn.%d@mx.rp.example>\r\n" % n for n in range(1000))

    assert len(named_notices(LETTER + many)) == MOST_NAMED


@pytest.mark.parametrize(
    ("letter", "is_one"),
    [
        (OURS + b"\r\nnotice", True),
        (b"From: x@mx.example\r\nx-bouncer-notice:\r\n\r\n", True),
        (LETTER + OURS, False),
        (LETTER.replace(b"\r\n", b"\n") + OURS, False),
        (b"", False),
    ],
    ids=["a notice", "small letters", "returns one", "returns one, bare LF", "nothing"],
)
def test_only_a_letters_own_header_makes_it_a_bouncers_mail(letter: bytes, is_one: bool) -> None:
    assert is_of_a_bouncer(letter) is is_one
