"""Letters about hundreds of recipients: what is done for each does not grow with what is answer of all the others."""

import sys
from collections.abc import Callable
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bouncer.ndr import transcript
from bouncer.ndr.limits import FEW_RECIPIENTS, LEAST_WORDS, Limits
from bouncer.ndr.mention_index import MentionIndex
from bouncer.ndr.mentions import Mention, MentionKind
from bouncer.ndr.notice_text import MOST_MENTIONS
from bouncer.ndr.other_people import words_before
from bouncer.ndr.reader import read
from bouncer.verdict.judge import judge

HEAD = b"From: MAILER-DAEMON@mx.example.net\r\nSubject: Delivery failure\r\n"
REPORT = b"Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n\r\n"
BLOCKS = b"\r\n--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
BLOCK = b"Action: failed\r\nStatus: 5.0.0\r\nFinal-Recipient: rfc822; user%d@b.example\r\n\r\n"
SENTENCE = b"Your mail to <user%d@b.example> failed. "
OTHER = b"Your mail to <other%d@c.example> failed. "
REPLY = b"550 5.1.1 <user%d@b.example>... User unknown "
LIMITS = Limits()


def numbered(unit: bytes, count: int) -> bytes:
    return b"".join(unit % number for number in range(count))


def in_blocks(notice: bytes, count: int) -> bytes:
    return HEAD + REPORT + numbered(notice, count) + BLOCKS + numbered(BLOCK, count // 4) + b"--B--\r\n"


def with_returned_to(block: bytes, notice: bytes, count: int) -> bytes:
    to = b"From: news@acme.example\r\nTo: " + numbered(b"user%d@x.example,\r\n ", count) + b"\r\n\r\n"
    returned = b"--B\r\nContent-Type: text/rfc822-headers\r\n\r\n" + to
    return HEAD + REPORT + numbered(notice, count) + BLOCKS + numbered(block, count) + returned + b"--B--\r\n"


def in_header_field(notice: bytes, count: int) -> bytes:
    return (
        HEAD
        + b"X-Failed-Recipients: "
        + numbered(b"user%d@b.example,\r\n ", count)
        + b"\r\n\r\n"
        + numbered(notice, count)
    )


def in_words(notice: bytes, count: int) -> bytes:
    return HEAD + b"\r\nfailed:\r\n" + numbered(notice, count)


Shape = Callable[[int], bytes]
SHAPES: dict[str, Shape] = {
    "blocks with local parts, and a To": lambda count: with_returned_to(
        BLOCK.replace(b"@b.example", b""), OTHER, count
    ),
    "blocks that name the sender, and a To": lambda count: with_returned_to(
        BLOCK.replace(b"user%d@b.example", b"news@acme.example\r\nDiagnostic-Code: smtp; 550 no %d"), OTHER, count
    ),
    "blocks, others in sentences": lambda count: in_blocks(OTHER, count),
    "blocks, and the same in sentences": lambda count: in_blocks(SENTENCE, count),
    "blocks, and the same in replies": lambda count: in_blocks(REPLY, count),
    "a header field, others in sentences": lambda count: in_header_field(OTHER, count),
    "a header field, others in a list": lambda count: in_header_field(b"<other%d@c.example>: no\r\n\r\n", count),
    "sentences of one line": lambda count: in_words(SENTENCE, count),
    "sentences": lambda count: in_words(SENTENCE + b"\r\n", count),
    "replies of one line": lambda count: in_words(REPLY, count),
    "a list with replies and commands": lambda count: in_words(
        b"<user%d@b.example>:\r\n" + b">>> RCPT To:<user@b.example>\r\n<<< 550 5.1.1 no\r\n", count
    ),
}


def steps_of_reading(raw: bytes) -> int:
    """Read and judge a letter, and count the calls of functions, our own and Python's."""
    steps = 0

    def count(_frame: FrameType, event: str, _arg: object) -> None:
        nonlocal steps
        steps += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        judge(read(raw))
    finally:
        sys.setprofile(None)
    return steps


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_twice_as_many_recipients_are_read_in_twice_as_many_steps(shape: Shape):
    steps_of_reading(shape(40))  # what is made once is made
    few, many = (steps_of_reading(shape(count)) for count in (200, 400))

    assert few < many < 2.2 * few


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_words_about_all_recipients_are_bounded_together(shape: Shape):
    recipients = read(shape(2_000)).recipients
    words = sum(
        len(text) for recipient in recipients for text in (recipient.diagnostic_code or "", *recipient.own_lines)
    )

    assert FEW_RECIPIENTS < len(recipients) <= LIMITS.recipients
    assert words <= 2 * max(LIMITS.words, LEAST_WORDS * len(recipients))


def test_the_whole_words_about_each_of_few_recipients_are_kept():
    answer = b"550 5.1.1 " + b"the mailbox is gone " * 150
    block = BLOCK.replace(b"5.0.0\r\n", b"5.1.1\r\nDiagnostic-Code: smtp; " + answer + b"\r\n")
    reading = read(HEAD + REPORT + BLOCKS + numbered(block, FEW_RECIPIENTS) + b"--B--\r\n")

    assert [recipient.diagnostic_code for recipient in reading.recipients] == [answer.decode().strip()] * FEW_RECIPIENTS


def test_an_address_is_found_by_its_mailbox_and_by_its_local_part():
    entry = Mention(MentionKind.ENTRY, 0, 0, "Jane@B.example", "")
    command = Mention(MentionKind.COMMAND, 3, 0, "jane@c.example", "")
    bare = Mention(MentionKind.ENTRY, 5, 0, "jane", "")
    index = MentionIndex([entry, command, bare])

    assert index.find_by_mailbox("jane@b.example") == [entry]
    assert index.find_by_mailbox("jane@d.example") == []
    assert index.find_by_local_part("jane") == [entry, command]
    assert index.find_by_local_part("") == []
    assert (index.heads, index.commands, index.mailboxes) == ({0, 5}, {3: "jane@c.example"}, 3)


@given(st.text(st.sampled_from("a@ İß\u0307"), max_size=30), st.integers(0, 40), st.integers(0, 12))
@example("a@b new YENİ ADRES: ", 20, 18)
def test_the_words_before_an_address_begin_behind_the_address_before(text: str, end: int, most: int):
    end = min(end, len(text))
    words = words_before(text, end, most)

    assert words.rpartition("@")[2] == text[max(0, end - most) : end].rpartition("@")[2].lower().replace("i\u0307", "i")
    assert words.count("@") <= 1


def test_the_first_and_the_last_replies_about_one_recipient_are_heard_and_not_thousands_between(
    monkeypatch: pytest.MonkeyPatch,
):
    """The last server that was tried decides, however often a transcript names the recipient before."""
    answered, answer = [], transcript.answer

    def count(mention: Mention, lines: list[str], heads: set[int]) -> str:
        answered.append(mention.line)
        return answer(mention, lines, heads)

    monkeypatch.setattr(transcript, "answer", count)
    tried = b"<<< 452 4.2.2 <user1@b.example>... Mailbox full, try %d\r\n"
    last = b"<<< 550 5.1.1 <user1@b.example>... User unknown\r\n"
    report = HEAD + b"\r\n   ----- Transcript of session follows -----\r\n" + numbered(tried, 1500) + last

    (recipient,) = read(report).recipients

    assert recipient.diagnostic_code is not None
    assert recipient.diagnostic_code.endswith("550 5.1.1 <user1@b.example>... User unknown")
    assert 0 < len(answered) <= MOST_MENTIONS
