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

_ROW = ("account", "address", "address_key", "address_domain", "reason", "source", "since", "until", "stream", "why")


def open_import(connection: sa.Connection, *, now: dt.datetime) -> str:
    """Begin an import: name it by its time, and take away what older ones that were broken off left behind."""
    connection.execute(sa.delete(staged).where(staged.c.name < _name(now - LEFT_OVER)))
    return _name(now)


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
        connection.execute(sa.insert(staged), rows)


def take(connection: sa.Connection, name: str, *, now: dt.datetime) -> tuple[int, int]:
    """Put all of it in force: trail and suppressions by one statement each; give how many changed, how many are allow-listed."""
    of_import = staged.c.name == name
    kept_out = connection.execute(sa.delete(staged).where(of_import, _is_allowed())).rowcount
    connection.execute(sa.delete(staged).where(of_import, ~_is_last()))
    columns = [staged.c[field] for field in _ROW]
    new = sa.select(*columns).where(of_import, ~_is_covered())
    noted = [name for name in _ROW if name not in ("address_domain", "since")]
    entries = sa.select(sa.literal(now, trail.c.at.type), sa.literal(SUPPRESSED), *(staged.c[field] for field in noted))
    written = connection.execute(
        sa.insert(trail).from_select(["at", "change", *noted], entries.where(of_import, ~_is_covered()))
    ).rowcount
    adding = insert(connection, suppressions).from_select(_ROW, new)
    change = {field: adding.excluded[field] for field in ("address", "reason", "source", "since", "until", "why")}
    scope = ["account", "address_key", "stream"]
    connection.execute(
        adding.on_conflict_do_update(index_elements=scope, set_={**change, "letter_id": None, "rule": None})
    )
    drop(connection, name)
    return written, kept_out


def drop(connection: sa.Connection, name: str) -> None:
    """Forget what was laid ready."""
    connection.execute(sa.delete(staged).where(staged.c.name == name))


def _same_scope(other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(*(other.c[field] == staged.c[field] for field in ("account", "address_key", "stream")))


def _is_covered() -> sa.Exists:
    """Whether a suppression in force is as long already."""
    until = suppressions.c.until
    longer = sa.or_(until.is_(None), sa.and_(until >= staged.c.until, until > staged.c.since))
    return sa.exists().where(_same_scope(suppressions), longer).correlate(staged)


def _is_last() -> sa.ColumnElement[bool]:
    """Whether no later line of the import is about the same address."""
    other = staged.alias()
    again = sa.exists().where(other.c.name == staged.c.name, _same_scope(other), other.c.id > staged.c.id)
    return ~again.correlate(staged)


def _is_allowed() -> sa.Exists:
    forms = (staged.c.address_key, sa.literal("@") + staged.c.address_domain)
    return sa.exists().where(allowed.c.account == staged.c.account, allowed.c.address_key.in_(forms)).correlate(staged)
