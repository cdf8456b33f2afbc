"""Gmail's spellings: what was suppressed stays so, whichever way the account's ``--fold-gmail`` is turned and turned again.

Through the running daemon, asked by the policy service as a mail server asks it; addresses and settings change by command.
"""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import LISTENERS, Ours

pytestmark = pytest.mark.timeout(240)

CANARY, ITS_MAILBOX = "can.ary+9@gmail.com", "canary@gmail.com"
"""Suppressed as the first from the beginning: mail to the second is refused as long as the account folds, and no longer."""


class Account:
    """The account acme and its sending server."""

    def __init__(self, ours: Ours) -> None:
        self.ours = ours
        ours.command("account", "add", "acme", "--owner", "ann@acme.example", "--sender", "acme.example")
        self.suppressions("add", CANARY)

    def suppressions(self, command: str, *words: str) -> str:
        return self.ours.command("suppressions", command, "--account", "acme", *words, check=False).stdout

    def fold(self, *, on: bool) -> None:
        """Turn the setting, and wait until the running daemon goes by it."""
        self.ours.command("account", "set", "acme", "--fold-gmail" if on else "--no-fold-gmail")
        self.ours.until(lambda: self.refused(ITS_MAILBOX) == ([ITS_MAILBOX] if on else []))

    def refused(self, *addresses: str) -> list[str]:
        """Give those to whom the daemon lets no mail go now."""
        with socket.create_connection(("127.0.0.1", self.ours.listeners["policy"]), timeout=30) as server:
            return [address for address in addresses if b"action=550" in self._answer(server, address)]

    def _answer(self, server: socket.socket, address: str) -> bytes:
        lines = f"sender=news@acme.example\nrecipient={address}\nclient_address=127.0.0.1\n\n"
        server.sendall(f"request=smtpd_access_policy\n{lines}".encode())
        answer = b""
        while not answer.endswith(b"\n\n"):
            answer += server.recv(4096)
        return answer

    def checked(self, *addresses: str) -> list[str]:
        """Give those that the command calls suppressed; it goes by the same setting."""
        rows = map(json.loads, self.suppressions("check", *addresses, "--json").splitlines())
        return [address for address, row in zip(addresses, rows, strict=True) if row["suppressed"]]

    def list_addresses(self) -> set[str]:
        return {row["address"] for row in self.ours.rows("suppressions", "list")} - {CANARY}


@pytest.fixture
def acme(tmp_path: Path) -> Iterator[Account]:
    with Ours(tmp_path, milter=LISTENERS) as ours:
        yield Account(ours)


def test_an_address_that_was_suppressed_before_is_folded_from_then_on(acme: Account):
    acme.suppressions("add", "k.k@gmail.com")
    others = ["kk@gmail.com", "kk+1@googlemail.com", "K.K+x@GMail.com"]

    assert acme.refused("k.k@gmail.com", *others) == ["k.k@gmail.com"]
    acme.fold(on=True)
    assert acme.refused("k.k@gmail.com", *others, "k@gmail.com") == ["k.k@gmail.com", *others]
    assert acme.checked(*others, "k@gmail.com") == others


def test_an_address_that_was_suppressed_folded_stays_suppressed_in_its_own_spelling(acme: Account):
    acme.fold(on=True)
    acme.suppressions("add", "z.z.z+9@gmail.com")
    assert acme.refused("zzz@gmail.com") == ["zzz@gmail.com"]

    acme.fold(on=False)

    spellings = ("z.z.z+9@gmail.com", "zzz@gmail.com", "zzz+9@gmail.com")
    assert acme.refused(*spellings) == acme.checked(*spellings) == ["z.z.z+9@gmail.com"]
    assert "was not suppressed" in acme.suppressions("remove", "zzz@gmail.com")
    assert "released" in acme.suppressions("remove", "z.z.z+9@gmail.com")
    assert acme.refused(*spellings) == []


