"""The effect of a report on its address, as it was decided: a later count would not give the same number."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; they are empty for rows that were recorded before."""
    op.add_column("bounces", sa.Column("effect", sa.Text()))
    op.add_column("bounces", sa.Column("counted_day", sa.Integer()))
    op.add_column("bounces", sa.Column("counted_needed", sa.Integer()))
    op.add_column("bounces", sa.Column("counted_window", sa.Integer()))
