"""The file of an empty store, as ``create_store`` makes it: made once in a process, and copied for each test that needs one.

Making it runs every migration, which takes a tenth of a second of the processor; hundreds of tests need a store. Tests of the
making itself call ``create_store``. A store that many tests find filled alike is filled once, too.
"""

import secrets
import sqlite3
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from bouncer.ports.store import Store
from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import create_store, open_store

Facts = TypeVar("Facts")
_filled: dict[Callable[[Store], Awaitable[Any]], tuple[bytes, Any]] = {}
"""By what filled a store: the octets of its file, and what it gave."""


def make_empty_store(path: Path) -> str:
    """Make an empty store of today's form at *path*, with its folder and an identity of its own; give its url."""
    return _copy(_octets(), path)


async def make_filled_store(path: Path, fill: Callable[[Store], Awaitable[Facts]]) -> tuple[str, Facts]:
    """Make a store at *path* as *fill* leaves an empty one; give its url, and what *fill* gave, which nobody may change.

    Its ids have no part of chance: what a test records later, at the same moment of a clock that stands, has larger ones.
    """
    if fill not in _filled:
        with tempfile.TemporaryDirectory() as folder:
            model = Path(folder, "bouncer.db")
            store = await open_store(StoreSettings(make_empty_store(model)), chance=lambda _bits: 0)
            try:
                facts = await fill(store)
            finally:
                await store.close()
            _filled[fill] = (_whole(model), facts)
    octets, facts = _filled[fill]
    return _copy(octets, path), facts


def _copy(octets: bytes, path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(octets)
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("UPDATE identity SET mark = ?", (secrets.token_hex(8),))
    return f"sqlite:///{path}"


def _whole(path: Path) -> bytes:
    """Give the octets of a store that is closed, with those that its log may still hold."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path.read_bytes()


@cache
def _octets() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bouncer.db")
        create_store(StoreSettings(f"sqlite:///{path}"))
        return path.read_bytes()
