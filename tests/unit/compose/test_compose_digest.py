"""A digest: thousands of reports in one mail, by cause, with a table that no spreadsheet runs."""

import csv
import datetime as dt
import hashlib
import io
import re
import tracemalloc
import zipfile
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import unescape
from itertools import pairwise

import pytest

from bouncer.compose.digest import Digest
from bouncer.compose.language import LANGUAGES
from bouncer.compose.owner_mails import compose_digest
from bouncer.compose.plain_text import columns
from bouncer.compose.table import PLAIN_OCTETS, Table
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.own_mail import named_notices
from bouncer.policy.records import Belief
from bouncer.verdict.verdict import Reason

NOON = dt.datetime(2026, 3, 3, 12, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HARD = DigestRow(NOON, "jane@example.org", Kind.BOUNCE, Action.FAILED, Reason.INVALID_RECIPIENT, suppressed=True)
BLOCK = DigestRow(
    NOON + MINUTE,
    "john@hotmail.com",
    Kind.BOUNCE,
    Action.FAILED,
    Reason.BAD_REPUTATION,
    diagnostic_code="550 5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent",
)


def digest(*rows: DigestRow, code: str = "en") -> EmailMessage:
    tally = DigestTally()
    for row in rows:
        tally.add(row)
    return parse_mail(tally, code)


def parse_mail(tally: DigestTally, code: str = "en") -> EmailMessage:
    content = Digest("ann@acme.example", "3abcdefghjkmn.7@mx.rp.example", NOON, tally, "acme", code, "Bea")
    octets = compose_digest(content, from_="bounces@example.com", reverse_path="").octets
    assert named_notices(octets) == ("3abcdefghjkmn.7@mx.rp.example",)
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str = "plain") -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content())


def words(message: EmailMessage) -> str:
    return " ".join(body(message).split())


def table(message: EmailMessage) -> list[list[str]]:
    (attached,) = message.iter_attachments()
    content = attached.get_content()
    if attached.get_filename() == "bounces.csv.zip":
        content = zipfile.ZipFile(io.BytesIO(content)).read("bounces.csv").decode("utf-8-sig")
    return list(csv.reader(io.StringIO(content.lstrip("\ufeff"))))


def test_unproven_reports_are_counted_and_marked_in_the_table():
    proven = replace(HARD, belief=Belief.PROVEN)
    mail = digest(proven, *[HARD] * 3)

    assert "3 of these reports are not proven: anyone could have sent them." in words(mail)
    assert [row[-1] for row in table(mail)] == ["belief", "proven", *["unproven"] * 3]
    assert "not proven" not in words(digest(proven, proven))


def test_the_table_has_the_first_of_very_many_and_the_rest_is_counted():
    tally = DigestTally()
    for row in (HARD, BLOCK):
        tally.add(row)
    tally.add_unread(9_998)
    mail = parse_mail(tally)

    assert words(mail).startswith("10,000 bounces in 1 minute")
    assert "The attached table lists the first 2 of them" in words(mail)
    assert len(table(mail)) == 3


