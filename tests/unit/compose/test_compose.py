"""The owner's notice, read back as a mail program reads it."""

import datetime as dt
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape

import pytest

from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.operator import MAX_PASSED_ON, ForwardedMail, compose_forwarded
from bouncer.compose.owner_mails import compose
from bouncer.compose.reasons import WORDS
from bouncer.mail.outgoing import OutgoingMail
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.own_mail import named_notices
from bouncer.policy.records import Belief, Effect
from bouncer.verdict.verdict import Reason

NOW = dt.datetime(2026, 3, 3, 10, 12, tzinfo=dt.UTC)
RETURNED = (
    b"Received: from app.acme.example by mx.acme.example; Tue, 3 Mar 2026 11:10:01 +0100\r\n"
    b"From: News <news@acme.example>\r\nTo: jane@example.org\r\nSubject: =?utf-8?q?M=C3=A4rz?= news\r\n"
    b"Date: Tue, 3 Mar 2026 11:10:00 +0100\r\nMessage-ID: <abc@acme.example>\r\n"
)
LETTER = (
    b"From: MAILER-DAEMON@mx.example.net\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nSorry.\r\n--b\r\n"
    b"Content-Type: message/rfc822\r\n\r\n" + RETURNED + b"\r\nThe newsletter's own text.\r\n--b--\r\n"
)
JANE = NoticeRecipient(
    "jane@example.org",
    Action.FAILED,
    Reason.INVALID_RECIPIENT,
    status="5.1.1",
    reply_code=550,
    diagnostic_code="550 5.1.1 <jane@example.org>: User unknown in virtual mailbox table",
    remote_mta="mx.example.org",
    belief=Belief.PROVEN,
    suppressed=True,
)


def notice(*recipients: NoticeRecipient, kind: Kind = Kind.BOUNCE, letter: bytes | None = LETTER) -> Notice:
    return Notice(
        to="owner@acme.example",
        message_id="3abcdefghjkmn.0@mx.rp.example",
        made_at=NOW,
        kind=kind,
        recipients=recipients,
        account="acme",
        report="3abcdefghjkmn",
        arrived_at=NOW,
        reporting_mta="mx.example.net",
        subject="März news",
        original_message_id="<abc@acme.example>",
        letter=letter,
    )


def mail(*recipients: NoticeRecipient, kind: Kind = Kind.BOUNCE, letter: bytes | None = LETTER) -> OutgoingMail:
    return compose(notice(*recipients, kind=kind, letter=letter), from_="bouncer <bouncer@rp.example>", reverse_path="")


def parse_mail(sent: OutgoingMail) -> EmailMessage:
    message = message_from_bytes(sent.octets, policy=default)
    assert isinstance(message, EmailMessage)
    assert [part.defects for part in message.walk() if part.defects] == []
    return message


def text(sent: OutgoingMail) -> str:
    body = parse_mail(sent).get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def html(sent: OutgoingMail) -> str:
    body = parse_mail(sent).get_body(("html",))
    assert body is not None
    return str(body.get_content())


def words(sent: OutgoingMail) -> str:
    """The text without its line breaks."""
    return " ".join(text(sent).split())


def changed(**fields: object) -> NoticeRecipient:
    return NoticeRecipient(**{name: getattr(JANE, name) for name in JANE.__slots__} | fields)  # type: ignore[arg-type]


def test_the_subject_names_recipient_and_reason() -> None:
    assert parse_mail(mail(JANE))["Subject"] == "Not delivered: jane@example.org \u00b7 mailbox does not exist"


def test_several_recipients_with_one_reason_are_counted_in_the_subject() -> None:
    john = changed(recipient="john@example.org")

    assert parse_mail(mail(JANE, john))["Subject"] == "Not delivered: 2 recipients \u00b7 mailbox does not exist"


def test_a_subject_names_two_reasons_and_counts_the_others() -> None:
    several = [changed(reason=reason) for reason in (Reason.VIRUS, Reason.POLICY, Reason.EXPIRED)]

    assert str(parse_mail(mail(*several[:2]))["Subject"]).endswith(
        "\u00b7 attachment refused, refused by a server's rules"
    )
    assert str(parse_mail(mail(*several))["Subject"]).endswith("\u00b7 attachment refused and 2 other reasons")


