"""Large letters in pieces: whoever keeps a small one waits for one piece of a large one, not for all of it.

The pieces go ahead, each in a commit of its own; the last octets come with the commit that makes them a letter. Pieces
that never became one are lost ones: their sender was not told 250.
"""

from collections.abc import Collection, Sequence
from itertools import groupby

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.store.tables import raw_letters, raw_pieces

PIECE = 1 << 20
"""Octets of a piece: a few milliseconds of a disk's time."""

_NO_LETTER = ~sa.exists().where(raw_letters.c.id == raw_pieces.c.raw_id).correlate(raw_pieces)


def ahead(raw: bytes) -> list[memoryview]:
    """Give the pieces of *raw* that go ahead; none of a small one."""
    view = memoryview(raw)
    return [view[at : at + PIECE] for at in range(0, len(raw) - PIECE, PIECE)]


def last(raw: bytes) -> bytes | memoryview:
    """Give what comes behind the pieces that went ahead."""
    return raw if len(raw) <= PIECE else memoryview(raw)[(len(raw) - 1) // PIECE * PIECE :]


def keep(connection: sa.Connection, raw_id: int, place: int, octets: memoryview) -> None:
    """Insert one piece."""
    connection.execute(sa.insert(raw_pieces).values(raw_id=raw_id, place=place, octets=octets))


def complain_of_lost(connection: sa.Connection, raw_id: int, raw: bytes) -> None:
    """Raise StoreError where another process took the pieces of *raw* for lost ones: it must not be kept without them."""
    there = sa.select(sa.func.count()).where(raw_pieces.c.raw_id == raw_id)
    if connection.scalar(there) != len(ahead(raw)):
        raise StoreError("pieces of a letter are lost")


def load(connection: sa.Connection, raw_ids: Sequence[int]) -> dict[int, list[bytes]]:
    """Give the pieces that went ahead, in their order."""
    found = connection.execute(
        sa.select(raw_pieces).where(raw_pieces.c.raw_id.in_(raw_ids)).order_by(raw_pieces.c.raw_id, raw_pieces.c.place)
    )
    return {raw_id: [row.octets for row in rows] for raw_id, rows in groupby(found, lambda row: row.raw_id)}


def forget(connection: sa.Connection, raw_ids: Collection[int]) -> None:
    """Delete those of *raw_ids* that belong to no letter."""
    connection.execute(sa.delete(raw_pieces).where(raw_pieces.c.raw_id.in_(raw_ids), _NO_LETTER))


def forget_lost(connection: sa.Connection) -> None:
    """Delete all that belong to no letter; nobody may be keeping one meanwhile. Reads the index from end to end."""
    lost = sa.select(raw_pieces.c.raw_id).where(_NO_LETTER).distinct()
    connection.execute(sa.delete(raw_pieces).where(raw_pieces.c.raw_id.in_(lost)))
