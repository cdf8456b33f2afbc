"""The first form of the tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make all tables."""
    _letters()
    _bounces()
    _outbox()
    _suppressions()
    _accounts()


def _letters() -> None:
    op.create_table(
        "raw_letters",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("octets", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "letters",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("raw_id", ID, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("octets", sa.Integer(), nullable=False),
        sa.Column("return_path", sa.Text(), nullable=False),
        sa.Column("path_kind", sa.Text(), nullable=False),
        sa.Column("path_account", sa.Text(), nullable=True),
        sa.Column("path_recipient", sa.Text(), nullable=True),
        sa.Column("path_recipient_hash", sa.Text(), nullable=True),
        sa.Column("reverse_path", sa.Text(), nullable=False),
        sa.Column("peer", sa.Text(), nullable=False),
        sa.Column("helo", sa.Text(), nullable=False),
        sa.Column("tls", sa.Text(), nullable=True),
        sa.Column("smtputf8", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("dialect", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reporting_mta", sa.Text(), nullable=True),
        sa.Column("arrival_date", sa.Text(), nullable=True),
        sa.Column("original_envelope_id", sa.Text(), nullable=True),
        sa.Column("original_message_id", sa.Text(), nullable=True),
        sa.Column("original_subject", sa.Text(), nullable=True),
        sa.Column("original_from", sa.Text(), nullable=True),
        sa.Column("original_to", sa.Text(), nullable=True),
        sa.Column("original_date", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["raw_id"], ["raw_letters.id"], name="fk_letters_raw_id"),
    )
    op.create_index("ix_letters_account", "letters", ["account", "id"])
    op.create_index("ix_letters_account_state", "letters", ["account", "state", "id"])
    op.create_index("ix_letters_raw_id", "letters", ["raw_id"])
    op.create_index("ix_letters_state", "letters", ["state", "id"])


def _bounces() -> None:
    op.create_table(
        "bounces",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("letter_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("recipient_key", sa.Text(), nullable=False),
        sa.Column("recipient_domain", sa.Text(), nullable=False),
        sa.Column("original_recipient", sa.Text(), nullable=True),
        sa.Column("final_recipient", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("reply_code", sa.Integer(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("diagnostic_code", sa.Text(), nullable=True),
        sa.Column("remote_mta", sa.Text(), nullable=True),
        sa.Column("will_retry_until", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("belief", sa.Text(), nullable=False),
        sa.Column("belief_why", sa.Text(), nullable=False),
        sa.Column("suppressed", sa.Boolean(), nullable=False),
        sa.Column("suppressed_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_bounces_letter_id", ondelete="CASCADE"),
    )
    op.create_index("ix_bounces_account", "bounces", ["account", "id"])
    op.create_index("ix_bounces_account_category", "bounces", ["account", "category", "id"])
    op.create_index("ix_bounces_category", "bounces", ["category", "id"])
    op.create_index("ix_bounces_letter_id", "bounces", ["letter_id", "id"])
    op.create_index("ix_bounces_recipient", "bounces", ["recipient_key", "id"])


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", ID, nullable=False),
        sa.Column("letter_id", ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("forward_path", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("leased_until", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("letter_id", "kind", "forward_path", name="uq_outbox_parcel"),
        sa.ForeignKeyConstraint(["letter_id"], ["letters.id"], name="fk_outbox_letter_id", ondelete="CASCADE"),
    )
    op.create_index("ix_outbox_due", "outbox", ["state", "due"])
    op.create_index("ix_outbox_state", "outbox", ["state", "id"])


def _suppressions() -> None:
    op.create_table(
        "suppressions",
        sa.Column("id", ID, nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("address_key", sa.Text(), nullable=False),
        sa.Column("address_domain", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("letter_id", ID, nullable=True),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("account", "address_key", name="uq_suppressions_address"),
    )
    op.create_index("ix_suppressions_account", "suppressions", ["account", "id"])


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("owners", sa.Text(), nullable=False),
        sa.Column("forwarding", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "aliases",
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
        sa.ForeignKeyConstraint(["account"], ["accounts.name"], name="fk_aliases_account"),
    )
    op.create_index("ix_aliases_account", "aliases", ["account"])
