"""Webhooks are told of changes of suppressions: how far each is told of their ends, the index of the ends, events about no letter.

Endpoints that were there before are told from now on.
"""

import time

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and the index; leave events out of the index of mails about no letter, which are found by their names."""
    op.add_column("webhooks", sa.Column("ends_told_until", sa.BigInteger()))
    webhooks = sa.table("webhooks", sa.column("ends_told_until"))
    op.execute(sa.update(webhooks).values(ends_told_until=time.time_ns() // 1000))
    has_end = sa.text("until IS NOT NULL")
    columns = ["account", "until", "id"]
    op.create_index("ix_suppressions_until", "suppressions", columns, sqlite_where=has_end, postgresql_where=has_end)
    outbox = sa.table("outbox", sa.column("event"), sa.column("letter_id"))
    op.execute(sa.update(outbox).where(outbox.c.letter_id.is_(None)).values(event=sa.func.lower(outbox.c.event)))
    op.drop_index("ix_outbox_letterless", "outbox")
    is_mail = sa.text("letter_id IS NULL AND recipient_key IS NULL")
    columns = ["account", "destination", "state"]
    op.create_index("ix_outbox_letterless", "outbox", columns, sqlite_where=is_mail, postgresql_where=is_mail)
