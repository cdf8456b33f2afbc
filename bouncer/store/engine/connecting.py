"""Connections to SQLite's file as SQLAlchemy engines, prepared the way every transaction of ours wants them."""

from pathlib import Path
from typing import Any

import sqlalchemy as sa

WRITE_KILOBYTES = 4_096
"""Pages that the writing connection keeps; the others are in the system's memory: with 64 MB nothing measured was quicker,
neither an import of a million lines nor keeping and recording."""
LOG_OCTETS = 64 << 20
"""What the log file is cut back to after it had to grow beyond, behind a long reader."""


def make_engine(path: Path, begin: str, connections: int, busy_seconds: float) -> sa.Engine:
    """Make an engine with so many *connections*, whose transactions start with the statement *begin*; one alone is a writer's."""
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        pool_size=connections,
        max_overflow=0,
        hide_parameters=True,  # letters have no place in a traceback
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
        "wal_autocheckpoint = 0",  # Log does it
        f"journal_size_limit = {LOG_OCTETS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _enlarge_cache(connection: Any, _record: object) -> None:
    connection.execute(f"PRAGMA cache_size = -{WRITE_KILOBYTES}")
