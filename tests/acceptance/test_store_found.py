"""The file at the path of the store is inspected before anything is written: only a store of ours in today's form is opened."""

import asyncio
import contextlib
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from contract.older import back_to
from programs.empty_store import make_empty_store
from programs.preloaded import run

from bouncer.cli.root import root
from bouncer.errors import ConfigError
from bouncer.settings.sections import StoreSettings
from bouncer.store.lifecycle.recognizing import APPLICATION_ID, FileKind, recognize
from bouncer.store.sql import create_store, open_store

ROOT = Path(__file__).parents[2]
COMMANDS = (
    ("bounces",),
    ("letters",),
    ("queue", "list"),
    ("suppressions", "list"),
    ("suppressions", "add", "--account", "acme", "jane@example.org"),
    ("sends", "report"),
    ("alias", "list"),
    ("account", "list"),
    ("account", "add", "acme", "--owner", "ann@acme.example"),
    ("reread", "--dry-run"),
    ("token", "key", "acme"),
)
"""Commands that read the store, and commands that write to it."""
PAGE = 4096
"""Octets of a page of the store."""
WAL_HEADER = 32
FRAME_HEADER = 24
"""Octets before the frames of a write-ahead log, and before the page of each (https://www.sqlite.org/fileformat2.html 4.1)."""


def bouncer(path: Path, *words: str) -> Result:
    key = path.parent.parent / "token.key"
    environment = {"BOUNCER_STORE__URL": f"sqlite:///{path}", "BOUNCER_SMTP__LISTEN": "127.0.0.1:0"}
    if key.exists():
        environment["BOUNCER_TOKENS__KEYS"] = str(key)
    return CliRunner().invoke(root, words, env=environment)


def faults(result: Result) -> str:
    assert isinstance(result.exception, ConfigError), result.output
    assert len(result.exception.faults) == 1
    return result.exception.faults[0]


def refused_by_the_daemon(path: Path) -> str:
    with pytest.raises(ConfigError) as raised:
        asyncio.run(opened_and_closed(path))
    return raised.value.faults[0]


def sqlite(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


def octets(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir() if file.is_file()}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a store would be, in a folder that is there; with a key beside, for the commands that need one."""
    (tmp_path / "token.key").write_bytes(b"a secret of at least sixteen octets")
    folder = tmp_path / "var"
    folder.mkdir()
    return folder / "bouncer.db"


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_no_command_makes_a_store_or_a_folder(tmp_path: Path, words: tuple[str, ...]):
    (tmp_path / "token.key").write_bytes(b"a secret of at least sixteen octets")
    path = tmp_path / "var" / "bouncer.db"

    fault = faults(bouncer(path, *words))

    assert fault == f"there is no store at {path}; 'bouncer init' makes a store, and so does 'bouncer serve'"
    assert not path.parent.exists()


def text_file(path: Path) -> None:
    path.write_text("a letter to nobody, and no database\n" * 100)


def foreign_tables(path: Path) -> None:
    sqlite(path, "CREATE TABLE recipes (name TEXT)", "INSERT INTO recipes VALUES ('soup')")


def foreign_with_our_words(path: Path) -> None:
    """Another program that migrates with Alembic and knows letters and accounts."""
    sqlite(
        path,
        "CREATE TABLE alembic_version (version_num TEXT)",
        "INSERT INTO alembic_version VALUES ('1975ea83b712')",
        "CREATE TABLE letters (id INTEGER)",
        "CREATE TABLE accounts (id INTEGER)",
    )


def foreign_mark(path: Path) -> None:
    sqlite(path, "PRAGMA application_id = 252006673", "CREATE TABLE recipes (name TEXT)")


def foreign_log(path: Path) -> None:
    """A file in write-ahead mode, which SQLite's own readers would put files beside."""
    foreign_tables(path)
    sqlite(path, "PRAGMA journal_mode = WAL")


def header_damaged(path: Path) -> None:
    make_empty_store(path)
    with path.open("r+b") as file:
        file.write(b"\0" * 64)


def cut_short(path: Path) -> None:
    make_empty_store(path)
    with path.open("r+b") as file:
        file.truncate(8192)


def scrambled(path: Path) -> None:
    make_empty_store(path)
    with path.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 40_000)


