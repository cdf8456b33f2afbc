"""The column that names an entry of the outbox is called so; the name of its foreign key stays."""

from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Rename the column; both databases do so without rewriting the table."""
    op.execute("ALTER TABLE unsent RENAME COLUMN parcel_id TO entry_id")
