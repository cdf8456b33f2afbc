"""Queries that SQLAlchemy compiles once, executed without its cursor where that saves time.

On SQLite, SQLAlchemy's way through a statement takes several times as long as the statement with its trip to the thread. Here a
statement is compiled once for each number of values in its lists, and its rows are named tuples. Lists are filled up with their
last value to a power of two, so that there are few such numbers: in an IN a repeated value changes nothing.
"""

import asyncio
from collections import namedtuple
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeAlias, TypeVar, cast

import sqlalchemy as sa
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.util import await_

from bouncer.store.engine.rows import MAX_STATEMENTS, Convert
from bouncer.store.engine.thread_connection import ThreadConnection

MAX_EXPANDED = 1024
"""Statements with numbers of values that are remembered: ten numbers for each of the statements, and for three connections."""

Query: TypeAlias = sa.SelectBase
Row = TypeVar("Row")
Change: TypeAlias = sa.Update | sa.Delete
Counts = tuple[tuple[str, int], ...]
"""The lists among the values of a statement, each with its number of values."""


def fetch_rows(connection: sa.Connection, query: Query, values: Mapping[str, Any]) -> Sequence[Any]:
    """Give all rows of *query*, with the names of its columns.

    *query* must be an object that is built once, for its compiled form is remembered. *values* are lists where a parameter expands.
    """
    (rows,) = fetch_each(connection, (query, values))
    return rows


def fetch_each(connection: sa.Connection, *bound_queries: tuple[Query, Mapping[str, Any]]) -> list[Sequence[Any]]:
    """Give the rows of each query for its values, as ``fetch_rows`` does; on SQLite by one trip to the thread."""
    if not _is_in_thread(connection):
        return [connection.execute(cast("sa.Executable", query), dict(values)).all() for query, values in bound_queries]
    row_lists = _fetch(connection, [_bound(connection, query, values) for query, values in bound_queries])
    return [
        _named_rows(connection.dialect, query, rows) for (query, _), rows in zip(bound_queries, row_lists, strict=True)
    ]


def queue_change(connection: sa.Connection, change: Change, values: Mapping[str, Any]) -> None:
    """Execute *change*, which is built once as a query of ``fetch_rows`` is; on SQLite with the next statement or the commit."""
    if _is_in_thread(connection):
        _queue(connection, *_bound(connection, change, values))
    else:
        connection.execute(change, dict(values))


def _is_in_thread(connection: sa.Connection) -> bool:
    return isinstance(connection.connection.driver_connection, ThreadConnection)


def _fetch(connection: sa.Connection, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Any]]:
    """Execute *statements* in SQLite's thread, after what is queued; an error is SQLAlchemy's."""
    driver: Any = connection.connection.driver_connection
    base = connection.dialect.loaded_dbapi.Error
    try:
        row_lists: list[list[Any]] = await_(driver.trip(partial(_fetch_all, statements)))
    except base as error:
        raise sa.exc.DBAPIError.instance(statements[0][0], None, error, base) from error
    return row_lists


def _fetch_all(statements: Sequence[tuple[str, Sequence[Any]]], connection: Any) -> list[list[Any]]:
    return [connection.execute(sql, values).fetchall() for sql, values in statements]


def _queue(connection: sa.Connection, sql: str, values: Sequence[Any]) -> None:
    driver: Any = connection.connection.driver_connection
    driver.queue_many(sql, [values])


def _bound(
    connection: sa.Connection, statement: Query | Change, values: Mapping[str, Any]
) -> tuple[str, Sequence[Any]]:
    """Give the text of *statement* for *values*, and the values in its order."""
    filled_values = {name: _filled_up(value) if _is_list(value) else value for name, value in values.items()}
    counts = tuple((name, len(value)) for name, value in filled_values.items() if _is_list(value))
    expanded = _expand(connection.dialect, statement, tuple(filled_values), counts)
    return expanded.sql, expanded.bind(filled_values)


