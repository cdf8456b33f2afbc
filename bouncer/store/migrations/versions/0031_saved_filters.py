"""Saved filters of the web pages."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "saved_filters",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("account", sa.Text()),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("person", "name", "words")),
        sa.Column("saved_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_saved_filters_person", "saved_filters", ["person"])
    op.create_index("ix_saved_filters_account", "saved_filters", ["account"])
