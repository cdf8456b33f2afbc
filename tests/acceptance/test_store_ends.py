"""Processes that use the store end, whatever becomes of them: no thread of a connection keeps one alive."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from contract.factories import letter
from patience import wait_until
from programs.empty_store import make_empty_store

from bouncer.cli.root import root
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""A process that has not ended by then does not end at all."""

KEEPING = """
import asyncio, os, sys
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store
sys.path.insert(0, "tests")
from contract.factories import letter

async def main():
    store = await open_store(StoreSettings(sys.argv[1], busy_seconds=2))
    await store.keep([letter()])
    print("kept", flush=True)
    keeping = [asyncio.create_task(store.keep([letter()])) for _ in range(50)]
    await asyncio.sleep(0.01)
    END
"""
ENDS = {
    "it returns": KEEPING.replace("END", "return") + "asyncio.run(main())",
    "it fails": KEEPING.replace("END", "raise KeyError") + "asyncio.run(main())",
    "it exits": KEEPING.replace("END", "sys.exit(3)") + "asyncio.run(main())",
    "its loop is closed": KEEPING.replace("END", "return keeping")
    + "loop = asyncio.new_event_loop(); keeping = loop.run_until_complete(main()); loop.close()",
    "its loop is forgotten": KEEPING.replace("END", "return keeping")
    + "loop = asyncio.new_event_loop(); keeping = loop.run_until_complete(main())",
    "it works under uvloop": KEEPING.replace("END", "return") + "import uvloop; uvloop.run(main())",
    "it cannot open": KEEPING + "asyncio.run(main())",
}
"""Programs that never close their store."""
COMMANDS = (
    ("status",),
    ("bounces",),
    ("letters",),
    ("letters", "show", "nothing"),
    ("queue", "list"),
    ("suppressions", "list"),
    ("suppressions", "add", "--account", "nobody", "jane@example.org"),
    ("sends", "report"),
    ("alias", "list"),
    ("account", "list"),
    ("account", "add", "acme", "--owner", "ann@acme.example"),
    ("account", "show", "acme"),
    ("account", "remove", "acme", "--yes"),
    ("reread", "--dry-run"),
    ("store", "show"),
    ("store", "migrate"),
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "bouncer.db"


def integrity(path: Path) -> tuple[str, int]:
    with closing(sqlite3.connect(path)) as connection:
        (whole,) = connection.execute("PRAGMA integrity_check").fetchone()
        (count,) = connection.execute("SELECT count(*) FROM letters").fetchone()
        return whole, count


@pytest.mark.parametrize("end", ENDS)
def test_a_program_that_does_not_close_its_store_ends_all_the_same(path: Path, end: str):
    if end == "it cannot open":
        path.mkdir()
    result = subprocess.run(
        [sys.executable, "-c", ENDS[end], f"sqlite:///{path}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert "_connection_worker_thread" not in result.stderr
    if end == "it cannot open":
        assert "ConfigError" in result.stderr
        return
    assert result.stdout == "kept\n"
    whole, count = integrity(path)
    assert (whole, count in (1, 51)) == ("ok", True)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_leaves_a_thread(path: Path, words: tuple[str, ...]):
    """Whether it finds what it looks for or not."""
    before = set(threading.enumerate())

    async def make() -> None:
        store = await open_store(StoreSettings(make_empty_store(path)))
        await store.keep([letter()])
        await store.close()

    asyncio.run(make())
    CliRunner().invoke(root, words, env={"BOUNCER_STORE__URL": f"sqlite:///{path}"}, input="")

    wait_until(lambda: not any("connection_worker" in thread.name for thread in set(threading.enumerate()) - before))


@pytest.fixture
def waiting(path: Path) -> Iterator["subprocess.Popen[str]"]:
    """A command that waits for the lock of another process, for a minute."""
    make_empty_store(path)
    environment = {**os.environ, "BOUNCER_STORE__URL": f"sqlite:///{path}", "BOUNCER_STORE__BUSY_SECONDS": "50"}
    words = ("account", "add", "acme", "--owner", "ann@acme.example")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        command = subprocess.Popen(
            [Path(sys.executable).with_name("bouncer"), *words],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        with command:
            yield command
            if command.poll() is None:
                command.kill()


def until_open(pid: int, path: Path) -> None:
    """Wait until the process has the write-ahead log of the store at *path* open, as it has where it waits for a lock."""
    log = Path(f"{path}-wal")
    wait_until(lambda: log in open_files(pid))


def open_files(pid: int) -> Iterator[Path]:
    """The paths that the process has open; a file that it closes while we look is none."""
    for number in Path(f"/proc/{pid}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield number.readlink()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_command_that_waits_for_a_lock_is_ended_by_a_signal(
    waiting: "subprocess.Popen[str]", path: Path, number: signal.Signals
):
    until_open(waiting.pid, path)
    waiting.send_signal(number)

    assert waiting.wait(SECONDS) == -number