def _is_list(value: Any) -> bool:
    return isinstance(value, (list, tuple))


def _filled_up(values: Sequence[Any]) -> Sequence[Any]:
    """Repeat the last of *values* up to a power of two."""
    padding = (1 << (len(values) - 1).bit_length()) - len(values) if values else 0
    return [*values, *[values[-1]] * padding] if padding else values


@dataclass(frozen=True, slots=True)
class _Parameter:
    """One parameter of a text: a value, or a part of a list, with its conversion; or a constant of the statement."""

    name: str
    place: int | None
    convert: Convert
    constant: Any = None


@dataclass(frozen=True, slots=True)
class _Expanded:
    """A statement's text for lists of some lengths, and its parameters in the order of the text."""

    sql: str
    parameters: tuple[_Parameter, ...]

    def bind(self, values: Mapping[str, Any]) -> Sequence[Any]:
        """Give the values in the order and form of the text."""
        return [self._value(parameter, values) for parameter in self.parameters]

    @staticmethod
    def _value(parameter: _Parameter, values: Mapping[str, Any]) -> Any:
        if parameter.name not in values:
            return parameter.constant
        value = values[parameter.name]
        if parameter.place is not None:
            value = value[parameter.place]
        return parameter.convert(value) if parameter.convert else value


@lru_cache(maxsize=MAX_STATEMENTS)
def _compile(dialect: sa.Dialect, statement: Query | Change) -> SQLCompiler:
    compiled = statement.compile(dialect=dialect)
    assert isinstance(compiled, SQLCompiler)
    return compiled


@lru_cache(maxsize=MAX_EXPANDED)
def _expand(dialect: sa.Dialect, statement: Query | Change, names: tuple[str, ...], counts: Counts) -> _Expanded:
    compiled = _compile(dialect, statement)
    examples = {**dict.fromkeys(names), **{name: [None] * count for name, count in counts}}
    state = compiled.construct_expanded_state(examples)
    parts = {
        part: (name, place)
        for name, expanded_names in state.parameter_expansion.items()
        for place, part in enumerate(expanded_names)
    }
    parameters = list[_Parameter]()
    for part in state.positiontup or ():
        name, place = parts.get(part, (part, None))
        convert = compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect)
        constant = None if name in examples else state.parameters[part]
        if name not in examples and convert:
            constant = convert(constant)
        parameters.append(_Parameter(name, place, convert, constant))
    return _Expanded(state.statement, tuple(parameters))


_Converts = tuple[tuple[int, Callable[[Any], Any]], ...]
"""The columns whose values have another form in the database, by place, each with its conversion."""


@lru_cache(maxsize=MAX_STATEMENTS)
def _row_form(dialect: sa.Dialect, query: Query) -> tuple[Callable[[Sequence[Any]], Any], _Converts]:
    """Give the function that makes a named tuple of a row, and the conversions of its values."""
    columns = list(query.selected_columns)
    row_of: Any = namedtuple("QueryRow", [column.key for column in columns])  # type: ignore[misc] # noqa: PYI024 -- its fields are the query's
    converts = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in columns]
    return row_of._make, tuple((place, convert) for place, convert in enumerate(converts) if convert)


def _named_rows(dialect: sa.Dialect, query: Query, rows: Sequence[Sequence[Any]]) -> list[Any]:
    """Give *rows* of the database as named tuples of our values."""
    row_of, converts = _row_form(dialect, query)
    if not converts:
        return [row_of(row) for row in rows]
    converted = [list(row) for row in rows]
    for values in converted:
        for place, convert in converts:
            values[place] = convert(values[place])
    return [row_of(values) for values in converted]


def with_pauses(rows: Iterable[Row]) -> Iterator[Row]:
    """Give *rows*, and the event loop a turn after each: for work that searches much text of a row.

    Only for a transaction that reads: writers would wait for one that writes.
    """
    for row in rows:
        yield row
        await_(asyncio.sleep(0))
