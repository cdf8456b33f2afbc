"""The log of the running daemon tells each letter's and each notice's life, one line for each event."""

import json
import re
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours
from programs.peers import Peer, Refusal

from bouncer.mail.returnpath import Key, sign

REPORT = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
RECIPIENT = "unknown@example.org"
OWNER = "ann@acme.example"
LATER = "451 4.7.1 come again, <ann@acme.example>"
NEVER = "550 5.1.1 no thanks\x1b[2J"


@contextmanager
def running(folder: Path, *terms: str, log: str = "", courier: str = "") -> Iterator[Ours]:
    with Ours(folder, log=log, courier=courier) as daemon:
        daemon.command("account", "add", "acme", "--owner", OWNER, *terms)
        yield daemon


def expired(ours: Ours) -> str:
    key = Key((ours.folder / "2026.key").read_bytes().strip())
    return sign("acme", RECIPIENT, domain=DOMAIN, key=key.derive("acme"), today=20_000, days=1)


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with running(tmp_path / "ours") as daemon:
        yield daemon


@pytest.fixture(autouse=True)
def folder(tmp_path: Path) -> None:
    (tmp_path / "ours").mkdir()


def send(ours: Ours, path: str, letter: bytes = REPORT, reverse_path: str = "") -> str:
    return ours.send(path, letter, reverse_path)


def signed(ours: Ours, *words: str) -> str:
    return ours.command("token", "sign", "acme", RECIPIENT, *words).stdout.strip()


def line_of(ours: Ours, event: str, holds: str = "") -> str:
    """The one line about *event* that holds a text, as soon as it is there."""

    def lines() -> list[str]:
        return [line for line in ours.lines(event) if holds in line]

    (line,) = ours.until(lines)
    return line


def test_the_life_of_a_letter_is_in_the_log(ours: Ours):
    reply = send(ours, signed(ours))
    letter = reply.rpartition(" ")[2]
    ours.until(lambda: ours.lines("sent"))

    lines = {event: line_of(ours, event) for event in ("kept", "read", "recorded", "suppressed", "queued", "sent")}

    assert all(f" letter={letter} " in line or f" letter={letter}" in line for line in lines.values())
    assert all(" account=acme" in line for line in lines.values())
    assert " path=signed " in lines["kept"]
    assert " kind=bounce dialect=rfc3464 recipients=1" in lines["read"]
    assert f" recipient='{RECIPIENT}' " in lines["recorded"]
    assert " status=5.1.1 category=hard reason=" in lines["recorded"]
    assert " belief=proven effect=suppressed said=" in lines["recorded"]
    assert "550 5.1.1" in lines["recorded"]
    assert f" recipient='{RECIPIENT}' cause=" in lines["suppressed"]
    assert f" notice=notice to='{OWNER}'" in lines["queued"]
    assert re.match(rf"sent entry=\d+ account=acme notice=notice tries=1 letter={letter} to='{OWNER}' ", lines["sent"])


def test_the_life_of_a_letter_is_in_the_log_as_json(tmp_path: Path):
    with running(tmp_path / "ours", log='format = "json"') as ours:
        letter = send(ours, signed(ours)).rpartition(" ")[2]
        ours.until(lambda: '"event": "sent"' in ours.log.read_text())
        entries = [json.loads(line) for line in ours.log.read_text().splitlines()]

    assert all({"time", "level", "logger", "event"} <= entry.keys() for entry in entries)
    life = [entry for entry in entries if entry.get("letter") == letter]
    assert [entry["event"] for entry in life] == ["kept", "read", "recorded", "suppressed", "queued", "sent"]
    assert {entry["account"] for entry in life} == {"acme"}
    assert life[2]["recipient"] == RECIPIENT
    assert life[-1]["entry"] == 1  # the first of a new store


@pytest.mark.parametrize(
    ("path", "cause"),
    [
        (lambda ours: signed(ours).replace("unknown=", "another="), "bad-signature"),
        (expired, "expired-path"),
        (lambda _: f"ghost@{DOMAIN}", "no-such-path"),
        (lambda ours: signed(ours).replace("acme-", "shop-"), "no-such-account"),
        (lambda _: "acme@else.example", "foreign-domain"),
        (lambda _: "acme@", "no-address"),
    ],
    ids=["altered", "expired", "unknown", "of no account", "foreign", "no address"],
)
def test_a_refusal_says_why_and_shows_no_signature(ours: Ours, path: Callable[[Ours], str], cause: str):
    address = path(ours)
    assert send(ours, address)[0] == "5"

    line = line_of(ours, "refused")

    assert f" cause={cause} said='5" in line
    assert " peer=127.0.0.1 helo='client.example.net'" in line
    assert not re.search(r"-[a-z2-7]{20}[-@]", line)


def test_an_address_that_is_put_off_is_logged_with_its_reason_once_however_often_it_is_asked(tmp_path: Path):
    with Ours(tmp_path / "ours") as ours:
        with smtplib.SMTP("127.0.0.1", ours.port, timeout=30) as client:
            client.ehlo("client.example.net")
            client.mail("")
            assert {client.rcpt(f"acme{number}@{DOMAIN}")[0] for number in range(50)} == {451}

        ours.until(lambda: ours.lines("session"))
        (line,) = ours.lines("put-off")
    assert " cause=no-account said='451 4.3.0 " in line


