"""Pauses in a transaction: work that looks at much text of each row lets others have their turns between two rows."""

import asyncio
from collections.abc import Iterable, Iterator
from typing import TypeVar

from sqlalchemy.util import await_

Row = TypeVar("Row")


def with_pauses(rows: Iterable[Row]) -> Iterator[Row]:
    """Give *rows*; behind each the event loop has a turn. Only for work of a transaction that reads: writers would wait for it."""
    for row in rows:
        yield row
        await_(asyncio.sleep(0))
