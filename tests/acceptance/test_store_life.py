"""The life of a store: brought up to date behind a copy, backed up while it is written to, restored; never under a daemon."""

import asyncio
import dataclasses
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from contract.factories import NOON, letter, record
from contract.older import back_to
from programs.ours import Ours

from bouncer.cli.root import root
from bouncer.errors import BouncerError, ConfigError, NotNow
from bouncer.policy.records import EntryKind, NewEntry
from bouncer.ports.accounts import Account
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.lifecycle.copying import KEPT_COPIES, back_up
from bouncer.store.lifecycle.migrating import find_newest_revision
from bouncer.store.lifecycle.recognizing import FileKind, recognize
from bouncer.store.sql import open_store

TESTS = Path(__file__).parents[1]


def settings(path: Path) -> StoreSettings:
    return StoreSettings(f"sqlite:///{path}")


async def fill(path: Path, letters: int = 3) -> None:
    store = await open_store(settings(path))
    await store.add_account(OPERATOR, Account("acme", ("ann@acme.example",)), now=NOON)
    for _ in range(letters):
        (letter_id,) = await store.keep([letter()])
        entries = (NewEntry(EntryKind.NOTICE, "ann@acme.example"),)
        await store.record([dataclasses.replace(record(letter_id), entries=entries)], now=NOON)
    await store.close()


