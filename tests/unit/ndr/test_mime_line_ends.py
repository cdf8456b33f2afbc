"""Line ends and delimiters are the same however many there are: what makes many of them quick changes nothing."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bouncer.ndr import mime
from bouncer.ndr.limits import Limits

LIMITS = Limits()


def plainly_decoded(raw: bytes) -> str:
    """CR LF, CR CR LF, CR and LF each end a line."""
    lines = raw.replace(b"\r\n", b"\n")
    return lines.replace(b"\r\n", b"\n").replace(b"\r", b"\n").decode("latin-1")


@given(st.lists(st.sampled_from([b"\r", b"\n", b"\r\n", b"\r\r\n", b"x", b"\r" * 40])).map(b"".join))
@example(b"\r" * 100 + b"\n" + b"\r" * 3)
@example(b"\r\r\n")
def test_line_ends_of_many_returns_are_those_of_few(raw: bytes):
    assert mime.as_text(raw) == plainly_decoded(raw)


@given(st.lists(st.sampled_from(["\n", "\n\n\n\n", "--b", "--", " ", ">", "x"])).map("".join))
@example("\n\n\n\n--b\n\n\n\n\n--c")
def test_delimiters_beside_gaps_are_found_where_they_stand(body: str):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mime, "_GAP", "\n" * 4)
        patch.setattr(mime, "_SMALL", 0)
        places = mime._delimiters(body, LIMITS)  # noqa: SLF001 -- its places are seen nowhere else

    lines = re.finditer(r"\n[ \t>]*--(?=\S)(.+)", "\n" + body)
    assert places == [(line.start(), line.end() - 1, line[1].rstrip()) for line in lines]


@pytest.mark.parametrize("gap", [1, 999, 1000, 1001, 5000, 50_000])
def test_a_part_behind_a_gap_is_found(gap: int):
    places = mime._delimiters("\n" * gap + "--b\nx", LIMITS)  # noqa: SLF001 -- as above

    assert places == [(gap, gap + 3, "b")]
