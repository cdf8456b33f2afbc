"""Imports of files are listed by account, with the file and the person, and can be undone."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; imports from before have no label, and are not listed."""
    for name in ("account", "why"):
        op.add_column("imports", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    op.add_column("imports", sa.Column("undone_at", sa.BigInteger()))
    op.create_index("ix_imports_account", "imports", ["account", "at"])