def test_two_spellings_are_each_kept_whichever_came_first(acme: Account):
    """The second is told to be suppressed already; it stays so when the first is no spelling of it any more."""
    acme.fold(on=True)
    acme.suppressions("add", "m.m@gmail.com")
    assert "was suppressed already" in acme.suppressions("add", "mm@googlemail.com", "--days", "9")

    acme.fold(on=False)

    assert acme.refused("m.m@gmail.com", "mm@googlemail.com", "mm@gmail.com") == ["m.m@gmail.com", "mm@googlemail.com"]


def test_addresses_elsewhere_are_found_and_freed_as_before(acme: Account):
    acme.fold(on=True)
    acme.suppressions("add", "j.j+1@example.org")

    assert acme.refused("j.j+1@example.org", "jj@example.org") == ["j.j+1@example.org"]
    rows = acme.ours.rows("suppressions", "trail", "--account", "acme", "--address", "j.j+1@example.org")
    assert [row["address"] for row in rows] == ["j.j+1@example.org"]
    assert "released" in acme.suppressions("remove", "j.j+1@example.org")
    assert acme.refused("j.j+1@example.org") == []


def test_a_freed_mailbox_is_free_in_every_spelling_and_each_story_tells_it(acme: Account):
    acme.suppressions("add", "l.l@gmail.com", "ll+2@gmail.com")
    acme.fold(on=True)
    assert "released" in acme.suppressions("remove", "ll@googlemail.com")
    assert acme.refused("l.l@gmail.com", "ll+2@gmail.com") == []

    acme.fold(on=False)

    assert acme.refused("l.l@gmail.com", "ll+2@gmail.com") == []
    for spelled in ("l.l@gmail.com", "ll+2@gmail.com"):
        changes = [row["change"] for row in acme.ours.rows("suppressions", "trail", "--address", spelled)]
        assert changes == ["freed", "suppressed"]


def test_imports_and_exports_name_each_address_as_it_was_named(acme: Account, tmp_path: Path):
    names = {"a.b@gmail.com", "ab+1@gmail.com", "cd@googlemail.com", "joe@example.org"}
    acme.fold(on=True)
    file = tmp_path / "list.csv"
    file.write_text("\n".join(["email", *names]))
    acme.suppressions("import", str(file))
    assert acme.refused("ab@googlemail.com", "c.d@gmail.com") == ["ab@googlemail.com", "c.d@gmail.com"]

    acme.fold(on=False)

    assert acme.list_addresses() == names
    assert set(acme.refused(*names, "ab@gmail.com", "cd@gmail.com")) == names
    exported = acme.suppressions("export")
    assert all(f"{name}," in exported for name in names)


def test_the_allow_list_keeps_its_names_too(acme: Account):
    acme.fold(on=True)
    acme.suppressions("allow", "v.i.p@gmail.com")
    assert "was on the allow-list already" in acme.suppressions("allow", "vip@gmail.com")
    assert "the allow-list has v.i.p@gmail.com" in acme.suppressions("add", "vip+1@googlemail.com")

    acme.fold(on=False)

    acme.suppressions("add", "v.i.p@gmail.com", "vip@gmail.com", "vip+1@googlemail.com")
    assert acme.list_addresses() == {"vip+1@googlemail.com"}
    assert "taken off" in acme.suppressions("disallow", "v.i.p@gmail.com")
    acme.fold(on=True)
    assert "taken off" in acme.suppressions("disallow", "V.I.P@gmail.com")
    assert "was not on the allow-list" in acme.suppressions("disallow", "vip@gmail.com")


def test_a_story_is_told_as_the_account_compares(acme: Account):
    acme.suppressions("add", "s.t@gmail.com", "--reason", "she asked")

    assert "it is not suppressed" in acme.suppressions("explain", "st@gmail.com")
    acme.fold(on=True)
    story = acme.suppressions("explain", "st@googlemail.com")
    assert "No mail goes to it" in story
    assert "Suppressed by command" in story
    assert "she asked" in story
