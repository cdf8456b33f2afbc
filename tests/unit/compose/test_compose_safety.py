"""A notice stays one notice whatever strangers write: no header line, no markup, no part of theirs."""

import datetime as dt
import re
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html.parser import HTMLParser
from importlib import resources
from zoneinfo import ZoneInfo

import pytest
from examples import times
from hypothesis import given, settings
from hypothesis import strategies as st

from bouncer.compose import mime
from bouncer.compose.language import LANGUAGES
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.operator import ForwardedMail, compose_forwarded
from bouncer.compose.owner_mails import compose
from bouncer.compose.plain_text import columns, line, wrap
from bouncer.compose.providers import PAGES
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief
from bouncer.verdict.verdict import Reason

NOW = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
FIELDS = [
    *["Date", "From", "To", "Subject", "Message-ID"],
    *["Auto-Submitted", "X-Auto-Response-Suppress", "X-Bouncer-Notice", "MIME-Version", "Content-Type"],
]

SOMETIMES = frozenset(
    "In-Reply-To References X-Failed-Recipients X-Bounce-Recipient X-Bounce-Category X-Bounce-Status List-Id".split()  # noqa: SIM905 -- a list of fields
)


def _returning(header: str) -> bytes:
    octets = header.encode("utf-8", "replace")
    return b"Content-Type: message/rfc822\r\n\r\nSubject: " + octets + b"\r\nDate: " + octets + b"\r\n\r\nbody"


NASTY = st.sampled_from(
    [
        *[
            "\r\nBcc: victim@example.org",
            "\n\n",
            "\0",
            "\r",
            "\x1b[31m",
            "\u202e",
            "\u200b",
            "\u2028",
            "\x85",
            "\ud800",
        ],
        *[
            "<script>alert(1)</script>",
            "</td>",
            '" onload="',
            "{{ 7*7 }}",
            "{% raw %}",
            "&amp;",
            "=?utf-8?q?=0D=0A?=",
            "--=_b",
        ],
        *["é", "日本", "\U0001f600", "  ", "\t", ".", "=", "a" * 200],
    ]
)
TEXT = st.lists(NASTY | st.text(max_size=20) | st.characters(), max_size=6).map("".join)
ENCODED = "=?utf-8?q?x=0D=0ABcc:_eve@evil.example?="
"""An encoded word, of visible ASCII: a program that decodes it in any field finds line ends."""
RECIPIENTS = st.builds(
    NoticeRecipient,
    recipient=TEXT | st.sampled_from(["jane@hotmail.com", f"{ENCODED}@hotmail.com"]),
    action=st.sampled_from(Action),
    reason=st.none() | st.sampled_from(Reason),
    status=st.none() | TEXT | st.just("5.7.1"),
    reply_code=st.none() | st.integers(),
    diagnostic_code=st.none() | TEXT | st.just("550 see https://evil.example zen.spamhaus.org"),
    remote_mta=st.none() | TEXT,
    belief=st.sampled_from(Belief),
    belief_why=TEXT,
    suppressed=st.booleans(),
    suppressed_until=st.none() | st.datetimes(timezones=st.just(dt.UTC)),
    reported=st.none() | TEXT,
    rule=st.none() | TEXT | st.just("sender-not-member"),
)
NOTICES = st.builds(
    Notice,
    to=TEXT,
    message_id=TEXT,
    made_at=st.just(NOW),
    kind=st.sampled_from(Kind),
    recipients=st.lists(RECIPIENTS, max_size=4).map(tuple),
    account=st.none() | TEXT,
    report=TEXT,
    arrived_at=st.just(NOW),
    reporting_mta=st.none() | TEXT,
    subject=st.none() | TEXT,
    original_message_id=st.none() | TEXT | st.sampled_from(["<abc@acme.example>", f"<{ENCODED}@acme.example>"]),
    letter=st.none() | st.binary(max_size=200) | TEXT.map(_returning),
    campaign=st.none() | TEXT,
    contact=TEXT,
    sender=st.none() | TEXT,
    attach=st.sampled_from([Attach.HEADERS, Attach.REPORT, Attach.NONE]),
    zone=st.sampled_from([dt.UTC, ZoneInfo("Asia/Tokyo"), ZoneInfo("America/Sao_Paulo")]),
    language=st.sampled_from([*LANGUAGES]) | TEXT,
)


def _comments(html: str) -> set[str]:
    parser = _Tags()
    parser.feed(html)
    return parser.comments


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: set[str | None] = set()
        self.comments: set[str] = set()

    def handle_comment(self, data: str) -> None:
        self.comments.add(data)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.links |= {value for name, value in attrs if name == "href"}


OUR_BLANKS = "\r\n\u00a0\u202f"
"""Line ends, and the blanks that French writes before a colon and in a number."""
OUTLOOKS = _comments((resources.files("bouncer.compose") / "templates/page.html.j2").read_text("utf-8"))
"""Comments of our page that are for Outlook alone."""


@settings(max_examples=times(100), deadline=None)
@given(NOTICES)
def test_no_value_whatever_adds_a_field_a_part_or_markup(notice: Notice) -> None:
    sent = compose(notice, from_="bouncer <bouncer@rp.example>", reverse_path="")

    head = sent.octets.split(b"\r\n\r\n", 1)[0].decode("utf-8")
    names = [field.partition(":")[0] for field in re.split(r"\r\n(?![ \t])", head)]
    assert [name for name in names if name not in SOMETIMES] == FIELDS
    assert "\n" not in head.replace("\r\n", "")
    message = message_from_bytes(sent.octets, policy=default)
    assert isinstance(message, EmailMessage)
    types = [part.get_content_type() for part in message.walk() if not part.is_multipart()]
    assert types[:2] == ["text/plain", "text/html"]
    fields = [name for part in _of_status(message) for name in part.keys()]  # noqa: SIM118 -- twice named
    assert set(fields) <= {"Reporting-MTA", "Final-Recipient", "Action", "Status", "Remote-MTA", "Diagnostic-Code"}
    assert types[2 + len(_of_status(message)) :] in ([], ["text/rfc822-headers"], ["application/octet-stream"])
    _holds_only_our_markup(message)
    _is_visible(message)