def test_the_journal_gets_priorities_and_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    file = tmp_path / "ours.log"
    file.touch()
    monkeypatch.setenv("JOURNAL_STREAM", f"{file.stat().st_dev}:{file.stat().st_ino}")
    with running(tmp_path / "ours") as ours:
        send(ours, signed(ours), b"Subject: \xff\xfe\r\n\r\n\0\1\2\r\n")
        ours.until(lambda: " shunted " in ours.log.read_text())

        lines = ours.log.read_text().splitlines()
    assert all(re.match(r"<[346]>[A-Z]+ bouncer\.", line) for line in lines)
    assert [line[:3] for line in lines if " kept " in line or " shunted " in line] == ["<6>", "<4>"]


def test_a_letter_in_quarantine_is_seen_to_be_there(tmp_path: Path):
    with running(tmp_path / "ours", "--bad-paths", "quarantine") as ours:
        send(ours, signed(ours).replace("unknown=", "another="))

        assert " account=acme path=quarantine " in line_of(ours, "kept")
        assert " account=acme " in line_of(ours, "read")


def test_a_letter_that_nobody_can_read_is_warned_of(ours: Ours):
    send(ours, signed(ours), b"Subject: \xff\xfe\r\n\r\n\0\1\2\r\n")

    assert " account=acme kind=unreadable" in line_of(ours, "shunted")
    assert re.search(r" WARNING \S+ shunted ", ours.log.read_text())


def test_a_notice_that_waits_for_a_digest_is_told_to_be_held(ours: Ours):
    ours.command("account", "set", "acme", "--prefer", "hard=daily")
    letter = send(ours, signed(ours)).rpartition(" ")[2]

    line = line_of(ours, "held")
    assert f" letter={letter} account=acme notice=notice" in line
    assert " until=20" in line


@pytest.mark.parametrize(("reply", "event"), [(LATER, "deferred"), (NEVER, "given-up")])
def test_a_notice_that_does_not_leave_says_whose_why_and_when_next(tmp_path: Path, reply: str, event: str):
    with Peer("smarthost.example", {OWNER: Refusal(reply)}) as smarthost:
        courier = f"smtp://127.0.0.1:{smarthost.port}"
        with running(tmp_path / "ours", courier=courier) as ours:
            letter = send(ours, signed(ours)).rpartition(" ")[2]
            line = line_of(ours, event)

    assert f" letter={letter} to='{OWNER}' said=" in line
    assert reply[:9] in line
    assert line.isprintable()
    assert (" until=20" in line) is (event == "deferred")


def test_a_strangers_words_make_no_line(ours: Ours):
    """In diagnostics, HELO and addresses: what looks like a line of the log stays quoted in one."""
    forged = REPORT.replace(
        b"Diagnostic-Code: smtp; ", b"Diagnostic-Code: smtp; \x1b]0;x\x07\xe2\x80\xa8INFO freed letter=1 "
    )
    assert forged != REPORT
    send(ours, signed(ours), forged, reverse_path="x'until=1@example.net")
    ours.until(lambda: ours.lines("sent"))

    log = ours.log.read_text()
    assert log.isascii()
    assert all(line.isprintable() for line in log.split("\n"))
    assert ours.lines("freed") == []


def test_an_account_with_hashed_paths_has_no_address_in_the_log(tmp_path: Path):
    """No line has an address, about letters or notices, by any path they come."""
    refusals = {OWNER: Refusal(f"451 4.7.1 come again, <{OWNER}>")}
    with Peer("smarthost.example", refusals) as smarthost:
        courier = f"smtp://127.0.0.1:{smarthost.port}"
        with running(tmp_path / "ours", "--hash-paths", courier=courier) as ours:
            send(ours, signed(ours))
            send(ours, signed(ours, "--hashed"), reverse_path=RECIPIENT)
            send(ours, f"acme+unknown=example.org@{DOMAIN}", reverse_path=RECIPIENT)
            send(ours, expired(ours))
            ours.until(lambda: len(ours.lines("deferred")) >= 2)
            log = ours.log.read_text()

    assert log.count(" recorded letter=") == 3
    assert not re.search(r"\b(?:unknown|ann)[@=]", log)
    assert RECIPIENT.partition("@")[0] not in re.sub(r"reason=\S+|cause=\S+", "", log)


def test_a_report_of_many_recipients_makes_few_lines(ours: Ours):
    """A letter may name ten thousand: it is told how many are left out."""
    block = re.search(rb"Final-Recipient:.*?\r?\n\r?\n", REPORT, re.DOTALL)
    assert block
    many = b"".join(block[0].replace(RECIPIENT.encode(), b"u%d@example.org" % number) for number in range(200))
    send(ours, f"acme@{DOMAIN}", REPORT.replace(block[0], many))
    ours.until(lambda: ours.lines("queued"))

    lines = ours.until(lambda: ours.lines("recorded"))
    assert len(lines) == 21
    assert re.search(r" more=1[78]\d$", lines[-1])
