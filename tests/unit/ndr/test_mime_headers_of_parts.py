"""The header of a part ends before the next delimiter, however broken it is: headers that overlap would be read again and again."""

import pytest

from bouncer.ndr import mime
from bouncer.ndr.header import Headers
from bouncer.ndr.limits import Limits

LIMITS = Limits()
BROKEN = "Subject: first\nthis is no field\n"
"""A header that goes on after a line that is no field, where well-known fields follow."""


def parts_of(body: str) -> list[mime.Part]:
    return mime.split(Headers("Content-Type: multipart/mixed; boundary=B\n"), "multipart/mixed", body, LIMITS)


@pytest.mark.parametrize("delimiter", ["--B\n", " --B\n", "> --B\n"])
def test_a_broken_header_takes_no_field_of_the_next_part(delimiter: str):
    first, second = parts_of(f"--B\n{BROKEN}{delimiter}Date: today\n\ntext\n--B--\n")

    assert list(first.headers) == ["subject"]
    assert list(second.headers) == ["date"]


def test_a_broken_header_goes_on_up_to_the_delimiter():
    (first, _) = parts_of(f"--B\n{BROKEN}Date: today\n\ntext\n--B\n\nmore\n--B--\n")

    assert sorted(first.headers) == ["date", "subject"]
    assert first.body.startswith("text")


def test_each_field_of_many_broken_headers_is_of_one_part():
    """Each header could go on to the end of the letter, past all delimiters."""
    parts = parts_of("".join(f"--B\nX-{number}: a\nno field\nSubject: b\n" for number in range(LIMITS.parts)))

    assert len(parts) == LIMITS.parts
    assert sum(len(list(part.headers)) for part in parts) == 2 * LIMITS.parts


NESTED = "".join(f"--B{depth}\nContent-Type: multipart/mixed; boundary=B{depth + 1}\n\n" for depth in range(1_000))
SIDE_BY_SIDE = "".join(f"--B0\nContent-Type: multipart/mixed; boundary=C{number}\n\n" for number in range(1_000))


LEAF = "--B0\nContent-Type: text/x-last\n\ntext\n"


@pytest.mark.parametrize("multiparts", [NESTED, SIDE_BY_SIDE], ids=["nested", "side by side"])
def test_no_part_is_read_behind_more_multiparts_than_the_limit_of_parts(multiparts: str):
    few = "".join(multiparts.splitlines(keepends=True)[: 3 * (LIMITS.parts - 1)])
    many = "".join(multiparts.splitlines(keepends=True)[: 3 * LIMITS.parts])

    assert [part.content_type for part in parts_with(few + LEAF)] == ["text/x-last"]
    assert parts_with(many + LEAF) == []


def parts_with(body: str) -> list[mime.Part]:
    return mime.split(Headers("Content-Type: multipart/mixed; boundary=B0\n"), "multipart/mixed", body, LIMITS)
