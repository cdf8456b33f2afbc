"""Owners' view of the program: preferences, previews and the queue."""

import json
import re
import smtplib
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path

import pytest
from flufl.bounce import scan_message
from programs.ours import DOMAIN, Ours

ROOT = Path(__file__).parents[2]
UNKNOWN = ROOT / "fixtures/ndr/postfix/01-unknown-user.eml"
FULL = ROOT / "fixtures/ndr/exim/04-over-quota.eml"
OWNER, OTHER = "ann@acme.example", "bob@acme.example"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", OWNER, "--owner", OTHER)
        yield daemon


def send(ours: Ours, letter: bytes) -> None:
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
        client.sendmail("", [f"acme@{DOMAIN}"], letter)


def report(number: int) -> bytes:
    return UNKNOWN.read_bytes().replace(b"unknown@example.org", b"unknown%d@example.org" % number)


def prefer(ours: Ours, *wishes: str, owner: str | None = None) -> None:
    words = [word for wish in wishes for word in ("--prefer", wish)]
    ours.command("account", "set", "acme", *words, *(("--for", owner) if owner else ()))


def test_each_owner_is_told_in_the_language_of_choice(ours: Ours):
    prefer(ours, "language=de", "contact=Bea, Durchwahl 12")
    prefer(ours, "language=ja", "attach=full", "json=yes", owner=OTHER)

    send(ours, UNKNOWN.read_bytes())
    notices = ours.until(
        lambda: {str(notice["To"]): notice for notice in ours.notices()} if len(ours.notices()) == 2 else None
    )

    assert str(notices[OWNER]["Subject"]).startswith("Als nicht zugestellt gemeldet: unknown@example.org")
    assert "Durchwahl 12" in notices[OWNER].get_body(("plain",)).get_content()
    assert "配信できなかったとの報告" in str(notices[OTHER]["Subject"])
    assert [attachment.get_filename() for attachment in notices[OTHER].iter_attachments()] == [
        *("returned-headers.txt", "report.eml", "bounces.json")
    ]
    *_, attached = notices[OTHER].iter_attachments()
    assert [row["recipient"] for row in json.loads(attached.get_content())] == ["unknown@example.org"]


def test_an_owner_that_is_a_program_gets_reports_and_another_its_own_time(ours: Ours):
    """A proven bounce of a real Postfix: whoever has the program reads who failed, and a person when it was for them."""
    prefer(ours, "attach=report", owner=OWNER)
    prefer(ours, "zone=Asia/Tokyo", owner=OTHER)

    ours.send(ours.path("acme", "unknown@example.org"), UNKNOWN.read_bytes())
    notices = ours.until(
        lambda: {str(notice["To"]): notice for notice in ours.notices()} if len(ours.notices()) == 2 else None
    )

    program, person = notices[OWNER], notices[OTHER]
    assert program.get_content_type() == "multipart/report"
    assert scan_message(message_from_bytes(bytes(program))) == {b"unknown@example.org"}
    assert {str(notice["X-Failed-Recipients"]) for notice in (program, person)} == {"unknown@example.org"}
    assert str(person["From"]) == '"Mail delivery at example.com" <bounces@example.com>'
    text = " ".join(person.get_body(("plain",)).get_content().split())
    assert text.startswith("Subject Our café opens on Monday From Acme News <news@example.com> Sent ")
    assert re.findall(r"[0-9]{2}:[0-9]{2} ([A-Z]+)", text) == ["JST", "JST"]


def test_a_report_for_programs_that_comes_back_is_known_as_our_own_notice(ours: Ours):
    prefer(ours, "attach=report")
    path = ours.path("acme", "unknown@example.org")
    ours.send(path, UNKNOWN.read_bytes())
    first, _ = ours.until(lambda: ours.notices() if len(ours.notices()) == 2 else None)

    ours.send(path, bytes(first))

    ours.until(lambda: len(ours.rows("letters", "--state", "read")) == 2)
    assert any("one of our own notices" in (row["note"] or "") for row in ours.rows("letters"))
    assert len(ours.notices()) == 2


