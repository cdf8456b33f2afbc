"""The daemon from outside: a letter comes in over SMTP and ends as records and as a mail to the owner."""

import os
import signal
import smtplib
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours

FIXTURES = Path(__file__).parents[2] / "fixtures"
REPORT = (FIXTURES / "ndr/postfix/01-unknown-user.eml").read_bytes()
RECIPIENT = "unknown@example.org"
OWNER = "ann@acme.example"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", OWNER)
        yield daemon


def signed(ours: Ours, recipient: str = RECIPIENT) -> str:
    return ours.command("token", "sign", "acme", recipient).stdout.strip()


def send(ours: Ours, path: str, letter: bytes = REPORT, reverse_path: str = "") -> str:
    return ours.send(path, letter, reverse_path)


def test_a_bounce_to_a_signed_path_is_recorded_suppresses_and_reaches_the_owner(ours: Ours):
    reply = send(ours, signed(ours))
    notice = ours.until(ours.notices)[0]
    (bounce,) = ours.rows("bounces")

    assert reply.startswith("250 2.0.0 Kept as ")
    assert (bounce["recipient"], bounce["category"], bounce["belief"]) == (RECIPIENT, "hard", "proven")
    assert bounce["suppresses"] is True
    assert RECIPIENT in notice["Subject"]
    assert notice["To"] == OWNER
    assert notice["Auto-Submitted"] == "auto-generated"
    assert "550 5.1.1" in notice.get_body(("plain",)).get_content()
    assert ours.command("suppressions", "check", "--account", "acme", RECIPIENT, check=False).returncode == 1

    send(ours, signed(ours))  # the address is suppressed already: this report does not do it
    ours.until(lambda: len(ours.rows("bounces")) > 1)
    assert [row["suppresses"] for row in ours.rows("bounces")] == [False, True]
    assert "suppresses" in ours.command("bounces").stdout.splitlines()[0]


def test_an_alias_and_its_verp_form_are_recorded_and_suppress_nobody(ours: Ours):
    send(ours, f"acme@{DOMAIN}")
    send(ours, f"acme+unknown=example.org@{DOMAIN}")
    ours.until(lambda: len(ours.notices()) == 2)

    assert {row["belief"] for row in ours.rows("bounces")} == {"unproven"}
    assert ours.rows("suppressions", "list") == []


@pytest.mark.parametrize(
    ("path", "reply"),
    [("ghost@rp.example.com", "550 5.1.1"), ("acme@example.com", "550 5.7.1"), ("acme@", "501 5.1.3")],
)
def test_other_paths_are_refused_before_the_letter(ours: Ours, path: str, reply: str):
    assert send(ours, path)[:9] == reply


def test_an_account_added_while_it_runs_is_known_at_once(ours: Ours):
    ours.command("account", "add", "shop", "--owner", "bob@shop.example")

    ours.until(lambda: send(ours, f"shop@{DOMAIN}").startswith("250"), seconds=10)


def test_mail_to_postmaster_reaches_the_operator(ours: Ours):
    send(ours, f"postmaster@{DOMAIN}", b"From: jo@example.net\r\nSubject: help\r\n\r\nHello\r\n", "jo@example.net")
    notice = ours.until(ours.notices)[0]

    assert notice["To"] == "op@example.com"
    (attached,) = notice.iter_attachments()
    assert attached.get_content()["Subject"] == "help"


def test_an_unreadable_letter_is_shunted_and_can_be_written_out(ours: Ours):
    send(ours, signed(ours), b"Subject: \xff\xfe\r\n\r\n\0\1\2\r\n")
    (letter,) = ours.until(lambda: ours.rows("letters", "--state", "shunted"))

    written = subprocess.run(
        ours.arguments("letters", "--raw", letter["letter_id"]), capture_output=True, check=True
    ).stdout

    assert written == b"Subject: \xff\xfe\r\n\r\n\0\1\2\r\n"


def test_the_daemon_stops_in_order_and_goes_on_from_what_it_kept(ours: Ours):
    send(ours, signed(ours))
    ours.until(ours.notices)

    assert ours.stop() == 0
    ours.start()
    assert len(ours.rows("bounces")) == 1
    assert send(ours, signed(ours)).startswith("250")


def test_a_stopping_daemon_lets_an_open_letter_finish(ours: Ours):
    client = smtplib.SMTP("127.0.0.1", ours.port, timeout=30)
    client.ehlo("client.example.net")
    client.mail("")
    client.rcpt(f"acme@{DOMAIN}")
    client.putcmd("data")
    assert client.getreply()[0] == 354

    os.kill(ours.pid, signal.SIGTERM)
    ours.until(lambda: "stopping" in ours.log.read_text())
    client.send(REPORT + b".\r\n")

    assert client.getreply()[0] == 250
    client.close()


def test_a_bad_settings_file_gets_every_fault_and_exit_78(ours: Ours):
    ours.settings.write_text('[smtp]\nmax_octets = 1\nmax_message = "x"\n[nonsense]\n')

    result = ours.command("serve", check=False)

    assert result.returncode == 78
    assert len(result.stderr.splitlines()) == 3
    assert all(str(ours.settings) in line for line in result.stderr.splitlines())


def test_faults_of_all_that_the_settings_name_are_told_together(ours: Ours):
    """Some faults only show in use: of a store, a courier, a key, a certificate."""
    missing = ours.folder / "gone"
    ours.settings.write_text(
        f'[store]\nurl = "mysql://db"\n[tokens]\nkeys = ["{missing}"]\n[forward]\ncourier = "pigeon:"\ndkim_key = "{missing}"\n'
        f'[smtp]\ntls_certificate = "{missing}"\ntls_key = "{missing}"\n'
    )

    result = ours.command("serve", check=False)

    assert result.returncode == 78
    assert len(result.stderr.splitlines()) == 5


def test_rereading_shows_nothing_new_of_what_was_just_read(ours: Ours):
    send(ours, signed(ours))
    ours.until(ours.notices)

    result = ours.command("reread", "--dry-run")

    assert "1 letters read again, 0 would change" in result.stderr


def test_the_notice_of_a_notices_bounce_is_never_sent(ours: Ours):
    """The loop: the owner's server bounces our notice to a return path of ours."""
    send(ours, signed(ours))
    notice = ours.until(ours.notices)[0]
    bounce = REPORT.partition(b"Return-Path:")[0] + bytes(notice) + b"\r\n"
    send(ours, f"acme@{DOMAIN}", bounce)
    letters = ours.until(
        lambda: [row for row in ours.rows("letters") if row["state"] != "kept"][1:] and ours.rows("letters")
    )

    assert len(ours.notices()) == 1
    assert "told to nobody" in letters[0]["note"]


def test_the_next_client_is_served_while_others_are_silent(ours: Ours):
    silent = [socket.create_connection(("127.0.0.1", ours.port), timeout=30) for _ in range(20)]

    assert send(ours, f"acme@{DOMAIN}").startswith("250")
    for connection in silent:
        connection.close()
