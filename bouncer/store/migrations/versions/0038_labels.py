"""Endpoints of webhooks have a label, and what another service calls bounced stands among the bounces."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column, and move the addresses, which stood among the wishes."""
    op.add_column("webhooks", sa.Column("label", sa.Text(), nullable=False, server_default=""))
    for table in ("suppressions", "staged"):
        op.execute(f"UPDATE {table} SET listed_in = 'bounces' WHERE reason = 'bounce'")  # noqa: S608 -- tables of ours
