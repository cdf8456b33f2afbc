"""Daemons say in the store that they serve it, and the store has an id of its own, which backups of it share."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID_OCTETS = 8
"""No two stores have one by chance."""


def upgrade() -> None:
    """Make the tables, and draw the id."""
    op.create_table(
        "presences",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("process", sa.Integer(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("listening", sa.Text(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    identity = op.create_table(
        "identity",
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("mark"),
    )
    op.execute(sa.insert(identity).values(mark=secrets.token_hex(ID_OCTETS)))
