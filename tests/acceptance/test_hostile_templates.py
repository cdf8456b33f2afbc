"""Owners' own templates that hang, grow or reach for what is ours, in the running daemon: each costs its own form, and no more."""

import smtplib
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest
from programs.ours import Ours

GOOD = "Acme's own words: {{ view.sentence }}"
OWN, OURS = "Acme's own words", "WHAT WAS DONE"
LOOPS = "{% for a in range(1000) %}" * 4 + "{% endfor %}" * 4
AS_SOON_AS_LEE = "{% if 'lee' in view|string %}" + LOOPS + "{% endif %}" + GOOD
PROMPT = 40.0
"""Seconds that starting and stopping stay far below, and that what hangs would take many times over."""


@contextmanager
def serving(folder: Path, source: str) -> Iterator[Ours]:
    own = folder / "templates" / "acme"
    own.mkdir(parents=True)
    (own / "notice.txt.j2").write_text(source)
    with Ours(folder, forward=f'templates = "{folder}/templates"') as ours:
        for account in ("acme", "globex"):
            ours.command("account", "add", account, "--owner", f"ann@{account}.example")
            ours.command("account", "set", account, "--prefer", "most=0")
        yield ours


def bounce(ours: Ours, account: str, *recipients: str) -> None:
    """Let it be proven that mail to these did not arrive, each in a letter of its own."""
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
        for recipient in recipients:
            report = (
                "From: MAILER-DAEMON@mx.example.net\r\nSubject: Undelivered Mail\r\n"
                "Content-Type: multipart/report; report-type=delivery-status; boundary=B\r\n\r\n--B\r\n"
                "Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example.net\r\n\r\n"
                f"Final-Recipient: rfc822; {recipient}\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--B--\r\n"
            )
            client.sendmail("", [ours.path(account, recipient)], report.encode())


def notice_text(ours: Ours, recipient: str) -> str:
    """Wait for the notice about *recipient*, and give its text."""

    def text_of_notice() -> str:
        for mail in ours.notices():
            if mail["X-Bounce-Recipient"] == recipient:
                return text(mail)
        return ""

    return ours.until(text_of_notice)


def text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


@pytest.mark.parametrize(
    "source",
    [
        "{% for a in range(1000) %}" * 3 + "x" + "{% endfor %}" * 3,
        "{{ language.texts.add_fallback(language.texts) }}Hello",
        LOOPS,
        "{% macro m(n) %}{{ m(n - 1) ~ m(n - 1) if n else '' }}{% endmacro %}{{ m(40) }}",
        "{{ 'x' * 10**9 * 5 }}",
    ],
    ids=["nested loops", "our catalogue", "silent loops", "a macro that calls itself twice", "five gigabytes"],
)
def test_the_daemon_starts_serves_and_stops_whatever_a_template_does(tmp_path: Path, source: str):
    begun = time.monotonic()
    with serving(tmp_path, source) as ours:
        bounce(ours, "acme", "kim@example.org")
        bounce(ours, "globex", "joe@example.org")

        assert OURS in notice_text(ours, "joe@example.org")
        assert OURS in notice_text(ours, "kim@example.org")
        log = ours.log.read_text()
        stopping = time.monotonic()
        assert ours.stop() == 0
        assert time.monotonic() - stopping < PROMPT

    assert time.monotonic() - begun < 3 * PROMPT
    assert log.count("template of account acme is not used, ours is: notice.txt.j2") == 1
    assert "RecursionError" not in log


def test_the_daemon_is_ready_and_stops_while_a_template_is_still_tried(tmp_path: Path):
    own = tmp_path / "templates"
    for n in range(20):
        (own / f"a{n}").mkdir(parents=True)
        (own / f"a{n}" / "notice.txt.j2").write_text(LOOPS)
    with Ours(tmp_path, forward=f'templates = "{own}"') as ours:
        smtplib.SMTP("127.0.0.1", ours.port, timeout=30).quit()
        stopping = time.monotonic()
        assert ours.stop() == 0

        assert time.monotonic() - stopping < PROMPT
        assert ours.log.read_text().count("is not used") < 20


def test_a_template_that_passes_the_trial_and_hangs_on_one_notice_costs_that_notice_its_form(tmp_path: Path):
    """The other account's notice does not wait, nor does the account's next one lose its form."""
    with serving(tmp_path, AS_SOON_AS_LEE) as ours:
        bounce(ours, "acme", "kim@example.org", "lee@example.org")
        bounce(ours, "globex", "joe@example.org")
        bounce(ours, "acme", "jan@example.org")

        assert OURS in notice_text(ours, "joe@example.org")
        assert OURS in notice_text(ours, "lee@example.org")
        assert OWN in notice_text(ours, "kim@example.org")
        assert OWN in notice_text(ours, "jan@example.org")
        assert ours.log.read_text().count("on a notice, notice.txt.j2: takes longer than") == 1


def test_sixty_notices_that_hang_hold_up_no_other_account(tmp_path: Path):
    with serving(tmp_path, AS_SOON_AS_LEE) as ours:
        bounce(ours, "acme", *(f"lee{n}@example.org" for n in range(60)))
        bounce(ours, "globex", "joe@example.org")

        begun = time.monotonic()
        assert OURS in notice_text(ours, "joe@example.org")
        assert OURS in notice_text(ours, "lee59@example.org")
        assert time.monotonic() - begun < 3 * PROMPT


def test_check_and_preview_have_the_same_bounds(tmp_path: Path):
    with serving(tmp_path, AS_SOON_AS_LEE) as ours:
        bounce(ours, "acme", "lee@example.org", "kim@example.org")
        notice_text(ours, "lee@example.org")
        letters = {row["recipient"]: row["letter_id"] for row in ours.rows("bounces")}
        begun = time.monotonic()

        previews = {name: ours.command("notice", "preview", letters[f"{name}@example.org"]) for name in ("lee", "kim")}
        (tmp_path / "templates/acme/notice.txt.j2").write_text(LOOPS)
        checked: subprocess.CompletedProcess[str] = ours.command("check", "--no-dns", check=False)

        assert time.monotonic() - begun < 3 * PROMPT
        assert OURS in previews["lee"].stdout
        assert "template not used: on a notice, notice.txt.j2: takes longer" in previews["lee"].stderr
        assert OWN in previews["kim"].stdout
        assert "templates of acme: notice.txt.j2: takes longer than" in checked.stdout
        assert "reading process: it starts, and can open no file" in checked.stdout
