"""Counts of sends are found by domain, and those of failures without what was sent."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_FAILED = "what NOT IN ('complaint', 'confirmed', 'dropped', 'refused', 'sent', 'unproven', 'unsubscribe')"


def upgrade() -> None:
    """Make the indexes."""
    is_failure = sa.text(_FAILED)
    op.create_index("ix_tallies_domain", "tallies", ["account", "domain", "hour"])
    op.create_index(
        "ix_tallies_failed", "tallies", ["account", "hour"], sqlite_where=is_failure, postgresql_where=is_failure
    )
