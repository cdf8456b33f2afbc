"""The store in processes that start at once, end in any way, and are killed."""

import random
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
from contract.factories import NOON, letter
from programs.empty_store import make_empty_store

from bouncer.ports.letters import Page
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import SendFilter
from bouncer.settings.sections import StoreSettings
from bouncer.store.lifecycle.recognizing import FileKind, recognize
from bouncer.store.sql import open_store

KEEPING = """
import asyncio, sys
from bouncer.ports.letters import BounceFilter
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store
from contract.factories import letter

async def keep_on(store):
    while True:
        for one in await store.keep([letter()]):
            print(one, flush=True)

async def main():
    store = await open_store(StoreSettings(sys.argv[1]))
    await asyncio.gather(*(keep_on(store) for _ in range(8)))

asyncio.run(main())
"""
COUNTING = """
import asyncio, sys
from bouncer.ports.scope import OPERATOR
from bouncer.ports.sends import Sent
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store
from contract.factories import NOON

async def main():
    store = await open_store(StoreSettings(sys.argv[1]))
    while True:
        await store.count(OPERATOR, [Sent("acme", NOON, ("jane@example.org",))])
        print("counted", flush=True)

asyncio.run(main())
"""
IMPORTING = """
import asyncio, sys
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.suppressions import importing
from bouncer.store.sql import open_store
from contract.factories import NOON, suppression

importing.STAGED_AT_ONCE, importing.MERGED_AT_ONCE, importing.PAUSE_SECONDS = 20, 20, 0.002

def rows():
    for part in range(int(sys.argv[3])):
        yield from (suppression(f"{part}.{n}@{sys.argv[2]}.example") for n in range(20))
        print("laid ready", flush=True)

def merged(count):
    print("placed" if count else "taken", flush=True)

async def main():
    store = await open_store(StoreSettings(sys.argv[1]))
    await store.import_suppressions(OPERATOR, rows(), merged=merged)

asyncio.run(main())
"""
LEAVING = """
import asyncio, sys
from bouncer.ports.letters import BounceFilter
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store
from contract.factories import letter

async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # -X dev complains of a busy machine, too
    store = await open_store(StoreSettings(sys.argv[1], busy_seconds=60))  # until another one has made the tables
    await store.keep([letter()])
    if sys.argv[2] == "close":
        await store.close()
    print("left")

asyncio.run(main())
"""


def leaving(source: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a process whose end is looked at: Python and asyncio complain of all that it leaves open."""
    return python(source, *arguments, options=("-X", "dev"))


def python(source: str, *arguments: str, options: Sequence[str] = ()) -> "subprocess.Popen[str]":
    """Start a process of our own, in which every warning is an error."""
    command = [sys.executable, *options, "-W", "error", "-c", source, *arguments]
    tests = {"PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=tests)


def killed(process: "subprocess.Popen[str]") -> list[str]:
    """Kill a process; give what it had printed and nobody had read yet, with what ``readline`` has read ahead."""
    assert process.stdout is not None
    process.send_signal(signal.SIGKILL)
    lines = process.stdout.readlines()
    process.communicate()
    return lines


def test_processes_that_open_a_new_file_at_once_all_can(new_url: str):
    """Each of them may be the one that makes the tables."""
    opening = [leaving(LEAVING, new_url, "close") for _ in range(4)]

    assert [process.communicate() for process in opening] == [("left\n", "")] * 4
    assert [process.returncode for process in opening] == [0] * 4


def test_a_process_ends_quietly(new_url: str):
    """No warning is its last word."""
    process = leaving(LEAVING, new_url, "close")

    assert process.communicate() == ("left\n", "")
    assert process.returncode == 0


def test_a_process_that_forgot_to_close_ends(new_url: str):
    """No thread of ours keeps it alive."""
    process = leaving(LEAVING, new_url, "leave")

    assert process.communicate()[0] == "left\n"
    assert process.returncode == 0


def test_an_up_to_date_file_is_opened_without_alembic(new_url: str):
    """The import of alembic would double the time that each command takes to start."""
    says_if_imported = LEAVING + "\nprint('alembic' in sys.modules)"

    imported = [leaving(says_if_imported, new_url, "close").communicate()[0].splitlines()[-1] for _ in range(2)]

    assert imported == ["True", "False"]


async def test_acknowledged_letters_outlive_kill_9(url: str):
    """Law 1, at the store: killed at random moments, again and again on one file."""
    acknowledged = list[int]()
    moments = random.Random(0)  # noqa: S311 -- chance, not a secret; the same in every run
    for _ in range(6):
        process = python(KEEPING, url)
        assert process.stdout is not None
        acknowledged += [int(process.stdout.readline()) for _ in range(moments.randint(1, 400))]
        acknowledged += [int(line) for line in killed(process) if line[-1] == "\n"]

    store = await open_store(StoreSettings(url))
    letter_ids = {leased.id for leased in await store.lease_letters(now=NOON, count=20_000, octets=1 << 30, until=NOON)}
    await store.close()

    assert len(acknowledged) > 100
    assert set(acknowledged) <= letter_ids


async def test_counted_sends_outlive_kill_9(url: str):
    """A count does not wait for the disk, so a power cut may take the last counts; the end of a process takes none."""
    process = python(COUNTING, url)
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(100)]
    lines += killed(process)

    store = await open_store(StoreSettings(url))
    (counted,) = await store.counts(OPERATOR, SendFilter(), ())
    await store.close()

    assert len(lines) <= counted.count <= len(lines) + 1


@pytest.mark.parametrize("steps", [1, 9, 10, 11, 12, 16])
async def test_an_import_that_is_killed_is_in_force_whole_or_not_at_all(url: str, steps: int):
    """The process is killed while rows are staged, put in force, or merged. An import that was reported as taken is in force."""
    process = python(IMPORTING, url, "killed", "10")
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(steps)]
    lines += killed(process)

    addresses = [f"{part}.{n}@killed.example" for part in range(10) for n in range(20)]
    store = await open_store(StoreSettings(url))
    at_once = len(await store.suppressions_of(OPERATOR, "acme", addresses, now=NOON))
    later = len(await store.suppressions(OPERATOR, now=NOON, page=Page(1000)))
    await store.close()

    assert at_once == later
    assert later in ((200,) if "taken\n" in lines else (0, 200))


async def test_letters_are_kept_while_another_process_imports(url: str):
    """Nobody waits for more than a part of it: the store's busy time is far less than what the import takes."""
    store = await open_store(StoreSettings(url, busy_seconds=1))
    process = python(IMPORTING, url, "large", "150")
    count = 0
    while process.poll() is None:
        count += len(await store.keep([letter()]))
    await store.close()
    words = process.communicate()

    assert process.returncode == 0, words
    assert count > 0


@pytest.mark.parametrize("log", ["full", "empty"])
def test_a_file_that_is_looked_at_in_the_daemons_process_keeps_its_locks(tmp_path: Path, log: str):
    """The page Setup does so. A command that ends afterwards must not take itself for the last one that has the database open."""
    path = tmp_path / "bouncer.db"
    make_empty_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as daemon:
        daemon.execute("PRAGMA journal_mode = WAL")
        daemon.execute("UPDATE alembic_version SET version_num = version_num")
        if log == "empty":
            daemon.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert recognize(path).kind is FileKind.OURS
        command = f"import sqlite3; d = sqlite3.connect({str(path)!r}); d.execute('PRAGMA user_version').fetchall(); d.close()"
        subprocess.run([sys.executable, "-c", command], check=True)

        assert path.with_name("bouncer.db-wal").exists()
