"""Each suppression says on which list it stands, and an account's lists are read from the oldest address on."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_SETTING = """
UPDATE {table} SET listed_in = CASE
    WHEN reason IN ('address-error', 'bad-domain') THEN 'invalid'
    WHEN reason IN (
        'invalid-recipient', 'closed-account', 'recipient-moved', 'domain-takes-no-mail', 'general-permanent', 'mailbox-full',
        'account-inactive', 'message-too-large', 'mailbox-unavailable', 'server-busy', 'network-error', 'dns-error',
        'tls-error', 'expired', 'receiver-error', 'format-error', 'routing-loop', 'relaying-denied', 'spam-content', 'virus',
        'bad-reputation', 'authentication-failed', 'sender-rejected', 'policy', 'rate-limited', 'unknown'
    ) THEN 'bounces'
    WHEN reason = 'complaint' THEN 'complaints'
    WHEN stream <> '' THEN 'stream'
    ELSE 'unsubscribes'
END
"""


def upgrade() -> None:
    """Add the column, fill it by the reasons, and make the index."""
    for table in ("suppressions", "staged"):
        op.add_column(table, sa.Column("listed_in", sa.Text(), nullable=False, server_default=""))
        op.execute(_SETTING.format(table=table))
    op.create_index("ix_suppressions_listed", "suppressions", ["account", "listed_in", "since", "id", "until"])
