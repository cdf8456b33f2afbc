"""One cache of compiled statements for all engines of a process.

SQLAlchemy gives each engine a cache of its own. Every test opens a store of its own, and would compile the same statements anew,
which took an eighth of the processor's time of a test of a web page.
"""

from typing import Any

from sqlalchemy.engine.base import Engine
from sqlalchemy.sql.compiler import Compiled
from sqlalchemy.util import LRUCache

CAPACITY = 1_500
"""Statements: about twice as many as the store has."""

Key = tuple[Any, ...]
"""The dialect of an engine, the statement, and how it is called."""


class _Statements(LRUCache[Key, Compiled]):
    """The cache: to it the dialects of two engines on the same driver are the same."""

    def get(self, key: Key, default: Any = None) -> Any:
        return super().get((type(key[0]), *key[1:]), default)

    def __setitem__(self, key: Key, statement: Compiled) -> None:
        super().__setitem__((type(key[0]), *key[1:]), statement)


_statements = _Statements(CAPACITY)


def share_compiled_statements() -> None:
    """Give the same cache to every engine of this process."""
    Engine._compiled_cache = property(lambda _engine: _statements, lambda _engine, _own: None)  # type: ignore[assignment]  # noqa: SLF001