def test_the_first_words_are_the_messages_own_and_not_the_subject_again() -> None:
    """Inboxes show them beside the subject: of the text, or of the HTML, where they are hidden."""
    sent = mail(JANE)
    hidden = html(sent).partition("<body")[2].partition(">")[2].partition("</div>")[0]

    assert text(sent).startswith("Subject      M\u00e4rz news\r\nFrom         News <news@acme.example>\r\nSent")
    assert hidden.strip() == '<div style="display:none;mso-hide:all">M\u00e4rz news'


def test_the_first_words_are_the_servers_if_the_message_has_no_subject() -> None:
    nameless = replace(notice(JANE, letter=None), subject=None)
    hidden = html(compose(nameless, from_="b@rp.example", reverse_path="")).partition("<body")[2].partition("</div>")[0]

    assert hidden.endswith("550 5.1.1 &lt;jane@example.org&gt;: User unknown in virtual mailbox table")


def test_the_headline_follows_the_facts_of_the_message() -> None:
    prose = words(mail(JANE))

    assert "mx.example.net Your message to jane@example.org was not delivered: mailbox does not exist. WHY" in prose


def test_a_common_notice_has_few_lines_and_says_nothing_twice() -> None:
    lines = text(mail(JANE)).splitlines()

    assert len(lines) <= 28
    assert sum("jane@example.org" in line for line in lines) == 2  # the headline and the server's words
    assert "RECIPIENT" not in text(mail(JANE))
    assert "RECIPIENT" in text(mail(JANE, changed(recipient="john@example.org")))


def test_a_notice_tells_what_since_when_why_and_what_to_do() -> None:
    prose = words(mail(JANE))

    for expected in (
        "Subject März news",
        "From News <news@acme.example>",
        "Sent 3 March 2026, 10:10 UTC",
        "Reported 3 March 2026, 10:12 UTC, by mx.example.net",
        "says there is no mailbox with this name",
        "| mx.example.org: 550 5.1.1 <jane@example.org>: User unknown in",
        "now on your suppression list until somebody removes it",
        "* Check the part before the @ for typos.",
        "Account acme, report 3abcdefghjkmn",
    ):
        assert expected in prose


def test_text_and_html_say_the_same() -> None:
    visible_text = unescape(re.sub(r"<[^>]*>", " ", html(mail(JANE)).partition("</div>")[2]))

    assert _words_of(text(mail(JANE))) == _words_of(visible_text)


def _words_of(text: str) -> set[str]:
    """Without the marks that only one of the two has: bullets, bars, full stops between lines."""
    return {word.strip(".:") for word in text.casefold().split()} - {"|", "*", "--", "\u2022", ""}


def test_the_text_fits_72_columns() -> None:
    long = changed(recipient="x" * 200 + "@example.org", diagnostic_code="550 " + "unbroken" * 100)

    assert max(len(line) for line in text(mail(long, JANE)).splitlines()) <= 72


def test_the_html_fetches_nothing() -> None:
    page = html(mail(JANE))

    for fetching in ("http:", "https:", "src=", "url(", "@import", "<script", "<img", "<link"):
        assert fetching not in page


def test_only_the_headers_of_the_returned_message_are_attached() -> None:
    attachments = list(parse_mail(mail(JANE)).iter_attachments())

    assert [attachment.get_content_type() for attachment in attachments] == ["text/rfc822-headers"]
    returned = attachments[0].get_content()
    assert "Received: from app.acme.example" in returned
    assert "newsletter's own text" not in mail(JANE).octets.decode()


def test_returned_headers_beyond_ascii_are_attached_as_octets() -> None:
    """As they came: a filter would take their few words for text of mixed charsets."""
    letter = LETTER.replace(b"Subject: ", "Subject: Gr\u00fc\u00dfe ".encode())
    (attached,) = parse_mail(mail(JANE, letter=letter)).iter_attachments()

    assert (attached.get_content_type(), attached.get_filename()) == (
        "application/octet-stream",
        "returned-headers.txt",
    )
    assert "\r\nSubject: Gr\u00fc\u00dfe ".encode() in attached.get_content()


def test_a_notice_without_returned_headers_attaches_nothing() -> None:
    for letter in (None, b"", b"Subject: x\r\n\r\nnot delivered\r\n"):
        assert list(parse_mail(mail(JANE, letter=letter)).iter_attachments()) == []


