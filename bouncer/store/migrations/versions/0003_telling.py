"""Preferences of owners, and the columns by which each mail is scheduled and limited."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Add the columns and the owners; entries that were tried already go on as they are."""
    op.add_column("accounts", sa.Column("wishes", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("outbox", sa.Column("placed", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("outbox", sa.Column("digest_id", ID))
    op.create_index("ix_outbox_digest", "outbox", ["digest_id"])
    op.execute("UPDATE outbox SET placed = true")
    op.create_table(
        "owners",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_at", sa.BigInteger(), nullable=True),
        sa.Column("failed_why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account", "address"),
    )
