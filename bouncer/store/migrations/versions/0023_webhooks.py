"""Accounts have webhooks, whose attempts are kept; the outbox says which address an event for a webhook is about."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and the column of the outbox with its index."""
    op.create_table(
        "webhooks",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("id", "account", "url", "format", "events")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("belief", "state")),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text()),
        sa.Column("former_until", sa.BigInteger()),
        sa.Column("credentials", sa.Text()),
        sa.Column("failing_since", sa.BigInteger()),
        sa.Column("last_at", sa.BigInteger()),
        sa.Column("last_status", sa.Integer()),
        sa.Column("last_answer", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhooks_account", "webhooks", ["account"])
    op.create_table(
        "webhook_attempts",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("webhook", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("milliseconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_webhook_attempts", "webhook_attempts", ["webhook", "id"])
    op.create_index("ix_webhook_attempts_at", "webhook_attempts", ["at"])
    op.add_column("outbox", sa.Column("recipient_key", sa.Text()))
    is_event = sa.text("recipient_key IS NOT NULL")
    columns = ["destination", "recipient_key", "state", "id"]
    op.create_index("ix_outbox_webhook", "outbox", columns, sqlite_where=is_event, postgresql_where=is_event)
