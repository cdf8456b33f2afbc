"""Counts of sends have totals over all domains; an account's letters that a person has to see are found without its others."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_KEY = ("account", "hour", "campaign", "stream", "what")


def upgrade() -> None:
    """Make the table, fill it by the counts, and make the indexes."""
    op.create_table(
        "send_totals",
        *(
            sa.Column(name, sa.BigInteger() if name == "hour" else sa.Text(), autoincrement=False, nullable=False)
            for name in _KEY
        ),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(*_KEY),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_send_totals_hour", "send_totals", ["hour"])
    names = ", ".join(_KEY)
    op.execute(
        f"INSERT INTO send_totals ({names}, count) SELECT {names}, sum(count) FROM tallies GROUP BY {names}"  # noqa: S608 -- our own names
    )
    is_unread = sa.text("unread IS NOT NULL")
    columns = ["account", "id"]
    op.create_index("ix_letters_account_unread", "letters", columns, sqlite_where=is_unread, postgresql_where=is_unread)
