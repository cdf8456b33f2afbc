"""Large letters in pieces, so that a small letter waits for one piece of a large one, not for all of it.

The leading pieces are inserted first, each in a commit of its own; the last octets come with the commit of the letter's row. Pieces
whose letter was never committed are lost ones: their sender got no 250.
"""

from collections.abc import Collection, Sequence
from itertools import groupby

import sqlalchemy as sa

from bouncer.errors import StoreError
from bouncer.store.tables import raw_letters, raw_pieces

CHUNK_OCTETS = 1 << 20
"""Octets of a piece, which take a few milliseconds to write."""

_NO_LETTER = ~sa.exists().where(raw_letters.c.id == raw_pieces.c.raw_id).correlate(raw_pieces)


def leading_pieces(raw: bytes) -> list[memoryview]:
    """Give the leading pieces of *raw*; none of a small letter."""
    view = memoryview(raw)
    return [view[at : at + CHUNK_OCTETS] for at in range(0, len(raw) - CHUNK_OCTETS, CHUNK_OCTETS)]


def remainder(raw: bytes) -> bytes | memoryview:
    """Give the octets after the leading pieces."""
    return raw if len(raw) <= CHUNK_OCTETS else memoryview(raw)[(len(raw) - 1) // CHUNK_OCTETS * CHUNK_OCTETS :]


def insert_chunk(connection: sa.Connection, raw_id: int, place: int, octets: memoryview) -> None:
    """Insert one piece."""
    connection.execute(sa.insert(raw_pieces).values(raw_id=raw_id, place=place, octets=octets))


def require_leading(connection: sa.Connection, raw_id: int, raw: bytes) -> None:
    """Raise StoreError where another process deleted the pieces of *raw* as lost: the letter must not be kept without them."""
    count_query = sa.select(sa.func.count()).where(raw_pieces.c.raw_id == raw_id)
    if connection.scalar(count_query) != len(leading_pieces(raw)):
        raise StoreError("pieces of a letter are lost")


def load(connection: sa.Connection, raw_ids: Sequence[int]) -> dict[int, list[bytes]]:
    """Give the leading pieces of each letter, in order."""
    pieces = connection.execute(
        sa.select(raw_pieces).where(raw_pieces.c.raw_id.in_(raw_ids)).order_by(raw_pieces.c.raw_id, raw_pieces.c.place)
    )
    return {raw_id: [row.octets for row in rows] for raw_id, rows in groupby(pieces, lambda row: row.raw_id)}


def delete_chunks(connection: sa.Connection, raw_ids: Collection[int]) -> None:
    """Delete the pieces in *raw_ids* that belong to no letter."""
    connection.execute(sa.delete(raw_pieces).where(raw_pieces.c.raw_id.in_(raw_ids), _NO_LETTER))


def delete_lost(connection: sa.Connection) -> None:
    """Delete all pieces that belong to no letter; one that is being kept now is refused (``require_leading``). Scans the index."""
    orphan_ids = sa.select(raw_pieces.c.raw_id).where(_NO_LETTER).distinct()
    connection.execute(sa.delete(raw_pieces).where(raw_pieces.c.raw_id.in_(orphan_ids)))
