"""Imports in the store: laid ready part by part, put in force in one transaction; half an import is never in force."""

import datetime as dt
from collections.abc import Sequence

import sqlalchemy as sa

from bouncer.mail.address import split
from bouncer.policy.record import Suppression
from bouncer.store.engine import insert
from bouncer.store.keys import Keys
from bouncer.store.tables import allowed, staged, suppressions, trail
from bouncer.store.trail import SUPPRESSED

LEFT_OVER = dt.timedelta(days=1)
"""Age of what an import that was broken off left behind, when the next one takes it away."""

_SCOPE = ("account", "address_key", "stream")
_CHANGED = ("address", "reason", "source", "since", "until", "why")
_ROW = ("account", "address", "address_key", "address_domain", "reason", "source", "since", "until", "stream", "why")


def open_import(connection: sa.Connection, *, now: dt.datetime) -> tuple[str, list[str]]:
    """Begin an import: name it by its time; and give the names of older ones that were broken off."""
    old = sa.select(staged.c.name).where(staged.c.name < _name(now - LEFT_OVER)).distinct()
    return _name(now), list(connection.scalars(old))


def _name(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def stage(connection: sa.Connection, name: str, wanted: Sequence[Suppression]) -> None:
    """Lay *wanted* ready under *name*."""
    keys = Keys(connection)
    rows = []
    for one in wanted:
        address_key = keys.of(one.account, one.address)[-1]
        row = {field: getattr(one, field) for field in _ROW if not field.startswith("address_")}
        rows.append({**row, "name": name, "address_key": address_key, "address_domain": split(address_key)[1]})
    if rows:
        adding = insert(connection, staged)
        change = {field: adding.excluded[field] for field in _CHANGED}
        connection.execute(adding.on_conflict_do_update(index_elements=["name", *_SCOPE], set_=change), rows)


def take(connection: sa.Connection, name: str, *, now: dt.datetime) -> tuple[int, int]:
    """Put all of it in force: trail and suppressions by one statement each; give how many changed, how many are allow-listed.

    In the order of the addresses, so that indexes grow page by page: others wait for as long as this takes.
    """
    of_import = staged.c.name == name
    kept_out = _kept_out(connection, of_import)
    new = sa.and_(of_import, ~_is_covered(), *((~_is_allowed(),) if kept_out else ()))
    order = [staged.c[field] for field in ("name", *_SCOPE)]
    noted = [field for field in _ROW if field not in ("address_domain", "since")]
    entries = [sa.literal(now, trail.c.at.type), sa.literal(SUPPRESSED), *(staged.c[field] for field in noted)]
    written = connection.execute(
        sa.insert(trail).from_select(["at", "change", *noted], sa.select(*entries).where(new).order_by(*order))
    ).rowcount
    rows = sa.select(*(staged.c[field] for field in _ROW)).where(new).order_by(*order)
    adding = insert(connection, suppressions).from_select(_ROW, rows)
    change = {**{field: adding.excluded[field] for field in _CHANGED}, "letter_id": None, "rule": None}
    connection.execute(adding.on_conflict_do_update(index_elements=_SCOPE, set_=change))
    return written, kept_out


def _kept_out(connection: sa.Connection, of_import: sa.ColumnElement[bool]) -> int:
    """How many the allow-list keeps out; most have nobody on it."""
    if connection.scalar(sa.select(allowed.c.account).limit(1)) is None:
        return 0
    return connection.scalar(sa.select(sa.func.count()).select_from(staged).where(of_import, _is_allowed())) or 0


def drop(connection: sa.Connection, name: str, count: int) -> int:
    """Forget up to *count* rows of what was laid ready; give how many."""
    of_import = staged.c.name == name
    account = connection.scalar(sa.select(staged.c.account).where(of_import).limit(1))
    of_account = sa.and_(of_import, staged.c.account == account)
    some = sa.select(staged.c.address_key).where(of_account).order_by(staged.c.address_key).limit(count)
    return connection.execute(sa.delete(staged).where(of_account, staged.c.address_key.in_(some))).rowcount


def _same_scope(other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(*(other.c[field] == staged.c[field] for field in _SCOPE))


def _is_covered() -> sa.Exists:
    """Whether a suppression in force is as long already."""
    until = suppressions.c.until
    longer = sa.or_(until.is_(None), sa.and_(until >= staged.c.until, until > staged.c.since))
    return sa.exists().where(_same_scope(suppressions), longer).correlate(staged)


def _is_allowed() -> sa.Exists:
    forms = (staged.c.address_key, sa.literal("@") + staged.c.address_domain)
    return sa.exists().where(allowed.c.account == staged.c.account, allowed.c.address_key.in_(forms)).correlate(staged)
