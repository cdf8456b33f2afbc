"""A database whose files are moved away, removed or replaced under the running daemon: nothing is lost, and it does not last.

Senders are told to come back; put back in time all goes on; else the daemon ends with one clear line, to be started again.
"""

import os
import shutil
import smtplib
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from programs.empty_store import make_empty_store
from programs.ours import DOMAIN, Ours

from bouncer.daemon.store_watch import CHECK_SECONDS, WARN_SECONDS, StoreWatch
from bouncer.store.engine.file_identity import DATABASE, DatabaseFiles

ASTRAY = "451 4.3.0 Cannot keep mail now, try later"
REPORT = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
EX_TEMPFAIL = 75


def send(ours: Ours) -> str:
    with smtplib.SMTP("127.0.0.1", ours.port, timeout=60) as client:
        client.ehlo("client.example.net")
        client.mail("")
        client.rcpt(f"acme@{DOMAIN}")
        code, reply = client.data(REPORT)
        return f"{code} {reply.decode()}"


def replaced(path: Path) -> None:
    shutil.copy(path, path.with_name("copy.db"))
    path.with_name("copy.db").rename(path)


def overwritten(path: Path) -> None:
    """As ``cp backup.db bouncer.db`` does, with a backup of before most letters."""
    path.write_bytes(path.with_name("backup.db").read_bytes())


def overwritten_by_a_larger(path: Path) -> None:
    """Overwrite the store with a backup that is larger than the file, whose newest pages are in its log."""
    size, backup = path.stat().st_size, path.with_name("backup.db")
    with closing(sqlite3.connect(backup)) as connection:
        connection.execute("CREATE TABLE more (octets BLOB)")
        connection.execute("INSERT INTO more VALUES (zeroblob(?))", (2 * size,))
        connection.commit()
    assert backup.stat().st_size > size
    overwritten(path)


def overwritten_by_its_own_copy(path: Path) -> None:
    """As ``cp`` brings back a file that was copied before, when it had the same size."""
    octets = bytearray(path.read_bytes())
    octets[24:28] = (int.from_bytes(octets[24:28]) - 1).to_bytes(4)
    path.write_bytes(octets)


def emptied(path: Path) -> None:
    path.write_bytes(b"")


def moved(path: Path) -> None:
    path.rename(path.with_name("moved.db"))


def linked_to(path: Path) -> None:
    """As somebody does who moves the file to another folder of the disk; who opens it by the link has another log."""
    path.rename(path.with_name("moved.db"))
    path.symlink_to("moved.db")


def without_log(path: Path) -> None:
    path.with_name(f"{path.name}-wal").unlink()


def another_log(path: Path) -> None:
    without_log(path)
    path.with_name(f"{path.name}-wal").touch()


def without_index(path: Path) -> None:
    path.with_name(f"{path.name}-shm").unlink()


