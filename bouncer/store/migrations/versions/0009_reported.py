"""The address that a report names as failed, beside the recipient for whom the bounce is recorded."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; it is empty for rows that were recorded before."""
    op.add_column("bounces", sa.Column("reported", sa.Text()))
