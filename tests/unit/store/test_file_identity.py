"""The identity of a database's files is asked for by the threads that write and by the watch, while the file grows."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from threading import Event, Thread

import pytest

from bouncer.store.engine import file_identity
from bouncer.store.engine.file_header import StoreHeader, read_header
from bouncer.store.engine.file_identity import DATABASE, DatabaseFiles

WAIT_SECONDS = 0.5
"""The time for which the first look waits for the second one, which may have to wait for the first."""


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "bouncer.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE letters (raw BLOB)")
    return path


def grow(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO letters VALUES (zeroblob(100000))")


def first_call_waits(event: Event, begun: Event) -> Callable[[Path], StoreHeader]:
    """Give ``read_header``, whose first call waits for *event*."""

    def read(path: Path) -> StoreHeader:
        if not begun.is_set():
            begun.set()
            event.wait(WAIT_SECONDS)
        return read_header(path)

    return read


def test_a_look_that_another_thread_overtakes_finds_no_smaller_file(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = DatabaseFiles(database, database)
    files.remember(DATABASE)
    overtaken, begun, answers = Event(), Event(), list[str | None]()
    monkeypatch.setattr(file_identity, "read_header", first_call_waits(overtaken, begun))

    slow = Thread(target=lambda: answers.append(files.missing_file()))
    slow.start()
    begun.wait(WAIT_SECONDS)
    grow(database)
    answers.append(files.missing_file())
    overtaken.set()
    slow.join()

    assert [*answers, files.missing_file()] == [None, None, None]


def test_a_file_that_becomes_smaller_was_overwritten(database: Path) -> None:
    files = DatabaseFiles(database, database)
    files.remember(DATABASE)
    grow(database)
    assert files.missing_file() is None

    with database.open("r+b") as file:
        file.truncate(4096)

    assert "was overwritten in its place" in (files.missing_file() or "")
