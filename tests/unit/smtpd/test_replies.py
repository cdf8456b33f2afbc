"""The server's own replies are well-formed, and carry an enhanced status code wherever RFC 2034 allows one."""

import re

import pytest

from bouncer.smtpd import replies

REPLIES = {
    name: f"{value}\r\n".encode() for name, value in vars(replies).items() if name.isupper() and isinstance(value, str)
}
WITHOUT = {"GO_AHEAD"}
"""RFC 2034 section 4: not in replies to HELO and EHLO, nor in 354."""


@pytest.mark.parametrize("name", REPLIES)
def test_a_reply_is_one_line_with_its_status(name: str) -> None:
    """The class of the status is that of the reply code (RFC 2034 section 4); the line is short enough for anybody."""
    status = rb"" if name in WITHOUT else rb"\1\.\d\.\d+ "
    assert re.fullmatch(rb"([2-5])[0-5]\d " + status + rb"[!-~][ -~]*\r\n", REPLIES[name])
    assert len(REPLIES[name]) <= 512


def test_a_reply_cannot_be_made_two() -> None:
    assert replies.line("451 4.3.0 a\r\n250 2.0.0 b\u2028é") == "451 4.3.0 a 250 2.0.0 b ?"
