"""Lists of values in parts that fit into one query."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")

VALUES_PER_QUERY = 500
"""Values in one query: far below every database's limit."""


def in_parts(values: Sequence[T], limit: int = VALUES_PER_QUERY) -> Iterator[Sequence[T]]:
    """Split *values* into lists of at most *limit* values, by default as many as fit into one query."""
    return (values[start : start + limit] for start in range(0, len(values), limit))
