"""``bouncer status`` beside a daemon, without one, and on a store where something waits; it never writes."""

import hashlib
import json
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from programs.ours import Ours

from bouncer.cli.root import root
from bouncer.ndr.reader import read

BOUNCE = (Path(__file__).parents[2] / "fixtures/ndr/postfix/01-unknown-user.eml").read_bytes()
NOBODY = "127.0.0.1:1"
"""Where nothing listens: tcpmux is not used any more."""


def status(ours: Ours, *words: str, listen: str = "") -> Result:
    """Give the output of ``status``; the daemon's port was chosen by the system."""
    environment = {"BOUNCER_SMTP__LISTEN": listen or f"127.0.0.1:{ours.port}"}
    return CliRunner().invoke(root, ["--settings", str(ours.settings), "status", *words], env=environment)


def facts(ours: Ours, code: int, listen: str = "") -> dict[str, Any]:
    result = status(ours, "--json", listen=listen)
    assert result.exit_code == code, result.output
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def changed(ours: Ours, sql: str) -> None:
    """Change the store as time and mishaps would."""
    with closing(sqlite3.connect(ours.folder / "bouncer.db", timeout=30)) as database, database:
        assert database.execute(sql, {"now": time.time_ns() // 1000}).rowcount


def files(folder: Path) -> dict[str, tuple[int, str]]:
    """Every file, with when it was written and what is in it."""
    return {
        file.name: (file.stat().st_mtime_ns, hashlib.sha256(file.read_bytes()).hexdigest())
        for file in folder.glob("bouncer.db*")
    }


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ours]:
    """A daemon that has received, recorded and told one bounce."""
    with Ours(tmp_path_factory.mktemp("serving")) as ours:
        ours.command("account", "add", "acme", "--owner", "ann@acme.example")
        (reported,) = read(BOUNCE).recipients
        ours.send(ours.path("acme", reported.recipient), BOUNCE)
        ours.until(lambda: ours.lines("sent"))
        yield ours


@pytest.fixture(scope="module")
def left(serving: Ours, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the daemon's store as it would leave it at its end."""
    copy = tmp_path_factory.mktemp("left") / "bouncer.db"
    with closing(sqlite3.connect(serving.folder / "bouncer.db")) as database, closing(sqlite3.connect(copy)) as other:
        database.backup(other)
    return copy


@pytest.fixture
def ended(left: Path, tmp_path: Path) -> Ours:
    """One that has ended, on such a store."""
    (tmp_path / "ours").mkdir()
    shutil.copy(left, tmp_path / "ours")
    return Ours(tmp_path / "ours")


def test_a_daemon_that_serves_is_ok(serving: Ours):
    answer = facts(serving, 0)

    assert (answer["status"], answer["why"], answer["daemon"]) == ("ok", [], "serves")
    (place,) = answer["places"]
    assert (place["at"], place["serves"]) == (f"127.0.0.1:{serving.port}", True)
    assert place["heard"].startswith("220 mx.example.com ")


def test_a_daemon_that_has_ended_is_critical(ended: Ours):
    answer = facts(ended, 2, NOBODY)

    assert answer["why"] == ["no daemon answers"]
    assert (answer["daemon"], answer["places"][0]["serves"]) == ("does not answer", False)
    assert answer["store"] == f"{ended.folder}/bouncer.db"
    assert answer["store_octets"] > 100_000
    assert (answer["unread_letters"], answer["waiting_notices"], answer["suppressed_addresses"]) == (0, 0, 1)
    assert answer["last_letter"] <= answer["last_sent"]


@pytest.mark.parametrize(
    ("sql", "why"),
    [
        ("UPDATE letters SET state = 'kept', received_at = received_at - 11 * 60000000", "1 letters wait to be read"),
        (
            "UPDATE letters SET state = 'shunted', recorded_at = :now - 23 * 3600000000",
            "1 letters of the last day could not be read",
        ),
        ("UPDATE outbox SET state = 'given-up', ended_at = :now", "1 notices were given up in the last day"),
        (
            "UPDATE outbox SET state = 'waiting', due = due - 2 * 3600000000",
            "1 notices wait, some for more than an hour; 0 were put off",
        ),
        (
            "UPDATE outbox SET state = 'waiting', last_error = '451', due = :now + 3600000000, created_at = :now - 7200000000",
            "1 notices wait, some for more than an hour; 1 were put off",
        ),
    ],
)
def test_a_state_that_needs_a_look_is_a_warning_while_the_daemon_serves(ended: Ours, serving: Ours, sql: str, why: str):
    """The daemon that answers is another store's: its own would put right what is made up here."""
    changed(ended, sql)

    answer = facts(ended, 1, f"127.0.0.1:{serving.port}")

    assert (answer["status"], answer["why"]) == ("warning", [why])


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE letters SET state = 'kept'",
        "UPDATE letters SET state = 'shunted', recorded_at = :now - 2 * 86400000000",
        "UPDATE outbox SET state = 'given-up', ended_at = :now - 2 * 86400000000",
        "UPDATE outbox SET state = 'waiting', due = :now + 86400000000, created_at = :now - 86400000000",
        "UPDATE outbox SET state = 'held', created_at = :now - 86400000000",
    ],
)
def test_a_usual_or_long_known_state_is_no_cause_of_a_warning(ended: Ours, sql: str):
    changed(ended, sql)

    assert facts(ended, 2, NOBODY)["why"] == ["no daemon answers"]


def test_status_writes_nothing(ended: Ours):
    before = files(ended.folder)

    assert status(ended, listen=NOBODY).exit_code == 2
    assert files(ended.folder) == before


def test_after_a_kill_status_reads_the_log_and_writes_nothing(ended: Ours):
    """But for the index of the log, which SQLite makes anew: nothing is kept in it."""
    first = facts(ended, 2, NOBODY)["last_letter"]
    ended.start()
    ended.send(ended.path("acme", "joe@example.org"), BOUNCE)
    ended.kill()
    before = files(ended.folder)

    assert facts(ended, 2, NOBODY)["last_letter"] > first
    assert {**files(ended.folder), "bouncer.db-shm": ""} == {**before, "bouncer.db-shm": ""}


def test_a_store_that_is_not_there_is_not_made(tmp_path: Path):
    (tmp_path / "ours").mkdir()
    ours = Ours(tmp_path / "ours")
    (ours.folder / "bouncer.db").unlink()

    result = status(ours, listen=NOBODY)

    assert result.exit_code == 2
    assert f"the store cannot be read: there is none at {ours.folder}/bouncer.db" in result.stdout
    assert files(ours.folder) == {}


@pytest.mark.parametrize("octets", [b"", b"no database at all " * 100])
def test_a_file_that_is_no_store_is_told(tmp_path: Path, octets: bytes):
    (tmp_path / "ours").mkdir()
    ours = Ours(tmp_path / "ours")
    (ours.folder / "bouncer.db").write_bytes(octets)
    before = files(ours.folder)

    answer = facts(ours, 2, NOBODY)

    assert any(why.startswith("the store cannot be read: ") for why in answer["why"])
    assert "suppressed_addresses" not in answer
    assert files(ours.folder) == before


def test_people_see_the_same_in_lines(ended: Ours):
    lines = status(ended, listen=NOBODY).stdout.splitlines()

    assert lines[0].split() == ["status", "critical"]
    assert lines[1].split(maxsplit=1) == ["why", "no daemon answers"]
    assert any(line.split() == ["suppressed", "addresses", "1"] for line in lines)
