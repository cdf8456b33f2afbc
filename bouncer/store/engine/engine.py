"""The port of a database engine; the differences between engines are behind it.

SQLite is in ``bouncer.store.engine.sqlite``. Another engine is one more module of that kind and one line in
``bouncer.store.engine.databases``: the work of transactions is plain SQLAlchemy Core and does not change.
"""

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

P = ParamSpec("P")
T = TypeVar("T")


MAX_ATTEMPTS = 3
"""Attempts for a transaction that allocates ids; two collisions in a row are practically impossible."""

INSERTS: dict[str, Callable[[sa.Table], sqlite.Insert]] = {"sqlite": sqlite.insert}
"""By dialect: the INSERT with ON CONFLICT (PostgreSQL's has the same methods)."""


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert:
    """Give an INSERT into *table* with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return INSERTS[connection.dialect.name](table)


class Engine(Protocol):
    """A database that runs work as whole transactions, outside the event loop's thread.

    Work is a plain function of a connection. Raises StoreError when the database is locked, full or away; then nothing of the work
    was kept, and a retry is safe. If the caller is cancelled, its work runs to its end or never begins.
    """

    async def write(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* in one durable transaction; one writes at a time in this process."""
        ...

    async def write_unsynced(
        self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run *work* as ``write`` does, but without waiting for the disk: a power cut may undo such work of the last seconds."""
        ...

    async def read(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* in one reading transaction, beside writing ones."""
        ...

    def fetch_one(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """Read one row in the caller's thread, for queries that cost less than switching threads. Raises StoreError."""
        ...

    def lost_files(self) -> str | None:
        """Give the reason why nothing can be kept until the files are restored or the store is reopened; None if all is well."""
        ...

    async def close(self) -> None:
        """Wait for running work, then close."""
        ...


async def write_numbered(
    engine: Engine, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Run *work* that allocates ids; where another process has allocated one of them, again, with the next ids."""
    for _ in range(MAX_ATTEMPTS - 1):
        try:
            return await engine.write(work, *args, **kwargs)
        except sa.exc.IntegrityError:
            continue
    return await engine.write(work, *args, **kwargs)
