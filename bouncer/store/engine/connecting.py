"""SQLAlchemy engines on SQLite's file, with every connection prepared for our transactions."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

WRITE_KILOBYTES = 4_096
"""Cache of the writing connection; the other pages are in the system's cache. With 64 MB nothing measured was faster, neither an
import of a million lines nor keeping and recording."""
LOG_OCTETS = 64 << 20
"""Octets to which the log file is truncated after a long reader made it grow beyond."""


def make_engine(path: Path, begin: str, connections: int, busy_seconds: float) -> sa.Engine:
    """Make an engine with *connections* connections, whose transactions start with the statement *begin*; a writer has one."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # a traceback must not show letters
        connect_args={"timeout": busy_seconds, "isolation_level": None},
    )
    sa.event.listen(engine, "connect", _prepare_connection)
    if connections == 1:
        sa.event.listen(engine, "connect", _enlarge_cache)
    sa.event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    return engine


def _prepare_connection(connection: Any, _record: object) -> None:
    for pragma in (
        "synchronous = FULL",
        "foreign_keys = ON",
        "wal_autocheckpoint = 0",  # WalCheckpointer does it
        f"journal_size_limit = {LOG_OCTETS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _enlarge_cache(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA cache_size = -{WRITE_KILOBYTES}")
