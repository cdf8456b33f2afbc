"""Further content of a notice: history, counts, whom to ask, fields for filters, attachments."""

import datetime as dt
import json
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from programs.mails import body_of

from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.preferences import Attach
from bouncer.policy.records import Belief, Counted, Effect
from bouncer.verdict.verdict import Reason

NOW = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
LETTER = (
    b"Content-Type: message/rfc822\r\n\r\nSubject: news\r\nMessage-ID: <1@acme.example>\r\n\r\nThe text itself.\r\n"
)
JANE = NoticeRecipient(
    "jane@example.org",
    Action.FAILED,
    Reason.MAILBOX_FULL,
    status="4.2.2",
    reply_code=452,
    diagnostic_code="452 4.2.2 over quota",
    belief=Belief.PROVEN,
)
NOTICE = Notice(
    to="ann@acme.example",
    message_id="3abcdefghjkmn.1@mx.rp.example",
    made_at=NOW,
    kind=Kind.BOUNCE,
    recipients=(JANE,),
    account="acme",
    report="3abcdefghjkmn",
    arrived_at=NOW,
    letter=LETTER,
)


def parse_mail(notice: Notice) -> EmailMessage:
    mail = compose(notice, from_="Mail delivery <bounces@example.com>", reverse_path="")
    message = message_from_bytes(mail.octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def words(notice: Notice) -> str:
    mail = compose(notice, from_="Mail delivery <bounces@example.com>", reverse_path="")
    return " ".join(body_of(mail.octets).split())


def with_jane(**changed: object) -> Notice:
    return replace(NOTICE, recipients=(replace(JANE, **changed),))  # type: ignore[arg-type]


def test_the_history_of_the_address_is_told():
    earlier = Earlier(3, dt.datetime(2025, 12, 24, tzinfo=dt.UTC), dt.datetime(2026, 2, 1, tzinfo=dt.UTC))

    prose = words(with_jane(earlier=earlier))

    assert "HISTORY OF THIS ADDRESS There were 3 earlier reports, from 24 December 2025 to 1 February 2026." in prose


def test_one_earlier_report_is_told_with_its_day():
    day = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)

    assert "There was 1 earlier report, on 1 February 2026." in words(with_jane(earlier=Earlier(1, day, day)))


def test_a_first_report_has_no_history():
    assert "HISTORY" not in words(NOTICE)


def test_a_failure_that_counts_tells_how_many_suppress():
    prose = words(with_jane(effect=Effect.COUNTED, counted=Counted(2, 5, 30)))

    assert (
        "This counts as 2 of 5: an address goes on your suppression list when mail to it fails on 5 different days within 30 days."
        in prose
    )


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        (Effect.ALREADY, "was already on your suppression list and stays there."),
        (Effect.DOUBTED, "Your suppression list was not changed, because this report is not proven (see below)."),
        (Effect.ALLOWED, "because the address is on your allow-list."),
        (Effect.FREED, "the address was removed from it after this report had come in."),
        (None, "This was recorded. Your suppression list was not changed."),
    ],
)
def test_a_suppression_that_was_not_made_is_told_with_the_reason(effect: Effect | None, expected: str):
    assert expected in words(with_jane(effect=effect))


def test_a_report_that_says_too_little_suppresses_nobody_and_says_so():
    prose = words(with_jane(reason=Reason.UNKNOWN, effect=Effect.NEVER))

    assert "the report says too little for that." in prose


def test_nobody_is_advised_to_strike_an_address_on_the_word_of_a_report_that_may_be_forged():
    facts = {"reason": Reason.INVALID_RECIPIENT, "effect": Effect.DOUBTED}

    assert "or remove the address" in words(with_jane(**facts))
    for belief in (Belief.UNPROVEN, Belief.CONTRADICTED):
        prose = words(with_jane(**facts, belief=belief))
        assert "This report may be forged." in prose
        assert "or remove the address" not in prose


PASSED_ON = {
    "en": "mail to jane@example.org is forwarded to j@inner.example, which does not exist.",
    "de": "an jane@example.org an j@inner.example weitergeleitet; diese Adresse gibt es nicht.",
    "fr": "pour jane@example.org est r\u00e9exp\u00e9di\u00e9 \u00e0 j@inner.example, une adresse qui n\u2019existe pas.",
    "es": "para jane@example.org se reenv\u00eda a j@inner.example, una direcci\u00f3n que no existe.",
    "sv": "till jane@example.org vidare till j@inner.example, en adress som inte finns.",
    "ja": "jane@example.org \u5b9b\u3066\u306e\u30e1\u30fc\u30eb\u306f j@inner.example \u306b\u8ee2\u9001",
}


@pytest.mark.parametrize("code", PASSED_ON)
def test_the_address_that_mail_is_passed_on_to_is_told(code: str):
    notice = with_jane(reason=Reason.INVALID_RECIPIENT, reported="j@inner.example")

    prose = words(replace(notice, language=code))
    assert "".join(PASSED_ON[code].split()) in "".join(
        prose.split()
    )  # lines are folded, in Japanese between any two signs