def _of_status(message: EmailMessage) -> list[EmailMessage]:
    """The groups of fields of the delivery status, each of which Python's email package takes for a part."""
    statuses = [part for part in message.walk() if part.get_content_type() == "message/delivery-status"]
    return [group for part in statuses for group in part.iter_parts()]


def _holds_only_our_markup(message: EmailMessage) -> None:
    html = message.get_body(("html",))
    assert html is not None
    parser = _Tags()
    parser.feed(html.get_content().replace("\r\n", "\n"))
    assert parser.comments == OUTLOOKS
    assert parser.tags <= set("html head meta title style body table tr td div bdi b a".split())  # noqa: SIM905 -- a list of tags
    ours = "lang charset name content class style role width cellpadding cellspacing border align valign dir href"
    assert parser.attributes <= set(ours.split())
    assert parser.links <= {page if "://" in page else f"mailto:{page}" for page in PAGES}


def _is_visible(message: EmailMessage) -> None:
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    for text_line in text.get_content().split("\r\n"):
        assert _without_our_blanks(text_line).isprintable()
        assert columns(text_line) <= 72
    assert _without_our_blanks(html.get_content()).isprintable()
    assert all(str(message.get(name, "")).isprintable() for name in ("Subject", *SOMETIMES))


def _without_our_blanks(text: str) -> str:
    return text.translate(dict.fromkeys(map(ord, OUR_BLANKS)))


@settings(max_examples=times(100), deadline=None)
@given(TEXT, TEXT, TEXT, st.binary(max_size=300))
def test_a_letter_that_is_passed_on_stays_in_its_part(
    came_to: str, reverse_path: str, peer: str, letter: bytes
) -> None:
    given_letter = ForwardedMail(
        "operator@acme.example", "id@mx", NOW, came_to, reverse_path, peer, NOW, "report", letter
    )

    message = message_from_bytes(
        compose_forwarded(given_letter, from_="b@rp.example", reverse_path="").octets, policy=default
    )

    assert list(message.keys()) == FIELDS
    assert len(message.get_payload()) == 2


@given(TEXT, st.integers(10, 300))
def test_a_line_is_one_line_that_can_be_seen_whole(text: str, limit: int) -> None:
    cut = line(text, limit)

    assert cut.isprintable()
    assert len(cut) <= limit


@pytest.mark.parametrize(
    ("written", "visible"),
    [
        ("jane\u200b@example.org", "jane\ufffd@example.org"),
        ("invoice\u202efdp.exe", "invoice\ufffdfdp.exe"),
        ("a\x1b[31mb\x00", "a\u241b[31mb\u2400"),
        ("two\r\n lines\u2028three", "two lines three"),
        ("\u3164\u115f", "\ufffd\ufffd"),
        ("naïve 日本 \U0001f600", "naïve 日本 \U0001f600"),
    ],
)
def test_hidden_characters_become_visible_and_others_stay(written: str, visible: str) -> None:
    assert line(written, 100) == visible


@given(TEXT, st.integers(10, 80))
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    text = line(text, 400)

    lines = wrap(text, width)

    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(columns(text_line) <= width for text_line in lines)


def test_japanese_breaks_between_its_characters_and_addresses_stay_whole() -> None:
    text = "jane@example.org へのメッセージは配信できませんでした（理由）。詳しくは：https://example.org/a"  # noqa: RUF001 -- as below

    assert wrap(text, 30) == [
        "jane@example.org へのメッセー",
        "ジは配信できませんでした（理",  # noqa: RUF001 -- Japanese has its own brackets
        "由）。詳しくは：",  # noqa: RUF001 -- as above
        "https://example.org/a",
    ]


def test_a_closing_mark_begins_no_line_and_a_no_break_blank_ends_none() -> None:
    assert wrap("できません。", 10) == ["できませ", "ん。"]
    assert wrap("Objet\u00a0: essai", 6) == ["Objet\u00a0", ": essai"] or wrap("mot Objet\u00a0: a", 9) == [
        "mot",
        "Objet\u00a0: a",
    ]


@given(TEXT)
def test_a_subject_reads_back_as_it_was_and_fits_its_lines(text: str) -> None:
    text = line(text, 200)

    written = mime.header("Subject", text)

    assert str(message_from_bytes(f"{written}\r\n\r\n".encode(), policy=default)["Subject"]) == text
    assert all(
        len(folded) <= 76 or " " not in folded.removeprefix("Subject: ").strip() for folded in written.split("\r\n")
    )


@pytest.mark.parametrize(
    ("from_", "name", "mailbox"),
    [
        ("bouncer@rp.example", "", "bouncer@rp.example"),
        ("Mail delivery <bouncer@rp.example>", "Mail delivery", "bouncer@rp.example"),
        ('"Acme, Inc. (mail)" <bouncer@rp.example>', "Acme, Inc. (mail)", "bouncer@rp.example"),
        ("Zürich Ärzte <bouncer@rp.example>", "Zürich Ärzte", "bouncer@rp.example"),
    ],
)
def test_the_sender_s_name_reads_back(from_: str, name: str, mailbox: str) -> None:
    written = mime.address("From", from_)

    address = message_from_bytes(f"{written}\r\n\r\n".encode(), policy=default)["From"].addresses[0]
    assert (address.display_name, address.addr_spec) == (name, mailbox)
