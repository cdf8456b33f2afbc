"""The owner's inbox: our daemon's mails go through a real Postfix into a real Dovecot, and are read back as owners read them."""

import contextlib
import csv
import io
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from programs.dovecot import Mailboxes, dovecot
from programs.opendkim import make_key, signer, verdict
from programs.ours import DOMAIN, Ours
from programs.parts import postfix
from programs.peers import submit

pytestmark = [pytest.mark.real("postfix", "dovecot", "opendkim"), pytest.mark.timeout(180)]

FIXTURES = Path(__file__).parents[2] / "fixtures/ndr"
UNKNOWN, BEYOND_ASCII = FIXTURES / "postfix/01-unknown-user.eml", FIXTURES / "postfix/12-smtputf8.eml"
FULL = (FIXTURES / "exim/04-over-quota.eml", FIXTURES / "postfix/04-over-quota.eml")
ANN, BOB, CAROL = "ann@acme.example", "bob@acme.example", "carol@acme.example"
WISHES = ("--prefer", "language=ja", "--prefer", "attach=full", "--prefer", "json=yes")
ORIGINAL = (
    b"From: Acme News <ann@acme.example>\r\nTo: unknown@example.org\r\nBcc: ann@acme.example\r\n"
    b"Subject: Opening on Monday\r\nMessage-ID: <unknown-user@news.example.com>\r\n\r\nWe open on Monday.\r\n"
)
"""The mail that Ann sent, as it stands in her own mailbox too."""
FILTER = """\
require ["variables", "fileinto", "mailbox"];
if header :matches "X-Bounce-Category" "*" { fileinto :create "bounces.${1}"; }
"""
"""Carol's, by Sieve (RFC 5228, RFC 5229): a folder for each category."""


@dataclass(frozen=True, slots=True)
class Inboxes:
    """Three owners' mailboxes, after all has arrived."""

    boxes: Mailboxes
    ours: Ours

    def mails(self, address: str, *criteria: str, folder: str = "INBOX") -> list[EmailMessage]:
        """The mails of a folder that a search finds."""
        with self.boxes.mailbox_client(address) as client:
            client.select(folder, readonly=True)
            numbers = client.search(None, *(criteria or ("ALL",)))[1][0].split()
            octets = [client.fetch(number.decode(), "(RFC822)")[1][0][1] for number in numbers]  # type: ignore[index]
        return [message_from_bytes(octets_of_mail, policy=default) for octets_of_mail in octets]  # type: ignore[arg-type, misc]


@pytest.fixture(scope="module")
def inboxes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inboxes]:
    folder = tmp_path_factory.mktemp("ours")
    with (
        dovecot({CAROL: FILTER}) as boxes,
        postfix({}, mailboxes={"acme.example": boxes.lmtp}) as smarthost,
        Ours(
            folder,
            courier=f"smtp://127.0.0.1:{smarthost.port}",
            forward=f'dkim_key = "{make_key(folder / "dkim.pem")}"',
        ) as ours,
    ):
        submit(smarthost.port, ANN, [ANN], ORIGINAL)
        ours.command("account", "add", "acme", *(word for owner in (ANN, BOB, CAROL) for word in ("--owner", owner)))
        ours.command("account", "set", "acme", *WISHES, "--for", BOB)
        receive_all(ours)
        boxes.wait_for(ANN, "ALL", count=4)
        boxes.wait_for(BOB, "ALL", count=3)
        boxes.wait_for(CAROL, "ALL", folder="bounces.digest")
        yield Inboxes(boxes, ours)


def receive_all(ours: Ours) -> None:
    """Two reports that are told at once, and two of full mailboxes that wait for a digest, whose time then comes."""
    for letter in FULL:
        submit(ours.port, "", [f"acme@{DOMAIN}"], letter.read_bytes())
    submit(ours.port, "", [signed(ours, "unknown@example.org")], UNKNOWN.read_bytes())
    ours.until(lambda: len(ours.rows("queue", "--state", "held")) == 6)
    with contextlib.closing(sqlite3.connect(ours.folder / "bouncer.db")) as store, store:
        store.execute("UPDATE outbox SET due = created_at WHERE state = 'held'")
    submit(ours.port, "", [signed(ours, "über@example.org")], BEYOND_ASCII.read_bytes())


def signed(ours: Ours, recipient: str) -> str:
    return ours.command("token", "sign", "acme", recipient).stdout.strip()


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content())


