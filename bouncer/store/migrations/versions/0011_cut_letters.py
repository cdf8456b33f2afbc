"""The octets that are left of cut letters, and observations of the clock."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHOLE = 64 * 1024
"""Octets of a letter that always stay; as in ``store.letters.cutting`` at that time."""


def upgrade() -> None:
    """Add both; retention has not yet decided on the letters that are there."""
    op.add_column("letters", sa.Column("left_octets", sa.Integer()))
    op.create_index(
        "ix_letters_uncut",
        "letters",
        ["id"],
        sqlite_where=sa.text(f"octets > {WHOLE} AND left_octets IS NULL"),
        postgresql_where=sa.text(f"octets > {WHOLE} AND left_octets IS NULL"),
    )
    op.create_table(
        "clock",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("leapt_from", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id"),
    )
