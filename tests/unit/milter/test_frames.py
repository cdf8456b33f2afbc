"""Frames of the milter protocol: taken out of octets one by one, and made as mail servers read them."""

import struct

import pytest
from examples import times
from hypothesis import given, settings
from hypothesis import strategies as st

from bouncer.errors import Reply
from bouncer.mail.status import EnhancedStatus
from bouncer.milter import frames
from bouncer.milter.message import decode_value, mailbox


@settings(max_examples=times(60), deadline=None)
@given(st.lists(st.tuples(st.binary(min_size=1, max_size=1), st.binary(max_size=200))), st.integers(1, 50))
def test_frames_are_taken_whole_however_their_octets_arrive(sent: list[tuple[bytes, bytes]], size: int):
    octets = b"".join(frames.make_frame(command, rest) for command, rest in sent)
    waiting, received = bytearray(), []
    for start in range(0, len(octets), size):
        waiting += octets[start : start + size]
        while frame := frames.take_frame(waiting):
            received.append(frame)

    assert received == [(command[0], rest) for command, rest in sent]
    assert waiting == b""


@pytest.mark.parametrize("length", [0, frames.MAX_FRAME + 1, 2**32 - 1])
def test_a_length_that_no_frame_has_is_a_fault(length: int):
    with pytest.raises(ValueError, match=f"a frame of {length} octets"):
        frames.take_frame(bytearray(struct.pack("!LB", length, 65)))


@pytest.mark.parametrize("offer", [b"", struct.pack("!LL", 6, 0x1FF), struct.pack("!LLL", 6, 0, 0)])
def test_a_server_that_offers_too_little_gets_no_answer(offer: bytes):
    assert frames.negotiate(offer, frames.Steps(0)) is None


def test_only_steps_that_the_server_supports_are_spared():
    spared = frames.Steps.NO_ANSWER_TO_MAIL | frames.Steps.NO_ANSWER_TO_CONNECT
    agreed = frames.negotiate(struct.pack("!LLL", 6, 0x1FF, frames.Steps.NO_ANSWER_TO_MAIL), spared)

    assert agreed is not None
    assert agreed.unanswered == {frames.MAIL}


def test_a_percent_sign_in_a_reply_is_doubled():
    """Postfix and Sendmail take the text for a format string."""
    frame = frames.reply_frame(Reply(550, EnhancedStatus(5, 7, 1), "100%s not sent"))

    assert b"100%%s" in frame


@pytest.mark.parametrize(
    ("connect", "client"),
    [
        (b"mx\x004\x00\x19192.0.2.7\0", ("192.0.2.7", 25)),
        (b"mx\x006\x00\x19IPv6:2001:db8::7\0", ("2001:db8::7", 25)),
        (b"localhost\0L\0\0/run/socket\0", ("local", 0)),
        (b"unknown\0U", ("", 0)),
        (b"", ("", 0)),
        (b"\xff\x004", ("", 0)),
    ],
)
def test_a_connect_frame_names_the_client(connect: bytes, client: tuple[str, int]):
    assert frames.parse_client(connect) == client


@pytest.mark.parametrize(
    "octets", [b"<jane@example.org>", b" <@relay.example:jane@example.org> ", b'"jane"@example.org']
)
def test_a_mailbox_is_one_in_each_of_its_spellings(octets: bytes):
    assert mailbox(octets) == "jane@example.org"


@pytest.mark.parametrize(
    "value",
    [b" news", b"news \t", b"\tnews\r\n ", b"=?utf-8?q?_news_?=", b"=?utf-8?b?bmV3cwo=?=", b"news\xc2\xa0"],
)
def test_a_value_has_no_blanks_at_its_ends(value: bytes):
    """A suppression for the stream "news" stops mail of it, however the header is written."""
    assert decode_value(value) == "news"
