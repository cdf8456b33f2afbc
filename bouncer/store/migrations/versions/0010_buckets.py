"""Buckets: for each person, mails that strangers can make us send are bounded apart from proven reports.

Each owner's bucket goes on as it is. Warnings and mail to the operator that wait untried are placed anew, within their bounds.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Move the owners' buckets to a table of their own; give each waiting entry its bucket."""
    op.create_table(
        "buckets",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("bucket", sa.Text(), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "address", "bucket"),
    )
    op.execute(
        "INSERT INTO buckets (account, address, bucket, full_at)"
        " SELECT account, address, 'proven', full_at FROM owners WHERE full_at IS NOT NULL"
    )
    op.drop_column("owners", "full_at")
    op.add_column("outbox", sa.Column("bucket", sa.Text(), nullable=False, server_default="proven"))
    op.execute("UPDATE outbox SET bucket = kind WHERE state = 'waiting' AND kind IN ('warning', 'operator')")
    op.execute(
        "UPDATE outbox SET placed = false"
        " WHERE state = 'waiting' AND kind IN ('warning', 'operator') AND attempts = 0 AND leased_until IS NULL"
    )
    op.execute(
        "UPDATE outbox SET bucket = 'unproven' WHERE state = 'waiting' AND kind = 'notice' AND NOT placed AND NOT EXISTS"
        " (SELECT 1 FROM bounces WHERE bounces.letter_id = outbox.letter_id AND bounces.belief = 'proven')"
    )
