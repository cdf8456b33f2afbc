"""Addresses can be erased: their suppressions hold on as digests, and indexes find the rows that name them."""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both tables, and the indexes."""
    op.create_table(
        "erasure_secret",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "erased_suppressions",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text()),
        sa.Column("domain", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("account", "reason", "source")),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.PrimaryKeyConstraint("digest", "stream"),
    )
    for name in ("folded", "domain", "account"):
        op.create_index(f"ix_erased_suppressions_{name}", "erased_suppressions", [name])
    op.create_index("ix_unsent_address", "unsent", ["address"])
    is_event = sa.text("recipient_key IS NOT NULL")
    op.create_index(
        "ix_outbox_recipient", "outbox", ["recipient_key"], sqlite_where=is_event, postgresql_where=is_event
    )
    op.create_index("ix_webhook_attempts_event", "webhook_attempts", ["event"])
