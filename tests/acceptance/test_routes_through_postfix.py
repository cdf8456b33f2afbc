"""Notices that leave by routes, one through a real Postfix, with return paths of their own: none takes another owner's way."""

import contextlib
import email.policy
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from pathlib import Path

import pytest
from acceptance.world_outside import failure
from programs.ours import DOMAIN, Ours
from programs.parts import free_port, postfix
from programs.peers import Collected, Peer, Refusal

pytestmark = [pytest.mark.real("postfix"), pytest.mark.timeout(240)]

OWNERS = {
    "stuck": "Ann@SLOW.Example",
    "away": "ann@away.example",
    "books": "ann@bücher.example",
    "post": "ann@post.example",
    "rest": "ann@rest.example",
    "below": "ann@sub.slow.example",
}
"""By account; a domain below one with a route has none."""
GONE, BOB = "gone@rest.example", "bob@rest.example"
FORGED = 60


@dataclass(frozen=True, slots=True)
class House:
    """Ours, and everybody whom its notices can reach: by Postfix, by a server of their own, in a folder."""

    ours: Ours
    world: Peer
    own: Peer
    books: Path

    def owners(self, peer: Peer) -> set[str]:
        return {owner for letter in peer.letters() for owner in letter.recipients}


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with contextlib.ExitStack() as stack:
        world = stack.enter_context(Peer("mx.rest.example", {GONE: Refusal("550 5.1.1 No such user here")}))
        own = stack.enter_context(Peer("mx.post.example"))
        silent = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        mapped = {"rest.example": world.port, "sub.slow.example": world.port, DOMAIN: world.port}
        server = stack.enter_context(postfix(mapped))
        routes = (
            f"slow.example smtp://127.0.0.1:{silent.getsockname()[1]}",
            f"away.example smtp://127.0.0.1:{free_port()}",
            f"bücher.example maildir:{tmp_path}/books",
            f"POST.example smtp://127.0.0.1:{own.port} connections=1",
        )
        lines = f'reverse_path = "signed"\nroutes = [{", ".join(map(repr, routes))}]'
        ours = stack.enter_context(Ours(tmp_path, forward=lines, courier=f"smtp://127.0.0.1:{server.port}"))
        for account, owner in OWNERS.items():
            ours.command("account", "add", account, "--owner", owner)
        yield House(ours, world, own, tmp_path / "books")


def owner_of_notice(letter: Collected) -> str:
    return str(message_from_bytes(letter.octets, policy=email.policy.default)["To"])


def test_each_notice_takes_the_route_of_its_owner_whatever_becomes_of_the_others(house: House):
    """Strangers fill the lane of the server that never answers, in the names of the other owners' domains."""
    for n in range(FORGED):
        letter = failure(f"victim{n}@post.example").replace(b"From: ", b"From: ann@rest.example, ", 1)
        assert house.ours.send(f"stuck@{DOMAIN}", letter, "ann@post.example").startswith("250")
    for account in OWNERS:
        assert house.ours.send(house.ours.path(account, "kim@example.org"), failure("kim@example.org")).startswith(
            "250"
        )

    house.ours.until(lambda: len(house.world.letters()) == 2 and house.own.letters())
    (file,) = house.ours.until(lambda: list((house.books / "new").glob("*")))

    assert house.owners(house.world) == {OWNERS["rest"], OWNERS["below"]}
    assert house.owners(house.own) == {OWNERS["post"]}
    assert b"xn--bcher-kva.example" in file.read_bytes() or "bücher.example".encode() in file.read_bytes()
    waiting = {row["account"] for row in house.ours.rows("queue") if row["state"] != "sent"}
    assert waiting == {"stuck", "away"}
    for letter in (*house.world.letters(), *house.own.letters()):
        assert letter.reverse_path.startswith("bouncer-"), letter.reverse_path


def test_a_bounced_notice_that_a_real_server_reports_marks_its_owner_and_speaks_about_nobody_else(house: House):
    ours = house.ours
    ours.command("account", "set", "rest", "--owner", GONE, "--owner", BOB)
    ours.send(ours.path("rest", "kim@example.org"), failure("kim@example.org"))
    report = house.world.wait_for(lambda letter: letter.recipients[0].endswith(f"@{DOMAIN}"))

    assert report.reverse_path == ""
    assert re.fullmatch(rf"bouncer-\w{{20}}-gone=rest\.example@{re.escape(DOMAIN)}", report.recipients[0])
    assert ours.send(report.recipients[0], report.octets).startswith("250")
    ours.until(lambda: ours.rows("account", "show", "rest")[0]["failing"] == [GONE])

    for owner in (BOB, OWNERS["post"], "kim@example.org"):  # whoever holds the path names others
        assert ours.send(report.recipients[0], failure(owner)).startswith("250")
    altered = report.recipients[0].replace("gone=", "bob=")
    assert ours.send(altered, failure(BOB)).startswith("550 5.1.1")
    ours.until(lambda: not ours.rows("letters", "--state", "kept"))
    letter = house.world.wait_for(lambda letter: letter.recipients == (BOB,) and b"comes back" in letter.octets)

    assert owner_of_notice(letter) == BOB
    assert ours.rows("account", "show", "rest")[0]["failing"] == [GONE]
    assert ours.rows("account", "show", "post")[0]["failing"] == []
    assert [row["address"] for row in ours.rows("suppressions", "list")] == ["kim@example.org"]
