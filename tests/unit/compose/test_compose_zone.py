"""Every time is told by the reader's clock: in notice, digest, table and warning; and the zone is named."""

import csv
import datetime as dt
import io
import re
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from zoneinfo import ZoneInfo

import pytest
from programs.mails import body_of

from bouncer.compose.block_warning import BlockWarning, compose_warning
from bouncer.compose.digest import Digest
from bouncer.compose.language import LANGUAGES, language
from bouncer.compose.notice import Earlier, Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose, compose_digest
from bouncer.compose.tally import DigestRow, DigestTally
from bouncer.ndr.reading import Action, Kind
from bouncer.policy.blocking import Blocked, Blocking
from bouncer.policy.preferences import Preferences, zone_of
from bouncer.policy.records import Belief
from bouncer.verdict.verdict import Reason

LATE = dt.datetime(2026, 7, 1, 22, 30, tzinfo=dt.UTC)
"""In Berlin it is the next day, in Los Angeles still the afternoon."""
BERLIN, LOS_ANGELES = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Los_Angeles")
TIME = re.compile(r"[0-9]{1,2}:[0-9]{2} ([A-Z]+(?:[+-][0-9:]+)?)")
HOW = {"from_": "b@example.com", "reverse_path": ""}


def letter(date: str) -> bytes:
    return f"Content-Type: message/rfc822\r\n\r\nSubject: news\r\nDate: {date}\r\n\r\nbody\r\n".encode()


def notice(zone: dt.tzinfo, date: str = "Wed, 1 Jul 2026 17:30:00 -0500", code: str = "en") -> str:
    earlier = Earlier(2, LATE - dt.timedelta(days=9), LATE)
    jane = NoticeRecipient(
        "jane@example.org", Action.FAILED, Reason.POLICY, belief=Belief.PROVEN, earlier=earlier, suppressed=True
    )
    jane = replace(jane, suppressed_until=LATE + dt.timedelta(days=1))
    fields = {"arrived_at": LATE, "letter": letter(date), "language": code, "zone": zone}
    return text(compose(Notice("a@b.example", "1@mx", LATE, Kind.BOUNCE, (jane,), **fields), **HOW).octets)  # type: ignore[arg-type]


def parse_mail(octets: bytes) -> EmailMessage:
    message = message_from_bytes(octets, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def text(octets: bytes) -> str:
    return " ".join(body_of(octets).split())


def digest(zone: dt.tzinfo, code: str = "en") -> EmailMessage:
    tally = DigestTally(zone)
    for minutes in (0, 90):
        at = LATE + dt.timedelta(minutes=minutes)
        tally.add(DigestRow(at, "jane@example.org", Kind.BOUNCE, Action.FAILED, Reason.POLICY))
    return parse_mail(compose_digest(Digest("a@b.example", "1@mx", LATE, tally, language=code), **HOW).octets)


def test_two_adjacent_lines_stand_in_one_zone():
    prose = notice(BERLIN)

    assert "Sent 2 July 2026, 00:30 CEST Reported 2 July 2026, 00:30 CEST" in prose
    assert "until 3 July 2026" in prose
    assert "from 23 June 2026 to 2 July 2026" in prose


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Tokyo", "America/Sao_Paulo", "Asia/Kathmandu"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_every_time_in_notice_and_digest_names_one_zone(zone: str, code: str):
    reader_zone = zone_of(Preferences(zone=zone))
    name = {"America/Sao_Paulo": "UTC-03:00", "Asia/Kathmandu": "UTC+05:45", "Asia/Tokyo": "JST", "UTC": "UTC"}

    for mail_text in (notice(reader_zone, code=code), text(digest(reader_zone, code).as_bytes())):
        zones = TIME.findall(mail_text)
        assert len(zones) == 2
        assert set(zones) == {name.get(zone, "CEST")}


def test_winter_and_summer_are_told_apart():
    assert "Sent 3 March 2026, 11:10 CET" in notice(BERLIN, "Tue, 3 Mar 2026 10:10:00 +0000")


@pytest.mark.parametrize(
    ("date", "date_text"),
    [
        ("Wed, 1 Jul 2026 22:30:00 -0000", "2 July 2026, 00:30 CEST"),
        ("Wed, 1 Jul 2026 22:30:00", "2 July 2026, 00:30 CEST"),
        ("Fri, 31 Dec 9999 23:59:00 +0000", "Fri, 31 Dec 9999 23:59:00 +0000"),
        ("yesterday", "yesterday"),
    ],
)
def test_any_date_that_a_stranger_wrote_is_told(date: str, date_text: str):
    assert f"Sent {date_text} " in notice(BERLIN, date)


def test_the_table_of_a_digest_has_the_readers_times_with_their_distance():
    (attached,) = digest(LOS_ANGELES).iter_attachments()
    rows = list(csv.reader(io.StringIO(attached.get_content().lstrip("\ufeff"))))

    assert [row[0] for row in rows[1:]] == ["2026-07-01T15:30:00-07:00", "2026-07-01T17:00:00-07:00"]


@pytest.mark.parametrize(
    ("zone", "day"),
    [(dt.UTC, "1 July 2026"), (BERLIN, "1 July 2026 (UTC)"), (ZoneInfo("Atlantic/Reykjavik"), "1 July 2026")],
)
def test_a_day_that_was_counted_by_utc_is_named_so_to_whoever_has_another(zone: dt.tzinfo, day: str):
    blocking = Blocking((Blocked("Gmail", 10, "acme", LATE.date()),))
    mail = compose_warning(BlockWarning("a@b.example", "1@mx", LATE, "acme", blocking, (), zone=zone), **HOW)

    assert f"from account acme on {day} because" in text(mail.octets)


def test_a_zone_that_this_machine_does_not_know_is_utc():
    assert zone_of(Preferences(zone="Mars/Olympus")) is dt.UTC
    assert language("en", zone_of(Preferences(zone="Mars/Olympus"))) is LANGUAGES["en"]
