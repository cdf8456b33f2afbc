"""Webhooks are told of the suppressions whose time is over: how far each is told, and the index of the ends.

Endpoints that were there before are told from now on.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the index."""
    op.add_column("webhooks", sa.Column("ends_told_until", sa.BigInteger()))
    webhooks = sa.table("webhooks", sa.column("ends_told_until"))
    op.execute(sa.update(webhooks).values(ends_told_until=time.time_ns() // 1000))
    has_end = sa.text("until IS NOT NULL")
    columns = ["account", "until", "id"]
    op.create_index("ix_suppressions_until", "suppressions", columns, sqlite_where=has_end, postgresql_where=has_end)
