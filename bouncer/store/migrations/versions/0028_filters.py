"""Bounces are found by the recipient's domain, and as changed; letters by the Message-ID of the message that they are about."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

_MAX_KEY = 640


def upgrade() -> None:
    """Make the column and the indexes. A Message-ID that is longer than an entry of an index can be is cut, as new ones are."""
    letters = sa.table("letters", sa.column("original_message_id", sa.Text()))
    text = letters.c.original_message_id
    op.execute(
        letters.update().where(sa.func.length(text) > _MAX_KEY).values({text: sa.func.substr(text, 1, _MAX_KEY)})
    )
    op.add_column("bounces", sa.Column("changed", sa.BigInteger().with_variant(sa.Integer(), "sqlite")))
    is_changed = sa.text("changed IS NOT NULL")
    op.create_index("ix_bounces_changed", "bounces", ["changed"], sqlite_where=is_changed, postgresql_where=is_changed)
    op.create_index("ix_bounces_domain", "bounces", ["recipient_domain", "id"])
    is_known = sa.text("original_message_id IS NOT NULL")
    columns = ["original_message_id", "id"]
    op.create_index("ix_letters_message_id", "letters", columns, sqlite_where=is_known, postgresql_where=is_known)