def grown(path: Path) -> None:
    """Have what stands in the log written into the database, as the daemon does now and then."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint")
    time.sleep(2 * CHECK_SECONDS)


@pytest.mark.parametrize(
    "happens",
    [
        *(replaced, overwritten, overwritten_by_a_larger, overwritten_by_its_own_copy, emptied),
        *(Path.unlink, moved, linked_to, without_log, another_log, without_index),
    ],
)
def test_a_store_that_is_lost_ends_the_daemon_and_no_letter(tmp_path: Path, happens: Callable[[Path], None]):
    with Ours(tmp_path, store="astray_seconds = 3") as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        ours.command("store", "backup", str(tmp_path / "backup.db"))
        before = [send(ours)[:9] for _ in range(3)]
        grown(tmp_path / "bouncer.db")
        happens(tmp_path / "bouncer.db")
        after = {send(ours) for _ in range(20)}
        ended = ours.ended()
        log = ours.log.read_text()

    assert before == ["250 2.0.0"] * 3
    assert after == {ASTRAY}
    assert ended == EX_TEMPFAIL
    assert log.splitlines()[-1].startswith("bouncer: the store does not answer: ")
    assert log.splitlines()[-1].endswith(", for 3 seconds; ended, to be started again")
    assert [line for line in log.splitlines() if " WARNING " in line or " ERROR " in line] == [
        line for line in log.splitlines() if "letters are put off, and in 3 seconds the daemon ends" in line
    ]
    assert log.count("letters are put off") == 1


def test_a_database_that_was_only_cut_is_known_by_its_size(tmp_path: Path):
    """The file keeps its header, as where a copy broke off; the fault stays known when the file has grown again."""
    path = tmp_path / "bouncer.db"
    make_empty_store(path)
    size, files = path.stat().st_size, DatabaseFiles(path, path)
    files.remember(DATABASE)
    assert files.missing_file() is None

    os.truncate(path, size - 4096)
    assert f"it had {size} octets, and has {size - 4096}" in (files.missing_file() or "")
    os.truncate(path, size)
    assert files.missing_file() is not None


@pytest.mark.parametrize("happens", [without_log, moved])
def test_acknowledged_letters_are_there_after_the_next_start(tmp_path: Path, happens: Callable[[Path], None]):
    """As systemd starts it: letters that were acknowledged just before are in the log alone."""
    path = tmp_path / "bouncer.db"
    with Ours(tmp_path, store="astray_seconds = 1") as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        before = [send(ours)[:9] for _ in range(5)]
        happens(path)
        ours.ended()
        if happens is moved:
            path.with_name("moved.db").rename(path)
        ours.start()
        again = send(ours)[:9]
        letters = len(ours.rows("letters"))

    assert before == ["250 2.0.0"] * 5
    assert again == "250 2.0.0"
    assert letters == 6


def test_a_database_that_a_link_leads_to_is_kept_where_it_is(tmp_path: Path):
    """The database's log lies beside the file itself, for daemon, commands and the next start; a changed link is noticed."""
    with Ours(tmp_path, store="astray_seconds = 3") as ours:
        ours.command("account", "add", "acme")
        ours.stop()
    link, file = tmp_path / "bouncer.db", tmp_path / "disk" / "data.db"
    file.parent.mkdir()
    link.rename(file)
    link.symlink_to(file)
    with ours:
        replies = [send(ours)[:9] for _ in range(3)]
        beside = {entry.name for entry in file.parent.iterdir()}
        ours.kill()
        ours.start()
        replies.append(send(ours)[:9])
        listed = len(ours.rows("letters"))
        link.unlink()
        link.symlink_to(shutil.copy(file, tmp_path / "other.db"))
        after = ours.send(f"acme@{DOMAIN}", REPORT)
        ended = ours.ended()

    assert replies == ["250 2.0.0"] * 4
    assert beside == {"data.db", "data.db-wal", "data.db-shm", "data.db.lock"}
    assert not list(tmp_path.glob("bouncer.db-*"))
    assert listed == len(replies)
    assert (after[:4], ended) == ("451 ", EX_TEMPFAIL)


def test_a_store_that_comes_back_in_time_goes_on(tmp_path: Path):
    path, away = tmp_path / "bouncer.db", tmp_path / "away.db"
    with Ours(tmp_path, store="astray_seconds = 60") as ours:
        ours.command("account", "add", "acme")
        path.rename(away)
        refused = send(ours)
        ours.until(lambda: "letters are put off" in ours.log.read_text())
        away.rename(path)
        ours.until(lambda: "letters are kept again" in ours.log.read_text())
        reply = send(ours)[:9]
        code = ours.stop()

    assert (refused, reply, code) == (ASTRAY, "250 2.0.0", 0)


def test_a_start_beside_an_empty_database_refuses_nobody_for_good(tmp_path: Path):
    with Ours(tmp_path, store="astray_seconds = 1") as ours:
        ours.command("account", "add", "acme")
        moved(tmp_path / "bouncer.db")
        ours.ended()
        ours.start()
        with smtplib.SMTP("127.0.0.1", ours.port, timeout=60) as client:
            client.ehlo("client.example.net")
            client.mail("")
            code, _ = client.rcpt(f"acme@{DOMAIN}")

    assert code == 451


def test_the_watch_warns_once_a_minute(caplog: pytest.LogCaptureFixture):
    """Also where files come and go: a fault that comes and goes must not fill the log."""
    ends: list[str] = []
    watch = StoreWatch(lambda: "another file is now at x", seconds=3600, end=lambda: ends.append("ended"))
    for second in range(600):
        watch.check(float(second))

    assert len(caplog.records) == 600 / WARN_SECONDS
    watch.check(3600.0)
    assert ends == ["ended"]
    assert watch.lost == "another file is now at x, for 3600 seconds; ended, to be started again"


def test_a_short_absence_does_not_count_towards_the_end():
    states = iter(["away"] * 9 + [None] + ["away"] * 9)
    watch = StoreWatch(lambda: next(states), seconds=10, end=lambda: None)
    for second in range(19):
        watch.check(float(second))

    assert watch.lost is None


def test_the_unit_starts_it_again():
    unit = (Path(__file__).parents[2] / "systemd/bouncer.service").read_text()

    assert "\nRestart=on-failure\n" in unit
    assert f"RestartPreventExitStatus={EX_TEMPFAIL}" not in unit
