"""Octets of a day by client and by path: summed up from the letters' rows, so that keeping a letter writes no counts."""

import datetime as dt
from typing import Any

import sqlalchemy as sa

from bouncer.mail.letter import PathKind, ReturnPath
from bouncer.ports.day_octets import DayOctets
from bouncer.store.engine.ids import least_id
from bouncer.store.tables import letters

_OCTETS = sa.func.sum(letters.c.octets)
_FOR_ONE = sa.and_(
    # in the text of the statement: with a parameter at each place, its column would not be the one that is grouped by
    letters.c.path_kind == sa.literal(PathKind.SIGNED.value, literal_execute=True),
    sa.or_(letters.c.path_recipient.is_not(None), letters.c.path_recipient_hash.is_not(None)),
)
_PATH = (letters.c.path_kind, letters.c.path_account, letters.c.path_recipient, letters.c.path_recipient_hash)


def octets_between(connection: sa.Connection, since: dt.datetime, before: dt.datetime, limit: int) -> DayOctets:
    """Sum up the octets; reads the rows of the period once for clients and once for paths."""
    where = sa.and_(letters.c.id >= least_id(since), letters.c.id < least_id(before))
    peers = _sums(connection, (letters.c.peer, _FOR_ONE.label("for_one")), where, limit)
    paths = _sums(connection, _PATH, where, limit)
    return DayOctets(
        tuple((row.peer, bool(row.for_one), row.octets) for row in peers),
        tuple((ReturnPath("", PathKind(row[0]), *row[1:4]), row.octets) for row in paths),
    )


def _sums(
    connection: sa.Connection, by: tuple[sa.ColumnElement[Any], ...], where: sa.ColumnElement[bool], limit: int
) -> list[sa.Row[Any]]:
    summed = sa.select(*by, _OCTETS.label("octets")).where(where).group_by(*by).order_by(_OCTETS.desc()).limit(limit)
    return list(connection.execute(summed))
