"""Looking into a database as it is, beside the daemon: nothing is made, nothing is brought up to date, nothing is locked."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.store.files import LOG
from bouncer.store.migrating import is_current

BUSY_SECONDS = 1.0
"""For a lock that is in the way."""


@contextmanager
def peeked(path: Path) -> Iterator[sa.Connection]:
    """Give a connection that only reads the file at *path*; StoreError where it cannot be read, or is of another version."""

    def connect() -> sqlite3.Connection:
        # without a log nobody has it open, and SQLite would make an empty one even for a reader, and leave it there
        mode = "mode=ro" if Path(f"{path}{LOG}").exists() else "mode=ro&immutable=1"
        return sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, timeout=BUSY_SECONDS)

    engine = sa.create_engine("sqlite://", creator=connect, poolclass=sa.NullPool)
    try:
        with engine.connect() as connection:
            if not is_current(connection):
                raise StoreError("another version made it, and it is brought up to date at the next start")
            yield connection
    except (sa.exc.DBAPIError, sqlite3.Error) as error:
        raise StoreError(str(error.orig if isinstance(error, sa.exc.DBAPIError) else error)) from error
    finally:
        engine.dispose()
