"""Law 1, tried: the daemon is killed at random moments under load, and no letter that got its 250 is lost.

After every kill it starts again and goes on. At the end each acknowledged letter is there, was read into records exactly once,
and was forwarded at least once, every time with the same Message-ID.
"""

import os
import random
import signal
import sqlite3
import sys
import threading
import time
from collections import Counter, defaultdict
from email import message_from_bytes
from pathlib import Path

import pytest
from acceptance.load import Load, _letter
from programs.ours import Ours

KILLS = 30
KILLS_OF_RECORDING = 5
LONGEST_LOAD = 0.6
PAUSE = 0.03
"""Seconds between two letters of a client, where the load lasts as long as processes take to start: some are under way at each
moment, and those that wait at the end are hundreds."""


def has_large(load: Load) -> bool:
    """Whether a large letter got its 250."""
    return any(recipient.startswith("large") for recipient in load.acknowledged)


@pytest.mark.timeout(600)
def test_no_acknowledged_letter_is_lost_however_often_it_is_killed(tmp_path: Path):
    chance = random.Random(20261121)  # noqa: S311 -- moments, not secrets
    ours = Ours(tmp_path)
    load = Load(lambda recipient: ours.path("acme", recipient))  # what is proven is told at once, however much comes
    ours.command("account", "add", "acme", "--owner", "ann@acme.example")
    ours.command("account", "set", "acme", "--prefer", "most=0")  # each report is a mail that can be counted
    kills = 0
    while kills < KILLS or not has_large(load):  # on a busy machine few letters come between two kills
        kills += 1
        ours.start()
        ended = threading.Event()
        clients = load.run(ours.port, ended)
        time.sleep(chance.uniform(0.0, LONGEST_LOAD))  # the moment of the kill is what is tried here
        ours.kill()
        ended.set()
        for client in clients:
            client.join()
    with ours:
        ours.until(lambda: _finished(tmp_path), seconds=300)
        ours.stop()

    assert len(load.acknowledged) > KILLS, "a load that loads nothing tries nothing"
    letters, bounces = _recorded(tmp_path)
    assert set(load.acknowledged.values()) <= letters
    assert _not_whole(tmp_path) == []
    assert {recipient: bounces[recipient] for recipient in load.acknowledged} == dict.fromkeys(load.acknowledged, 1)
    notices = _message_ids(tmp_path)
    assert load.acknowledged.keys() <= notices.keys()
    assert {recipient: len(ids) for recipient, ids in notices.items() if len(ids) != 1} == {}


@pytest.mark.timeout(600)
def test_letters_are_taken_and_none_is_lost_while_the_recording_process_is_killed_again_and_again(tmp_path: Path):
    chance = random.Random(20261127)  # noqa: S311 -- moments, not secrets
    ours = Ours(tmp_path, anew=True)
    load = Load(lambda recipient: ours.path("acme", recipient), PAUSE)
    ours.command("account", "add", "acme", "--owner", "ann@acme.example")
    ours.command("account", "set", "acme", "--prefer", "most=0")
    with ours:
        ended = threading.Event()
        clients = load.run(ours.port, ended)
        taken_meanwhile = []
        for _ in range(KILLS_OF_RECORDING):
            killed = ours.until(lambda: ours.recording_pid)
            time.sleep(chance.uniform(0.0, LONGEST_LOAD))
            os.kill(killed, signal.SIGKILL)
            before = len(load.acknowledged)
            ours.until(lambda old=killed: ours.recording_pid not in (None, old))
            taken_meanwhile.append(len(load.acknowledged) - before)
        ended.set()
        for client in clients:
            client.join()
        ours.until(lambda: _finished(tmp_path), seconds=300)
        ours.stop()

    assert min(taken_meanwhile) > 0
    letters, bounces = _recorded(tmp_path)
    assert set(load.acknowledged.values()) <= letters
    assert {recipient: bounces[recipient] for recipient in load.acknowledged} == dict.fromkeys(load.acknowledged, 1)
    notices = _message_ids(tmp_path)
    assert load.acknowledged.keys() <= notices.keys()
    assert {recipient: len(ids) for recipient, ids in notices.items() if len(ids) != 1} == {}


def test_a_killed_daemon_leaves_no_process_of_its_own_behind(tmp_path: Path):
    with Ours(tmp_path, anew=True) as ours:
        recording = ours.recording_pid
        ours.kill()
        ours.until(lambda: not Path(f"/proc/{recording}").exists())
        assert recording is not None
        ours.start()


ON_ONE_PROCESSOR = """
import os, sys
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
os.execv(sys.argv[1], sys.argv[1:])
"""


def test_on_one_processor_one_process_receives_and_records(tmp_path: Path):
    with Ours(tmp_path, before=(sys.executable, "-c", ON_ONE_PROCESSOR)) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        ours.send(ours.path("acme", "jane@example.org"), _letter("jane@example.org").encode())

        ours.until(ours.notices)
        assert ours.recording_pid is None
        assert ours.stop() == 0


def _finished(folder: Path) -> bool:
    """Nothing is left to read or to send."""
    with sqlite3.connect(folder / "bouncer.db") as store:
        (count,) = store.execute("SELECT count(*) FROM letters WHERE state = 'kept'").fetchone()
        (waiting,) = store.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone()
    return count == waiting == 0


def _recorded(folder: Path) -> tuple[set[str], Counter[str]]:
    """The ids of all letters, and how many rows each recipient has."""
    from bouncer.mail.letter import spell_id  # noqa: PLC0415

    with sqlite3.connect(folder / "bouncer.db") as store:
        letters = {spell_id(number) for (number,) in store.execute("SELECT id FROM letters")}
        return letters, Counter(recipient for (recipient,) in store.execute("SELECT recipient FROM bounces"))


def _not_whole(folder: Path) -> list[tuple[int, ...]]:
    """Letters of which octets are missing."""
    with sqlite3.connect(folder / "bouncer.db") as store:
        return store.execute(
            "SELECT l.id, l.octets FROM letters l JOIN raw_letters r ON r.id = l.raw_id WHERE l.octets <> length(r.octets)"
            " + (SELECT coalesce(sum(length(p.octets)), 0) FROM raw_pieces p WHERE p.raw_id = r.id)"
        ).fetchall()


def _message_ids(folder: Path) -> dict[str, set[str]]:
    """For each recipient, the Message-IDs of the notices about it."""
    reports: dict[str, set[str]] = defaultdict(set)
    for file in (folder / "forwarded" / "new").iterdir():
        notice = message_from_bytes(file.read_bytes())
        recipient = next(word for word in str(notice["Subject"]).split() if "@" in word)
        reports[recipient].add(str(notice["Message-ID"]))
    return reports