def sqlite(path: Path, *statements: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        rows = [connection.execute(statement).fetchall() for statement in statements]
        connection.commit()
    return rows[-1]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with an account and three letters."""
    path = tmp_path / "var" / "bouncer.db"
    asyncio.run(fill(path))
    return path


@pytest.fixture
def older(path: Path) -> Path:
    """The store of this test as an earlier version left it."""
    sqlite(path, *back_to("0012"), "PRAGMA application_id = 0")
    return path


def bouncer(path: Path, *words: str) -> Result:
    return CliRunner().invoke(root, words, env={"BOUNCER_STORE__URL": f"sqlite:///{path}"})


def did(path: Path, *words: str) -> str:
    result = bouncer(path, *words)
    assert result.exit_code == 0, result
    return result.stdout


def refused(path: Path, *words: str) -> BouncerError:
    result = bouncer(path, *words)
    assert isinstance(result.exception, BouncerError), result.output
    return result.exception


def beside(path: Path, ending: str) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.*.{ending}"))


def counted(path: Path) -> int:
    ((count,),) = sqlite(path, "SELECT count(*) FROM letters")
    assert isinstance(count, int)
    return count


@contextmanager
def served(path: Path) -> Iterator[None]:
    """A daemon in a process of its own, as far as the store is concerned."""
    code = (
        "import asyncio, sys\nfrom bouncer.settings.sections import StoreSettings\nfrom bouncer.store.sql import open_store\n"
        "async def main():\n    store = await open_store(StoreSettings(f'sqlite:///{sys.argv[1]}'))\n"
        "    print('open', flush=True)\n    await asyncio.to_thread(sys.stdin.read)\n    await store.close()\n"
        "asyncio.run(main())\n"
    )
    with running(code, path):
        yield


@contextmanager
def opened_by_an_earlier_version(path: Path) -> Iterator[None]:
    """A daemon from before there was a lock: it has the database open, and nothing else tells of it."""
    code = (
        "import sqlite3, sys\nfile = sqlite3.connect(sys.argv[1])\nfile.execute('SELECT * FROM letters').fetchone()\n"
        "print('open', flush=True)\nsys.stdin.read()\n"
    )
    with running(code, path):
        yield


@contextmanager
def running(code: str, path: Path) -> Iterator[None]:
    command = [sys.executable, "-c", code, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == "open\n"
        yield
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_migration_keeps_a_copy_of_what_was_there(older: Path):
    output = did(older, "store", "migrate")

    (copy,) = beside(older, "copy")
    assert output == f"{older}: brought from revision 0012 to {find_newest_revision()}\nas it was: {copy}\n"
    assert copy.name.startswith("bouncer.db.0012.2")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert (recognize(copy).revision, counted(copy)) == ("0012", 3)
    assert (recognize(older).revision, counted(older)) == (find_newest_revision(), 3)
    assert "is up to date" in did(older, "store", "migrate")
    assert beside(older, "copy") == [copy]


def test_a_start_of_the_daemon_migrates_behind_a_copy_too(older: Path):
    asyncio.run(fill(older, letters=0))

    (copy,) = beside(older, "copy")
    assert (recognize(copy).revision, counted(copy)) == ("0012", 3)
    assert (recognize(older).revision, counted(older)) == (find_newest_revision(), 3)


def test_a_new_store_has_no_copy(path: Path):
    assert beside(path, "copy") == beside(path, "replaced") == []


def test_the_last_copies_stay(older: Path):
    for age in range(1, KEPT_COPIES + 2):
        old = older.with_name(f"{older.name}.0009.2020010{age}T000000Z.copy")
        old.touch()
        os.utime(old, (age, age))
    (older.parent / "bouncer.db.mine").touch()

    did(older, "store", "migrate")

    copies = beside(older, "copy")
    assert len(copies) == KEPT_COPIES
    assert recognize(copies[-1]).kind is FileKind.OURS
    assert (older.parent / "bouncer.db.mine").exists()


def test_nobody_migrates_under_a_daemon(older: Path):
    with opened_by_an_earlier_version(older):
        fault = refused(older, "store", "migrate")
        with pytest.raises(NotNow):
            asyncio.run(fill(older))

    assert isinstance(fault, NotNow)
    assert "has this store open: end it first" in str(fault)
    assert recognize(older).revision == "0012"
    assert beside(older, "copy") == []
    did(older, "store", "migrate")


def test_an_older_store_that_a_daemon_serves_is_left_alone(path: Path):
    with served(path):
        sqlite(path, "UPDATE alembic_version SET version_num = '0012'")
        fault = refused(path, "store", "migrate")

    assert isinstance(fault, NotNow)
    assert f"{path}: a daemon serves this store: stop it first" in str(fault)


def test_several_daemons_serve_one_store(path: Path):
    with served(path), served(path):
        assert "by a daemon on this machine" in did(path, "store", "show")
        assert isinstance(refused(path, "store", "restore", str(copied(path))), NotNow)
    assert "by no daemon on this machine" in did(path, "store", "show")


def copied(path: Path) -> Path:
    target = path.parent.parent / "backup.db"
    did(path, "store", "backup", str(target))
    return target


def test_without_room_for_the_copy_nothing_is_changed_and_one_line_says_so(tmp_path: Path):
    """A real disk of eight megabytes, in a world of its own."""
    unshare = shutil.which("unshare")
    if unshare is None or subprocess.run([unshare, "-rm", "true"], capture_output=True, check=False).returncode:
        pytest.skip("unshare -rm is not permitted here: no small disk can be mounted")
    disk = tmp_path / "disk"
    disk.mkdir()
    asyncio.run(fill(tmp_path / "bouncer.db"))
    sqlite(tmp_path / "bouncer.db", *back_to("0012"))
    bouncer = f"{sys.executable} -m bouncer"
    script = (
        f"mount -t tmpfs -o size=8m tmpfs {disk} && cp {tmp_path}/bouncer.db {disk}/\n"
        f"{bouncer} serve; echo $?\n{bouncer} store migrate; echo $?\nls {disk}\n{bouncer} store migrate --without-copy; echo $?\n"
    )
    environment = {"BOUNCER_STORE__URL": f"sqlite:///{disk}/bouncer.db", "BOUNCER_SMTP__LISTEN": "127.0.0.1:0"}

    result = subprocess.run(
        [unshare, "-rm", "sh", "-c", script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(TESTS.parent), **environment},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )

    assert result.stderr.count(f"{disk}: no room for a copy of {disk}/bouncer.db: ") == 2
    assert "Traceback" not in result.stderr
    first, second, *rest = result.stdout.splitlines()
    assert (first, second) == ("75", "75")
    assert rest[0] == "bouncer.db"
    assert rest[-2:] == [f"{disk}/bouncer.db: brought from revision 0012 to {find_newest_revision()}", "0"]


async def test_backups_are_whole_while_the_store_is_written_to(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    store = await open_store(settings(path))
    counts, before, after = [], [], []
    writing = asyncio.Event()

    async def write() -> None:
        while not writing.is_set():
            await store.keep([letter(bytes(50_000)) for _ in range(5)])

    task = asyncio.create_task(write())
    for number in range(5):
        target = tmp_path / f"backup-{number}.db"
        before.append(await asyncio.to_thread(counted, path))
        await asyncio.to_thread(back_up, path, target)
        after.append(await asyncio.to_thread(counted, path))
        counts.append(counted(target))
        assert sqlite(target, "PRAGMA integrity_check") == [("ok",)]
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    writing.set()
    await task
    await store.close()

    assert all(low <= count <= high for low, count, high in zip(before, counts, after, strict=True))
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]
    assert all(count % 5 == 0 for count in counts), "what was committed together is there together"


@pytest.mark.parametrize("obstacle", ["a backup", "the store", "a folder", "a link to nothing"])
def test_a_backup_overwrites_nothing(path: Path, tmp_path: Path, obstacle: str):
    target = path if obstacle == "the store" else tmp_path / "backup.db"
    if obstacle == "a backup":
        did(path, "store", "backup", str(target))
    elif obstacle == "a folder":
        target.mkdir()
    elif obstacle == "a link to nothing":
        target.symlink_to(tmp_path / "nothing")
    before = None if target.is_dir() or target.is_symlink() else target.read_bytes()

    fault = refused(path, "store", "backup", str(target))

    assert isinstance(fault, ConfigError)
    assert f"{target} is there already" in str(fault)
    assert before is None or target.read_bytes() == before
    assert not list(tmp_path.rglob("*.part"))
    assert not (tmp_path / "nothing").exists()


def test_a_backup_of_a_damaged_store_fails_and_leaves_nothing(path: Path, tmp_path: Path):
    size = path.stat().st_size
    with path.open("r+b") as file:
        for place in range(3 * 4096, size, 4096):
            file.seek(place)
            file.write(b"\xff" * 2048)

    fault = bouncer(path, "store", "backup", str(tmp_path / "backup.db")).exception

    assert isinstance(fault, BouncerError)
    assert not list(tmp_path.glob("backup*"))


def test_a_backup_in_a_folder_that_is_not_there_names_it(path: Path, tmp_path: Path):
    result = bouncer(path, "store", "backup", str(tmp_path / "none" / "backup.db"))

    assert isinstance(result.exception, OSError)
    assert str(tmp_path / "none") in str(result.exception)


def test_a_backup_takes_the_place_of_the_store_which_stays_beside_it(path: Path):
    backup = copied(path)
    octets = backup.read_bytes()
    did(path, "account", "add", "zoo")

    output = did(path, "store", "restore", str(backup))

    (old,) = beside(path, "replaced")
    assert output.splitlines() == [
        f"{path}: restored from {backup}",
        f"what was there is now {old}",
        "3 notices wait in it and leave when the daemon starts; some may have left before",
    ]
    assert [row["name"] for row in map(json.loads, did(path, "account", "list", "--json").splitlines())] == ["acme"]
    assert sqlite(old, "SELECT count(*) FROM accounts") == [(2,)]
    assert backup.read_bytes() == octets
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_letters_that_are_in_the_log_alone_are_put_aside_with_the_store(path: Path, tmp_path: Path):
    """As after a crash: the last letters stand in the log, which must not be taken for the backup's."""
    backup = copied(path)
    crashed = tmp_path / "crashed" / path.name
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 7")
        connection.commit()
        shutil.copytree(path.parent, crashed.parent)
    assert (crashed.parent / f"{path.name}-wal").stat().st_size

    did(crashed, "store", "restore", str(backup))

    (old,) = beside(crashed, "replaced")
    assert sqlite(old, "PRAGMA user_version") == [(7,)]
    assert sqlite(crashed, "PRAGMA user_version") == [(0,)]


def test_a_backup_is_restored_where_there_is_no_store_yet(path: Path, tmp_path: Path):
    """As on another host."""
    new_place = tmp_path / "other" / "host" / "bouncer.db"

    output = did(new_place, "store", "restore", str(copied(path)))

    assert "what was there" not in output
    assert counted(new_place) == 3


def test_a_damaged_store_is_replaced(path: Path):
    backup = copied(path)
    path.write_bytes(b"\0" * 5000)

    did(path, "store", "restore", str(backup))

    assert counted(path) == 3
    assert beside(path, "replaced")[0].read_bytes() == b"\0" * 5000


def test_an_older_backup_is_restored_as_it_is_and_told(older: Path, tmp_path: Path):
    backup = copied(older)
    did(older, "store", "migrate")

    output = did(older, "store", "restore", str(backup))

    assert "it is of an older version (revision 0012): 'bouncer store migrate'" in output
    assert recognize(older).revision == "0012"


@pytest.mark.parametrize("kind_of_file", ["text", "foreign", "newer", "missing", "folder", "the store", "damaged"])
def test_a_file_that_is_no_backup_of_ours_is_not_restored(path: Path, tmp_path: Path, kind_of_file: str):
    backup = tmp_path / "backup.db"
    if kind_of_file == "text":
        backup.write_text("no backup at all " * 100)
    elif kind_of_file == "foreign":
        sqlite(backup, "CREATE TABLE recipes (name TEXT)")
    elif kind_of_file == "newer":
        sqlite(copied(path), "UPDATE alembic_version SET version_num = '9999'")
    elif kind_of_file == "folder":
        backup.mkdir()
    elif kind_of_file == "the store":
        backup = path
    elif kind_of_file == "damaged":
        with copied(path).open("r+b") as file:
            file.truncate(20_000)
    before = path.read_bytes()

    fault = refused(path, "store", "restore", str(backup))

    assert str(backup) in str(fault)
    assert path.read_bytes() == before
    assert beside(path, "replaced") == []
    assert not list(path.parent.glob("*.part"))


def test_another_programs_database_is_not_replaced(path: Path, tmp_path: Path):
    backup = copied(path)
    foreign = tmp_path / "recipes.db"
    sqlite(foreign, "CREATE TABLE recipes (name TEXT)")

    assert "another program's database" in str(refused(foreign, "store", "restore", str(backup)))
    assert recognize(foreign).kind is FileKind.FOREIGN


def test_a_store_is_shown(path: Path):
    facts = json.loads(did(path, "store", "show", "--json"))

    assert (facts["path"], facts["revision"], facts["letters"], facts["waiting"]) == (
        str(path),
        find_newest_revision(),
        3,
        3,
    )
    assert (facts["is_current"], facts["is_served"], facts["copies"]) == (True, False, [])
    assert facts["newest_letter"] == NOON.isoformat(timespec="seconds")
    assert facts["octets"] == path.stat().st_size


def test_an_older_store_is_shown_with_its_copies(older: Path):
    output = did(older, "store", "show")
    did(older, "store", "migrate")
    (copy,) = beside(older, "copy")

    assert "0012, an older one" in output
    assert json.loads(did(older, "store", "show", "--json"))["copies"][0]["path"] == str(copy)


def test_notices_that_left_after_the_backup_leave_again_with_the_same_message_id(tmp_path: Path):
    folder = tmp_path / "ours"
    folder.mkdir()
    ours = Ours(folder)
    asyncio.run(fill(folder / "bouncer.db", letters=1))
    ours.command("store", "backup", str(tmp_path / "backup.db"))
    with ours:
        ours.until(lambda: len(ours.notices()) == 1)
        ours.stop()
        ours.command("store", "restore", str(tmp_path / "backup.db"))
        ours.start()
        ours.until(lambda: len(ours.notices()) == 2)

    assert len({mail["Message-ID"] for mail in ours.notices()}) == 1


@pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files for others")
def test_files_that_root_makes_in_the_daemons_folder_are_the_daemons(path: Path, tmp_path: Path):
    backup = copied(path)
    folder = tmp_path / "state"
    folder.mkdir()
    os.chown(folder, 12_345, 12_345)

    did(folder / "bouncer.db", "store", "restore", str(backup))
    sqlite(folder / "bouncer.db", *back_to("0012"))
    did(folder / "bouncer.db", "store", "migrate")

    owners = {file.name.rpartition(".")[2]: file.stat().st_uid for file in folder.iterdir()}
    assert owners == dict.fromkeys(("db", "lock", "copy"), 12_345)
