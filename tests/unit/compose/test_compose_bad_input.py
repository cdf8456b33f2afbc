"""Hostile input to the mails that we send: each form of it once, by name; beside it, anything at all."""

import datetime as dt
import json
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser

import pytest
from examples import times
from hypothesis import given, settings
from hypothesis import strategies as st
from programs.mails import LETTER, notice

from bouncer.compose.digest import Digest
from bouncer.compose.language import LANGUAGES
from bouncer.compose.notice import Notice
from bouncer.compose.owner_mails import compose, compose_digest
from bouncer.compose.plain_text import columns
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.preferences import Attach
from bouncer.verdict.verdict import Reason

NOW = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
FROM = "Mail delivery <bounces@example.com>"
WHOLE = notice("en")
(JANE,) = WHOLE.recipients
INVISIBLE = (
    "\u200b\u200c\u200d\u2060\ufeff\u00ad\u034f\u180e"  # zero-width characters
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"  # bidirectional controls (UAX 9)
)
TRICKS = {
    "header injection": "jane@example.org\r\nBcc: victim@example.org\r\n\r\nand a body",
    "a bare line feed": "jane@example.org\nBcc: victim@example.org",
    "a bare return": "jane@example.org\rBcc: victim@example.org",
    "a line of Unicode's": "jane@example.org\u2028Bcc: victim@example.org\x85X: y",
    "script": "<script>alert(1)</script><img src=https://evil.example/x onerror=alert(1)>",
    "an attribute": '" style="background:url(https://evil.example/)" onload="alert(1)',
    "a comment": "--><!--[if mso]><v:rect><![endif]--><style>@import 'https://evil.example'</style>",
    "a link": "<a href='https://evil.example/login'>Confirm your account</a>",
    "a template": "{{ ''.__class__.__mro__ }}{% for x in y %}{{ language.texts }}",
    "a format": "{whom.__class__} %s %n {0} {number}",
    "an encoded word": "=?utf-8?q?=0D=0ABcc=3A_victim=40example.org?=",
    "a boundary": "--=_b\r\nContent-Type: text/html\r\n\r\n<b>ours?</b>",
    "right to left": "invoice\u202efdp.exe",
    "invisible": INVISIBLE,
    "a terminal's orders": "\x1b[2J\x1b]0;owned\x07\x9b31m",
    "half a pair": "\ud83d alone \udc00",
    "long": "x" * 100_000,
    "marks without end": "Z" + "\u0327\u0300\u0333" * 20_000,
}
"""Name of what a stranger tries -> what stands in every place that a stranger fills."""


def tricked(trick: str) -> Notice:
    """A notice with *trick* wherever a stranger's words can come to stand."""
    recipient = replace(JANE, recipient=trick, diagnostic_code=trick, remote_mta=trick, status=trick, belief_why=trick)
    octets = trick.encode("utf-8", "replace")
    returned = b"From: " + octets + b" <x@example.org>\r\nSubject: " + octets + b"\r\nDate: " + octets + b"\r\n"
    letter = b"Content-Type: message/rfc822; name=" + octets + b"\r\n\r\n" + returned + b"\r\nbody\r\n"
    fields = {"reporting_mta": trick, "subject": trick, "original_message_id": trick, "campaign": trick}
    return replace(
        WHOLE, recipients=(recipient,), letter=letter, attach=Attach.FULL, data=json.dumps([trick]).encode(), **fields
    )