def test_a_table_of_words_that_do_not_pack_ends_where_a_mail_would_be_too_large(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("bouncer.compose.table.MAX_PACKED", 100_000)
    rows = [replace(HARD, diagnostic_code=hashlib.shake_128(b"%d" % n).hexdigest(200)) for n in range(3_000)]
    mail = digest(*rows)

    assert len(mail.as_bytes()) < 1_000_000
    assert 100 < len(table(mail)) < 2_000
    assert f"The attached table lists the first {len(table(mail)) - 1}" in words(mail).replace(",", "")
    assert words(mail).startswith("3,000 bounces")


def test_a_storm_is_told_by_its_cause():
    mail = digest(*[BLOCK] * 1180, *[HARD] * 60)

    assert mail["Subject"] == "1,240 bounces \u00b7 most often: your mail server is blocked (Outlook.com)"
    prose = words(mail)
    assert prose.startswith(
        "1,240 bounces in 1 minute. 1,180 Your mail server is blocked (Outlook.com) 60 Mailbox does not exist The first"
    )
    assert "The first came in on 3 March 2026, 12:00 UTC, the last on 3 March 2026, 12:01 UTC." in prose
    assert "60 addresses were put on your suppression list." in prose
    assert "1,180 \u00b7 Your mail server is blocked (Outlook.com)" in prose
    assert "60 \u00b7 Mailbox does not exist" in prose
    assert "weren't sent" in prose
    assert "ask Outlook.com to lift the block: https://olcsupport.office.com" in prose


@pytest.mark.parametrize(
    ("lasted", "period"),
    [
        (0 * MINUTE, "1 minute"),
        (MINUTE, "1 minute"),
        (59 * MINUTE, "59 minutes"),
        (91 * MINUTE, "2 hours"),
        (2881 * MINUTE, "3 days"),
    ],
)
def test_the_first_line_says_in_what_time_they_came(lasted: dt.timedelta, period: str):
    prose = words(digest(BLOCK, replace(BLOCK, at=BLOCK.at + lasted)))

    assert prose.startswith(f"2 bounces in {period}. 2 Your mail server is blocked (Outlook.com)")


def test_small_domains_that_refuse_for_one_cause_stand_together():
    """A block list that a thousand companies go by is one cause, not a thousand."""
    rows = [DigestRow(NOON, f"a@x{n}.example", *_failed(Reason.BAD_REPUTATION)) for n in range(3)]

    assert "3 \u00b7 Your mail server is blocked WHY" in words(digest(*rows))
    assert "1 \u00b7 Your mail server is blocked (x0[.]example)" in words(digest(rows[0]))
    assert "1 \u00b7 Your mail server is blocked (x0.example)" in words(digest(replace(rows[0], belief=Belief.PROVEN)))


def test_failures_of_an_address_are_not_told_by_provider():
    assert "Outlook" not in words(digest(*[DigestRow(NOON, "x@hotmail.com", *_failed(Reason.MAILBOX_FULL))] * 2))


def _failed(reason: Reason) -> tuple[Kind, Action, Reason]:
    return Kind.BOUNCE, Action.FAILED, reason


def test_complaints_and_delays_are_causes_too():
    rows = [DigestRow(NOON, "a@x.example", Kind.COMPLAINT, Action.FAILED)]
    rows += [DigestRow(NOON, "a@x.example", Kind.DELAY, Action.DELAYED)]

    prose = words(digest(*rows))

    assert "1 \u00b7 Marked as spam" in prose
    assert "1 \u00b7 Not delivered yet" in prose


def test_the_table_has_every_report():
    rows = table(digest(HARD, BLOCK))

    assert rows[0][:3] == ["reported", "recipient", "kind"]
    assert rows[1][:5] == ["2026-03-03T12:00:00+00:00", "jane@example.org", "bounce", "hard", "invalid-recipient"]
    assert [row[1] for row in rows[1:]] == ["jane@example.org", "john@hotmail.com"]


@pytest.mark.parametrize("start", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "  =1"])
def test_a_formula_is_only_text(start: str):
    hostile = DigestRow(NOON, f"{start}@x.example", *_failed(Reason.UNKNOWN), subject=start, diagnostic_code=start)

    row = table(digest(hostile))[1]

    assert all(cell[:1] not in tuple("=+-@\t\r") or not cell for cell in row)
    assert row[1].startswith("'")


@pytest.mark.parametrize("inside", ["550 no;=cmd|' /C calc'!A0", "550 no; @SUM(1)", "\uff1dSUM(1)"])
def test_a_formula_is_only_text_where_semicolons_part_the_cells(inside: str):
    hostile = DigestRow(NOON, "a@x.example", *_failed(Reason.UNKNOWN), diagnostic_code=inside)

    cells = ";".join(table(digest(hostile))[1]).split(";")

    assert all(not cell.strip().startswith(tuple("=+-@\uff1d")) for cell in cells)


def test_a_large_table_travels_as_a_zip():
    mail = digest(*[BLOCK] * 10_000)
    (attached,) = mail.iter_attachments()

    assert attached.get_filename() == "bounces.csv.zip"
    assert len(table(mail)) == 10_001
    assert len(bytes(mail)) < PLAIN_OCTETS


def test_the_same_rows_are_the_same_mail():
    assert digest(*[BLOCK] * 3_000).as_bytes() == digest(*[BLOCK] * 3_000).as_bytes()


def test_a_table_holds_its_rows_packed_and_not_as_text():
    list_table, text, count = Table(("a",)), "x" * 100, 50_000
    tracemalloc.start()
    try:
        for _ in range(count):
            list_table.add([text])
        _, most_held = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most_held < count * len(text) / 2
    assert len(list_table.finish()[2]) < 100_000


def test_causes_are_bounded_whoever_invents_providers():
    invented = [DigestRow(NOON, f"a@x{n}.example", *_failed(Reason.VIRUS)) for n in range(3000)]

    mail = digest(*invented)

    assert "3,000 \u00b7 Attachment refused" in words(mail)
    assert len(body(mail)) < 20_000


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_fits_72_columns_and_says_the_same_in_both_forms(code: str):
    message = digest(*[BLOCK] * 1180, *[HARD] * 60, code=code)
    visible_text = unescape(re.sub(r"<[^>]*>", " ", body(message, "html").partition("</div>")[2]))

    assert max(map(columns, body(message).splitlines())) <= 72
    assert _letters(body(message)) == _letters(visible_text)


def _letters(text: str) -> list[str]:
    return sorted(character for character in text.upper() if character.isalnum())


