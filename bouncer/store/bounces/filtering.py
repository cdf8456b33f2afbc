"""Filters of bounces as SQL conditions: an index serves some of them; the others are tested on a bounded number of rows.

A list with conditions of the second kind looks at EXAMINED rows for each page, and no more: then its work is bounded, however few
rows match.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from bouncer.mail.address import ascii_domain
from bouncer.ports.letters import BounceFilter
from bouncer.ports.scope import Scope
from bouncer.store.bounces.about_message import is_about, letters_about
from bouncer.store.bounces.outcome_conditions import select_outcomes
from bouncer.store.engine.columns import MAX_KEY, clean
from bouncer.store.engine.ids import MAX_ID, least_id
from bouncer.store.scoping import scope_checks, scope_conditions, without_index
from bouncer.store.suppressions.keys import RECIPIENT, Keys, key
from bouncer.store.tables import bounces
from bouncer.verdict.provider import domains_of, servers_of

EXAMINED = 1500
"""Rows of an index that one page looks at: a few milliseconds."""

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Span:
    """The ids of a page: from *least* on, below *end*."""

    least: int
    end: int

    def conditions(self) -> list[Condition]:
        """Give the conditions on the ids, only those that choose."""
        return [bounces.c.id < self.end, *([bounces.c.id >= self.least] if self.least else [])]


@dataclass(frozen=True, slots=True)
class ChosenIds:
    """The ids of the rows of a page, in its order, and the id from which the next page goes on; None after the last."""

    ids: Sequence[int]
    next: int | None


@dataclass(frozen=True, slots=True)
class ChosenChanges:
    """The bounces that were looked at for changes and chosen: by the id of the change, that of the bounce.

    All changes up to *end* were looked at; *is_more*: there may be further ones.
    """

    by_change: Mapping[int, int]
    end: int
    is_more: bool


def least_id_of(criteria: BounceFilter) -> int:
    """Give the least id of a filter's rows: ids are in order of time."""
    return least_id(criteria.since) if criteria.since else 0


def end_id_of(criteria: BounceFilter) -> int:
    """Give the end of the ids of a filter's rows: all of them are lower."""
    return least_id(criteria.before) if criteria.before else MAX_ID


def is_indexed(criteria: BounceFilter) -> bool:
    """Whether indexes serve the whole filter."""
    others = (criteria.provider, criteria.reason, criteria.status, criteria.belief, criteria.campaign, criteria.stream)
    if criteria.outcomes or any(value is not None for value in others):
        return False
    if criteria.message_id is None and criteria.domain is None:
        return True
    narrow = (criteria.recipient, criteria.letter_id, criteria.category)
    return not any(narrow) and not (criteria.message_id and criteria.domain)


def conditions(connection: sa.Connection, scope: Scope, criteria: BounceFilter) -> list[Condition]:
    """Give the conditions of a filter that indexes serve; the span of ids is not among them."""
    if criteria.message_id is not None:
        return [
            is_about(connection, bounces.c.letter_id, criteria.message_id),
            *scope_checks(scope, bounces.c.account),
            *_time_bounds(criteria),
        ]
    if criteria.domain is not None:
        return [_select_domain(criteria.domain), *scope_checks(scope, bounces.c.account), *_time_bounds(criteria)]
    return [*_narrow(connection, scope, criteria), *_select_category(criteria), *_time_bounds(criteria)]


def _narrow(connection: sa.Connection, scope: Scope, criteria: BounceFilter) -> Iterator[Condition]:
    yield from scope_conditions(scope, bounces.c.account)
    if criteria.recipient is not None:
        yield select_recipient(Keys(connection), scope.account, criteria.recipient)
    if criteria.letter_id is not None:
        yield bounces.c.letter_id == criteria.letter_id


def select_recipient(keys: Keys, account: str | None, recipient: str) -> Condition:
    """Select the bounces of a recipient, as *account* compares addresses; by the exact address where *account* is None."""
    if account is None:
        return bounces.c.recipient_key == key(recipient)
    return keys.select_forms(account, bounces, [keys.form(account, recipient)], RECIPIENT)


def _select_domain(domain: str) -> Condition:
    return bounces.c.recipient_domain == clean(ascii_domain(domain.removeprefix("@")), MAX_KEY)


def _select_category(criteria: BounceFilter) -> list[Condition]:
    return [] if criteria.category is None else [bounces.c.category == criteria.category]


def _time_bounds(criteria: BounceFilter) -> list[Condition]:
    """Bound the time, too: ids bound it only to the millisecond."""
    return [] if criteria.since is None else [bounces.c.at >= criteria.since]


def chosen_ids(connection: sa.Connection, scope: Scope, criteria: BounceFilter, span: Span, limit: int) -> ChosenIds:
    """Look at EXAMINED rows of the narrowest index, and give the ids of those that the whole filter chooses."""
    some = examine(connection, scope, criteria, span).subquery()
    fitting = sa.select(some.c.id).where(some.c.fits).order_by(some.c.id.desc()).limit(limit)
    ids = connection.scalars(fitting).all()
    if len(ids) == limit:
        return ChosenIds(ids, ids[-1])
    query = sa.select(sa.func.count(), sa.func.min(some.c.id)).select_from(some)
    count, last = connection.execute(query).one()
    return ChosenIds(ids, last if count == EXAMINED else None)


