"""The account of a mail, by every way that mail takes into a real Postfix; and all of it under load."""

import re
import smtplib
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from programs.mailing import NEWS, logged, mailing
from programs.ours import LISTENERS, Ours
from programs.parts import find, postfix
from programs.peers import Peer

pytestmark = [pytest.mark.real("postfix", "swaks", "smtp-source"), pytest.mark.timeout(240)]

JANE = "jane@example.org"
STRANGER = ("--xclient-addr", "192.0.2.7", "--xclient-name", "client.example")
LETTERS = 1500
SESSIONS = 20


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=LISTENERS) as daemon:
        daemon.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
        daemon.command("account", "add", "zoo", "--owner", "z@zoo.example", "--sender", "zoo-login")
        yield daemon


@pytest.fixture
def world() -> Iterator[Peer]:
    with Peer("mx.example.org") as peer:
        yield peer


def swaks(port: int, *words: str, sender: str = NEWS) -> None:
    """Send one mail with swaks; with XCLIENT (Postfix's XCLIENT_README) as if another client had sent it, logged in or not."""
    part = find("swaks")
    assert part is not None
    base = ("--server", "127.0.0.1", "--port", str(port), "--from", sender, "--to", JANE, "--silent", "3")
    result = subprocess.run([*part.command, *base, *words], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("words", "sender", "account"),
    [
        ((), NEWS, "acme"),
        (("--xclient-login", "zoo-login"), NEWS, "zoo"),
        (("--xclient-login", "Zoo-Login", *STRANGER), "x@else.example", "zoo"),
        (("--header", "X-Bouncer-Account: zoo"), "x@else.example", "zoo"),
        (("--header", "X-Bouncer-Account: zoo"), NEWS, "acme"),
    ],
)
def test_an_account_is_known_by_login_domain_or_header(
    ours: Ours, world: Peer, words: Sequence[str], sender: str, account: str
):
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        swaks(server.port, *words, sender=sender)
        letter = world.wait_for(lambda _: True)

    assert letter.reverse_path.startswith(f"{account}-")
    assert [(row["account"], row["sent"]) for row in ours.rows("sends", "report")] == [(account, 1)]


@pytest.mark.parametrize(
    ("words", "sender"),
    [
        ((), "x@else.example"),
        (STRANGER, NEWS),
        ((*STRANGER, "--header", "X-Bouncer-Account: acme"), NEWS),
        ((), "<>"),
        (("--xclient-login", "bob@other.example"), NEWS),
        (("--xclient-login", "bob@other.example", *STRANGER, "--header", "X-Bouncer-Account: acme"), NEWS),
    ],
)
def test_other_mail_goes_on_as_it_came(ours: Ours, world: Peer, words: Sequence[str], sender: str):
    """The mail is by strangers who borrow our name, by others, a notification, or by logins that no account knows."""
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        swaks(server.port, *words, "--header", "Subject: as it came", sender=sender)
        letter = world.wait_for(lambda _: True)

    assert letter.reverse_path == sender.strip("<>")
    assert b"X-Bouncer" not in letter.octets.replace(b"X-Bouncer-Account", b"")
    assert ours.rows("sends", "report") == []


@pytest.mark.parametrize("suppressed", ["drop", "refuse"])
def test_mail_that_a_program_submits_by_sendmail_is_ours_too(tmp_path: Path, world: Peer, suppressed: str):
    """Nobody can be refused there (MILTER_README): who is suppressed is dropped, whatever the operator chose."""
    letter = f"From: {NEWS}\nSubject: We open\n\nWe open on Monday.\n".encode()
    with Ours(tmp_path, milter=f'{LISTENERS}\nsuppressed = "{suppressed}"') as ours:
        ours.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
        ours.command("suppressions", "add", "--account", "acme", "gone@example.org")
        with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
            result = server.run("/usr/sbin/sendmail", "-f", NEWS, JANE, "gone@example.org", input_octets=letter)
            assert result.returncode == 0, result.stderr
            delivered = world.wait_for(lambda _: True)
        (row,) = ours.rows("sends", "report")
        (line,) = ours.lines("dropped")

    assert delivered.recipients == (JANE,)
    assert delivered.reverse_path.startswith("acme-")
    assert re.fullmatch(
        r"dropped account=acme recipient='gone@example\.org' cause='by hand' queue_id='\w+' message_id='<\S+@\S+>'",
        line,
    )
    assert (row["sent"], row["dropped"]) == (1, 1)


@pytest.mark.parametrize("suppressed", ["drop", "refuse"])
def test_no_spelling_of_a_suppressed_mailbox_gets_past_a_real_server(tmp_path: Path, world: Peer, suppressed: str):
    """Quotes and routes that say nothing: whatever Postfix makes of them, and hands to us."""
    spelled = ['"gone"@example.org', r'"go\ne"@example.org', "@relay.example:gone@example.org", "GONE@Example.ORG"]
    with Ours(tmp_path, milter=f'{LISTENERS}\nsuppressed = "{suppressed}"') as ours:
        ours.command("account", "add", "acme", "--owner", "a@acme.example", "--sender", "acme.example")
        ours.command("suppressions", "add", "--account", "acme", "gone@example.org")
        with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
            with smtplib.SMTP("127.0.0.1", server.port) as client:
                client.ehlo()
                client.docmd(f"MAIL FROM:<{NEWS}>")
                codes = [client.docmd(f"RCPT TO:<{spelling}>")[0] for spelling in (JANE, *spelled)]
                client.data(b"Subject: We open\r\n\r\nOn Monday.\r\n")
            delivered = world.wait_for(lambda _: True)

    assert codes == [250, *([250 if suppressed == "drop" else 550] * len(spelled))]
    assert delivered.recipients == (JANE,)


def test_a_load_goes_through_signed_and_counted_to_the_last(ours: Ours, world: Peer):
    """smtp-source over many connections, a script and swaks beside it; both servers' logs and our counts agree."""
    source = find("smtp-source")
    assert source is not None
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        load = ("-s", str(SESSIONS), "-m", str(LETTERS), "-f", NEWS, "-t", JANE, f"inet:127.0.0.1:{server.port}")
        with subprocess.Popen([*source.command, *load]) as sending:
            mailing(server.port, [f"reader{number}@example.org" for number in range(20)], "beside")
            swaks(server.port, "--header", "X-Campaign: swaks")
            assert sending.wait() == 0
        total = LETTERS + 21
        ours.until(lambda: len(world.letters()) == total)
        ours.until(lambda: len(logged(server.log(), "example.org")["sent"]) == total)  # it logs after the reply
        log = logged(server.log(), "example.org")

    rows = {row["of"]: row for row in ours.rows("sends", "report", "--by", "campaign")}
    assert {name: row["sent"] for name, row in rows.items()} == {"no campaign": LETTERS, "beside": 20, "swaks": 1}
    assert len(log["sent"]) == total
    paths = [letter.reverse_path for letter in world.letters()]
    assert all(path.startswith("acme-") for path in paths)
    assert len(set(paths)) == total, "each has a reference of its own"
