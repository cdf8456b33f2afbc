"""A letter opened: header, parts, charsets, line ends, as broken as they come."""

import re

import pytest

from bouncer.ndr import header, mime
from bouncer.ndr.letter import Letter
from bouncer.ndr.limits import Limits


def open_letter(raw: bytes) -> Letter:
    return Letter(raw, Limits())


def test_the_first_field_of_a_name_counts_and_words_are_decoded() -> None:
    letter = open_letter(b"Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n =?utf-8?q?_und?= more\r\nSubject: other\r\n\r\n")
    assert letter.headers.get("subject") == "Grüße und more"


@pytest.mark.parametrize(
    "raw",
    [
        b"\r\n\r\nSubject: x\r\n\r\ntext",
        b"From jane@example.org Mon Nov  2 10:11:12 2026\r\nSubject: x\r\n\r\ntext",
        b"\xef\xbb\xbfSubject: x\r\n\r\ntext",
        b"Subject: x\r\rtext",
        b"Subject: x\r\r\n\r\r\ntext",
        b"Received: from a\r\nby b\r\nSubject: x\r\n\r\ntext",
        b"Sub\0ject: x\r\n\r\nte\0xt",
    ],
    ids=["blank-lines", "mbox-line", "byte-order-mark", "CR", "CR-CR-LF", "unfolded-field", "NULs"],
)
def test_a_header_is_found_whatever_stands_before_or_in_it(raw: bytes) -> None:
    letter = open_letter(raw)
    assert letter.headers.get("subject") == "x"
    assert letter.text == "text"


@pytest.mark.parametrize("charset", ["iso-2022-jp", "shift_jis", "euc-jp", "utf-8"])
def test_text_is_decoded_from_its_charset(charset: str) -> None:
    head = f"Content-Type: text/plain; charset={charset}\n\n".encode()
    assert open_letter(head + "宛先不明".encode(charset)).text == "宛先不明"


def test_a_charset_that_nobody_knows_is_no_reason_to_lose_the_text() -> None:
    assert open_letter(b"Content-Type: text/plain; charset=x-martian\n\nG\xc3\xbcnter").text == "Günter"
    assert open_letter(b"Content-Type: text/plain; charset=x-martian\n\nG\xfcnter").text == "Günter"


def test_a_delimiter_may_be_indented_and_need_not_close() -> None:
    letter = open_letter(
        b"Content-Type: multipart/mixed; boundary=b\n\n  --b\n\none\n  --b\nContent-Type: text/html\n\n<p>two"
    )
    assert [(part.content_type, part.body.strip()) for part in letter.parts] == [
        ("text/plain", "one"),
        ("text/html", "<p>two"),
    ]


def test_a_returned_message_is_one_part_whatever_is_in_it() -> None:
    letter = open_letter(
        b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
        b"Subject: old\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--b--\n"
    )
    assert [part.content_type for part in letter.parts] == ["message/rfc822"]
    assert letter.original.subject == "old"


def test_html_is_read_where_there_is_no_plain_text_and_an_address_in_brackets_is_no_tag() -> None:
    letter = open_letter(
        b"Content-Type: text/html\n\n<style>p{}</style><p>To <jane@example.org>:<br>no &amp; never</p>"
    )
    assert letter.text.split() == ["To", "<jane@example.org>:", "no", "&", "never"]


def test_a_header_field_is_cut_before_anything_is_looked_for_in_it() -> None:
    letter = open_letter(b"To: " + b"jane@example.org, " * 10_000 + b"\r\n\r\n")

    assert header.MAX_VALUE - 1_000 < len(letter.headers.raw("to")) <= header.MAX_VALUE
    assert set(letter.headers.get("to").split()) == {"jane@example.org,"}


def test_a_field_of_one_word_is_cut_too() -> None:
    assert open_letter(b"Subject: " + b"x" * 70_000 + b"\r\n\r\n").subject.count("x") == header.MAX_VALUE - 1


def test_the_lines_end_where_more_addresses_are_named_than_any_report_has() -> None:
    letter = open_letter(b"Subject: x\r\n\r\n" + b"<jane@example.org> no such user, " * 3_000)

    assert "\n".join(letter.lines).count("@") < Limits().addresses


@pytest.mark.parametrize(
    "raw", [b"a\r\r\nb\rc\r\nd", b"\r\r\n\r", b"a\r", b"\r\n\r\r\r\n", b"x\r\n", b"\ry", b"\n\r\n"]
)
def test_every_line_end_is_one_line_end(raw: bytes):
    """CR CR LF, CR LF, CR: whichever of them a letter mixes."""
    assert mime.as_text(raw) == re.sub(rb"\r?\r\n|\r", b"\n", raw).decode()
