"""What a report led to for the address, as it was decided: a later count would not give the same number."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; of what was recorded before, they say nothing."""
    op.add_column("bounces", sa.Column("effect", sa.Text()))
    op.add_column("bounces", sa.Column("counted_day", sa.Integer()))
    op.add_column("bounces", sa.Column("counted_needed", sa.Integer()))
    op.add_column("bounces", sa.Column("counted_window", sa.Integer()))
