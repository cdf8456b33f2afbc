"""Imports in the store: staged part by part, activated by one small commit, merged into the suppressions part by part.

The commit that writes a row into ``imports`` activates the import: before it no row is in force, after it all rows are, staged or
merged (the look-ups of suppressions read staged rows, too). Merging changes no answer, and any process can resume an
interrupted merge. Each commit is one part, so that no other writer waits for more.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from bouncer.mail.address import ALL_OF_GMAIL, split
from bouncer.policy.address_list import list_of
from bouncer.policy.records import Suppression
from bouncer.ports.imports import UNDO_LASTS, ImportLabel
from bouncer.ports.suppressions import TrailChange
from bouncer.store.engine.engine import insert
from bouncer.store.engine.queries import fetch_rows
from bouncer.store.suppressions import changes, merging
from bouncer.store.suppressions.keys import Keys, both_forms, key
from bouncer.store.tables import allowed, imports, staged, suppressions, trail

ABANDONED_AFTER = dt.timedelta(days=1)
"""The age at which the next import deletes the staged rows of an interrupted import."""

_SCOPE = ("account", "address_key", "stream")
_CHANGED = ("address", "reason", "source", "since", "why", "listed_in")
_FORMS = ("address_key", "address_domain", "address_folded")
_ROW = ("account", "address", *_FORMS, "reason", "source", "since", "until", "stream", "why", "listed_in")
_TRAIL_FIELDS = [field for field in _ROW if field not in ("address_domain", "since", "listed_in")]
_ORDER = [staged.c[field] for field in ("name", *_SCOPE)]


@dataclass(frozen=True, slots=True)
class MergedRows:
    """The progress of a merge: the rows of this part, whether more are left, and the counts of all parts so far."""

    count: int
    has_more: bool
    new: int  # or longer than the existing suppression
    kept_out: int  # by the allow-list


UNMERGED = sa.select(imports.c.name).where(~imports.c.placed)
"""The names of the imports that are in force and not wholly merged; mostly there is none."""
_FIRST_UNMERGED = UNMERGED.limit(1)


def open_import(connection: sa.Connection, *, now: dt.datetime) -> tuple[str, list[str]]:
    """Begin an import: give its name, which is its time, and the names of older interrupted imports."""
    before = _name(now - ABANDONED_AFTER)
    old_names = sa.select(staged.c.name).where(staged.c.name < before, staged.c.name.not_in(sa.select(imports.c.name)))
    return _name(now), list(connection.scalars(old_names.distinct()))


def _name(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).isoformat(timespec="microseconds")


def stage(connection: sa.Connection, name: str, added: Sequence[Suppression]) -> None:
    """Stage *added* under *name*."""
    rows = []
    for suppression in added:
        plain = key(suppression.address)
        row = {field: getattr(suppression, field) for field in _ROW if field not in (*_FORMS, "listed_in")}
        place = {"name": name, "listed_in": str(list_of(suppression.reason, suppression.stream))}
        rows.append({**row, **both_forms(plain), **place, "address_domain": split(plain)[1]})
    if rows:
        insertion = insert(connection, staged)
        new = insertion.excluded
        change = merging.changed_columns(staged.c, new, _CHANGED, new.since)
        connection.execute(insertion.on_conflict_do_update(index_elements=["name", *_SCOPE], set_=change), rows)


def staged_names(connection: sa.Connection) -> list[str]:
    """Give the names of all imports with staged rows, few as they are: the table is in the order of names."""
    names = [""]
    after = sa.select(staged.c.name).where(staged.c.name > sa.bindparam("last")).order_by(staged.c.name).limit(1)
    while (next_name := connection.scalar(after, {"last": names[-1]})) is not None:
        names.append(next_name)
    return names


def activate(connection: sa.Connection, name: str, label: ImportLabel | None, *, now: dt.datetime) -> None:
    """Activate an import: all its rows are in force; the rows in ``imports`` of old merged imports are deleted."""
    of_no_file = sa.and_(imports.c.account == "", imports.c.at < now - ABANDONED_AFTER)
    is_old = sa.or_(of_no_file, imports.c.at < now - UNDO_LASTS)
    connection.execute(sa.delete(imports).where(imports.c.placed, is_old))
    of_file = {"account": label.account, "why": label.why} if label else {"account": "", "why": ""}
    connection.execute(
        sa.insert(imports), [{"name": name, "at": now, "new": 0, "kept_out": 0, "placed": False, **of_file}]
    )


def find_unmerged(connection: sa.Connection) -> str | None:
    """Give the name of an import that is in force and not wholly merged; None where there is none."""
    rows = fetch_rows(connection, _FIRST_UNMERGED, {})
    return rows[0].name if rows else None


def merge(connection: sa.Connection, name: str, count: int) -> MergedRows:
    """Merge up to *count* rows of an import in force into the suppressions, and write the trail, by one statement each.

    The rows go in the order of the addresses, so that indexes grow page by page.
    """
    before = connection.execute(sa.select(imports).where(imports.c.name == name)).one()
    part = _first_rows(connection, name, count)
    is_allowed = _is_allowed(_folding_accounts(connection, part))
    kept_out = _count_allowed(connection, part, is_allowed)
    is_merged = sa.and_(part, ~is_allowed, ~_is_covered()) if kept_out else sa.and_(part, ~_is_covered())
    _lengthen_wishes(connection, part)
    changes.note_import(connection, name, is_merged, earlier=before.new, at=before.at)
    new = _merge_rows(connection, is_merged, at=before.at)
    merged = connection.execute(sa.delete(staged).where(part)).rowcount
    counts = {"new": before.new + new, "kept_out": before.kept_out + kept_out}
    connection.execute(sa.update(imports).where(imports.c.name == name).values(**counts, placed=merged < count))
    return MergedRows(merged, has_more=merged == count, **counts)


def _first_rows(connection: sa.Connection, name: str, count: int) -> sa.ColumnElement[bool]:
    """Select the first *count* rows of an import, or all where there are fewer."""
    of_import = staged.c.name == name
    scope = [staged.c[field] for field in _SCOPE]
    last = connection.execute(sa.select(*scope).where(of_import).order_by(*scope).offset(count - 1).limit(1)).first()
    return sa.and_(of_import, sa.tuple_(*scope) <= sa.tuple_(*last)) if last else of_import


def _merge_rows(connection: sa.Connection, new: sa.ColumnElement[bool], *, at: dt.datetime) -> int:
    entries = [
        sa.literal(at, trail.c.at.type),
        sa.literal(TrailChange.SUPPRESSED.value),
        *(staged.c[field] for field in _TRAIL_FIELDS),
    ]
    trail_entries = sa.insert(trail).from_select(
        ["at", "change", *_TRAIL_FIELDS], sa.select(*entries).where(new).order_by(*_ORDER)
    )
    count = connection.execute(trail_entries).rowcount
    rows = sa.select(*(staged.c[field] for field in _ROW)).where(new).order_by(*_ORDER)
    insertion = insert(connection, suppressions).from_select(_ROW, rows)
    now = sa.literal(at, suppressions.c.until.type)
    change = merging.changed_columns(suppressions.c, insertion.excluded, (*_CHANGED, "letter_id", "rule"), now)
    connection.execute(insertion.on_conflict_do_update(index_elements=_SCOPE, set_=change))
    return count


def _lengthen_wishes(connection: sa.Connection, part: sa.ColumnElement[bool]) -> None:
    """Give the staged wishes the end of the failures that they overrule, where it is later."""
    is_later = merging.is_longer(staged.c, suppressions.c)
    where = sa.and_(_same_scope(suppressions), merging.overrules(suppressions.c, staged.c), is_later)
    until = sa.select(suppressions.c.until).where(where).correlate(staged).scalar_subquery()
    has_later = sa.exists().where(where).correlate(staged)
    connection.execute(sa.update(staged).where(part, has_later).values(until=until))


def _folding_accounts(connection: sa.Connection, part: sa.ColumnElement[bool]) -> list[str]:
    """Give the accounts of a part that take all spellings of a mailbox at Gmail for one address."""
    keys = Keys(connection)
    return [name for name in connection.scalars(sa.select(staged.c.account).where(part).distinct()) if keys.folds(name)]


def _count_allowed(connection: sa.Connection, part: sa.ColumnElement[bool], is_allowed: sa.ColumnElement[bool]) -> int:
    """Count the rows that the allow-list keeps out; 0 without further queries where the list is empty."""
    if connection.scalar(sa.select(allowed.c.account).limit(1)) is None:
        return 0
    return connection.scalar(sa.select(sa.func.count()).select_from(staged).where(part, is_allowed)) or 0


def drop(connection: sa.Connection, name: str, count: int) -> int:
    """Delete up to *count* staged rows of an import that is not in force; give their number."""
    if connection.scalar(sa.select(imports.c.name).where(imports.c.name == name)) is not None:
        return 0
    return connection.execute(sa.delete(staged).where(_first_rows(connection, name, count))).rowcount


def _same_scope(other: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(*(other.c[field] == staged.c[field] for field in _SCOPE))


def _is_covered() -> sa.Exists:
    """Whether an existing suppression ends as late as the staged one, and is no failure that the staged one overrules."""
    until = suppressions.c.until
    longer = sa.or_(until.is_(None), sa.and_(until >= staged.c.until, until > staged.c.since))
    overruled = merging.overrules(suppressions.c, staged.c)
    return sa.exists().where(_same_scope(suppressions), longer, sa.not_(overruled)).correlate(staged)


def _is_allowed(folding: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether the staged address is on the allow-list, as its account compares addresses."""
    of_account = sa.exists().where(allowed.c.account == staged.c.account).correlate(staged)
    exact = allowed.c.address_key.in_((staged.c.address_key, sa.literal("@") + staged.c.address_domain))
    if not folding:
        return of_account.where(exact)
    folded = allowed.c.address_folded.in_((staged.c.address_folded, sa.literal(ALL_OF_GMAIL)))
    at_gmail = sa.and_(staged.c.account.in_(folding), staged.c.address_folded.is_not(None), of_account.where(folded))
    return sa.or_(of_account.where(exact), at_gmail)
