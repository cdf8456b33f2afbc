"""Reading a database beside the daemon: nothing is made, nothing is migrated, nothing is locked."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.store.lifecycle.migrating import is_current
from bouncer.store.lifecycle.recognizing import connect_to_read, has_log


@contextmanager
def open_read_only(path: Path) -> Iterator[sa.Connection]:
    """Give a connection that only reads the file at *path*; StoreError where the file is unreadable or of another version."""

    def connect() -> sqlite3.Connection:
        return connect_to_read(path, immutable=not has_log(path))

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
