"""A notice that programs read: what Python's email package, flufl.bounce and our own reader make of it."""

import datetime as dt
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from flufl.bounce import scan_message

from bouncer.compose.language import LANGUAGES
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose
from bouncer.compose.status import MOST_RECIPIENTS
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.reader import read
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.own_mail import is_of_a_bouncer, named_notices
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief, Effect
from bouncer.verdict.verdict import Reason

NOON = dt.datetime(2026, 3, 3, 12, tzinfo=dt.UTC)
ID = "3abcdefghjkmn.1@mx.rp.example"
LETTER = (
    b"Content-Type: message/rfc822\r\n\r\nFrom: News <news@acme.example>\r\nSubject: news\r\n"
    b"Message-ID: <1@acme.example>\r\nTo: jane@example.org\r\n\r\nThe text itself.\r\n"
)
JANE = NoticeRecipient(
    "jane@example.org",
    Action.FAILED,
    Reason.INVALID_RECIPIENT,
    "5.1.1",
    550,
    "550 5.1.1 <jane@example.org>: User unknown",
    "mx.example.org",
    Belief.PROVEN,
)
NOTICE = Notice(
    "ann@acme.example",
    ID,
    NOON,
    Kind.BOUNCE,
    (JANE,),
    "acme",
    "3abcdefghjkmn",
    NOON,
    "mx.example.net",
    letter=LETTER,
    attach=Attach.REPORT,
)


def sent(notice: Notice) -> OutgoingMail:
    return compose(notice, from_="bounces@example.com", reverse_path="")


