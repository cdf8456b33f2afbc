"""What one message was too large or too badly made for says nothing of the address: it counts no more, and suppresses nobody.

Addresses that a report or an import suppressed for it are freed, and their story says so. What a person did stays.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0013"
branch_labels = None
depends_on = None

REASONS = ("message-too-large", "format-error")
WHY = "what one message was too large or too badly made for says nothing of the address"

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_COPIED = ("account", "address", "address_key", "address_folded", "stream")


def upgrade() -> None:
    """Take back what such failures did."""
    bounces = sa.table("bounces", sa.column("reason"), sa.column("counts", sa.Boolean))
    op.execute(sa.update(bounces).where(bounces.c.reason.in_(REASONS), bounces.c.counts).values(counts=False))
    now = (dt.datetime.now(dt.UTC) - _EPOCH) // dt.timedelta(microseconds=1)
    _free(now)
    staged = sa.table("staged", sa.column("reason"))
    op.execute(sa.delete(staged).where(staged.c.reason.in_(REASONS)))


def _free(now: int) -> None:
    """Free the addresses; those whose time is over need no story."""
    suppressions = sa.table("suppressions", *map(_column, (*_COPIED, "reason", "source", "until")))
    those = sa.and_(suppressions.c.reason.in_(REASONS), suppressions.c.source.in_(("bounce", "import")))
    in_force = sa.and_(those, sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now))
    said = {"at": now, "change": "freed", "reason": "", "source": "upgrade", "why": WHY}
    trail = sa.table("trail", *map(_column, (*_COPIED, *said)))
    copied = sa.select(*(suppressions.c[name] for name in _COPIED), *map(sa.literal, said.values())).where(in_force)
    op.execute(sa.insert(trail).from_select([*_COPIED, *said], copied))
    op.execute(sa.delete(suppressions).where(those))


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name)
