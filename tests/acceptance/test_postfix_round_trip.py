"""The main job with a real Postfix: a mail goes out, comes back as Postfix's own report, and ends as the owner's mail."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours
from programs.parts import postfix
from programs.peers import Peer, Refusal, submit

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(180)]

REFUSALS = {
    "unknown@example.org": Refusal("550 5.1.1 No such user here"),
    "full@example.org": Refusal("452 4.2.2 Mailbox full"),
}


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", "ann@acme.example")
        yield daemon


@pytest.fixture
def refuser() -> Iterator[Peer]:
    with Peer("mx.example.org", REFUSALS) as peer:
        yield peer


def letter(recipient: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Acme News <news@acme.example>", recipient, "Opening on Monday"
    mail["Message-ID"] = "<opening@acme.example>"
    mail.set_content("We open on Monday.\n")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def signed(ours: Ours, recipient: str) -> str:
    return ours.command("token", "sign", "acme", recipient).stdout.strip()


def text_of(notice: EmailMessage) -> str:
    body = notice.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def test_a_refused_recipient_comes_back_as_a_mail_to_the_owner(ours: Ours, refuser: Peer):
    recipient = "unknown@example.org"
    with postfix({DOMAIN: ours.port, "example.org": refuser.port}) as server:
        submit(server.port, signed(ours, recipient), [recipient], letter(recipient))
        (notice,) = ours.until(ours.notices)
    (bounce,) = ours.rows("bounces", "--recipient", recipient)

    assert (bounce["status"], bounce["reply_code"], bounce["reason"]) == ("5.1.1", 550, "invalid-recipient")
    assert (bounce["belief"], bounce["suppresses"]) == ("proven", True)
    assert recipient in str(notice["Subject"])
    assert "No such user here" in text_of(notice)
    assert "Opening on Monday" in text_of(notice)


def test_a_full_mailbox_is_a_delay_and_then_an_expiry(ours: Ours, refuser: Peer):
    recipient = "full@example.org"
    routes = {DOMAIN: ours.port, "example.org": refuser.port}
    with postfix(routes, warn_after=1, expire_after=4) as server:
        submit(server.port, signed(ours, recipient), [recipient], letter(recipient))
        rows = ours.until(
            lambda: {row["kind"]: row for row in ours.rows("bounces")} if len(ours.rows("bounces")) > 1 else {}
        )

    assert rows.keys() == {"delay", "bounce"}
    assert (rows["delay"]["action"], rows["delay"]["status"]) == ("delayed", "4.2.2")
    assert (rows["bounce"]["action"], rows["bounce"]["reason"]) == ("failed", "mailbox-full")
    assert ours.rows("suppressions", "list") == []


def test_an_unknown_domain_is_a_hard_bounce(ours: Ours):
    recipient = "jane@nowhere.example"
    with postfix({DOMAIN: ours.port}) as server:
        submit(server.port, signed(ours, recipient), [recipient], letter(recipient))
        (notice,) = ours.until(ours.notices)
    (bounce,) = ours.rows("bounces")

    assert (bounce["category"], bounce["reason"], bounce["belief"]) == ("hard", "bad-domain", "proven")
    assert recipient in str(notice["Subject"])