def examine(
    connection: sa.Connection, scope: Scope, criteria: BounceFilter, span: Span, further: Sequence[Condition] = ()
) -> sa.Select[int, bool]:
    """Select EXAMINED ids of the narrowest index, newest first, each with whether filter and *further* choose its row."""
    fits = sa.and_(*residual_conditions(bounces, criteria), *further, *_time_bounds(criteria)).label("fits")
    rows = sa.select(bounces.c.id, fits).where(*span.conditions(), *_base(connection, scope, criteria))
    return rows.order_by(bounces.c.id.desc()).limit(EXAMINED)


def new_bounces(
    connection: sa.Connection, scope: Scope, criteria: BounceFilter, span: Span, limit: int
) -> ChosenChanges:
    """Choose bounces of letters that were read once, oldest first: their changes have their own ids."""
    return oldest_bounces(connection, scope, criteria, span, limit, [bounces.c.changed.is_(None)])


def oldest_bounces(
    connection: sa.Connection,
    scope: Scope,
    criteria: BounceFilter,
    span: Span,
    limit: int,
    further: Sequence[Condition] = (),
) -> ChosenChanges:
    """Choose bounces, oldest first, by their ids."""
    checks = [*residual_conditions(bounces, criteria), *further, *_time_bounds(criteria)]
    return _changes(connection, bounces.c.id, _base(connection, scope, criteria), checks, span, limit)


def changed_bounces(
    connection: sa.Connection, scope: Scope, criteria: BounceFilter, span: Span, limit: int
) -> ChosenChanges:
    """Choose bounces of letters that were read again, in the order of those readings."""
    checks = [*scope_checks(scope, bounces.c.account), *residual_conditions(bounces, criteria), *_time_bounds(criteria)]
    if criteria.recipient is not None:
        checks.append(select_recipient(Keys(connection), scope.account, criteria.recipient))
    if criteria.letter_id is not None:
        checks.append(bounces.c.letter_id == criteria.letter_id)
    return _changes(connection, bounces.c.changed, [bounces.c.changed.is_not(None)], checks, span, limit)


def _changes(
    connection: sa.Connection,
    change: sa.ColumnElement[Any],
    base: Sequence[Condition],
    checks: Sequence[Condition],
    span: Span,
    limit: int,
) -> ChosenChanges:
    columns = [bounces.c.id, change.label("change"), sa.and_(*checks).label("fits")]
    in_span = change >= span.least, change < span.end
    some = sa.select(*columns).where(*in_span, *base).order_by(change).limit(EXAMINED).subquery()
    fitting = sa.select(some.c.change, some.c.id).where(some.c.fits).order_by(some.c.change).limit(limit)
    chosen = {row.change: row.id for row in connection.execute(fitting)}
    if len(chosen) == limit:
        return ChosenChanges(chosen, max(chosen), is_more=True)
    query = sa.select(sa.func.count(), sa.func.max(some.c.change)).select_from(some)
    count, last = connection.execute(query).one()
    return ChosenChanges(chosen, span.least - 1 if last is None else last, is_more=count == EXAMINED)


def _base(connection: sa.Connection, scope: Scope, criteria: BounceFilter) -> list[Condition]:
    """Give the condition whose index is read, and the scope."""
    if criteria.recipient is not None or criteria.letter_id is not None:
        return list(_narrow(connection, scope, criteria))
    if criteria.message_id is not None:
        return [is_about(connection, bounces.c.letter_id, criteria.message_id), *scope_checks(scope, bounces.c.account)]
    if criteria.domain is not None:
        return [_select_domain(criteria.domain), *scope_checks(scope, bounces.c.account)]
    return [*scope_conditions(scope, bounces.c.account), *_select_category(criteria)]


def residual_conditions(rows: sa.FromClause, criteria: BounceFilter) -> Iterator[Condition]:
    """Give the conditions of a filter on each of *rows* that is looked at, in a form for which no index is taken."""
    equal = {
        "category": criteria.category,
        "reason": criteria.reason,
        "belief": criteria.belief,
        "campaign": criteria.campaign,
        "stream": criteria.stream,
    }
    yield sa.true()
    for name, value in equal.items():
        if value is not None:
            yield without_index(rows.c[name]) == clean(str(value), MAX_KEY)
    if criteria.domain is not None:
        yield without_index(rows.c.recipient_domain) == clean(ascii_domain(criteria.domain.removeprefix("@")), MAX_KEY)
    if criteria.status is not None:
        status = clean(criteria.status)
        whole, part = rows.c.status == status, rows.c.status.startswith(f"{status}.", autoescape=True)
        yield sa.or_(whole, part)
    if criteria.provider is not None:
        yield _select_provider(rows, criteria.provider)
    if criteria.outcomes:
        yield select_outcomes(rows, criteria.outcomes)
    if criteria.message_id is not None and (criteria.recipient is not None or criteria.letter_id is not None):
        yield bounces.c.letter_id.in_(letters_about(criteria.message_id))


def _select_provider(rows: sa.FromClause, name: str) -> Condition:
    """Select the bounces of a provider: by the recipient's domain, else by the server that the report names."""
    by_domain = without_index(rows.c.recipient_domain).in_(domains_of(name) or ("",))
    host = sa.func.lower(sa.func.coalesce(rows.c.remote_mta, ""))
    by_server = [
        sa.and_(host.endswith(end), *(~host.endswith(other) for other in others)) for end, others in servers_of(name)
    ]
    return sa.or_(by_domain, *by_server)
