"""Belief, suppression and counts of sends: streams, the audit trail, the allow-list, imports, counts."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
KEPT = "id, account, address, address_key, address_domain, reason, source, letter_id, since, until"


def upgrade() -> None:
    """Add the tables and columns of suppression and of counts of sends; every suppression is kept, for all streams."""
    _columns()
    _suppressions()
    _trail()
    _allowed_and_staged()
    _counts()
    _sent_messages()


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def _columns() -> None:
    op.add_column("accounts", sa.Column("senders", sa.Text(), nullable=False, server_default="[]"))
    op.add_column("accounts", sa.Column("terms", sa.Text(), nullable=False, server_default="{}"))
    op.add_column("outbox", sa.Column("about", sa.Text()))
    op.add_column("bounces", sa.Column("counts", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("bounces", sa.Column("stream", sa.Text(), nullable=False, server_default=""))
    op.add_column("bounces", sa.Column("campaign", sa.Text(), nullable=False, server_default=""))
    op.create_index("ix_bounces_counts", "bounces", ["recipient_key", "counts", "at"])


def _suppression_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("address_domain", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
    ]


def _suppressions() -> None:
    if _is_postgresql():  # there, the names of a table's key and sequence do not follow it
        op.execute("ALTER INDEX suppressions_pkey RENAME TO suppressions_0001_pkey")
        op.execute("ALTER SEQUENCE suppressions_id_seq RENAME TO suppressions_0001_id_seq")
    op.rename_table("suppressions", "suppressions_0001")
    op.drop_index("ix_suppressions_account", "suppressions_0001")
    op.create_table(
        "suppressions",
        sa.Column("id", ID, nullable=False),
        *_suppression_columns(),
        sa.Column("letter_id", ID, nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "address_key", "stream", name="uq_suppressions_stream"),
    )
    op.execute(f"INSERT INTO suppressions ({KEPT}, stream, why) SELECT {KEPT}, '', '' FROM suppressions_0001")  # noqa: S608 -- our own words
    if _is_postgresql():  # SQLite goes on after the largest number by itself
        op.execute("SELECT setval(pg_get_serial_sequence('suppressions', 'id'), max(id)) FROM suppressions")
    op.drop_table("suppressions_0001")
    op.create_index("ix_suppressions_of_account", "suppressions", ["account", "id"])


def _trail() -> None:
    op.create_table(
        "trail",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("letter_id", ID, nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_trail_account", "trail", ["account", "id"])
    op.create_index("ix_trail_address", "trail", ["address_key", "account", "id"])
    op.create_index("ix_trail_at", "trail", ["at"])


def _allowed_and_staged() -> None:
    op.create_table(
        "allowed",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account", "address_key"),
    )
    op.create_table(
        "staged",
        sa.Column("name", sa.Text(), nullable=False),
        *_suppression_columns(),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", "account", "address_key", "stream"),
        sqlite_with_rowid=False,
    )


def _counts() -> None:
    op.create_table(
        "day_counts",
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("what", "subject", "day"),
    )
    op.create_table(
        "tallies",
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("hour", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("account", "hour", "campaign", "stream", "domain", "what"),
    )
    op.create_index("ix_tallies_hour", "tallies", ["hour"])


def _sent_messages() -> None:
    op.create_table(
        "sent_messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("recipients", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_sent_messages_message_id", "sent_messages", ["account", "message_id"])
    op.create_index("ix_sent_messages_reference", "sent_messages", ["account", "reference"])
    op.create_index("ix_sent_messages_sent_at", "sent_messages", ["sent_at"])
