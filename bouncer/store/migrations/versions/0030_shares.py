"""Share links of the web pages."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "shares",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "digest", "account", "address", "person")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("made_at", "until")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("uq_shares_digest", "shares", ["digest"], unique=True)
    op.create_index("ix_shares_account", "shares", ["account"])
    op.create_index("ix_shares_until", "shares", ["until"])
