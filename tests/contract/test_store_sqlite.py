"""What SQLite's store does beyond the contract: its file, its migrations, its processes."""

import asyncio
import random
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from contract.made import ALL, NOON, Clock, letter, record

from bouncer.errors import ConfigError, StoreError
from bouncer.ports import BounceFilter
from bouncer.settings import StoreSettings
from bouncer.store import open_store
from bouncer.store.migrating import SCRIPTS, migrate
from bouncer.store.sqlite import open_sqlite
from bouncer.store.tables import meta

KEEPING = """
import asyncio, sys
from bouncer.ports import BounceFilter
from bouncer.settings import StoreSettings
from bouncer.store import open_store
from contract.made import letter

async def keep_on(store):
    while True:
        for one in await store.keep([letter()]):
            print(one, flush=True)

async def main():
    store = await open_store(StoreSettings(sys.argv[1]))
    await asyncio.gather(*(keep_on(store) for _ in range(8)))

asyncio.run(main())
"""
LEAVING = """
import asyncio, sys
from bouncer.ports import BounceFilter
from bouncer.settings import StoreSettings
from bouncer.store import open_store
from contract.made import letter

async def main():
    store = await open_store(StoreSettings(sys.argv[1]))
    await store.keep([letter()])
    if sys.argv[2] == "close":
        await store.close()
    print("left")

asyncio.run(main())
"""


def python(source: str, *arguments: str) -> "subprocess.Popen[str]":
    """Start a process of our own, in which every warning is an error."""
    command = [sys.executable, "-X", "dev", "-W", "error", "-c", source, *arguments]
    tests = {"PYTHONPATH": str(Path(__file__).parents[1])}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=tests)


