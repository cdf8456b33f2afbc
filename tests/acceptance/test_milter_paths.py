"""Mail that programs signed themselves, through a real Postfix: the milter knows whose it is and whom it goes to by its path."""

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from acceptance.handing_in import hand_in
from programs.ours import DOMAIN, LISTENERS, Ours
from programs.parts import postfix
from programs.peers import Collected, Peer

from bouncer.mail.returnpath import AccountKey, Signed, sign, verify
from bouncer.mail.returnpath import Key as MasterKey

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(240)]

JANE, JOE, GONE = "jane@example.org", "joe@example.org", "gone@example.org"
TODAY = int(time.time()) // 86_400
MASTER = MasterKey(b"a secret for tests, and for tests only")


class Program:
    """A program of an account, with that account's key and no other."""

    def __init__(self, ours: Ours, account: str) -> None:
        self.account = account
        self.key = AccountKey.read(ours.command("token", "key", account).stdout)

    def path(self, recipient: str | None, *, days: int = 30, hashed: bool = False, reference: str | None = None) -> str:
        options = {"hashed": hashed, "reference": reference}
        return sign(self.account, recipient, domain=DOMAIN, key=self.key, today=TODAY, days=days, **options)  # type: ignore[arg-type]


def signed(letter: Collected) -> Signed:
    signature = verify(letter.reverse_path, keys=(MASTER,), today=TODAY)
    assert isinstance(signature, Signed)
    return signature


def sends(ours: Ours) -> list[tuple[str, int, int]]:
    return [(row["account"], row["sent"], row["dropped"]) for row in ours.rows("sends", "report")]


@pytest.fixture
def world() -> Iterator[Peer]:
    with Peer("mx.example.org") as peer:
        yield peer


def accounts(ours: Ours) -> tuple[Program, Program]:
    """Two accounts; one suppresses an address, for mail of all streams or of one."""
    ours.command("account", "add", "acme", "--owner", "a@acme.example", "--by-stream")
    ours.command("account", "add", "zoo", "--owner", "z@zoo.example", "--sender", "zoo-login")
    ours.command("suppressions", "add", "--account", "acme", GONE)
    ours.command("suppressions", "add", "--account", "acme", "--stream", "news", JOE)
    return Program(ours, "acme"), Program(ours, "zoo")


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[Ours]:
    with Ours(tmp_path, milter=LISTENERS) as daemon:
        yield daemon


def test_paths_that_programs_signed_stay_and_are_counted(ours: Ours, world: Peer):
    """In every form that there is; nothing else in these mails says whose they are."""
    acme, _ = accounts(ours)
    mails = [
        (acme.path(JANE), (JANE,)),
        (acme.path(JANE, reference="order7"), (JANE,)),
        (acme.path(JANE, hashed=True), (JANE,)),
        (acme.path("x+tag@example.org"), ("x+tag@example.org",)),
        (acme.path(None, reference="m1"), (JANE,)),
        (acme.path(None, reference="m2"), (JANE, JOE)),
        (f"acme@{DOMAIN}", (JANE,)),
    ]
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        for path, recipients in mails:
            hand_in(server.port, path, recipients)
        ours.until(lambda: len(world.letters()) == len(mails))

    assert {(letter.reverse_path, letter.recipients) for letter in world.letters()} == set(mails)
    assert all(b"X-Bouncer" not in letter.octets for letter in world.letters())
    assert sends(ours) == [("acme", 8, 0)]


@pytest.mark.parametrize("suppressed", ["drop", "refuse"])
def test_suppressed_recipients_of_a_programs_mail_are_taken_off(tmp_path: Path, world: Peer, suppressed: str):
    """By its path alone, plain or hashed; a stream's suppression holds for that stream."""
    with Ours(tmp_path, milter=f'{LISTENERS}\nsuppressed = "{suppressed}"') as ours:
        acme, _ = accounts(ours)
        refused = [550] if suppressed == "refuse" else [250]
        with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
            assert hand_in(server.port, acme.path(GONE), [GONE]) == refused
            assert hand_in(server.port, acme.path(GONE, hashed=True), [GONE.upper()]) == refused
            assert hand_in(server.port, acme.path(JOE), [JOE], "X-Stream: receipts") == [250]
            assert hand_in(server.port, acme.path(None), [GONE, JANE]) == [*refused, 250]
            if suppressed == "drop":
                hand_in(server.port, acme.path(JOE), [JOE], "X-Stream: news")
            ours.until(lambda: len(world.letters()) == 2)
            (row,) = ours.rows("sends", "report")

    assert {letter.recipients for letter in world.letters()} == {(JOE,), (JANE,)}
    assert (row["sent"], row["dropped"]) == (2, 0 if suppressed == "refuse" else 4)


