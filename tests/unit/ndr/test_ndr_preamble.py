"""Words of a report above its first part, and letters that begin with their first part."""

from bouncer.ndr.reader import read

FIELDS = (
    "--b\nContent-Type: message/delivery-status\n\n"
    "Final-Recipient: rfc822; jane@example.org\nAction: failed\nStatus: 5.0.0\n\n--b--\n"
)
HEAD = 'From: MAILER-DAEMON@mx.example.org\nTo: news@example.com\nContent-Type: multipart/report; boundary="b"\n\n'


def words_of(body: str) -> str:
    reading = read((HEAD + body).encode(), strict=True)

    return " ".join(reading.recipients[0].own_lines)


def test_words_above_the_first_part_are_read_where_no_part_has_words():
    assert "mailbox is full" in words_of(f"The mailbox is full: jane@example.org\n\n{FIELDS}")


def test_a_preamble_without_an_address_is_not_read():
    assert words_of(f"This is a MIME-encapsulated message.\n\n{FIELDS}") == ""


def test_a_preamble_beside_a_part_with_words_is_not_read():
    part = "--b\nContent-Type: text/plain\n\nNo reason is known.\n"

    assert "full" not in words_of(f"The mailbox is full: jane@example.org\n\n{part}{FIELDS}")


def test_a_part_that_begins_the_body_is_no_preamble():
    assert words_of(FIELDS) == ""
