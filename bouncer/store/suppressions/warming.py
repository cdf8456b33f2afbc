"""Reading the indexes of ``looking_up`` into the system's cache, so that the first answers come as soon as later ones."""

import sqlalchemy as sa

from bouncer.store.tables import suppressions

READ_AT_ONCE = 20_000
"""Rows of the index that one query reads: a hundredth of a second."""

IndexPlace = tuple[str, str]
"""A place in an index: an account, and an address in comparable form."""
START: IndexPlace = ("", "")
"""The place before the first row of an index."""


def read_index(connection: sa.Connection, after: IndexPlace, column: str = "address_key") -> IndexPlace | None:
    """Read a part of an index of ``looking_up``, into the cache; give the place of its end, None at the end of the index."""
    place = (suppressions.c.account, suppressions.c[column])
    query = sa.select(*place).where(sa.tuple_(*place) > sa.tuple_(*after), place[1].is_not(None)).order_by(*place)
    last = connection.execute(query.offset(READ_AT_ONCE - 1).limit(1)).first()
    return (last[0], last[1]) if last else None