def test_a_failure_of_the_forwarding_target_is_told_so():
    assert "forwarded to j@inner.example and could not be delivered there." in words(
        with_jane(reported="j@inner.example")
    )


@pytest.mark.parametrize(
    "changed",
    [
        {"reported": "JANE@mail.example.org"},
        {"reported": "jane%example.org@gateway.example"},
        {"reported": "j@inner.example", "belief": Belief.CONTRADICTED},
        {"reported": "j@inner.example", "action": Action.DELAYED},
    ],
    ids=["spelling", "gateway", "contradicted", "late"],
)
def test_another_spelling_and_what_is_doubted_are_no_forwarding(changed: dict[str, object]):
    assert "forwarded" not in words(with_jane(**changed))


def test_an_alias_with_two_dead_targets_is_one_recipient():
    jane = replace(JANE, reason=Reason.INVALID_RECIPIENT)
    both = tuple(replace(jane, reported=f"{name}@inner.example") for name in "ab")
    notice = replace(NOTICE, recipients=both)

    assert parse_mail(notice)["Subject"].startswith("Not delivered: jane@example.org")
    text = words(notice)
    assert text.count("WHY") == 1
    assert "forwarded to a@inner.example" in text
    assert "forwarded to b@inner.example" in text


def test_a_named_address_is_a_strangers_text():
    hostile = "x@y.example\r\nBcc: v@z.example<script>\u202e{whom}{{7*7}}"
    mail = parse_mail(with_jane(reported=hostile))

    assert mail["Bcc"] is None
    page = mail.get_body(("html",))
    assert page is not None
    assert "<script>" not in str(page.get_content())
    assert "\u202e" not in str(page.get_content())
    assert "{whom}{{7*7}}" in str(page.get_content())


def test_the_campaign_and_whom_to_ask_are_told():
    prose = words(replace(NOTICE, campaign="spring-2026", contact="Bea Admin <bea@acme.example>, extension 12"))

    assert "Campaign spring-2026" in prose
    assert "WHO TO ASK Bea Admin <bea@acme.example>, extension 12" in prose


def test_a_notice_has_header_fields_for_filters():
    message = parse_mail(NOTICE)

    assert message["X-Bounce-Recipient"] == "jane@example.org"
    assert message["X-Bounce-Category"] == "soft"
    assert message["X-Bounce-Status"] == "4.2.2"
    assert message["List-Id"] == "<acme.bounces.example.com>"


def test_fields_of_several_recipients_name_each_thing_once():
    john = replace(JANE, recipient="john@example.org", reason=Reason.VIRUS, status="5.7.1")
    message = parse_mail(replace(NOTICE, recipients=(JANE, john)))

    assert message["X-Bounce-Recipient"] == "jane@example.org, john@example.org"
    assert message["X-Bounce-Category"] == "soft, block"
    assert message["X-Bounce-Status"] == "4.2.2, 5.7.1"


def test_a_complaint_is_filed_as_one():
    assert parse_mail(replace(NOTICE, kind=Kind.COMPLAINT))["X-Bounce-Category"] == "complaint"
    assert parse_mail(replace(NOTICE, kind=Kind.COMPLAINT, recipients=()))["X-Bounce-Category"] == "complaint"


def test_a_value_that_is_no_address_stands_in_no_field():
    assert parse_mail(with_jane(recipient="jane"))["X-Bounce-Recipient"] is None
    assert parse_mail(with_jane(status="5.x"))["X-Bounce-Status"] is None
    assert parse_mail(replace(NOTICE, account="a>b"))["List-Id"] is None


@pytest.mark.parametrize(
    ("attach", "types"),
    [
        (Attach.HEADERS, ["text/rfc822-headers"]),
        (Attach.FULL, ["text/rfc822-headers", "message/rfc822"]),
        (Attach.NONE, []),
    ],
)
def test_the_account_chooses_what_is_attached(attach: Attach, types: list[str]):
    message = parse_mail(replace(NOTICE, attach=attach))

    assert [attachment.get_content_type() for attachment in message.iter_attachments()] == types


def test_the_whole_report_is_attached_as_it_came():
    *_, report = parse_mail(replace(NOTICE, attach=Attach.FULL)).iter_attachments()

    assert report.get_filename() == "report.eml"
    assert b"The text itself." in report.get_content().as_bytes()


def test_the_same_for_machines_is_attached_as_json():
    data = json.dumps([{"recipient": "jane@example.org"}]).encode()
    *_, attached = parse_mail(replace(NOTICE, data=data)).iter_attachments()

    assert (attached.get_content_type(), attached.get_filename()) == ("application/json", "bounces.json")
    assert json.loads(attached.get_content()) == [{"recipient": "jane@example.org"}]


def test_an_encoded_word_that_decodes_to_a_million_lines_stays_one_short_subject():
    """RFC 2047 bombs: what is shown is bounded whatever it would unfold to."""
    bomb = "=?utf-8?q?" + "=0D=0ABcc:_v@x.example" * 50_000 + "?="

    message = parse_mail(replace(NOTICE, subject=bomb, letter=b"Subject: " + bomb.encode() + b"\r\n\r\n"))

    assert message["Bcc"] is None
    assert len(bytes(message)) < 100_000


