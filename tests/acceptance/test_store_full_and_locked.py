"""The store when the disk is full, the file locked or away: it says so, keeps nothing half, and comes back by itself."""

import asyncio
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from contract.factories import ALL, NOON, letter, record

from bouncer.errors import ConfigError, StoreError
from bouncer.policy.records import LetterState
from bouncer.ports.letters import BounceFilter, LetterFilter
from bouncer.ports.scope import OPERATOR
from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.engine import Engine
from bouncer.store.sql import open_store

TESTS = Path(__file__).parents[1]
NO_LIMIT = (1 << 31) - 1
ON_A_SMALL_DISK = """
import asyncio, json, subprocess, sys
from bouncer.errors import StoreError
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine.engine import Engine
from bouncer.store.sql import open_store
from contract.factories import letter

disk = sys.argv[1]

def mount(*options):
    subprocess.run(["mount", "-t", "tmpfs", *options, "tmpfs", disk], check=True)

async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # the machine may be busy
    mount("-o", "size=40m")
    store = await open_store(StoreSettings(f"sqlite:///{disk}/bouncer.db"))
    kept, refused = [], []
    while len(refused) < 5:
        for done in await asyncio.gather(*(store.keep([letter(bytes(100_000))]) for _ in range(10)), return_exceptions=True):
            if isinstance(done, StoreError):
                refused.append(done.full)
            else:
                kept += done
    still = [(await store.letter(OPERATOR, one)) is not None for one in kept]
    mount("-o", "remount,size=80m")
    again = await store.keep([letter(bytes(20_000))])
    await store.close()
    store = await open_store(StoreSettings(f"sqlite:///{disk}/bouncer.db"))
    after = [(await store.letter(OPERATOR, one)) is not None for one in [*kept, *again]]
    await store.close()
    print(json.dumps({"kept": len(kept), "refused": refused, "still": still, "after": after}))

asyncio.run(main())
"""

ON_A_DISK_THAT_LETTERS_FILL = """
import asyncio, datetime as dt, json, subprocess, sys
from bouncer.errors import StoreError
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import open_store
from contract.factories import NOON, letter, record

disk = sys.argv[1]

async def fill(store, size):
    kept = []
    while True:
        try:
            kept += await store.keep([letter(bytes(size))])
        except StoreError as error:
            return kept, error.full

async def main():
    asyncio.get_running_loop().slow_callback_duration = 60  # the machine may be busy
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], check=True)
    store = await open_store(StoreSettings(f"sqlite:///{disk}/bouncer.db"))
    large, is_full = await fill(store, 900_000)
    small, is_still_full = await fill(store, 100_000)
    rounds = []
    for _ in range(2):
        for number in [*large, *small]:
            await store.record([record(number, entries=())], now=NOON)
        later = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
        async for _ in store.retire(letters_before=later, records_before=NOON, count=100):
            pass
        small, _ = await fill(store, 100_000)
        large = []
        rounds.append(len(small))
    await store.close()
    print(json.dumps({"full": [is_full, is_still_full], "rounds": rounds}))

asyncio.run(main())
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "bouncer.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[Store]:
    """A store that waits for no lock."""
    store = await open_store(StoreSettings(f"sqlite:///{path}", busy_seconds=0))
    yield store
    await store.close()


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another process's lock."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield


async def bound_file(store: Store, *, pages: int | None = None) -> None:
    """Bound the file to *pages*, or to those that it has: SQLite's own bound, which is the writing connection's."""
    engine: Engine = store._engine  # type: ignore[attr-defined]  # noqa: SLF001 -- no other way to its connection

    def bound(connection: sa.Connection) -> None:
        present = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages or present}")

    await engine.write_unsynced(bound)


async def kept_letters(store: Store) -> list[int]:
    return [row.letter_id for row in await store.letters(OPERATOR, LetterFilter(state=LetterState.KEPT), ALL)]


async def test_a_locked_store_keeps_nothing_and_then_again(store: Store, path: Path):
    with locked(path):
        answers = await asyncio.gather(*(store.keep([letter()]) for _ in range(5)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [StoreError] * 5
    assert [answer.full for answer in answers if isinstance(answer, StoreError)] == [False] * 5
    assert "locked" in str(answers[0])
    assert await kept_letters(store) == []
    afterwards = list(await store.keep([letter()]))
    assert await kept_letters(store) == afterwards


async def test_no_method_is_half_done_when_the_store_is_locked(store: Store, path: Path):
    (letter_id,) = await store.keep([letter()])

    with locked(path):
        with pytest.raises(StoreError):
            await store.lease_letters(now=NOON, count=1, octets=1, until=NOON)
        with pytest.raises(StoreError):
            await store.record([record(letter_id)], now=NOON)

    assert await kept_letters(store) == [letter_id]
    assert len(await store.record([record(letter_id)], now=NOON)) == 1


async def test_a_lock_that_is_short_is_waited_for(path: Path):
    """busy_seconds is patience with other processes: the letter is kept when they are done."""
    store = await open_store(StoreSettings(f"sqlite:///{path}", busy_seconds=60))
    with locked(path):
        keeping = asyncio.create_task(store.keep([letter()]))
        await store.letters(OPERATOR, LetterFilter(), ALL)
        assert not keeping.done()

    assert list(await keeping) == await kept_letters(store)
    await store.close()


async def test_a_store_that_is_locked_cannot_be_opened(store: Store, path: Path):
    """Nor does the try leave anything open: the next one succeeds."""
    settings = StoreSettings(f"sqlite:///{path}", busy_seconds=0)
    with locked(path), pytest.raises(StoreError, match="locked"):
        await open_store(settings)

    await (await open_store(settings)).close()


async def test_a_full_store_says_so_and_recovers(path: Path):
    """SQLite's own bound on the file stands for the disk's end; works on every machine."""
    store = await open_store(StoreSettings(f"sqlite:///{path}"))
    before = list(await store.keep([letter()]))
    await bound_file(store)

    with pytest.raises(StoreError) as raised:
        await store.keep([letter(bytes(100_000))])

    assert raised.value.full
    assert await kept_letters(store) == before
    assert await store.bounces(OPERATOR, BounceFilter(), ALL) == []
    await bound_file(store, pages=NO_LIMIT)
    after = list(await store.keep([letter(bytes(100_000))]))
    assert await kept_letters(store) == after + before
    await store.close()


async def test_a_record_that_finds_no_room_leaves_its_letter_kept(path: Path):
    store = await open_store(StoreSettings(f"sqlite:///{path}"))
    (letter_id,) = await store.keep([letter()])
    await bound_file(store)

    with pytest.raises(StoreError) as raised:
        await store.record([record(letter_id, note="n" * 15_000)], now=NOON)

    assert raised.value.full
    assert await kept_letters(store) == [letter_id]
    assert await store.entries(OPERATOR, state=None, page=ALL) == []
    await bound_file(store, pages=NO_LIMIT)
    assert len(await store.record([record(letter_id, note="n" * 15_000)], now=NOON)) == 1
    await store.close()


def run_with_a_disk(script: str, folder: Path) -> Any:
    """Run *script* in a world of its own, where it may mount a small disk at *folder*; gives what it prints."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare -rm is not permitted here: no small disk can be mounted")

    ran = subprocess.run(
        [unshare, "-rm", sys.executable, "-X", "dev", "-W", "error", "-c", script, folder],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(TESTS)},
        check=False,
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    return json.loads(ran.stdout)


