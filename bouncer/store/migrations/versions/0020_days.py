"""The counts of days that are over are found by the day."""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("ix_day_counts_day", "day_counts", ["day"])
