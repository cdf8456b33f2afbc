"""A letter that cannot be kept gets 4yz, with no word of why, and is accepted again as soon as it can be kept."""

import smtplib
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from programs.ours import DOMAIN, Ours

REPORT = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
LARGE = REPORT + b"x" * 70 + b"\r\n" + (b"y" * 70 + b"\r\n") * 7000
IN_PIECES = REPORT + (b"y" * 70 + b"\r\n") * 140_000
"""Larger than the small disk, and kept piece by piece."""
SMALL_DISK = "40m"
MANY = 60
"""Letters for which the small disk has room, with their records."""
LARGER_DISK = "80m"


def send(ours: Ours, letter: bytes = REPORT) -> str:
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=60) as client:
        client.ehlo("client.example.net")
        client.mail("")
        client.rcpt(f"acme@{DOMAIN}")
        code, reply = client.data(letter)
        return f"{code} {reply.decode()}"


def test_while_another_process_holds_the_database_senders_are_told_to_come_back(tmp_path: Path):
    with Ours(tmp_path, store="busy_seconds = 0.2") as ours:
        ours.command("account", "add", "acme")
        letter = send(ours)
        other = sqlite3.connect(tmp_path / "bouncer.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        refused = send(ours)
        other.execute("ROLLBACK")
        other.close()
        again = send(ours)
        letters = ours.rows("letters")

    assert letter.startswith("250 2.0.0 ")
    assert refused == "451 4.3.0 Cannot keep mail now, try later"
    assert again.startswith("250 2.0.0 ")
    assert len(letters) == 2


@pytest.fixture
def on_a_small_disk(tmp_path: Path) -> Iterator[Ours]:
    """A daemon in a mount namespace of its own, where its folder is a disk of a few megabytes."""
    tried = subprocess.run(["unshare", "-m", "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"no private mount namespace is possible here: {tried.stderr.strip()}")
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = f'mount -t tmpfs -o size={SMALL_DISK} none {folder} && cp -a {folder}.kept/. {folder} && exec "$@"'
    ours = Ours(folder, before=("unshare", "-m", "sh", "-c", mounted, "sh"))
    folder.rename(f"{folder}.kept")
    folder.mkdir()
    with ours:
        yield ours


def inside(ours: Ours, *words: str) -> None:
    """Run a command where the daemon's small disk is seen."""
    subprocess.run(["nsenter", "-t", str(ours.pid), "-m", *words], check=True, capture_output=True)


def test_on_a_full_disk_senders_are_told_to_come_back(on_a_small_disk: Ours):
    ours = on_a_small_disk
    bouncer = ours.arguments("account", "add", "acme")[len(ours.before) :]
    inside(ours, *bouncer)
    replies = [send(ours, LARGE) for _ in range(30)]
    inside(ours, "mount", "-o", f"remount,size={LARGER_DISK}", str(ours.folder))
    again = [send(ours, LARGE) for _ in range(12)]
    ours.stop()

    assert {reply[:9] for reply in replies} == {"250 2.0.0", "452 4.3.1"}
    assert {reply for reply in replies if reply.startswith("452")} == {"452 4.3.1 No room to keep mail now, try later"}
    assert {reply[:9] for reply in again} == {"250 2.0.0"}


def test_a_large_letter_for_which_there_is_no_room_leaves_room_for_small_ones(on_a_small_disk: Ours):
    ours = on_a_small_disk
    bouncer = ours.arguments("account", "add", "acme")[len(ours.before) :]
    inside(ours, *bouncer)
    large = [send(ours, IN_PIECES) for _ in range(3)]
    small = {send(ours)[:9] for _ in range(MANY)}
    ours.until(lambda: len(ours.lines("recorded")) >= MANY, seconds=60)
    ours.stop()

    assert large == ["452 4.3.1 No room to keep mail now, try later"] * 3
    assert small == {"250 2.0.0"}