def test_letters_that_fill_a_disk_leave_room_to_record_and_to_forget_them(tmp_path: Path):
    """Then there is room for others, time and again, without a larger disk."""
    output = run_with_a_disk(ON_A_DISK_THAT_LETTERS_FILL, tmp_path)

    assert output["full"] == [True, True]
    assert min(output["rounds"]) > 20


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path):
    """A real small disk; later it has room again."""
    output = run_with_a_disk(ON_A_SMALL_DISK, tmp_path)

    assert output["kept"] > 20
    assert set(output["refused"]) == {True}
    assert all(output["still"])
    assert all(output["after"])


async def test_a_store_whose_file_was_moved_away_keeps_nothing(store: Store, path: Path):
    """SQLite itself would go on writing into the moved file, and 250 would be a lie."""
    await store.keep([letter()])
    shutil.move(path, path.with_name("moved.db"))

    with pytest.raises(StoreError):
        await store.keep([letter()])

    shutil.move(path.with_name("moved.db"), path)
    assert len(await store.keep([letter()])) == 1


async def test_a_store_whose_folder_is_gone_keeps_nothing(store: Store, path: Path):
    shutil.move(path.parent, path.parent.with_name("gone"))

    with pytest.raises(StoreError):
        await store.keep([letter()])

    shutil.move(path.parent.with_name("gone"), path.parent)


async def test_another_file_in_its_place_is_not_written_to(store: Store, path: Path):
    """A backup put back under a running daemon: it must be restarted, and says so until then."""
    shutil.copy(path, path.with_name("copy.db"))
    shutil.move(path.with_name("copy.db"), path)

    with pytest.raises(StoreError, match="another file"):
        await store.keep([letter()])


@pytest.mark.parametrize("fault", ["a folder", "no database", "a file for a folder"])
async def test_a_path_without_a_database_is_not_opened(tmp_path: Path, fault: str):
    path = tmp_path / "bouncer.db"
    if fault == "a folder":
        path.mkdir()
    elif fault == "no database":
        path.write_bytes(b"this is no database at all" * 1000)
    else:
        path.write_bytes(b"")
        path /= "bouncer.db"

    with pytest.raises(ConfigError, match=re.escape(str(tmp_path / "bouncer.db"))):
        await open_store(StoreSettings(f"sqlite:///{path}"))
