"""The port of a database: the differences between SQLite and others, for transactions that are the same on all."""

from enum import StrEnum
from typing import Protocol

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.store.engine.async_engine import AsyncEngine

LEFT_BY_LETTERS = 32 << 20
"""Octets that letters leave free, on the disk or in the file of the store: for their own records, and LEFT_BY_RECORDS."""
LEFT_BY_RECORDS = 24 << 20
"""Octets that records leave free: for marks, and for deletions, which make room again. They take room themselves, as SQLite
overwrites what it deletes, and at once delete 16 MB, or one letter of the greatest size, 20 MB if nothing else is set."""


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

    def after_commit(self) -> None:
        """Do the work that follows a commit, such as starting a checkpoint; returns at once."""
        ...

    def is_short_of_room(self, octets: int) -> bool:
        """Whether there may be no room for *octets* more; quick, and False where nothing is known of the room."""
        ...

    def require_room(self, octets: int, leaving: int) -> None:
        """Raise StoreError where *octets* more do not leave *leaving* octets; called in a thread that may block."""
        ...

    def empty_log(self) -> bool:
        """Take out of the log of changes what was deleted meanwhile; False where others hold the log now.

        Called in a thread that may block, beside transactions. True where the log is not ours to empty.
        """
        ...

    def is_transient(self, error: Exception) -> bool:
        """Whether *error* is a conflict with another process that a retry of the transaction resolves."""
        ...

    def failure(self, error: Exception) -> StoreError | None:
        """Translate *error* where the database is locked, full, away or damaged; None for an error of the work itself."""
        ...

    def lost_files(self) -> str | None:
        """Give the reason why nothing can be kept until the database is restored or reopened; None if all is well."""
        ...

    def close(self) -> None:
        """Release everything that ``open`` opened, after the pools are closed; called once, in a thread that may block."""
        ...
