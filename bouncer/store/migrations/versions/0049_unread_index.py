"""The index of an account's letters that a person has to see is of a form that no other query has, so that PostgreSQL takes it."""

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0047"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index anew; it has only letters that a person has to see, so it is small."""
    is_unread = sa.text("unread IS NOT NULL")
    op.drop_index("ix_letters_account_unread", "letters")
    columns: list[str | sa.TextClause] = [sa.text("(account || '')"), "id"]
    op.create_index("ix_letters_account_unread", "letters", columns, sqlite_where=is_unread, postgresql_where=is_unread)