def parse_mail(notice: Notice) -> EmailMessage:
    message = message_from_bytes(sent(notice).octets, policy=default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def with_jane(**changed: object) -> Notice:
    return replace(NOTICE, recipients=(replace(JANE, **changed),))  # type: ignore[arg-type]


def fields(notice: Notice) -> list[EmailMessage]:
    """The status as Python's email package reads it: the report's own fields, then those of each recipient."""
    (status,) = (part for part in parse_mail(notice).walk() if part.get_content_type() == "message/delivery-status")
    return list(status.get_payload())  # type: ignore[arg-type]


def test_the_whole_mail_is_a_report_of_three_parts():
    message = parse_mail(NOTICE)

    assert message.get_content_type() == "multipart/report"
    assert message.get_param("report-type") == "delivery-status"
    assert [part.get_content_type() for part in message.iter_parts()] == [
        *("multipart/alternative", "message/delivery-status", "text/rfc822-headers")
    ]
    assert "Subject: news" in list(message.iter_parts())[2].get_content()
    assert "The text itself." not in message.as_string()


def test_the_status_says_who_failed_where_and_in_which_words():
    report, jane = fields(NOTICE)

    assert dict(report.items()) == {"Reporting-MTA": "dns; mx.example.net"}
    assert dict(jane.items()) == {
        "Final-Recipient": "rfc822; jane@example.org",
        "Action": "failed",
        "Status": "5.1.1",
        "Remote-MTA": "dns; mx.example.org",
        "Diagnostic-Code": "smtp; 550 5.1.1 <jane@example.org>: User unknown",
    }


@pytest.mark.parametrize("code", LANGUAGES)
def test_flufl_bounce_finds_the_recipient_in_every_language(code: str):
    assert scan_message(message_from_bytes(sent(replace(NOTICE, language=code)).octets)) == {b"jane@example.org"}


def test_our_reader_finds_the_recipient_and_the_loop_check_our_own_notice():
    octets = sent(NOTICE).octets
    reading = read(octets)

    assert (reading.kind, reading.dialect) == (Kind.BOUNCE, "rfc3464")
    assert [(recipient.recipient, str(recipient.status), recipient.reply_code) for recipient in reading.recipients] == [
        ("jane@example.org", "5.1.1", 550)
    ]
    assert named_notices(octets) == (ID,)
    assert is_of_a_bouncer(octets)


def test_a_delay_has_the_action_delayed_and_a_status_for_now():
    late = with_jane(action=Action.DELAYED, reason=None, status=None)
    _, jane = fields(replace(late, kind=Kind.DELAY))

    assert (jane["Action"], jane["Status"]) == ("delayed", "4.0.0")


def test_unknown_fields_of_a_report_are_left_out_and_the_server_is_ours():
    bare = with_jane(status=None, reply_code=None, diagnostic_code=None, remote_mta="no host; at all")
    report, jane = fields(replace(bare, reporting_mta=None, letter=None))

    assert report["Reporting-MTA"] == "dns; mx.rp.example"
    assert dict(jane.items()) == {
        "Final-Recipient": "rfc822; jane@example.org",
        "Action": "failed",
        "Status": "5.0.0",
    }
    assert len(list(parse_mail(replace(bare, letter=None)).iter_parts())) == 2


def test_the_address_that_was_written_to_is_told_and_not_the_one_behind_it():
    assert scan_message(message_from_bytes(sent(with_jane(reported="j@inner.example")).octets)) == {b"jane@example.org"}


@pytest.mark.parametrize(
    ("changed", "as_report"),
    [
        ({"belief": Belief.UNPROVEN, "effect": Effect.DOUBTED}, False),
        ({"belief": Belief.CONTRADICTED, "effect": Effect.DOUBTED}, False),
        ({"belief": Belief.PLAUSIBLE, "effect": Effect.DOUBTED}, False),
        ({"belief": Belief.PLAUSIBLE, "effect": Effect.COUNTED}, True),
        ({"belief": Belief.PROVEN}, True),
    ],
)
def test_programs_are_told_only_what_is_believed_enough_to_act_on(changed: dict[str, object], as_report: bool):
    """Otherwise a stranger who can write to an alias could have anybody struck off a list."""
    notice = with_jane(**changed)
    message = parse_mail(notice)

    assert (message.get_content_type() == "multipart/report") == as_report
    assert (message["X-Failed-Recipients"] == "jane@example.org") == as_report
    assert (scan_message(message_from_bytes(sent(notice).octets)) == {b"jane@example.org"}) == as_report
    assert "text/rfc822-headers" in [part.get_content_type() for part in message.walk()]


def test_a_report_that_is_proven_of_one_recipient_only_is_no_report_for_programs():
    both = replace(NOTICE, recipients=(JANE, replace(JANE, recipient="b@example.org", belief=Belief.UNPROVEN)))

    assert parse_mail(both).get_content_type() == "multipart/mixed"
    assert parse_mail(both)["X-Failed-Recipients"] == "jane@example.org"


def test_a_complaint_is_no_delivery_status():
    complaint = replace(NOTICE, kind=Kind.COMPLAINT)

    assert parse_mail(complaint).get_content_type() == "multipart/mixed"
    assert parse_mail(complaint)["X-Failed-Recipients"] is None


def test_the_same_as_json_goes_along_inside_the_part_for_people():
    first, status, _ = parse_mail(replace(NOTICE, data=b"[]")).iter_parts()

    assert [part.get_content_type() for part in first.iter_parts()] == ["multipart/alternative", "application/json"]
    assert status.get_content_type() == "message/delivery-status"


def test_addresses_beyond_ascii_are_written_in_ascii():
    jorg = with_jane(recipient="j\u00f6rg@b\u00fccher.example", diagnostic_code="550 j\u00f6rg ist unbekannt")
    _, status = fields(jorg)

    assert sent(jorg).octets.isascii()
    assert status["Final-Recipient"] == r"utf-8; j\x{F6}rg@xn--bcher-kva.example"
    assert read(sent(jorg).octets).recipients[0].recipient == "j\u00f6rg@xn--bcher-kva.example"
    assert parse_mail(jorg)["X-Failed-Recipients"] == "j\u00f6rg@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "words", ["x\r\nBcc: v@z.example\r\n\r\n--=_b\r\n", "\x1b[31m\u202e", "=?utf-8?q?=0D=0A?=", "y" * 5000]
)
def test_a_strangers_words_are_neither_field_nor_part(words: str):
    hostile = with_jane(diagnostic_code=words, remote_mta=words, status=words)
    plain = [part.get_content_type() for part in parse_mail(NOTICE).walk()]
    message = parse_mail(replace(hostile, reporting_mta=words))

    assert [part.get_content_type() for part in message.walk()] == plain
    assert message["Bcc"] is None
    assert [part["Bcc"] for part in fields(hostile)] == [None, None]
    assert max(map(len, sent(hostile).octets.split(b"\r\n"))) <= 998


def test_failed_recipients_are_listed_as_gmail_and_exim_do_and_bounded():
    many = tuple(replace(JANE, recipient=f"user{n}@example.org") for n in range(2_000))
    message = parse_mail(replace(NOTICE, recipients=many))

    assert str(message["X-Failed-Recipients"]) == ", ".join(f"user{n}@example.org" for n in range(10))
    assert len(fields(replace(NOTICE, recipients=many))) == MOST_RECIPIENTS + 1
    folded = sent(replace(NOTICE, recipients=many)).octets.partition(b"\r\n\r\n")[0].split(b"\r\n")
    assert max(map(len, folded)) <= 78


@pytest.mark.parametrize("odd", ['"a, b"@example.org', "a,b@example.org", "a;b@example.org", "<a@example.org"])
def test_an_address_that_would_read_as_two_stands_in_no_list(odd: str):
    assert parse_mail(with_jane(recipient=odd))["X-Failed-Recipients"] is None


def test_headers_beyond_ascii_go_along_all_the_same():
    eight_bits = replace(NOTICE, letter=LETTER.replace(b"news\r\n", "Grüße\r\n".encode()))
    *_, returned = parse_mail(eight_bits).iter_parts()

    assert returned.get_content_type() == "text/rfc822-headers"
    assert "Grüße" in returned.get_content()
    assert sent(eight_bits).octets.isascii()
