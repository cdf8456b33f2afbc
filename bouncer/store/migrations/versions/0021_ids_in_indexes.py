"""Rows that have the same value in an index are in the order of their ids in it, on PostgreSQL as on SQLite.

So the newest messages with one reference or Message-ID are read from its end, and the trail is retired from where the last step
ended, however many rows have the same value.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

_INDEXES = (
    ("ix_sent_messages_reference", "sent_messages", ("account", "reference")),
    ("ix_sent_messages_message_id", "sent_messages", ("account", "message_id")),
    ("ix_trail_at", "trail", ("at",)),
)


def upgrade() -> None:
    """Make the indexes anew, with the id as their last column."""
    for name, table, columns in _INDEXES:
        op.drop_index(name, table)
        op.create_index(name, table, [*columns, "id"])