def folder(path: Path) -> None:
    path.mkdir()


FOREIGN = {
    text_file: "no database of SQLite's, or its first page",
    foreign_tables: "another program's database",
    foreign_with_our_words: "another program's database",
    foreign_mark: "another program's database (application_id 0xf055111)",
    foreign_log: "another program's database",
    header_damaged: "its first page is damaged",
    cut_short: "damaged",
    scrambled: "damaged",
    folder: "a folder",
}


@pytest.mark.parametrize(("make", "says"), FOREIGN.items(), ids=lambda value: getattr(value, "__name__", ""))
@pytest.mark.parametrize(
    "words", [("bounces",), ("account", "add", "acme"), None], ids=lambda words: " ".join(words or ["daemon"])
)
def test_a_file_that_is_no_store_of_ours_is_told_and_left_as_it_is(
    path: Path, make: Callable[[Path], None], says: str, words: tuple[str, ...] | None
):
    make(path)
    before = octets(path.parent)

    fault = faults(bouncer(path, *words)) if words else refused_by_the_daemon(path)

    assert str(path) in fault
    assert says in fault
    assert octets(path.parent) == before


@pytest.mark.parametrize("words", [("serve",), ("demo", "--stop")], ids=" ".join)
def test_the_daemon_ends_with_code_78_where_the_file_is_another_programs(path: Path, words: tuple[str, ...]):
    foreign_log(path)
    before = octets(path.parent)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "BOUNCER_STORE__URL": f"sqlite:///{path}"}
    environment["BOUNCER_TOKENS__KEYS"] = str(path.parent.parent / "token.key")

    with contextlib.chdir(path.parent.parent):
        result = run(words, environment | {"BOUNCER_SMTP__LISTEN": "127.0.0.1:0"}, 60)

    assert result.returncode == 78
    assert f"bouncer: {path}: this is no store of bouncer's" in result.stderr
    assert octets(path.parent) == before


def test_an_empty_file_is_no_store_for_a_command_and_is_filled_by_the_daemon(path: Path):
    path.touch()

    assert f"there is only an empty file at {path}" in faults(bouncer(path, "bounces"))
    assert path.read_bytes() == b""
    create_store(StoreSettings(f"sqlite:///{path}"))
    assert bouncer(path, "bounces").exit_code == 0


def test_a_store_is_marked_in_its_header(path: Path):
    assert create_store(StoreSettings(f"sqlite:///{path}"))

    assert path.read_bytes()[68:72] == APPLICATION_ID.to_bytes(4) == b"bncr"
    assert not create_store(StoreSettings(f"sqlite:///{path}"))


def test_a_store_from_before_the_mark_is_known_by_its_tables(path: Path):
    make_empty_store(path)
    sqlite(path, "PRAGMA application_id = 0")

    assert bouncer(path, "bounces").exit_code == 0


