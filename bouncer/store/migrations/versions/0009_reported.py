"""Which address a report names as the one that failed, beside the recipient that it is recorded of."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; of what was recorded before, it says nothing."""
    op.add_column("bounces", sa.Column("reported", sa.Text()))
