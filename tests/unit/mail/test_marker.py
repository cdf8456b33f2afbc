"""The signed header: what is written is read again, and what a stranger writes there proves nothing by itself."""

import pytest

from bouncer.mail.signed_header import FIELD, make_header, parse_header
from bouncer.ndr.reader import read

PATH = "acme-2bxinljced7whvha6fmz-jane=example.org@rp.example.com"


def returning(*fields: str) -> bytes:
    """A report that returns these header fields."""
    return "\r\n".join(
        (
            "From: MAILER-DAEMON@mx.example.net",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=b",
            "",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example.net",
            "",
            "Final-Recipient: rfc822; jane@example.org",
            "Action: failed",
            "Status: 5.1.1",
            "",
            "--b",
            "Content-Type: text/rfc822-headers",
            "",
            *fields,
            "",
            "--b--",
        )
    ).encode()


def test_a_marked_path_is_read():
    name, value = make_header(PATH)

    assert name == FIELD
    assert parse_header(value) == PATH


@pytest.mark.parametrize("value", [f"<{PATH}>", PATH, f" <{PATH}> (comment)", f"<{PATH[:30]}\r\n {PATH[30:]}>"])
def test_changes_of_header_fields_by_servers_do_no_harm(value: str):
    assert parse_header(value) == PATH


@pytest.mark.parametrize("value", ["", "<>", "none", "x" * 10_000])
def test_a_mark_that_is_no_path_is_not_read(value: str):
    assert parse_header(value) is None


def test_reading_finds_the_mark_in_the_returned_headers():
    field = ": ".join(make_header(PATH))

    assert read(returning("Subject: news", field)).original.return_path == PATH


def test_without_the_mark_the_returned_return_path_stands_for_it():
    assert read(returning(f"Return-Path: <{PATH}>", "Subject: news")).original.return_path == PATH
    assert read(returning("Return-Path: <>", "Subject: news")).original.return_path is None
