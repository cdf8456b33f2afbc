"""The manual says what the code does: its tables and its sample are compared with the code."""

import datetime as dt
import email
import re
from email.policy import default

from manual import MANUAL, PAGES, ROOT, section

from bouncer.cli.root import COMMANDS
from bouncer.compose.notice import Notice, NoticeRecipient
from bouncer.compose.owner_mails import compose
from bouncer.logs import EVENTS
from bouncer.ndr.reader import read
from bouncer.policy.records import Belief
from bouncer.verdict.judge import judge
from bouncer.verdict.verdict import Category, Reason

MOST_OF_A_PICTURE = 100_000
"""Octets of a picture."""


def sample_notice() -> str:
    """The text of the notice that a report of a real Postfix leads to."""
    raw = (ROOT / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
    judged = judge(read(raw))
    (failure,), (verdict,) = judged.reading.recipients, judged.verdicts
    assert verdict
    moment = dt.datetime(2026, 11, 22, 9, 30, tzinfo=dt.UTC)
    recipient = NoticeRecipient(
        failure.recipient,
        failure.action,
        verdict.reason,
        str(failure.status),
        failure.reply_code,
        failure.diagnostic_code,
        failure.remote_mta,
        Belief.PROVEN,
        suppressed=True,
        suppressed_until=moment + dt.timedelta(days=365),  # as the rules have it, the first time
    )
    notice = Notice(
        to="ann@acme.example",
        message_id="38g0n6damk02s.1@mx.example.com",
        made_at=moment,
        kind=judged.reading.kind,
        recipients=(recipient,),
        account="acme",
        report="38g0n6damk02s",
        arrived_at=moment,
        reporting_mta=judged.reading.reporting_mta,
        subject=judged.reading.original.subject,
        letter=raw,
    )
    mail = email.message_from_bytes(
        compose(notice, from_="bounces@example.com", reverse_path="").octets, policy=default
    )
    head = "".join(f"{name}: {mail[name]}\n" for name in ("From", "To", "Subject"))
    return f"{head}\n{mail.get_body(('plain',)).get_content().rstrip()}"


def test_the_sample_notice_is_what_is_sent():
    notice_shown = "\n".join(f"    {line}".rstrip() for line in sample_notice().splitlines())

    assert notice_shown in MANUAL


def test_every_event_of_the_log_stands_in_the_manual():
    meanings = {
        name
        for module in (ROOT / "bouncer").rglob("*.py")
        for name in re.findall(r'log_event\(\s*_log,\s*[\w.]+,\s*"([\w-]+)"', module.read_text())
    }

    assert meanings
    assert meanings <= EVENTS.keys()
    for name, says in EVENTS.items():
        assert f"| `{name}` | {says} | `" in MANUAL


def test_every_command_stands_in_the_manual():
    for name, (_, says) in COMMANDS.items():
        assert f"| `{name}` | {says} |" in MANUAL


def test_every_category_and_reason_stands_in_the_manual():
    lines = section("Categories and reasons").splitlines()
    rows = {row.split("|")[1].strip(): row for row in lines if row.startswith("| ")}

    for category in Category:
        assert {reason for reason in Reason if reason.category is category} == set(
            re.findall(r"[a-z-]+", rows[category].split("|")[3])
        )


def test_every_make_target_that_the_manual_names_exists():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))

    assert set(re.findall(r"(?:`|^ {4})make ([a-z-]+)\b", MANUAL, re.MULTILINE)) <= targets


def test_every_link_of_the_manual_leads_to_a_file_and_the_readme_links_every_page():
    links = {
        (page, (page.parent / target).resolve())
        for page in PAGES
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text())
    }

    assert [target for _, target in links if not target.exists()] == []
    assert set(PAGES[1:]) <= {target for page, target in links if page == PAGES[0]}


def test_the_pictures_of_the_manual_are_small():
    """A newcomer's first page loads at once; ``make screenshots`` draws the picture anew."""
    pictures = [
        page.parent / target for page in PAGES for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text())
    ]

    assert pictures
    assert [picture for picture in pictures if not 0 < picture.stat().st_size < MOST_OF_A_PICTURE] == []
