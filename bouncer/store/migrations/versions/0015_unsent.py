"""Refusals of one message for its size or form count no more; owners are told of dropped mail.

Addresses that a report or an import suppressed for such a failure are freed, and their story says so. Changes that a person made
stay. Entries may be of no letter from now on: those that tell an account's owners of its dropped mail.
"""

import datetime as dt
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

REASONS = ("message-too-large", "format-error")
WHY = "what one message was too large or too badly made for says nothing of the address"

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_COPIED = ("account", "address", "address_key", "address_folded", "stream")


def upgrade() -> None:
    """Free the addresses that such failures suppressed."""
    bounces = sa.table("bounces", sa.column("reason"), sa.column("counts", sa.Boolean))
    op.execute(sa.update(bounces).where(bounces.c.reason.in_(REASONS), bounces.c.counts).values(counts=False))
    now = (dt.datetime.now(dt.UTC) - _EPOCH) // dt.timedelta(microseconds=1)
    _free_addresses(now)
    staged = sa.table("staged", sa.column("reason"))
    op.execute(sa.delete(staged).where(staged.c.reason.in_(REASONS)))
    _let_entries_be_of_no_letter()
    _make_room_for_what_is_dropped()


def _let_entries_be_of_no_letter() -> None:
    """Take NOT NULL off; with SQLite in the way that section 7 of its page "ALTER TABLE" has, which copies no table."""
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("outbox", "letter_id", nullable=True)
        return
    version = op.get_bind().exec_driver_sql("PRAGMA schema_version").scalar_one()
    op.execute("PRAGMA writable_schema = ON")
    op.execute(
        "UPDATE sqlite_master SET sql = replace(sql, 'letter_id INTEGER NOT NULL', 'letter_id INTEGER')"
        " WHERE type = 'table' AND name = 'outbox'"
    )
    op.execute(f"PRAGMA schema_version = {version + 1}")
    op.execute("PRAGMA writable_schema = OFF")


def _make_room_for_what_is_dropped() -> None:
    letterless = sa.text("letter_id IS NULL")
    op.create_index(
        "ix_outbox_letterless",
        "outbox",
        ["account", "forward_path", "state"],
        sqlite_where=letterless,
        postgresql_where=letterless,
    )
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "unsent",
        sa.Column("parcel_id", number, autoincrement=False, nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("parcel_id", "address"),
        sa.ForeignKeyConstraint(["parcel_id"], ["outbox.id"], name="fk_unsent_parcel_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )


def _free_addresses(now: int) -> None:
    """Free the addresses; suppressions that have ended need no entry in the trail."""
    suppressions = sa.table("suppressions", *map(_column, (*_COPIED, "reason", "source", "until")))
    former = sa.and_(suppressions.c.reason.in_(REASONS), suppressions.c.source.in_(("bounce", "import")))
    in_force = sa.and_(former, sa.or_(suppressions.c.until.is_(None), suppressions.c.until > now))
    entry = {"at": now, "change": "freed", "reason": "", "source": "upgrade", "why": WHY}
    trail = sa.table("trail", *map(_column, (*_COPIED, *entry)))
    copied = sa.select(*(suppressions.c[name] for name in _COPIED), *map(sa.literal, entry.values())).where(in_force)
    op.execute(sa.insert(trail).from_select([*_COPIED, *entry], copied))
    op.execute(sa.delete(suppressions).where(former))


def _column(name: str) -> sa.ColumnClause[Any]:
    return sa.column(name)