def test_a_store_with_a_log_is_known_by_what_stands_in_it(path: Path, tmp_path: Path):
    """The mark is in the log, not in the file, when a machine goes down at the first start."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("CREATE TABLE recipes (name TEXT)")
        shutil.copytree(path.parent, tmp_path / "copied")

    assert recognize(tmp_path / "copied" / path.name).kind is FileKind.FOREIGN


PAGES_OF_A_CHECKPOINT = 400
"""More pages than the store itself has, so that the file grows while its log is brought into it."""


def killed_in_a_checkpoint(path: Path, pages: int) -> None:
    """Leave the store at *path* as it is when the process dies after *pages* pages of the log are in the file."""
    make_empty_store(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA wal_autocheckpoint = 0")
        connection.execute("PRAGMA user_version = 1")
        connection.execute("CREATE TABLE filler (octets BLOB)")
        connection.execute("INSERT INTO filler VALUES (zeroblob(?))", (PAGES_OF_A_CHECKPOINT * PAGE,))
        log = path.with_name(f"{path.name}-wal").read_bytes()
        before = path.read_bytes()
    path.write_bytes(before)
    path.with_name(f"{path.name}-wal").write_bytes(log)
    newest = {}
    for at in range(WAL_HEADER, len(log), FRAME_HEADER + PAGE):
        number = int.from_bytes(log[at : at + 4])
        newest[number] = log[at + FRAME_HEADER : at + FRAME_HEADER + PAGE]
    with path.open("r+b") as file:
        for number in sorted(newest)[:pages]:
            file.seek((number - 1) * PAGE)
            file.write(newest[number])


async def opened_and_closed(path: Path) -> None:
    """Open and close a store as the daemon does at its start and at its end."""
    await (await open_store(StoreSettings(f"sqlite:///{path}"))).close()


@pytest.mark.parametrize("pages", [1, 2, 3, 10, PAGES_OF_A_CHECKPOINT])
def test_a_store_whose_process_died_in_a_checkpoint_is_whole(path: Path, pages: int):
    """The file alone is torn then; with its log it is whole."""
    killed_in_a_checkpoint(path, pages)

    assert recognize(path).kind is FileKind.OURS
    assert bouncer(path, "bounces").exit_code == 0
    asyncio.run(opened_and_closed(path))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT length(octets) FROM filler").fetchone() == (PAGES_OF_A_CHECKPOINT * PAGE,)


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_an_older_store_is_told_and_not_brought_up_to_date(path: Path, words: tuple[str, ...]):
    make_empty_store(path)
    sqlite(path, *back_to("0012"))
    before = octets(path.parent)

    fault = faults(bouncer(path, *words))

    assert "this store is of an older version (revision 0012, today's is " in fault
    assert "'bouncer store migrate'" in fault
    assert octets(path.parent) == before


@pytest.mark.parametrize("words", [("bounces",), None], ids=["bounces", "daemon"])
def test_a_newer_store_is_told_and_left_alone(path: Path, words: tuple[str, ...] | None):
    make_empty_store(path)
    sqlite(path, "UPDATE alembic_version SET version_num = '9999'")
    before = octets(path.parent)

    fault = faults(bouncer(path, *words)) if words else refused_by_the_daemon(path)

    assert "a newer bouncer made this database: it is at 9999" in fault
    assert octets(path.parent) == before


@pytest.mark.parametrize("through", ["the file", "a link to it", "a relative path"])
def test_daemon_and_commands_with_one_settings_file_have_one_store_wherever_they_are_called(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, through: str
):
    file, elsewhere = tmp_path / "etc" / "bouncer.toml", tmp_path / "elsewhere"
    for folder in (file.parent, elsewhere):
        folder.mkdir()
    file.write_text("[smtp]\nhostname = 'mx.example.com'\n")
    (elsewhere / "link.toml").symlink_to(file)
    paths = {"the file": file, "a link to it": elsewhere / "link.toml", "a relative path": Path("../etc/bouncer.toml")}
    create_store(StoreSettings(f"sqlite:///{file.parent}/var/bouncer.db"))
    monkeypatch.chdir(elsewhere)

    result = CliRunner().invoke(root, ["--settings", str(paths[through]), "bounces"])

    assert result.stderr == f"Nothing was recorded. Looked in {file.parent}/var/bouncer.db.\n"


def test_a_store_named_in_the_environment_begins_at_the_settings_file_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "bouncer.toml"
    file.write_text("")
    create_store(StoreSettings(f"sqlite:///{tmp_path}/kept/b.db"))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    result = CliRunner().invoke(
        root, ["--settings", str(file), "bounces"], env={"BOUNCER_STORE__URL": "sqlite:///kept/b.db"}
    )

    assert result.stderr.endswith(f"Looked in {tmp_path}/kept/b.db.\n")