def test_notices_of_a_passing_failure_wait_for_the_digest_and_can_be_sent_by_hand(ours: Ours):
    send(ours, FULL.read_bytes())
    held_rows = ours.until(lambda: ours.rows("queue", "--state", "held"))

    assert {row["to"] for row in held_rows} == {OWNER, OTHER}
    ours.command("queue", "drop", str(held_rows[0]["id"]))
    ours.command("queue", "retry", str(held_rows[1]["id"]))
    notice = ours.until(ours.notices)[0]
    assert (str(notice["To"]), str(notice["X-Bounce-Category"])) == (held_rows[1]["to"], "soft")
    assert [row["id"] for row in ours.rows("queue", "list", "--state", "dropped")] == [held_rows[0]["id"]]
    assert json.loads(ours.command("queue", "show", str(held_rows[1]["id"]), "--json").stdout)["kind"] == "notice"
    assert "letter id" in ours.command("queue", "show", str(held_rows[0]["id"])).stdout
    assert ours.command("queue", "drop", "99", check=False).returncode == 1


def test_after_two_mails_the_rest_of_an_hour_waits_for_one_digest(ours: Ours):
    for number in range(6):
        send(ours, report(number))
    ours.until(lambda: len(ours.rows("queue", "--state", "held")) == 8)

    ours.until(lambda: len(ours.notices()) == 4)


def test_a_report_about_a_hundred_thousand_recipients_is_one_short_mail(ours: Ours):
    before, _, after = UNKNOWN.read_bytes().partition(b"Final-Recipient: rfc822; unknown@example.org\r\n")
    many = (b"Final-Recipient: rfc822; u%d@example.org\r\nAction: failed\r\nStatus: 5.1.1" % n for n in range(100_000))
    prefer(ours, "attach=full", "json=yes", owner=OTHER)

    send(ours, before + b"\r\n\r\n".join(many) + b"\r\n" + after)
    notices = ours.until(
        lambda: {str(notice["To"]): notice for notice in ours.notices()} if len(ours.notices()) == 2 else None
    )

    assert str(notices[OWNER]["Subject"]) == "Reported as not delivered: 500 recipients \u00b7 mailbox does not exist"
    assert "only the first 500 are read" in " ".join(notices[OWNER].get_body(("plain",)).get_content().split())
    assert len(bytes(notices[OWNER])) < 20_000
    assert len(bytes(notices[OTHER])) < 1_000_000


def test_an_owner_that_wants_nothing_gets_nothing(ours: Ours):
    prefer(ours, "hard=off", owner=OTHER)

    send(ours, UNKNOWN.read_bytes())
    ours.until(ours.notices)

    assert [row["to"] for row in ours.rows("queue", "--state", "dropped")] == [OTHER]


def test_a_kept_letters_notice_can_be_looked_at(ours: Ours):
    send(ours, UNKNOWN.read_bytes())
    (letter,) = ours.until(lambda: ours.rows("letters", "--state", "read"))

    assert (
        "Subject: Reported as not delivered: unknown@example.org"
        in ours.command("notice", "preview", letter["letter_id"]).stdout
    )
    assert "Account acme" in ours.command("notice", "preview", letter["letter_id"]).stdout
    assert (
        '<html lang="sv">'
        in ours.command("notice", "preview", letter["letter_id"], "--html", "--language", "sv").stdout
    )


def test_a_files_notice_can_be_looked_at(ours: Ours):
    assert "Non distribué" in ours.command("notice", "preview", str(FULL), "--language", "fr").stdout
    assert "X-Bouncer-Notice" in ours.command("notice", "preview", str(FULL), "--raw").stdout
    assert ours.command("notice", "preview", "no such file", check=False).returncode == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--prefer", "language=tlh"), "must be one of de"),
        (("--prefer", "colour=red"), "no such preference"),
        (("--prefer", "soft=daily", "--for", "eve@evil.example"), "no owner of acme"),
    ],
)
def test_a_wish_that_cannot_be_is_refused(ours: Ours, words: tuple[str, ...], says: str):
    refused = ours.command("account", "set", "acme", *words, check=False)

    assert refused.returncode != 0
    assert says in refused.stderr


def test_a_wish_is_shown_and_taken_back(ours: Ours):
    prefer(ours, "quiet=22:00-07:00", "zone=Europe/Berlin")
    assert ours.rows("account", "list")[0]["wishes"] == {"": {"quiet": "22:00-07:00", "zone": "Europe/Berlin"}}
    rows = [line.split() for line in ours.command("account", "show", "acme").stdout.splitlines()]
    assert ["prefers", "quiet", "22:00-07:00"] in rows
    assert ["prefers", "zone", "Europe/Berlin"] in rows
    assert ["prefers", "soft", "daily"] in rows  # all that holds, not only what was wished

    prefer(ours, "quiet=", "zone=")

    assert ours.rows("account", "list")[0]["wishes"] == {}
