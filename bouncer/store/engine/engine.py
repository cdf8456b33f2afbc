"""What the store asks of a database engine; all that differs between engines stands behind this.

SQLite is in ``bouncer.store.engine.sqlite``. Another engine is one more module of that kind and one line in
``bouncer.store.engine.databases``: the work below is plain SQLAlchemy Core and stays as it is.
"""

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import sqlite

P = ParamSpec("P")
T = TypeVar("T")


TRIES = 3
"""How often work is done that takes numbers; that others had the same twice in a row is beyond belief."""

INSERTS: dict[str, Callable[[sa.Table], sqlite.Insert]] = {"sqlite": sqlite.insert}
"""By dialect: the INSERT that can say what to do about a row that is there already (PostgreSQL's has the same methods)."""


def insert(connection: sa.Connection, table: sa.Table) -> sqlite.Insert:
    """Give an INSERT into *table* with ``on_conflict_do_nothing`` and ``on_conflict_do_update``."""
    return INSERTS[connection.dialect.name](table)


class Engine(Protocol):
    """A database: work runs in it as whole transactions, away from the event loop.

    Work is a plain function of a connection. StoreError comes out when the database is locked, full or away, and then
    nothing of the work was kept. A caller that is cancelled lets its work run to its end or never begin.
    """

    async def write(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *work* in one durable transaction, one at a time in this process."""
        ...

    async def jot(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *work* as ``write`` does, but without a wait for the disk: a power cut may undo it for some seconds, nothing else."""
        ...

    async def read(self, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do *work* in one reading transaction, beside the writing ones."""
        ...

    def look(self, sql: str, values: Sequence[Any]) -> Sequence[Any] | None:
        """Read one row at once, on the caller's thread; for what costs less than a hop to another. Raises StoreError."""
        ...

    def astray(self) -> str | None:
        """Say why nothing can be kept until the files are as they were, or all is opened anew; None where all is well."""
        ...

    async def close(self) -> None:
        """Let running work end, then let go."""
        ...


async def write_numbered(
    engine: Engine, work: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    """Do *work* that gives numbers to rows; where another process had one of them, again, with the next numbers."""
    for _ in range(TRIES - 1):
        try:
            return await engine.write(work, *args, **kwargs)
        except sa.exc.IntegrityError:
            continue
    return await engine.write(work, *args, **kwargs)
