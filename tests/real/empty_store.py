"""The file of an empty store, as ``create_store`` makes it: made once in a process, and copied for each test that needs one.

Making it runs every migration, which takes a tenth of a second of the processor; hundreds of tests need a store. Tests of the
making itself call ``create_store``.
"""

import secrets
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path

from bouncer.settings.sections import StoreSettings
from bouncer.store.sql import create_store


def make_empty_store(path: Path) -> str:
    """Make an empty store of today's form at *path*, with its folder and an identity of its own; give its url."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(_octets())
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")
        database.execute("UPDATE identity SET mark = ?", (secrets.token_hex(8),))
    return f"sqlite:///{path}"


@cache
def _octets() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "bouncer.db")
        create_store(StoreSettings(f"sqlite:///{path}"))
        return path.read_bytes()
