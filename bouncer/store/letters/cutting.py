"""Cutting: after some days, only the beginning is kept of letters that prove nothing about mail of ours.

A stranger's letter is kept whole for as long as a person may want to see all of it; after that the first octets must do, which hold
the facts of every report. Reports that are believed, if only as plausible, are kept whole.
"""

import datetime as dt
from collections.abc import Callable

import sqlalchemy as sa

from bouncer.ndr.reading import Kind
from bouncer.policy.records import Belief, LetterState
from bouncer.store.engine.ids import least_id
from bouncer.store.letters.leasing import first_within
from bouncer.store.letters.retiring import MAX_OCTETS, has_waiting_entry
from bouncer.store.tables import KEPT_OCTETS, bounces, letters, raw_letters, raw_pieces

_REPORTS = (Kind.BOUNCE.value, Kind.DELAY.value, Kind.SUCCESS.value, Kind.COMPLAINT.value)
_BELIEVED = (Belief.PROVEN.value, Belief.PLAUSIBLE.value)


def cut(connection: sa.Connection, *, before: dt.datetime, count: int) -> int:
    """Decide on up to *count* large letters older than *before*; gives their number. The octets cut by one call are bounded too."""
    undecided = sa.and_(letters.c.octets > sa.literal_column(str(KEPT_OCTETS)), letters.c.left_octets.is_(None))
    can_be_cut = sa.and_(undecided, letters.c.id < least_id(before), _is_shared(_is_there), ~_is_shared(_is_needed))
    sizes = connection.execute(
        sa.select(letters.c.id, letters.c.octets).where(can_be_cut).order_by(letters.c.id).limit(count)
    )
    ids = first_within(MAX_OCTETS, sizes)
    if not ids:
        return 0
    is_listed = letters.c.id.in_(ids)
    kept_ids = set(connection.scalars(sa.select(letters.c.raw_id).where(is_listed, _is_shared(_is_believed))))
    cut_ids = set(connection.scalars(sa.select(letters.c.raw_id).where(is_listed))) - kept_ids
    _cut(connection, cut_ids)
    connection.execute(
        sa.update(letters).where(is_listed, letters.c.raw_id.in_(kept_ids)).values(left_octets=letters.c.octets)
    )
    connection.execute(sa.update(letters).where(letters.c.raw_id.in_(cut_ids)).values(left_octets=KEPT_OCTETS))
    return len(ids)


def _is_shared(condition: Callable[[sa.FromClause], sa.ColumnElement[bool]]) -> sa.Exists:
    """Whether the octets also belong to a letter that meets *condition*: one DATA for several return paths is stored once."""
    other = letters.alias()
    return sa.exists().where(other.c.raw_id == letters.c.raw_id, condition(other)).correlate(letters)


def _is_there(other: sa.FromClause) -> sa.ColumnElement[bool]:
    return other.c.state != LetterState.RETIRED.value


def _is_needed(other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.or_(other.c.state == LetterState.KEPT.value, has_waiting_entry(other.c.id))


def _is_believed(other: sa.FromClause) -> sa.ColumnElement[bool]:
    believed = sa.exists().where(bounces.c.letter_id == other.c.id, bounces.c.belief.in_(_BELIEVED)).correlate(other)
    return sa.and_(other.c.kind.in_(_REPORTS), believed)


def _cut(connection: sa.Connection, raw_ids: set[int]) -> None:
    """Keep the beginning, or the beginning of the first piece where there are pieces."""
    first = sa.select(sa.func.substr(raw_pieces.c.octets, 1, KEPT_OCTETS)).where(
        raw_pieces.c.raw_id == raw_letters.c.id, raw_pieces.c.place == 0
    )
    own_octets = sa.func.substr(raw_letters.c.octets, 1, KEPT_OCTETS)
    beginning = sa.func.coalesce(first.scalar_subquery(), own_octets)
    connection.execute(sa.update(raw_letters).where(raw_letters.c.id.in_(raw_ids)).values(octets=beginning))
    connection.execute(sa.delete(raw_pieces).where(raw_pieces.c.raw_id.in_(raw_ids)))