def schema(path: Path) -> dict[str, str]:
    """Every table and index of a file, as SQLite spells it."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
        return {name: " ".join(sql.split()) for name, sql in rows if name != "alembic_version"}


def settings(path: Path) -> StoreSettings:
    return StoreSettings(f"sqlite:///{path}")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://x:secret@y/z",
        "mysql://y/z",
        "sqlite+aiosqlite:///x.db",
        "nonsense",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/x.db",
        "sqlite:///x.db?mode=ro",
        "sqlite:///file:x.db",
    ],
)
async def test_a_url_that_names_no_store_is_refused(url: str):
    with pytest.raises(ConfigError, match=r"\[store\] url") as raised:
        await open_store(StoreSettings(url))

    assert "secret" not in str(raised.value)


async def test_the_file_is_its_owners_alone(tmp_path: Path):
    """Letters are private: folder 0700; file, log and index 0600."""
    store = await open_store(settings(tmp_path / "new" / "bouncer.db"))
    await store.keep([letter()])

    modes = {one.name: stat.S_IMODE(one.stat().st_mode) for one in (tmp_path / "new").iterdir()}
    assert modes == {"bouncer.db": 0o600, "bouncer.db-wal": 0o600, "bouncer.db-shm": 0o600}
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700
    await store.close()


async def test_a_relative_path_begins_where_we_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    store = await open_store(StoreSettings("sqlite:///var/bouncer.db"))
    await store.close()

    assert (tmp_path / "var" / "bouncer.db").is_file()


async def test_commits_are_on_the_disk_and_the_log_is_written_ahead(tmp_path: Path):
    engine = await open_sqlite(sa.make_url(f"sqlite:///{tmp_path}/bouncer.db"), StoreSettings(busy_seconds=7))

    async def pragma(name: str) -> object:
        return await engine.write(lambda connection: connection.exec_driver_sql(f"PRAGMA {name}").scalar())

    full = 2
    assert await pragma("synchronous") == full
    assert await pragma("journal_mode") == "wal"
    assert await pragma("foreign_keys") == 1
    assert await pragma("busy_timeout") == 7000
    await engine.close()


async def test_a_closed_store_says_so(tmp_path: Path):
    store = await open_store(settings(tmp_path / "bouncer.db"))
    await store.close()

    with pytest.raises(StoreError, match="closed"):
        await store.keep([letter()])


async def test_the_migrations_make_exactly_the_tables(tmp_path: Path):
    store = await open_store(settings(tmp_path / "migrated.db"))
    await store.close()
    engine = sa.create_engine(f"sqlite:///{tmp_path}/made.db")
    meta.create_all(engine)
    engine.dispose()

    assert schema(tmp_path / "migrated.db") == schema(tmp_path / "made.db")


async def test_an_upgrade_keeps_what_is_there(tmp_path: Path):
    """A file of today is brought to a form of tomorrow."""
    store = await open_store(settings(tmp_path / "bouncer.db"))
    (letter_id,) = await store.keep([letter()])
    await store.close()
    scripts = tmp_path / "100% tomorrow"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "9999_tomorrow.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n"
        "revision, down_revision = '9999', '0001'\n"
        "def upgrade():\n    op.add_column('letters', sa.Column('colour', sa.Text))\n"
    )

    engine = sa.create_engine(f"sqlite:///{tmp_path}/bouncer.db")
    with engine.begin() as connection:
        migrate(connection, scripts)
        rows = connection.exec_driver_sql("SELECT id, colour FROM letters").all()
    engine.dispose()

    assert rows == [(letter_id, None)]
    with pytest.raises(ConfigError, match="newer"):
        await open_store(settings(tmp_path / "bouncer.db"))


async def test_a_migration_is_all_or_nothing(tmp_path: Path):
    scripts = tmp_path / "broken"
    shutil.copytree(SCRIPTS, scripts)
    (scripts / "versions" / "9999_broken.py").write_text(
        "from alembic import op\nrevision, down_revision = '9999', '0001'\n"
        "def upgrade():\n    op.execute('ALTER TABLE nothing ADD COLUMN x')\n"
    )
    engine = await open_sqlite(sa.make_url(f"sqlite:///{tmp_path}/bouncer.db"), StoreSettings())
    await engine.write(meta.drop_all)
    await engine.write(lambda connection: connection.exec_driver_sql("DROP TABLE alembic_version"))

    with pytest.raises(StoreError, match="nothing"):
        await engine.write(migrate, scripts)

    await engine.close()
    assert schema(tmp_path / "bouncer.db") == {}


def test_processes_that_open_a_new_file_at_once_all_can(tmp_path: Path):
    """Each of them may be the one that makes the tables."""
    opening = [python(LEAVING, f"sqlite:///{tmp_path}/new/bouncer.db", "close") for _ in range(4)]

    assert [one.communicate() for one in opening] == [("left\n", "")] * 4
    assert [one.returncode for one in opening] == [0] * 4


def test_a_process_ends_quietly(tmp_path: Path):
    """No warning is its last word."""
    process = python(LEAVING, f"sqlite:///{tmp_path}/bouncer.db", "close")

    assert process.communicate() == ("left\n", "")
    assert process.returncode == 0


def test_a_process_that_forgot_to_close_ends(tmp_path: Path):
    """No thread of ours keeps it alive."""
    process = python(LEAVING, f"sqlite:///{tmp_path}/bouncer.db", "leave")

    assert process.communicate()[0] == "left\n"
    assert process.returncode == 0


def test_an_up_to_date_file_is_opened_without_alembic(tmp_path: Path):
    """Its import would double what each command takes to start."""
    url = f"sqlite:///{tmp_path}/bouncer.db"
    says_if_imported = LEAVING + "\nprint('alembic' in sys.modules)"

    imported = [python(says_if_imported, url, "close").communicate()[0].splitlines()[-1] for _ in range(2)]

    assert imported == ["True", "False"]


async def test_what_was_acknowledged_outlives_kill_9(tmp_path: Path):
    """Law 1, at the store: killed at random moments, again and again on one file."""
    url, acknowledged = f"sqlite:///{tmp_path}/bouncer.db", []
    moments = random.Random(0)  # noqa: S311 -- chance, not a secret; the same in every run
    for _ in range(6):
        process = python(KEEPING, url)
        assert process.stdout is not None
        acknowledged += [int(process.stdout.readline()) for _ in range(moments.randint(1, 400))]
        process.send_signal(signal.SIGKILL)
        acknowledged += [int(line) for line in process.communicate()[0].splitlines(keepends=True) if line[-1] == "\n"]

    store = await open_store(StoreSettings(url))
    kept = {one.id for one in await store.lease_letters(now=NOON, count=20_000, octets=1 << 30, until=NOON)}
    await store.close()

    assert len(acknowledged) > 100
    assert set(acknowledged) <= kept


async def test_a_reader_is_not_held_up_by_a_writer(tmp_path: Path):
    """Another process is in the middle of a long write; lists come all the same."""
    store = await open_store(settings(tmp_path / "bouncer.db"))
    (letter_id,) = await store.keep([letter()])

    with closing(sqlite3.connect(tmp_path / "bouncer.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        other.execute("UPDATE letters SET state = 'read'")
        rows = await store.letters(state="kept", account=None, page=ALL)

    assert [row.id for row in rows] == [letter_id]
    await store.close()


async def test_keepers_share_commits(tmp_path: Path):
    """Hundreds at once need a handful of transactions, each within its bounds."""
    store = await open_store(settings(tmp_path / "bouncer.db"))
    commits: list[object] = []

    def count(connection: object) -> None:
        commits.append(connection)

    sa.event.listen(sa.Engine, "commit", count)
    try:
        await asyncio.gather(*(store.keep([letter()]) for _ in range(600)))
    finally:
        sa.event.remove(sa.Engine, "commit", count)
    await store.close()

    assert len(commits) in range(2, 10)


async def test_letters_of_one_data_share_their_octets(tmp_path: Path):
    store = await open_store(settings(tmp_path / "bouncer.db"))
    await store.keep([letter(), letter(account="other"), letter(b"else")])
    await store.close()

    with closing(sqlite3.connect(tmp_path / "bouncer.db")) as connection:
        assert connection.execute("SELECT count(*) FROM raw_letters").fetchone() == (2,)
        assert connection.execute("SELECT count(*) FROM letters").fetchone() == (3,)


async def test_processes_that_meet_in_one_number_take_another(tmp_path: Path, clock: Clock):
    """Same millisecond, same chance: the second takes the next number, of letters as of bounces."""
    one = await open_store(settings(tmp_path / "bouncer.db"), now=clock, chance=lambda bits: bits)
    two = await open_store(settings(tmp_path / "bouncer.db"), now=clock, chance=lambda bits: bits)

    (first,) = await one.keep([letter()])
    (second,) = await two.keep([letter()])

    assert first != second
    assert len(await one.letters(state="kept", account=None, page=ALL)) == 2

    assert await one.record([record(first)], now=NOON) == 1
    assert await two.record([record(second)], now=NOON) == 1
    assert {row.letter_id for row in await one.bounces(BounceFilter(), ALL)} == {first, second}
    await one.close()
    await two.close()
