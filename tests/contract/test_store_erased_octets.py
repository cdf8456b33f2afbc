"""The octets of an erased address in SQLite's files: in no row, in no free room of a page, and not in the log of changes."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from contract.factories import NOON, letter, record

from bouncer.policy.records import ChangeSource
from bouncer.ports.erasures import ErasureOrder
from bouncer.ports.scope import OPERATOR
from bouncer.settings.sections import StoreSettings
from bouncer.store.engine import connecting
from bouncer.store.sql import SqlStore, open_store

JANE = "jane@example.org"
LETTERS = 60
"""Letters about her: their rows share pages that are split and joined again."""


class UnlikeDebians(sqlite3.Connection):
    """A connection of an SQLite that was built without SQLITE_SECURE_DELETE: deleted octets stay where they were."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.execute("PRAGMA secure_delete = OFF")


@pytest.fixture(params=["as it was built", "built otherwise"])
async def store(
    tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[SqlStore]:
    if request.param == "built otherwise":

        def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
            return UnlikeDebians(*args, **kwargs)

        monkeypatch.setattr(connecting.sqlite3, "connect", connect)
    store = await open_store(StoreSettings(f"sqlite:///{tmp_path}/letters.db"))
    assert isinstance(store, SqlStore)
    yield store
    await store.close()


def files_with(text: str, folder: Path) -> set[str]:
    """Give the names of the files that have the octets of *text*."""
    return {file.name for file in folder.iterdir() if text.encode() in file.read_bytes()}


async def test_no_file_has_the_octets_of_an_erased_address(store: SqlStore, tmp_path: Path):
    for number in range(LETTERS):
        (letter_id,) = await store.keep([letter(f"no such user: {JANE}".encode() + bytes(100 * number))])
        await store.record([record(letter_id)], now=NOON)
    assert files_with(JANE, tmp_path)

    await store.erase(OPERATOR, ErasureOrder((JANE,), ChangeSource.COMMAND, "by command of ann", NOON))

    assert files_with(JANE, tmp_path) == set()


async def test_an_erasure_waits_for_a_reader_of_the_log_while_others_write_and_not_for_ever(
    store: SqlStore, tmp_path: Path
):
    await store.keep([letter()])
    engine = store._engine  # noqa: SLF001 -- the waiting alone
    with closing(sqlite3.connect(tmp_path / "letters.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM letters").fetchone()
        await store.keep([letter()])

        assert not await engine.empty_log(0.01)
        emptying = asyncio.create_task(engine.empty_log(60))
        await asyncio.wait_for(store.keep([letter()]), 30)
        reader.execute("COMMIT")

        assert await emptying
