"""Belief with a real Postfix: what its reports prove of mail that went out under an alias, or to several at once."""

from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours
from programs.parts import postfix
from programs.peers import Peer, Refusal, submit

from bouncer.mail.signed_header import make_header

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(180)]

GONE, ALSO_GONE, HERE = "gone@example.org", "also-gone@example.org", "here@example.org"
REFUSALS = {recipient: Refusal("550 5.1.1 No such user here") for recipient in (GONE, ALSO_GONE)}


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path) as daemon:
        daemon.command("account", "add", "acme", "--owner", "ann@shop.example")
        yield daemon


@pytest.fixture
def refuser() -> Iterator[Peer]:
    with Peer("mx.example.org", REFUSALS) as peer:
        yield peer


def letter(*fields: tuple[str, str]) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Acme <news@acme.example>", "readers:;", "Opening"
    mail["Message-ID"] = "<opening@acme.example>"
    for name, value in fields:
        mail[name] = value
    mail.set_content("We open on Monday.\n")
    return mail.as_bytes().replace(b"\n", b"\r\n")


def rows_of(ours: Ours, count: int) -> dict[str, tuple[str, bool]]:
    """By recipient: belief, and whether it was suppressed; when *count* are there."""
    bounces = ours.until(lambda: rows if len(rows := ours.rows("bounces")) >= count else [])
    return {row["recipient"]: (row["belief"], row["suppresses"]) for row in bounces}


def suppressed(ours: Ours) -> set[str]:
    return {row["address"] for row in ours.rows("suppressions", "list")}


def test_an_alias_is_proven_by_our_header_in_what_postfix_returns(ours: Ours, refuser: Peer):
    """The sender knows one envelope sender only; the header says whom each copy was for."""
    path = ours.command("token", "sign", "acme", GONE).stdout.strip()
    with postfix({DOMAIN: ours.port, "example.org": refuser.port}) as server:
        submit(server.port, f"acme@{DOMAIN}", [GONE], letter(make_header(path)))
        submit(server.port, f"acme@{DOMAIN}", [ALSO_GONE], letter())
        bounces = rows_of(ours, 2)

    assert bounces == {GONE: ("proven", True), ALSO_GONE: ("unproven", False)}
    assert suppressed(ours) == {GONE}


@pytest.mark.parametrize("trusted", [True, False], ids=["own-server", "any-server"])
def test_a_mail_to_several_is_proven_by_the_accounts_own_server(ours: Ours, refuser: Peer, trusted: bool):
    if trusted:
        ours.believe("acme", "127.0.0.1")
    path = ours.command("token", "sign", "acme", "--several", "--reference", "m1").stdout.strip()
    to = [GONE, HERE, ALSO_GONE]
    ours.command("sends", "add", "--account", "acme", "--reference", "m1", "--campaign", "opening", *to)
    with postfix({DOMAIN: ours.port, "example.org": refuser.port}) as server:
        submit(server.port, path, to, letter(make_header(path)))
        bounces = rows_of(ours, 2)
    (report,) = ours.rows("sends", "report", "--by", "campaign")

    belief = ("proven", True) if trusted else ("plausible", False)
    assert bounces == {GONE: belief, ALSO_GONE: belief}
    assert suppressed(ours) == ({GONE, ALSO_GONE} if trusted else set())
    assert (report["of"], report["sent"], report["hard"]) == ("opening", 3, 2)
    assert report["explained"] == "1 of 3 delivered as far as is known; 2 failed: 2 invalid-recipient"
    story = ours.command("suppressions", "explain", GONE).stdout
    assert "was signed for a message to 3, this one among them" in story