def test_a_suppression_tells_until_when() -> None:
    until = dt.datetime(2026, 6, 1, 8, 0, tzinfo=dt.UTC)

    assert "suppression list until 1 June 2026." in words(mail(changed(suppressed_until=until)))


def test_a_block_tells_that_the_address_is_good() -> None:
    prose = words(mail(changed(reason=Reason.BAD_REPUTATION, suppressed=False)))

    assert "Your suppression list was not changed: the address is not at fault." in prose
    assert "keep it on your list" in prose


@pytest.mark.parametrize("reason", [Reason.MESSAGE_TOO_LARGE, Reason.FORMAT_ERROR])
def test_a_fault_of_one_message_tells_that_the_address_is_not_at_fault(reason: Reason) -> None:
    prose = words(mail(changed(reason=reason, suppressed=False, effect=Effect.NEVER)))

    assert "Your suppression list was not changed: the address is not at fault." in prose


@pytest.mark.parametrize(
    ("belief", "expected"),
    [
        (Belief.PLAUSIBLE, "plausible, but not proven: the reason why."),
        (Belief.UNPROVEN, "not proven: the reason why. Anyone can send such a report"),
        (Belief.CONTRADICTED, "contradicts itself and may be forged: the reason why."),
    ],
)
def test_a_report_that_is_not_proven_says_so(belief: Belief, expected: str) -> None:
    assert expected in words(mail(changed(belief=belief, belief_why="the reason why", suppressed=False)))


def test_a_proven_report_does_not_speak_of_doubt() -> None:
    assert "HOW SURE" not in text(mail(JANE))


def test_a_delay_is_no_failure() -> None:
    late = changed(action=Action.DELAYED, reason=None, suppressed=False)

    sent = mail(late, kind=Kind.DELAY)

    assert parse_mail(sent)["Subject"] == "Not delivered yet: jane@example.org"
    assert "does not count as a failure" in words(sent)
    assert "Do not send it again" in words(sent)


def test_a_complaint_says_so() -> None:
    sent = mail(changed(reason=None), kind=Kind.COMPLAINT)

    assert parse_mail(sent)["Subject"] == "Marked as spam: jane@example.org"
    assert "reported the message as unwanted" in words(sent)


def test_a_complaint_that_names_nobody_still_makes_a_notice() -> None:
    assert parse_mail(mail(kind=Kind.COMPLAINT))["Subject"] == "Spam complaint reported: one of your messages"


def test_recipients_that_got_the_message_are_not_told_of_as_failed() -> None:
    fine = changed(recipient="fine@example.org", action=Action.DELIVERED, reason=None)

    sent = mail(JANE, fine)

    assert str(parse_mail(sent)["Subject"]).startswith("Not delivered: jane@example.org")
    assert "fine@example.org" not in text(sent)


def test_recipients_with_one_cause_stand_together() -> None:
    lines = text(mail(JANE, changed(reason=Reason.MAILBOX_FULL), changed(recipient="john@example.org")))

    assert lines.count("WHY") == 2
    assert "1. Mailbox does not exist" in lines
    assert "2. Mailbox is full" in lines


def test_thousands_of_recipients_make_a_short_mail() -> None:
    many = [changed(recipient=f"user{n}@example.org", status=f"5.1.{n % 50}") for n in range(20_000)]

    sent = mail(*many)

    assert "20,000 recipients" in str(parse_mail(sent)["Subject"])
    assert "... and 380 more" in text(sent)
    assert "... and 16,000 more recipients, for other reasons" in words(sent)
    assert len(sent.octets) < 200_000


def test_a_letter_of_ten_megabytes_makes_a_short_mail() -> None:
    long_header = b"X-Padding: " + b"x" * 70 + b"\r\n"
    letter = LETTER.replace(b"Received: from", long_header * 120_000 + b"Received: from")

    assert len(mail(JANE, letter=letter).octets) < 200_000


def test_no_automatic_answer_comes_back() -> None:
    message = parse_mail(mail(JANE))

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert "Precedence" not in message


def test_a_notice_is_known_as_ours_when_it_comes_back() -> None:
    assert named_notices(mail(JANE).octets) == ("3abcdefghjkmn.0@mx.rp.example",)


