"""Pages of bounces after an offset (offset pagination): a walk through the ids of a list, in queries of bounded work."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa

from bouncer.ports.letters import BounceFilter
from bouncer.ports.record_lists import COUNTED_BEYOND, MOST_EXAMINED
from bouncer.ports.scope import Scope
from bouncer.store.bounces.filtering import EXAMINED, ChosenIds, Span, end_id_of, examine, least_id_of
from bouncer.store.bounces.outcome_conditions import is_stopped as stopped
from bouncer.store.engine.ids import MAX_ID
from bouncer.store.suppressions.keys import Keys


@dataclass(slots=True)
class Walk:
    """A walk over a list from its newest bounce, or from a place: *offset* bounces are skipped, the next *limit* are the page."""

    offset: int
    limit: int
    is_over: bool = False
    page: list[int] = field(default_factory=list)
    total: int = 0
    _parts: int = 0

    def add(self, part: ChosenIds) -> int | None:
        """Add the next part; give the id from which the walk goes on."""
        begin = self.offset - self.total
        self.page += part.ids[max(begin, 0) :][: self.limit - len(self.page)] if begin < len(part.ids) else []
        self.total += len(part.ids)
        self._parts += 1
        is_counted = self.total >= self.offset + self.limit + COUNTED_BEYOND
        self.is_over = part.next is None or is_counted or self._parts * EXAMINED >= MOST_EXAMINED
        return part.next


def choose_ids(
    connection: sa.Connection,
    scope: Scope,
    criteria: BounceFilter,
    before: int | None,
    *,
    is_stopped: bool | None,
    now: dt.datetime,
) -> ChosenIds:
    """Look at EXAMINED bounces older than the id *before*, and give the ids of those that a filter chooses, newest first."""
    span = Span(least_id_of(criteria), min(MAX_ID if before is None else before, end_id_of(criteria)))
    conditions = list[sa.ColumnElement[bool]]()
    if is_stopped is not None:
        is_so = stopped(scope.account is not None and Keys(connection).folds(scope.account), now)
        conditions.append(is_so if is_stopped else sa.not_(is_so))
    rows: Sequence[sa.Row[int, bool]] = connection.execute(examine(connection, scope, criteria, span, conditions)).all()
    last = rows[-1].id if len(rows) == EXAMINED else None
    return ChosenIds([row.id for row in rows if row.fits], last)
