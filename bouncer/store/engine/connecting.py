"""Connections to SQLite's file, each prepared for our transactions, and SQLAlchemy's engines on them."""

import sqlite3
import sys
from pathlib import Path

import sqlalchemy as sa

from bouncer.store.engine.async_engine import AsyncEngine, create_async_engine
from bouncer.store.engine.thread_connection import ThreadConnection

WRITE_KILOBYTES = 4_096
"""Cache of the writing connection; the other pages are in the system's cache. With 64 MB nothing measured was faster, neither an
import of a million lines nor keeping and recording."""
LOG_OCTETS = 64 << 20
"""Octets to which the log file is truncated after a long reader made it grow beyond."""
SWITCH_SECONDS = 0.0005
"""Time for which a thread of ours keeps the interpreter's lock while another one waits for it. A connection's thread asks for the
lock several times in a transaction; with Python's 5 ms, letters to be kept waited until the event loop had nothing else to do."""


def connect(path: Path, busy_seconds: float, *, writes: bool) -> sqlite3.Connection:
    """Connect to the file at *path*; any one thread at a time may use the connection, and begins its transactions itself.

    *busy_seconds*: the time for which SQLite waits for another process's lock.
    """
    connection = sqlite3.connect(path, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "wal_autocheckpoint = 0",  # WalCheckpointer does it
        f"journal_size_limit = {LOG_OCTETS}",
        "secure_delete = ON",  # deleted octets are overwritten; where SQLite was built with it, as in Debian, it is so anyway
        *([f"cache_size = -{WRITE_KILOBYTES}"] if writes else []),
    ):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def make_engine(path: Path, busy_seconds: float) -> sa.Engine:
    """Make an engine with one connection that writes, for migrations: all in the caller's thread."""
    engine = sa.create_engine(
        _url("sqlite", path), creator=lambda: connect(path, busy_seconds, writes=True), pool_size=1, max_overflow=0
    )
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def make_async_engine(path: Path, busy_seconds: float, connections: int, *, writes: bool) -> AsyncEngine:
    """Make an engine with *connections* connections, whose transactions the caller begins (``ThreadConnection.queue``).

    From then on the threads of the process take turns every SWITCH_SECONDS.
    """
    sys.setswitchinterval(SWITCH_SECONDS)

    async def creator() -> ThreadConnection:
        return await _await_connection(
            ThreadConnection(lambda: connect(path, 0 if writes else busy_seconds, writes=writes))
        )

    return create_async_engine(
        _url("sqlite+aiosqlite", path),
        async_creator=creator,
        pool_size=connections,
        max_overflow=0,
        pool_reset_on_return=None,  # each transaction is ended by those who began it
        hide_parameters=True,  # a traceback must not show letters
    )


async def _await_connection(connection: ThreadConnection) -> ThreadConnection:
    await connection
    return connection


def _url(driver: str, path: Path) -> sa.URL:
    return sa.URL.create(driver, database=str(path))