def test_markup_in_a_servers_words_is_text():
    nasty = "<script>alert(1)</script>\r\nBcc: x@y.example"
    mail = digest(DigestRow(NOON, nasty, *_failed(Reason.UNKNOWN), diagnostic_code=nasty))

    assert "<script" not in body(mail, "html")
    assert mail["Bcc"] is None


DELAY = DigestRow(NOON, "late@example.org", Kind.DELAY, Action.DELAYED, Reason.SERVER_BUSY)
COMPLAINT = DigestRow(NOON, "angry@example.org", Kind.COMPLAINT, Action.FAILED)


def hundred() -> list[DigestRow]:
    """Six causes, of which the blocks are not the most frequent; and delays for several reasons."""
    rows = [HARD] * 60 + [BLOCK] * 20 + [COMPLAINT] * 2
    rows += [replace(HARD, reason=Reason.MAILBOX_FULL, suppressed=False)] * 9
    rows += [replace(BLOCK, recipient="a@gmail.com", reason=Reason.AUTHENTICATION_FAILED)] * 4
    return rows + [DELAY] * 3 + [replace(DELAY, reason=reason) for reason in (Reason.NETWORK_ERROR, None)]


def overview(message: EmailMessage) -> list[str]:
    return re.split("\r\n(?:The first|All of it)", body(message).partition("\r\n\r\n")[2])[0].strip().splitlines()


def test_a_digest_begins_with_a_line_for_each_cause_blocks_first_delays_apart():
    mail = digest(*hundred())

    assert (
        mail["Subject"] == "93 bounces, 2 spam complaints, 5 delayed messages \u00b7 most often: mailbox does not exist"
    )
    assert words(mail).startswith("93 bounces, 2 spam complaints, 5 delayed messages in 1 minute. 20 Your mail server")
    assert [line.strip() for line in overview(mail)] == [
        "20  Your mail server is blocked (Outlook.com)",
        "4  Sender could not be verified (Gmail)",
        "2  Marked as spam",
        "60  Mailbox does not exist",
        "9  Mailbox is full",
        "",
        "5  Not delivered yet",
    ]


def test_the_details_stand_in_the_same_order_and_after_one_screen():
    lines = body(digest(*hundred())).splitlines()
    details = [line for before, line in pairwise(lines) if before == "-" * 72]

    assert lines.index("-" * 72) <= 24
    assert [line.partition(" ")[0] for line in details] == ["20", "4", "2", "60", "9", "5"]


def test_each_line_leads_to_its_cause():
    page = body(digest(*hundred()), "html")

    for place in range(1, 7):
        assert f'<a href="#cause-{place}">' in page
        assert f'<a name="cause-{place}" id="cause-{place}"></a>' in page


def test_the_preview_of_a_digest_in_an_inbox_is_its_overview():
    page = body(digest(*hundred()), "html")
    hidden = page.partition('display:none;mso-hide:all">')[2].partition("</div>")[0]

    assert hidden.startswith(
        "20 \u00b7 Your mail server is blocked (Outlook.com), 4 \u00b7 Sender could not be verified"
    )
    assert len(hidden) <= 150


@pytest.mark.parametrize(
    ("rows", "subject", "headline"),
    [
        ([DELAY] * 2, "2 delayed messages", "2 delayed messages in 1 minute."),
        ([COMPLAINT], "1 spam complaint", "1 spam complaint."),
        ([HARD], "1 bounce \u00b7 mailbox does not exist", "1 bounce."),
        ([], "Nothing came in.", "Nothing came in."),
    ],
)
def test_a_delay_is_no_bounce(rows: list[DigestRow], subject: str, headline: str):
    mail = digest(*rows)

    assert mail["Subject"] == subject
    assert words(mail).startswith(headline)


def test_nobody_is_advised_to_strike_addresses_that_only_strangers_report():
    assert "This report may be forged." in words(digest(HARD))
    assert "or remove the address" not in words(digest(HARD))
    assert "or remove the address" in words(digest(replace(HARD, belief=Belief.PROVEN), HARD))


def test_the_overview_has_some_of_very_many_causes_and_says_how_many_more_there_are():
    domains = ("gmail.com", "hotmail.com", "yahoo.com", "gmx.de", "free.fr", "qq.com", "icloud.com", "mail.ru")
    rows = [replace(BLOCK, recipient=f"a@{domain}", reason=reason) for domain in domains for reason in Reason]
    lines = overview(digest(*rows))

    assert len(lines) == 21
    assert "more causes" in lines[-1]


def test_the_table_says_which_sender_wrote():
    rows = table(digest(replace(HARD, original_from="News <news@acme.example>")))

    assert dict(zip(*rows, strict=True))["original_from"] == "News <news@acme.example>"