def types(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def test_a_notice_is_whole(inboxes: Inboxes):
    (notice,) = inboxes.mails(ANN, "HEADER X-Bounce-Recipient unknown@example.org")

    assert types(notice) == [
        *("multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/rfc822-headers")
    ]
    assert str(notice["Subject"]).startswith("Not delivered: unknown@example.org \u00b7 ")
    assert text_of(notice).startswith("Subject      Our caf\u00e9 opens on Monday")
    assert "Your message to unknown@example.org was not delivered" in text_of(notice)
    assert "Our caf\u00e9 opens on Monday" in text_of(notice, "html")
    (headers,) = notice.iter_attachments()
    assert (headers.get_filename(), headers.get_content_disposition()) == ("returned-headers.txt", "attachment")
    assert "Message-ID: <unknown-user@news.example.com>" in headers.get_content()


def test_the_header_of_a_notice_says_what_programs_want_to_know(inboxes: Inboxes):
    (notice,) = inboxes.mails(ANN, "HEADER X-Bounce-Recipient unknown@example.org")

    assert (notice["X-Bounce-Category"], notice["X-Bounce-Status"]) == ("hard", "5.1.1")
    assert notice["List-Id"] == "<acme.bounces.example.com>"
    assert notice["Auto-Submitted"] == "auto-generated"
    assert notice["Return-Path"] == "<>"
    assert notice["In-Reply-To"] == notice["References"] == "<unknown-user@news.example.com>"


def test_a_notice_stands_in_the_thread_of_the_message(inboxes: Inboxes):
    """As the server threads (RFC 5256): Ann's own mail is first, the notice is its answer, what is about others stands apart."""
    with inboxes.boxes.mailbox_client(ANN) as client:
        client.select(readonly=True)
        (original,) = client.search(None, "HEADER Message-ID unknown-user@news.example.com")[1][0].split()
        (notice,) = client.search(None, "HEADER X-Bounce-Recipient unknown@example.org")[1][0].split()
        _, (threads,) = client.thread("REFERENCES", "UTF-8", "ALL")

    assert b"(%b %b)" % (original, notice) in threads
    assert threads.count(b"(") == 3


def test_a_notice_is_new_and_nothing_else(inboxes: Inboxes):
    with inboxes.boxes.mailbox_client(ANN) as client:
        client.select(readonly=True)
        flagged = client.search(None, "OR OR SEEN FLAGGED OR ANSWERED DELETED")[1][0]

    assert flagged == b""


def test_searches_over_imap_find_notices_by_their_header_fields(inboxes: Inboxes):
    hard = {str(mail["X-Bounce-Status"]) for mail in inboxes.mails(ANN, "HEADER X-Bounce-Category hard")}
    listed = inboxes.mails(ANN, "HEADER List-Id acme.bounces.example.com")

    assert hard == {"5.1.1"}
    assert len(listed) == 3
    assert inboxes.mails(ANN, "HEADER X-Bounce-Category block") == []


def test_a_sieve_script_files_by_category(inboxes: Inboxes):
    assert inboxes.mails(CAROL) == []
    assert len(inboxes.mails(CAROL, folder="bounces.hard")) == 2
    assert len(inboxes.mails(CAROL, folder="bounces.digest")) == 1


def test_an_address_beyond_ascii_is_told_in_plain_sight(inboxes: Inboxes):
    """The notice itself asks nothing of the owner's server: no SMTPUTF8, and every line of its header is ASCII."""
    with inboxes.boxes.mailbox_client(ANN) as client:
        client.select(readonly=True)
        client.literal = "über@example.org".encode()
        _, (numbers,) = client.search("UTF-8", "SUBJECT")
        _, data = client.fetch(numbers.decode(), "(BODY.PEEK[HEADER])")
    (notice,) = inboxes.mails(ANN, f"UID {numbers.decode()}")

    assert str(notice["Subject"]).startswith("Not delivered: über@example.org")
    assert str(notice["X-Bounce-Recipient"]) == "über@example.org"
    assert data[0][1].isascii()  # type: ignore[index, union-attr]


def test_another_owner_reads_another_language_with_all_attached(inboxes: Inboxes):
    notices = [mail for mail in inboxes.mails(BOB) if "unknown@example.org" in str(mail["Subject"])]

    (notice,) = notices
    assert "配信できませんでした" in str(notice["Subject"])
    assert "unknown@example.org" in text_of(notice)
    _, report, data = notice.iter_attachments()
    assert (report.get_content_type(), report.get_filename()) == ("message/rfc822", "report.eml")
    assert report.get_content()["Message-Id"] == message_from_bytes(UNKNOWN.read_bytes())["Message-Id"]
    assert json.loads(data.get_content())[0]["recipient"] == "unknown@example.org"


@pytest.mark.parametrize("owner", [ANN, BOB])
def test_the_digest_comes_with_its_table(inboxes: Inboxes, owner: str):
    (digest,) = inboxes.mails(owner, "HEADER X-Bounce-Category digest")

    (table,) = digest.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(table.get_content().lstrip("\ufeff"))))
    assert table.get_filename() == "bounces.csv"
    assert {row["reason"] for row in rows} == {"mailbox-full"}
    assert len(rows) == 2


@pytest.mark.parametrize("owner", [ANN, BOB])
def test_every_signature_is_good_on_arrival(inboxes: Inboxes, owner: str, tmp_path: Path):
    signing = signer("bounces@example.com", inboxes.ours.folder / "dkim.pem")
    with inboxes.boxes.mailbox_client(owner) as client:
        client.select(readonly=True)
        numbers = client.search(None, "HEADER X-Bouncer-Notice @")[1][0].split()
        mails = [client.fetch(number.decode(), "(RFC822)")[1][0][1] for number in numbers]  # type: ignore[index]

    assert len(mails) == 3
    assert all("dkim=pass" in verdict(mail, signing, tmp_path) for mail in mails)  # type: ignore[arg-type]
