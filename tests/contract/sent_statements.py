"""The statements that stores send to their databases, by every way: SQLAlchemy's cursor, and ours past it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa

from bouncer.store.engine import queries, rows

Note = Callable[[sa.Connection, str, Any], None]
"""Takes down a statement of a connection, with its values; those of the first row where it is executed for many."""


@contextmanager
def noting_statements(note: Note) -> Iterator[None]:
    """Have *note* called for each statement of every store of this process; one that is executed for many rows counts once."""
    execute_many, fetch, queue = rows._execute_many, queries._fetch, queries._queue  # noqa: SLF001 -- they pass SQLAlchemy's events by

    def many(connection: sa.Connection, sql: str, values: Sequence[Any]) -> None:
        note(connection, sql, values[0])
        execute_many(connection, sql, values)

    def fetching(connection: sa.Connection, statements: Sequence[tuple[str, Sequence[Any]]]) -> list[list[Any]]:
        for sql, values in statements:
            note(connection, sql, values)
        return fetch(connection, statements)

    def queuing(connection: sa.Connection, sql: str, values: Sequence[Any]) -> None:
        note(connection, sql, values)
        queue(connection, sql, values)

    def execute(
        connection: sa.Connection, _cursor: object, sql: str, values: Any, _context: object, many: bool
    ) -> None:
        note(connection, sql, values[0] if many else values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rows, "_execute_many", many)
        patch.setattr(queries, "_fetch", fetching)
        patch.setattr(queries, "_queue", queuing)
        sa.event.listen(sa.Engine, "before_cursor_execute", execute)
        try:
            yield
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", execute)
