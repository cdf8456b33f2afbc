"""Waiting letters are found by client and by path, so that each has its turn however many letters another has waiting."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make columns and indexes. Letters that wait meanwhile have no numbers; they are the oldest, and have their turns by age."""
    for column in ("client_key", "path_key"):
        op.add_column("letters", sa.Column(column, sa.BigInteger()))
        waits = sa.text(f"{column} IS NOT NULL")
        columns = [column, "id"]
        op.create_index(f"ix_letters_{column}", "letters", columns, sqlite_where=waits, postgresql_where=waits)