def test_a_path_for_one_recipient_is_not_used_for_others(ours: Ours, world: Peer):
    """A report that came to it would be about the wrong address."""
    acme, _ = accounts(ours)
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        for path in (acme.path(JANE), acme.path(JANE, hashed=True)):
            hand_in(server.port, path, [JOE])
            hand_in(server.port, path, [JANE, JOE])
        ours.until(lambda: len(world.letters()) == 4)

    for letter in world.letters():
        signature = signed(letter)
        assert signature.account == "acme"
        if letter.recipients == (JOE,):
            assert signature.recipient == JOE
        else:
            assert not signature.is_for_one_recipient
            assert f"X-Bouncer-Return-Path: <{letter.reverse_path}>".encode() in letter.octets
    assert sends(ours) == [("acme", 6, 0)]


def test_a_login_counts_for_more_than_a_path_of_another_account(ours: Ours, world: Peer):
    """A client that proved its login signs as itself, or, where no account knows the login, not at all."""
    acme, zoo = accounts(ours)
    foreign = acme.path(GONE)
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        assert hand_in(server.port, foreign, [GONE], login="zoo-login") == [250]
        assert hand_in(server.port, f"acme@{DOMAIN}", [JANE], login="zoo-login") == [250]
        assert hand_in(server.port, zoo.path(JOE), [JOE], login="zoo-login") == [250]
        assert hand_in(server.port, foreign, [GONE], login="mallory") == [250]
        ours.until(lambda: len(world.letters()) == 4)

    by_recipient = {letter.recipients: letter for letter in world.letters() if letter.reverse_path != foreign}
    assert {signed(letter).account for letter in by_recipient.values()} == {"zoo"}
    assert by_recipient[(JOE,)].reverse_path == zoo.path(JOE)
    assert [letter.recipients for letter in world.letters() if letter.reverse_path == foreign] == [(GONE,)]
    assert sends(ours) == [("zoo", 3, 0)]
    assert_no_signature(ours, foreign)


def test_a_path_that_is_not_good_is_a_strangers_address(ours: Ours, world: Peer):
    """A bad path says nothing: the other signs decide whose the mail is, and our path then replaces the bad one."""
    acme, zoo = accounts(ours)
    expired, altered = acme.path(GONE, days=-1), acme.path(JANE).replace("jane=", "june=")
    of_another_key = sign("acme", JANE, domain=DOMAIN, key=AccountKey("acme", zoo.key.secret), today=TODAY, days=30)
    bad = (expired, altered, of_another_key)
    with postfix({"example.org": world.port}, listeners={"milter": ours.listeners["milter"]}) as server:
        for path in bad:
            hand_in(server.port, path, [JANE])
            hand_in(server.port, path, [JANE], "X-Bouncer-Account: zoo")
        ours.until(lambda: len(world.letters()) == 2 * len(bad))

    paths = [letter.reverse_path for letter in world.letters()]
    assert sorted(path for path in paths if path in bad) == sorted(bad)
    assert all(path in bad or path.startswith("zoo-") for path in paths)
    assert sends(ours) == [("zoo", 3, 0)]
    for path in bad:
        assert_no_signature(ours, path)
    assert "is none of ours: expired" in ours.log.read_text()
    assert "is none of ours: not signed by a key of ours" in ours.log.read_text()


def assert_no_signature(ours: Ours, path: str) -> None:
    mac = re.fullmatch(r"[^-]+-.{4}(.{16}).*", path)
    assert mac is not None
    assert mac[1] not in ours.log.read_text()
