"""Inserting many rows by the driver's own ``executemany``, with an INSERT that SQLAlchemy compiles once."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import sqlalchemy as sa


def insert_rows(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert *rows*, whose values are those of *columns* and have the database's form already.

    While letters pour in, compiling the INSERT anew and converting each value would cost more than the database's own work.
    An error, SQLAlchemy's as of any statement, may be that of a later statement, at the latest of the commit.
    """
    sql = _compiled(connection.dialect, table, columns)
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(sql, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(sql, None, error, connection.dialect.loaded_dbapi.Error) from error
    finally:
        cursor.close()


@lru_cache(maxsize=16)
def _compiled(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...]) -> str:
    return str(sa.insert(table).compile(dialect=dialect, column_keys=columns))
