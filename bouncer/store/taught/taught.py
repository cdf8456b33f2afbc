"""Taught rules in the store: a row for each, found by its id. All functions run in the caller's transaction."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from bouncer.ndr.taught_form import RecipientPlace, TaughtForm
from bouncer.ports.taught_rules import KeptRule
from bouncer.store.engine.engine import insert
from bouncer.store.tables import letters, taught_rules
from bouncer.verdict.taught_rule import TaughtRule
from bouncer.verdict.verdict import Reason

_IN_ORDER = sa.select(taught_rules).order_by(taught_rules.c.taught_at, taught_rules.c.id)
_NUMBER = sa.select(sa.func.count()).select_from(taught_rules)
_REMOVING = sa.delete(taught_rules).where(taught_rules.c.id == sa.bindparam("of_id"))
_COUNT = sa.select(sa.func.count()).where(letters.c.taught_rule == taught_rules.c.id).correlate(taught_rules)
_COUNTED = _IN_ORDER.add_columns(_COUNT.scalar_subquery().label("letters"))
_READ_BY = (
    sa.select(letters.c.id)
    .where(letters.c.taught_rule == sa.bindparam("of_id"))
    .order_by(letters.c.id.desc())
    .limit(sa.bindparam("most"))
)


def add(connection: sa.Connection, entry: KeptRule, limit: int) -> bool:
    """Add a rule; False where there is one of its form, or there are *limit*."""
    if (connection.scalar(_NUMBER) or 0) >= limit:
        return False
    form = entry.rule.form
    row = {
        "id": entry.rule.id,
        "phrases": form.phrases,
        "place": form.place.value,
        "before": form.before,
        "after": form.after,
        "host": form.host,
        "is_delay": form.is_delay,
        "reason": entry.rule.reason.value,
        "taught_by": entry.taught_by,
        "taught_at": entry.taught_at,
        "letter_id": entry.letter_id,
    }
    return connection.execute(insert(connection, taught_rules).values(row).on_conflict_do_nothing()).rowcount > 0


def remove(connection: sa.Connection, rule_id: str) -> bool:
    """Remove a rule; False where there is none."""
    return connection.execute(_REMOVING, {"of_id": rule_id}).rowcount > 0


def list_rules(connection: sa.Connection) -> list[KeptRule]:
    """Give the rules, oldest first, each with the number of letters that it has read."""
    rows = connection.execute(_COUNTED)
    return [KeptRule(_rule(row), row.taught_by, row.taught_at, row.letter_id, row.letters) for row in rows]


def read_in_force(connection: sa.Connection) -> tuple[TaughtRule, ...]:
    """Give the rules alone, oldest first."""
    return tuple(_rule(row) for row in connection.execute(_IN_ORDER))


def letters_of(connection: sa.Connection, rule_id: str, limit: int) -> Sequence[int]:
    """Give the newest letters that a rule has read."""
    return connection.scalars(_READ_BY, {"of_id": rule_id, "most": limit}).all()


def _rule(row: sa.Row[Any]) -> TaughtRule:
    form = TaughtForm(row.phrases, RecipientPlace(row.place), row.before, row.after, row.host, row.is_delay)
    return TaughtRule(form, Reason.from_record(row.reason) or Reason.UNKNOWN)