def test_the_same_notice_is_the_same_mail() -> None:
    """So that a mail sent twice after a crash is one mail to whoever removes duplicates."""
    assert mail(JANE) == mail(JANE)
    assert parse_mail(mail(JANE))["Message-ID"] == "<3abcdefghjkmn.0@mx.rp.example>"


def test_the_notice_is_threaded_under_the_message() -> None:
    message = parse_mail(mail(JANE))

    assert message["In-Reply-To"] == message["References"] == "<abc@acme.example>"


@pytest.mark.parametrize("place", ["{}@acme.example", "x@{}", "a{}b@acme.example"])
def test_no_encoded_word_is_in_the_id_that_it_is_threaded_under(place: str) -> None:
    """Python's email package, for one, decodes such words there, and finds the line ends."""
    for word in ("=?utf-8?q?x=0D=0ABcc:_eve@evil.example?=", "=?utf-8?b?eA0KQmNjOiBldmVAZXZpbC5leGFtcGxl?="):
        threaded = replace(notice(JANE), original_message_id=f"<{place.format(word)}>")
        message = parse_mail(compose(threaded, from_="bouncer@rp.example", reverse_path=""))

        assert message["In-Reply-To"] is message["References"] is None


def test_a_report_that_anyone_may_have_sent_is_threaded_under_nothing() -> None:
    assert parse_mail(mail(changed(belief=Belief.UNPROVEN)))["In-Reply-To"] is None


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_words(reason: Reason) -> None:
    assert WORDS[reason].title
    assert WORDS[reason].why.endswith(".")
    assert all(advice.endswith(".") for advice in WORDS[reason].advice)
    assert WORDS[reason].advice


def passed_on(letter: bytes) -> OutgoingMail:
    fields = ("postmaster@rp.example", "ann@example.net", "192.0.2.1", NOW, "3abcdefghjkmn", letter)
    forwarded = ForwardedMail("operator@acme.example", "3abcdefghjkmn.0@mx.rp.example", NOW, *fields)
    return compose_forwarded(forwarded, from_="bouncer@rp.example", reverse_path="")


def test_mail_to_postmaster_is_passed_on_whole() -> None:
    letter = b"From: ann@example.net\r\nSubject: Your\r\n server\r\n\r\nHello.\r\n"

    message = parse_mail(passed_on(letter))
    enclosed = next(iter(message.iter_attachments()))

    assert message["Subject"] == "Mail to postmaster@rp.example: Your server"
    assert enclosed.get_content_type() == "message/rfc822"
    assert enclosed.get_content()["From"] == "ann@example.net"
    assert named_notices(passed_on(letter).octets) == ("3abcdefghjkmn.0@mx.rp.example",)


@pytest.mark.parametrize(
    "letter",
    [b"\r\n" * 100_000, b"a\r\n" + b"x" * 5000 + b"\r\n", b"nul \0\r\n", b"bare\nline\r\n", b"bare\rreturn\r\n"],
    ids=["large", "a long line", "NUL", "bare LF", "bare CR"],
)
def test_a_letter_whose_lines_cannot_travel_is_passed_on_as_octets(letter: bytes) -> None:
    enclosed = next(iter(parse_mail(passed_on(letter)).iter_attachments()))

    assert enclosed.get_content() == letter


def test_a_large_letter_is_only_named_and_the_command_reads_it() -> None:
    """A stranger who writes to postmaster@ must not have twenty megabytes sent with our From."""
    sent = passed_on(b"Subject: large\r\n\r\n" + b"x" * MAX_PASSED_ON)

    assert len(sent.octets) < 2000
    assert list(parse_mail(sent).iter_attachments()) == []
    assert parse_mail(sent)["Subject"] == "Mail to postmaster@rp.example: large"
    assert "is too large to be passed on" in words(sent)
    assert "Octets 262,162" in words(sent)
    assert "Read it: bouncer letters --raw 3abcdefghjkmn > letter.eml" in words(sent)


def test_a_letter_of_the_largest_size_is_passed_on_whole() -> None:
    letter = (b"Subject: x\r\n\r\n" + b"line\r\n" * MAX_PASSED_ON)[:MAX_PASSED_ON]

    assert len(list(parse_mail(passed_on(letter)).iter_attachments())) == 1
