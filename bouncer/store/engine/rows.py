"""Writing many rows by the driver's own ``executemany``, with a statement that SQLAlchemy compiles once.

While letters pour in, compiling a statement anew and binding its values one by one would cost more than the database's own work.
An error is raised as SQLAlchemy's, at once or by a later statement, at the latest by the commit.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler

from bouncer.store.engine.thread_connection import ThreadConnection

MAX_STATEMENTS = 64
"""Compiled statements that are remembered: more than the store has."""
ROWS_OF_STATEMENT = (16, 4, 1)
"""Rows of one INSERT, the largest first: their values are far fewer than a statement may have (32,766 in SQLite). In each statement
sqlite3 gives the interpreter's lock away twice, and waits for it as often while the event loop works."""

Writing = sa.Insert | sa.Update | sa.Delete
Convert = Callable[[Any], Any] | None
"""Gives the database's form of a value; None for a value that has it."""


def insert_rows(
    connection: sa.Connection, table: sa.Table, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert *rows*, whose values are those of *columns* and have the database's form already."""
    at = 0
    for count in ROWS_OF_STATEMENT:
        if grouped := (len(rows) - at) // count * count:
            sql = _compiled_insert(connection.dialect, table, columns, count)
            places = range(at, at + grouped, count)
            _execute_many(connection, sql, [tuple(chain.from_iterable(rows[n : n + count])) for n in places])
            at += grouped


def write_rows(connection: sa.Connection, statement: Writing, rows: Sequence[Mapping[str, Any]]) -> None:
    """Execute *statement* once for each of *rows*, which all have the same keys.

    *statement* must be an object that is built once, for its compiled form is remembered. Each key is a column's name or that of a
    bound parameter.
    """
    if rows:
        compiled = _compile(connection.dialect, statement, tuple(rows[0]))
        _execute_many(connection, compiled.sql, compiled.bind(rows))


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement's text; its parameters in the order of the text, each with its conversion; and the values of its constants."""

    sql: str
    parameters: tuple[tuple[str, Convert], ...]
    constants: Mapping[str, Any]
    is_positional: bool

    def bind(self, rows: Sequence[Mapping[str, Any]]) -> Sequence[Any]:
        """Give the values of each row in the form that the driver takes."""
        parameters = self.parameters
        if self.constants:
            rows = [{**self.constants, **row} for row in rows]
        if not self.is_positional:
            return [{key: convert(row[key]) if convert else row[key] for key, convert in parameters} for row in rows]
        return [tuple([convert(row[key]) if convert else row[key] for key, convert in parameters]) for row in rows]


def _execute_many(connection: sa.Connection, sql: str, rows: Sequence[Any]) -> None:
    """Execute *sql* for each of *rows*; by SQLite's thread without SQLAlchemy's cursor, which takes longer than a row."""
    driver = connection.connection.driver_connection
    if isinstance(driver, ThreadConnection):
        driver.queue_many(sql, rows)
        return
    cursor = connection.connection.cursor()
    try:
        cursor.executemany(sql, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        raise sa.exc.DBAPIError.instance(sql, None, error, connection.dialect.loaded_dbapi.Error) from error
    finally:
        cursor.close()


@lru_cache(maxsize=MAX_STATEMENTS)
def _compiled_insert(dialect: sa.Dialect, table: sa.Table, columns: tuple[str, ...], count: int) -> str:
    """Give the INSERT of *count* rows: the values of one row, repeated."""
    insert, values, row = str(sa.insert(table).compile(dialect=dialect, column_keys=columns)).partition(" VALUES ")
    return f"{insert}{values}{', '.join([row] * count)}"


@lru_cache(maxsize=MAX_STATEMENTS)
def _compile(dialect: sa.Dialect, statement: Writing, keys: tuple[str, ...]) -> _Compiled:
    compiled = statement.compile(dialect=dialect, column_keys=list(keys))
    assert isinstance(compiled, SQLCompiler)
    names = tuple(compiled.positiontup or ()) if compiled.positional else tuple(compiled.params)
    return _Compiled(
        str(compiled),
        tuple((name, compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names),
        {name: value for name, value in compiled.params.items() if name not in keys},
        is_positional=compiled.positional,
    )
