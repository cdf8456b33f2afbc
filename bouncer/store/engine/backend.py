"""The port of a database: the differences between SQLite and others, for transactions that are the same on all."""

from enum import StrEnum
from typing import Protocol

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.store.engine.async_engine import AsyncEngine


class Transaction(StrEnum):
    """The kinds of transactions.

    Reading, on one snapshot; asking, on a snapshot for each query; durable writing, on the disk at its commit; and writing that a
    power cut may undo.
    """

    READING = "reading"
    ASKING = "asking"
    DURABLE = "durable"
    UNSYNCED = "unsynced"


class Backend(Protocol):
    """One database."""

    def make_engine(self, connections: int, *, writes: bool) -> AsyncEngine:
        """Make a pool of at most *connections*, each prepared as it connects; nothing is connected yet."""
        ...

    def open(self) -> None:
        """Open the database, and make or migrate it if the caller asked for that; called once, in a thread that may block."""
        ...

    def begin(self, connection: sa.Connection, kind: Transaction) -> None:
        """Begin a transaction of that *kind*, at once or with its first statement."""
        ...

    def committed(self) -> None:
        """Note that a writing transaction was committed."""
        ...

    def is_passing(self, error: Exception) -> bool:
        """Whether *error* is a conflict with another process that a retry of the transaction resolves."""
        ...

    def failure(self, error: Exception) -> StoreError | None:
        """Translate *error* where the database is locked, full or away; None for an error of the work itself."""
        ...

    def lost_files(self) -> str | None:
        """Give the reason why nothing can be kept until the database is restored or reopened; None if all is well."""
        ...

    def close(self) -> None:
        """Release everything that ``open`` opened, after the pools are closed; called once, in a thread that may block."""
        ...
