"""Taught rules, and letters by the rule that has read them."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table, the column and its index."""
    op.create_table(
        "taught_rules",
        sa.Column("id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("phrases", "place", "before", "after", "host")),
        sa.Column("is_delay", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("reason", "taught_by")),
        sa.Column("taught_at", sa.BigInteger(), nullable=False),
        sa.Column("letter_id", _ID),
        sa.PrimaryKeyConstraint("id"),
    )
    op.add_column("letters", sa.Column("taught_rule", sa.Text()))
    is_taught = sa.text("taught_rule IS NOT NULL")
    columns = ["taught_rule", "id"]
    op.create_index("ix_letters_taught_rule", "letters", columns, sqlite_where=is_taught, postgresql_where=is_taught)
