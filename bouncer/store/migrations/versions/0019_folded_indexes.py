"""Entries of the allow-list and the rows of an import in force are found by the account and the folded address."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the allow-list's index, and that of the imports anew, without the import's name."""
    op.drop_index("ix_staged_folded", "staged")
    is_gmail = sa.text("address_folded IS NOT NULL")
    columns = ["account", "address_folded"]
    for table in ("allowed", "staged"):
        op.create_index(f"ix_{table}_folded", table, columns, sqlite_where=is_gmail, postgresql_where=is_gmail)
