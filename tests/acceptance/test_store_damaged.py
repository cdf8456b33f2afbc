"""A database whose pages are damaged under the running daemon, by the disk or by another program.

No restart mends that: what needs the damaged pages is put off, all else goes on, and the operator hears of it in one line.
"""

import contextlib
import os
import shutil
import signal
import smtplib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from programs.ours import Ours

from bouncer.daemon.damage_watch import REPORT_SECONDS, DamageWatch
from bouncer.store.engine.postgresql_errors import failure_of

REPORT = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
PAGE_OCTETS = 4096
SCRIBBLE = bytes(octet * 7 % 256 for octet in range(PAGE_OCTETS))
REMEDY = "stop the daemon, and put a backup in its place: bouncer store restore FILE"


def scribbled(path: Path, table: str) -> None:
    """Overwrite the first page of *table*, and of each of its indexes, with octets that are no page."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = [
            page
            for (page,) in connection.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,))
            if page
        ]
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * PAGE_OCTETS)
            file.write(SCRIBBLE)


def complaints(ours: Ours) -> list[str]:
    return [line for line in ours.log.read_text().splitlines() if " WARNING " in line or " ERROR " in line]


@contextmanager
def daemon_on_damage(folder: Path, table: str) -> Iterator[Ours]:
    """A daemon whose *table* was damaged after it had kept and read five letters; a backup of before is beside it."""
    with Ours(folder) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        for n in range(5):
            assert ours.send(ours.path("acme", f"reader{n}@example.org"), REPORT).startswith("250")
        ours.until(lambda: len(ours.rows("bounces")) == 5)
        ours.command("store", "backup", str(folder / "backup.db"))
        time.sleep(2)  # a checkpoint of the daemon's own is over
        scribbled(folder / "bouncer.db", table)
        yield ours


@pytest.mark.parametrize(("table", "reply"), [("letters", "451 4.3.0"), ("bounces", "250 2.0.0")])
def test_the_operator_hears_of_damage_once_and_clearly(tmp_path: Path, table: str, reply: str):
    """Each letter made an error in the log, and each second a warning, which named neither the fault nor the remedy."""
    with daemon_on_damage(tmp_path, table) as ours:
        replies = {ours.send(ours.path("acme", f"late{n}@example.org"), REPORT)[:9] for n in range(20)}
        ours.until(lambda: complaints(ours))
        time.sleep(3)
        complaint_lines, checked = complaints(ours), ours.command("check", check=False).stdout
        listed = ours.command("letters" if table == "letters" else "bounces", check=False)

    assert replies == {reply}
    assert 1 <= len(complaint_lines) <= 2  # of the process that keeps letters, and of the one that reads them
    assert all("the database is damaged" in line and line.endswith(REMEDY) for line in complaint_lines)
    assert " is damaged: " in checked
    assert "***" not in checked
    assert (listed.returncode, REMEDY in listed.stderr) == (75, True)


def test_letters_that_came_beside_damage_can_be_saved(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    with daemon_on_damage(tmp_path, "bounces") as ours:
        replies = {ours.send(ours.path("acme", f"late{n}@example.org"), REPORT)[:9] for n in range(3)}
        ours.until(lambda: complaints(ours))
        ours.kill()
        mended = path.with_name("mended.db")
        with closing(sqlite3.connect(tmp_path / "backup.db")) as backup, closing(sqlite3.connect(mended)) as connection:
            backup.backup(connection)
        # what a person can save of a damaged database: its whole tables
        with closing(sqlite3.connect(mended)) as connection, connection:
            connection.execute("ATTACH ? AS damaged", (str(path),))
            connection.execute("INSERT OR IGNORE INTO raw_letters SELECT * FROM damaged.raw_letters")
            connection.execute("INSERT OR IGNORE INTO letters SELECT * FROM damaged.letters")
        shutil.move(mended, path)
        ours.start()
        recipients = ours.until(lambda: len(rows := ours.rows("bounces")) == 8 and {row["recipient"] for row in rows})

    assert replies == {"250 2.0.0"}
    assert {f"late{n}@example.org" for n in range(3)} < recipients


def test_a_cut_index_of_the_log_ends_the_daemon_and_loses_no_letter(tmp_path: Path):
    """SQLite maps this file into memory, so the kernel ends whoever looks at a page that is not there any more (SIGBUS)."""
    with Ours(tmp_path) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        readers = {f"reader{n}@example.org" for n in range(20)}
        for reader in sorted(readers):
            assert ours.send(ours.path("acme", reader), REPORT).startswith("250")
        os.truncate(tmp_path / "bouncer.db-shm", 0)
        with contextlib.suppress(OSError, smtplib.SMTPException):
            for n in range(20):
                if ours.send(ours.path("acme", f"late{n}@example.org"), REPORT).startswith("250"):
                    readers.add(f"late{n}@example.org")
        ended = ours.ended()
        ours.start()
        again = ours.send(ours.path("acme", "again@example.org"), REPORT)
        recorded = ours.until(
            lambda: readers <= (names := {row["recipient"] for row in ours.rows("bounces")}) and names
        )

    assert ended == -signal.SIGBUS  # which systemd's Restart=on-failure answers with a start
    assert again.startswith("250")
    assert recorded >= readers


def test_damage_is_reported_once_an_hour_while_it_is_met(caplog: pytest.LogCaptureFixture):
    met = ["page 7"] * 2 * int(REPORT_SECONDS)
    watch = DamageWatch(lambda: met.pop() if met else None)
    for second in range(3 * int(REPORT_SECONDS)):
        watch.look(float(second))

    assert [record.levelname for record in caplog.records] == ["ERROR", "ERROR"]


def test_damage_that_postgresql_finds_is_damage_too():
    url = sa.make_url("postgresql://bouncer@db.example/bouncer")
    damage = failure_of(psycopg.errors.DataCorrupted("invalid page in block 7 of relation base/16384/16402"), url)
    away = failure_of(psycopg.errors.AdminShutdown("terminating connection"), url)

    assert damage is not None
    assert away is not None
    assert (damage.is_damaged, str(damage)) == (
        True,
        "invalid page in block 7 of relation base/16384/16402 (data_corrupted)",
    )
    assert not away.is_damaged