def parse_mail(sent: OutgoingMail) -> EmailMessage:
    message = message_from_bytes(sent.octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


class _Markup(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.elements: set[object] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add((tag, *attrs))

    def handle_comment(self, data: str) -> None:
        self.elements.add(data)


def markup(html: str) -> set[object]:
    """Every tag with its attributes and their values, and every comment."""
    parser = _Markup()
    parser.feed(html)
    return parser.elements


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_trick_changes_neither_header_nor_parts_nor_markup(trick: str):
    plain = parse_mail(compose(WHOLE, from_=FROM, reverse_path=""))

    message = parse_mail(compose(tricked(trick), from_=FROM, reverse_path=""))

    assert {name.lower() for name in message.keys()} <= {name.lower() for name in plain.keys()}  # noqa: SIM118 -- twice named
    assert len(message.keys()) <= len(plain.keys())
    assert [attachment.get_filename() for attachment in message.iter_attachments()][-2:] == [
        "report.eml",
        "bounces.json",
    ]
    assert markup(body(message, "html")) <= markup(body(plain, "html"))


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_trick_is_seen(trick: str):
    message = parse_mail(compose(tricked(trick), from_=FROM, reverse_path=""))
    lines = [*body(message, "plain").splitlines(), *body(message, "html").splitlines(), str(message["Subject"])]

    assert all(line.isprintable() for line in lines)
    assert not set("".join(lines)) & set(INVISIBLE)
    assert not re.search("[\u0300-\u036f]{5}", "".join(lines))
    assert max(map(columns, body(message, "plain").splitlines())) <= 72


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_trick_makes_no_large_mail(trick: str):
    notice = replace(tricked(trick), attach=Attach.HEADERS, data=None)

    assert len(compose(notice, from_=FROM, reverse_path="").octets) < 150_000


@pytest.mark.parametrize("trick", TRICKS.values(), ids=TRICKS)
def test_a_trick_in_a_digest_is_text(trick: str):
    tally = DigestTally()
    texts = {"diagnostic_code": trick, "remote_mta": trick, "subject": trick, "message_id": trick, "status": trick}
    tally.add(DigestRow(NOW, trick, Kind.BOUNCE, Action.FAILED, Reason.BAD_REPUTATION, **texts))  # type: ignore[arg-type]
    summary = Digest("ann@acme.example", "3abcdefghjkmn.7@mx.rp.example", NOW, tally, "acme")

    message = parse_mail(compose_digest(summary, from_=FROM, reverse_path=""))

    assert message["Bcc"] is None
    assert [attachment.get_filename() for attachment in message.iter_attachments()] == ["bounces.csv"]
    assert all(line.isprintable() for kind in ("plain", "html") for line in body(message, kind).splitlines())
    assert {
        element
        for element in markup(body(message, "html"))
        if isinstance(element, tuple) and element[0] in ("script", "img", "a")
    } == {("a", ("href", "#cause-1")), ("a", ("name", "cause-1"), ("id", "cause-1"))}
    assert len(bytes(message)) < 60_000


BOMBS = {
    "lines": "=?utf-8?q?" + "=0D=0ABcc:_v@x.example" * 50_000 + "?=",
    "words": "=?utf-8?q?=41?= " * 100_000,
    "nested": "=?utf-8?q?" + "=3D=3Futf-8=3Fq=3F" * 20_000 + "?=",
    "open words": "=?utf-8?q?" * 50_000,
    "punycode": "=?punycode?q?" + "a" * 60_000 + "-zz9999?=",
    "idna": "=?idna?q?" + "xn--" * 50_000 + "?=",
    "zlib": "=?zlib_codec?b?eJztwTEBAAAAwqD1T20ND6AAAAAAAAAAAAAA?=",
    "unknown charset": "=?x-" + "y" * 50_000 + "?q?z?=",
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_an_encoded_words_bomb_is_one_short_line(bomb: str):
    """RFC 2047: whatever a word would unfold to, in the returned header and in what was read of it."""
    letter = b"Content-Type: message/rfc822\r\n\r\nSubject: " + bomb.encode() + b"\r\n\r\nbody"
    for subject in (None, bomb):
        message = parse_mail(compose(replace(WHOLE, subject=subject, letter=letter), from_=FROM, reverse_path=""))

        assert message["Bcc"] is None
        assert len(body(message, "plain")) < 4_000


@settings(max_examples=times(60), deadline=None)
@given(st.binary(max_size=400))
def test_an_attachment_stays_in_its_part(letter: bytes):
    attaching = replace(WHOLE, letter=letter, attach=Attach.FULL, data=b"[]")

    message = parse_mail(compose(attaching, from_=FROM, reverse_path=""))

    names = [part.get_filename() for part in message.iter_attachments()]
    assert names in (
        ["bounces.json"],
        *([*first, "report.eml", "bounces.json"] for first in ([], ["returned-headers.txt"])),
    )


HOSTILE_NAMES = (
    *("../../etc/passwd", "invoice\u202efdp.exe", "a\r\nBcc: x@y.example", "CON", "=?utf-8?q?=2E=2E=2Fx?=", "x" * 5000),
    *('"; name="evil.exe', "%00.html"),
)


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_file_names_of_a_report_are_nobodys_file_names_here(name: str):
    """An attachment has a name of ours; a stranger's own names stay inside the report, where they came."""
    part = b'Content-Disposition: attachment; filename="' + name.encode() + b'"\r\n'
    letter = LETTER.replace(
        b"Content-Type: message/delivery-status\r\n", part + b"Content-Type: message/delivery-status\r\n"
    )

    message = parse_mail(compose(replace(WHOLE, letter=letter, attach=Attach.FULL), from_=FROM, reverse_path=""))

    assert [attachment.get_filename() for attachment in message.iter_attachments()] == [
        "returned-headers.txt",
        "report.eml",
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_report_of_ten_megabytes_is_attached_as_far_as_it_is_useful_and_says_so(code: str):
    attaching = notice(code)
    large = replace(attaching, letter=LETTER + b"x" * 70 + b"\r\n" * 5_000_000, attach=Attach.FULL)

    sent = compose(large, from_=FROM, reverse_path="")

    assert len(sent.octets) < 150_000
    assert body(parse_mail(sent), "plain") != body(
        parse_mail(compose(replace(attaching, attach=Attach.FULL), from_=FROM, reverse_path="")), "plain"
    )


def test_a_report_that_names_more_than_are_read_says_so():
    sentence = "If a report has more than 500 recipients, only the first 500 are read."
    many = tuple(replace(JANE, recipient=f"user{n}@example.org") for n in range(500))

    assert sentence in body(parse_mail(compose(replace(WHOLE, recipients=many), from_=FROM, reverse_path="")), "plain")
    assert sentence not in body(
        parse_mail(compose(replace(WHOLE, recipients=many[:499]), from_=FROM, reverse_path="")), "plain"
    )