def test_tens_of_thousands_of_recipients_make_a_short_mail():
    many = tuple(replace(JANE, recipient=f"user{n}@example.org") for n in range(10_000))

    message = parse_mail(replace(NOTICE, recipients=many))

    assert message["Subject"] == "Not delivered: 10,000 recipients \u00b7 mailbox is full"
    assert len(bytes(message)) < 30_000


NOT_PROVEN = {
    "en": ("Reported as not delivered: jane@example.org", "was reported as not delivered: mailbox is full."),
    "de": ("Als nicht zugestellt gemeldet: jane@example.org", "wurde als nicht zugestellt gemeldet"),
    "fr": ("Signal\u00e9 comme non distribu\u00e9", "a \u00e9t\u00e9 signal\u00e9 comme non distribu\u00e9"),
    "es": ("Notificado como no entregado: jane@example.org", "Se ha notificado que su mensaje"),
    "sv": ("Rapporterat som ej levererat: jane@example.org", "har rapporterats som ej levererat"),
    "ja": (
        "\u914d\u4fe1\u3067\u304d\u306a\u304b\u3063\u305f\u3068\u306e\u5831\u544a",
        "\u5831\u544a\u304c\u5c4a\u304d\u307e\u3057\u305f",
    ),
}


@pytest.mark.parametrize("code", NOT_PROVEN)
@pytest.mark.parametrize("belief", [Belief.PLAUSIBLE, Belief.UNPROVEN, Belief.CONTRADICTED])
def test_an_unproven_failure_is_told_as_reported_and_not_as_a_fact(code: str, belief: Belief):
    notice = replace(with_jane(belief=belief), language=code)
    subject, headline = NOT_PROVEN[code]

    assert subject in str(parse_mail(notice)["Subject"])
    assert "".join(headline.split()) in "".join(words(notice).split())
    assert subject not in str(parse_mail(with_jane())["Subject"])


@pytest.mark.parametrize("kind", [Kind.DELAY, Kind.COMPLAINT])
def test_delays_and_complaints_that_are_not_proven_are_reported_too(kind: Kind):
    action = Action.DELAYED if kind is Kind.DELAY else Action.FAILED
    doubted = replace(with_jane(belief=Belief.UNPROVEN, action=action, reason=None), kind=kind)

    assert "eported" in str(parse_mail(doubted)["Subject"])
    assert "was reported" in words(doubted)
    proven = replace(with_jane(action=action, reason=None), kind=kind)
    assert "eported" not in str(parse_mail(proven)["Subject"])


def test_one_recipient_in_doubt_makes_the_whole_report_one_that_was_reported():
    both = replace(NOTICE, recipients=(JANE, replace(JANE, recipient="b@example.org", belief=Belief.UNPROVEN)))

    assert str(parse_mail(both)["Subject"]).startswith("Reported as not delivered: 2 recipients")


def test_the_sender_who_wrote_the_message_is_told():
    assert "From M\u00e4rz News <news@acme.example>" in words(
        replace(NOTICE, sender="M\u00e4rz News <news@acme.example>")
    )
    assert "From <shop@acme.example>" in words(
        replace(NOTICE, letter=LETTER.replace(b"Subject", b"From: <shop@acme.example>\r\nSubject"))
    )
    hostile = replace(with_jane(belief=Belief.UNPROVEN), sender="x\r\nBcc: v@z.example https://evil.example")
    assert "hxxps[:]//evil[.]example" in words(hostile)
    assert parse_mail(hostile)["Bcc"] is None


@pytest.mark.parametrize(
    ("from_", "code", "name"),
    [
        ("bounces@example.com", "en", "Mail delivery at example.com <bounces@example.com>"),
        ("bounces@example.com", "de", "Mailzustellung bei example.com <bounces@example.com>"),
        ("bounces@example.com", "ja", "example.com \u30e1\u30fc\u30eb\u914d\u4fe1 <bounces@example.com>"),
        ("Acme Post <bounces@example.com>", "de", "Acme Post <bounces@example.com>"),
    ],
)
def test_the_sender_of_a_notice_has_a_name(from_: str, code: str, name: str):
    octets = compose(replace(NOTICE, language=code), from_=from_, reverse_path="").octets
    (address,) = message_from_bytes(octets, policy=default)["From"].addresses

    assert f"{address.display_name} <{address.addr_spec}>" == name


def test_codes_are_shown_where_the_servers_words_do_not_have_them():
    assert "4.2.2" not in words(NOTICE).replace("| 452 4.2.2 over quota", "")
    assert "| over quota 4.2.2 --" in words(with_jane(diagnostic_code="over quota"))
    assert "452 4.2.2 --" in words(with_jane(diagnostic_code=None))
    assert "5.0.0" not in words(with_jane(diagnostic_code="over quota", status="5.0.0"))
