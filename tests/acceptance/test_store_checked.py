"""``bouncer check`` looks at the store: what is at its path, and whether the daemon that answers has the same one."""

import json
import shutil
import smtplib
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from contract.older import back_to
from programs.empty_store import make_empty_store
from programs.ours import Ours

from bouncer.cli.root import root

HOSTNAME = "mx.example.com"

Finding = dict[str, str]


def checked(path: Path, port: int = 0) -> list[Finding]:
    """Give the results of the checks with the store at *path* and a daemon that should answer at *port*."""
    environment = {
        "BOUNCER_STORE__URL": f"sqlite:///{path}",
        "BOUNCER_SMTP__LISTEN": f"127.0.0.1:{port}",
        "BOUNCER_SMTP__HOSTNAME": HOSTNAME,
    }
    result = CliRunner().invoke(root, ["check", "--no-dns", "--timeout", "5", "--json"], env=environment)
    assert result.exit_code in (0, 1), result
    return [line["finding"] for line in map(json.loads, result.stdout.splitlines()) if "finding" in line]


def findings_about(findings: list[Finding], word: str) -> list[tuple[str, str]]:
    return [(finding["level"], finding["says"]) for finding in findings if finding["about"].startswith(word)]


def sqlite(path: Path, *statements: str) -> None:
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


@pytest.fixture
def ours(tmp_path: Path) -> Ours:
    folder = tmp_path / "ours"
    folder.mkdir()
    return Ours(folder)


def test_the_daemon_at_the_port_has_the_store_of_the_settings(ours: Ours):
    with ours:
        ((level, says),) = findings_about(checked(ours.folder / "bouncer.db", ours.port), "daemon at 127.0.0.1:")

    assert level == "ok"
    assert says.startswith("serves this store: process ")
    assert f" UTC, at 127.0.0.1:{ours.port}, version " in says


def ours_pid(says: str) -> str:
    return says.split()[4]


def test_a_store_other_than_the_daemons_is_found(ours: Ours, tmp_path: Path):
    other = tmp_path / "other.db"
    make_empty_store(other)
    with ours:
        findings = findings_about(checked(other, ours.port), "daemon at 127.0.0.1:")

    assert findings == [("fail", f"keeps its letters in another store than {other}")]


def test_a_store_that_is_not_there_is_not_the_daemons_either(ours: Ours, tmp_path: Path):
    with ours:
        findings = findings_about(checked(tmp_path / "none.db", ours.port), "daemon at 127.0.0.1:")

    assert findings == [("fail", f"keeps its letters in another store than {tmp_path}/none.db")]
    assert not (tmp_path / "none.db").exists()


def test_a_copy_of_the_daemons_store_is_not_taken_for_it(ours: Ours, tmp_path: Path):
    copy = tmp_path / "copied" / "bouncer.db"
    with ours:
        copy.parent.mkdir()
        for ending in ("", "-wal"):
            shutil.copy(ours.folder / f"bouncer.db{ending}", copy.with_name(f"bouncer.db{ending}"))
        findings = findings_about(checked(copy, ours.port), "daemon at 127.0.0.1:")

    assert findings == [("fail", f"keeps its letters elsewhere: {copy} is a copy of its store")]


def test_no_daemon_is_told(ours: Ours):
    findings = findings_about(checked(ours.folder / "bouncer.db"), "daemon")

    assert findings == [("warn", f"none on this machine serves {ours.folder}/bouncer.db")]


@pytest.mark.parametrize("how", ["stopped", "killed"])
def test_a_daemon_that_ended_is_gone_at_once(ours: Ours, how: str):
    with ours:
        ours.stop() if how == "stopped" else ours.kill()
        ours.start()
        findings = checked(ours.folder / "bouncer.db", ours.port)

    assert findings_about(findings, "another daemon") == []
    assert [level for level, _ in findings_about(findings, "daemon at")] == ["ok"]


def test_two_daemons_on_one_store_say_so_of_each_other(ours: Ours, tmp_path: Path):
    second = tmp_path / "second"
    second.mkdir()
    with ours, Ours(second) as other:
        other.stop()
        other.settings.write_text(
            other.settings.read_text().replace(f"{second}/bouncer.db", f"{ours.folder}/bouncer.db")
        )
        other.start()
        log = other.log.read_text()
        findings = checked(ours.folder / "bouncer.db", ours.port)

    assert (
        f"another daemon serves this store, too, or was killed a short time ago: process {ours_pid_of(findings)} of"
        in log
    )
    ((level, says),) = findings_about(findings, "another daemon")
    assert level == "ok"
    assert says.startswith("serves this store, too: process ")
    assert f" UTC, at 127.0.0.1:{other.port}" in says


def ours_pid_of(findings: list[Finding]) -> str:
    return ours_pid(findings_about(findings, "daemon at")[0][1])


def test_help_tells_a_stranger_a_name_that_means_nothing_and_is_another_at_each_start(ours: Ours):
    names = []
    with ours:
        for _ in range(2):
            with smtplib.SMTP("127.0.0.1", ours.port) as client:
                code, words = client.docmd("HELP")
            assert code == 214
            names.append(words.rpartition(b"; daemon ")[2])
            ours.stop()
            ours.start()

    assert len(set(names)) == 2
    assert all(len(name) == 12 and int(name, 16) >= 0 for name in names)


def text_file(path: Path) -> None:
    path.write_text("no database at all\n" * 100)


def foreign(path: Path) -> None:
    sqlite(path, "CREATE TABLE recipes (name TEXT)")


def folder(path: Path) -> None:
    path.mkdir()


def newer(path: Path) -> None:
    make_empty_store(path)
    sqlite(path, "UPDATE alembic_version SET version_num = '9999'")


def damaged_inside(path: Path) -> None:
    """The pages of its schema are whole, so that it can be opened; those of the bounces' indexes are not."""
    make_empty_store(path)
    indexes = "SELECT rootpage FROM sqlite_master WHERE type = 'index' AND tbl_name = 'bounces'"
    with closing(sqlite3.connect(path)) as connection:
        pages = [page for (page,) in connection.execute(indexes)]
    with path.open("r+b") as file:
        for page in pages:
            file.seek((page - 1) * 4096)
            file.write(b"\xff" * 4096)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (text_file, "is no database of SQLite's"),
        (foreign, "is another program's database"),
        (folder, "a folder is there"),
        (newer, "a newer bouncer made it (revision 9999)"),
        (damaged_inside, "is damaged: "),
    ],
)
def test_a_file_that_the_daemon_cannot_use_fails_and_is_left_as_it_is(
    tmp_path: Path, make: Callable[[Path], None], says: str
):
    path = tmp_path / "var" / "bouncer.db"
    path.parent.mkdir()
    make(path)
    before = {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()}

    level, sentence = findings_about(checked(path), "store")[0]

    assert level == "fail"
    assert says in sentence
    assert {file.name: file.read_bytes() for file in path.parent.iterdir() if file.is_file()} == before


def test_an_older_store_is_told(tmp_path: Path):
    path = tmp_path / "bouncer.db"
    make_empty_store(path)
    sqlite(path, *back_to("0012"))

    findings = findings_about(checked(path), "store")

    assert (
        "warn",
        "cannot be looked into: another version made it, and it is brought up to date at the next start",
    ) in findings
    assert not path.with_name("bouncer.db-wal").exists()
