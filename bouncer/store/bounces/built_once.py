"""Queries of the lists of bounces that are asked for most: of an account, a recipient, a letter, a category. Each is built once.

To build the query of such a list, and to look for its compiled form, takes as long as to run it.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from bouncer.ports.letters import BounceFilter
from bouncer.ports.scope import Scope
from bouncer.store.bounces.filtering import Span
from bouncer.store.suppressions.keys import RECIPIENT, Keys, key, select_forms_by_id
from bouncer.store.tables import bounces

MOST_FORMS = 64
"""Queries that are remembered: of each few sets of columns, with and without each condition."""

Values = Mapping[str, Any]
_FORMS: sa.BindParameter[Any] = sa.bindparam("forms", type_=sa.Text, expanding=True)
_CONDITIONS: Mapping[str, sa.ColumnElement[bool]] = {
    "end": bounces.c.id < sa.bindparam("end"),
    "least": bounces.c.id >= sa.bindparam("least"),
    "since": bounces.c.at >= sa.bindparam("since", type_=bounces.c.at.type),
    "account": bounces.c.account == sa.bindparam("account"),
    "recipient": bounces.c.recipient_key == sa.bindparam("recipient"),
    "letter_id": bounces.c.letter_id == sa.bindparam("letter_id"),
    "category": bounces.c.category == sa.bindparam("category"),
}
"""The conditions that such a list may have, each by the name of its parameter."""


def is_narrow(criteria: BounceFilter) -> bool:
    """Whether the filter has no other conditions than those of such lists."""
    return criteria == replace(
        BounceFilter(),
        recipient=criteria.recipient,
        letter_id=criteria.letter_id,
        category=criteria.category,
        since=criteria.since,
        before=criteria.before,
    )


def make_newest_query(
    rows: sa.Select[Any], keys: Keys, scope: Scope, criteria: BounceFilter, span: Span
) -> tuple[sa.Select[Any], Values]:
    """Give the query of the newest of *rows* inside *scope*, and its values but for ``limit``; *rows* is built once, too."""
    facts = {
        "end": span.end,
        "least": span.least or None,
        "since": criteria.since,
        "account": scope.account,
        "letter_id": criteria.letter_id,
        "category": criteria.category,
        **_value_of_recipient(keys, scope.account, criteria.recipient),
    }
    values = {name: value for name, value in facts.items() if value is not None}
    folds = "forms" in values and scope.account is not None and keys.folds(scope.account)
    return _build_newest_query(rows, frozenset(values), folds=folds), values


def _value_of_recipient(keys: Keys, account: str | None, recipient: str | None) -> Values:
    """Give the value by which a recipient is found, as *account* compares addresses; the exact address where it is None."""
    if recipient is None:
        return {}
    return {"recipient": key(recipient)} if account is None else {"forms": [keys.form(account, recipient)]}


@lru_cache(maxsize=MOST_FORMS)
def _build_newest_query(rows: sa.Select[Any], names: frozenset[str], *, folds: bool) -> sa.Select[Any]:
    conditions = [condition for name, condition in _CONDITIONS.items() if name in names]
    if "forms" in names:
        conditions.append(select_forms_by_id(bounces, RECIPIENT if folds else RECIPIENT[:1], _FORMS))
    return rows.where(*conditions).order_by(bounces.c.id.desc()).limit(sa.bindparam("limit", type_=sa.Integer))
